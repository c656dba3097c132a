"""The spiders: ids in, requests out."""
