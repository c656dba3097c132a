"""A small Solidot of invented stories, for ``solidot demo`` and for tests.

``python -m solidot_spider.trial --port 8000`` serves it on the loopback interface. ``client.running()`` starts it as a
child, ``stories.builtin_stories()`` returns its stories. Every text is invented: nothing was copied from the real site.
"""
