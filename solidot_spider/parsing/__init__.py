"""Pure parsing: from the bytes of a page to facts and paragraphs, or to the reason why the page is not the story."""
