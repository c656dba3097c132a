"""One crawl: what it asks, what became of each id, and what it tells."""
