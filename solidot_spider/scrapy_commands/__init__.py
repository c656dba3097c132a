"""Scrapy's commands as this project has them: ``crawl`` with a true end, ``parse`` and ``shell`` that know records."""
