"""Files made of the store."""
