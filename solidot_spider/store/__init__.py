"""The one place with state: stories, pages, visits and runs, in SQLite or PostgreSQL."""
