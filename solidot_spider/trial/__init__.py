"""A small Solidot of invented stories, to try a crawler on.

One server in three parts: a demonstration site with about forty stories, a site that moves on a clock
(stories appear, are edited, are withdrawn), and a hostile one that fails by a plan. It speaks HTTP on the
loopback interface only::

    python -m solidot_spider.trial --port 8000

``client.running()`` starts it for a test, ``stories.builtin_stories()`` hands out its stories. Every text
is made up for the purpose: nothing here was copied from the real site.
"""
