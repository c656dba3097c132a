"""The project's settings without their pace: for a command line that a test runs as it stands."""

from solidot_spider.settings import *  # noqa: F403

DOWNLOAD_DELAY = 0
CONCURRENT_REQUESTS = 8
SOLIDOT_BACKOFF = "0"
