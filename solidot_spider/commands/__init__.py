"""The commands: verbs of ``solidot``, and Scrapy's ``crawl`` with a true end."""
