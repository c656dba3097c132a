"""What a dataset says of itself: descriptor, schemas, card, citation; and the check that all of it is true."""
