"""The lock that lets one run at a time use a store: who holds it, since when, and what ends that."""
