"""One crawl: the ids that it asks, their outcomes, and its verdict, summary and report."""
