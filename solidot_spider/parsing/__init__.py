"""Pure parsing: the bytes of a page in, facts and paragraphs out, or the reason why not."""
