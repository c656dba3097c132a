"""Settings of a user's own on top of the project's, with a pipeline that they add."""

from solidot_spider.settings import *  # noqa: F403

ITEM_PIPELINES = {"tests.user_components.Titled": 350}
