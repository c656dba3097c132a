"""The forms of a dataset's files: each writes a table, and knows nothing of the store."""
