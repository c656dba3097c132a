"""A queue of jobs in PostgreSQL that workers on several machines run: Procrastinate's, with this program's tasks."""
