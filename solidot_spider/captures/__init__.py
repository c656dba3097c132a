"""Reads pages that others have saved, as WARC, HTML or Markdown, and brings their records into the store."""
