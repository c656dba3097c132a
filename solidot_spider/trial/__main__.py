"""``python -m solidot_spider.trial`` serves the trial site."""

import sys

from solidot_spider.trial.command import main

sys.exit(main())
