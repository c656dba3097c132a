"""Copies a store, of SQLite or PostgreSQL, into another one, checked, and brought up to date by the next copy."""
