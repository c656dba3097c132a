"""The kept pages: how they are packed, read, told, dropped, and made records of again."""
