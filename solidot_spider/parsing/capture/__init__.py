"""Parses pages that feed archivers kept as Markdown: writes them in the site's own markup, and parses that as a page."""
