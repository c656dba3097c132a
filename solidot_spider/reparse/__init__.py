"""Makes the records of a store again from its kept pages, by today's parser and without the network."""
