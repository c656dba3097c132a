"""The trial server of the tests."""
