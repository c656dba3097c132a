"""Scrapy extensions: feeds, logs, progress."""
