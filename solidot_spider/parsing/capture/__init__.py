"""Parses pages that feed archivers kept as Markdown.

They are written in the site's own markup again, and that is parsed as a page is: one parser reads both.
"""
