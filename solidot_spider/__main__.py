"""``python -m solidot_spider`` is the command ``solidot``."""

import sys

from solidot_spider.cli import main

sys.exit(main())
