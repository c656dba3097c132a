"""The only state of the program: stories, pages, visits and runs, in SQLite or PostgreSQL. All SQL is here."""
