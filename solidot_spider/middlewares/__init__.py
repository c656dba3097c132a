"""Care for the site: when a request may go, where, and what an answer means."""
