"""Writes files made of the store: ``dataset`` knows the forms, and each form is a module of its own."""
