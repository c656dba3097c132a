"""Says in one sentence what each field of a record means, for the files that describe a dataset."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "sid": "The story's id on the site, and the key of the dataset.",
    "url": "The story's page.",
    "title": "The story's heading.",
    "published_at": "When it was published; ISO 8601 in Beijing's time.",
    "editor.name": "Who posted it.",
    "editor.uid": "The editor's number on the site; null if the page gives only a name.",
    "department": "The department's line, without its first words (“from”) and a final “department”.",
    "topics": "The topics of a story, in the order of its page.",
    "topics.tid": "The topic's number on the site.",
    "topics.name": "The topic's name.",
    "submitter": "The reader who sent it in, where the body opens with “X 写道”.",
    "body": "The text as plain paragraphs, parted by a blank line, without its sources at the end.",
    "body_html": "The same text as clean HTML.",
    "source_links": "The external links of a story, each once, in the order of its page.",
    "source_links.url": "The address, usable as it stands.",
    "source_links.text": "The anchor's text.",
    "source_links.host": "The host, in lower case and without www.",
    "source_links.form": "How it is written: anchor, bare (an address in the text) or schemeless (one without http).",
    "source_links.placement": "trailing: among the sources at the end; inline: anywhere before.",
    "source_links.raw": "The address as it is written on the page.",
    "source_links.archive_of": (
        "Where the link is an archive's copy: the original's address, told by position and never verified."
    ),
    "source_labels": "Sources given by name only; read in stories from 2025-01-26 on.",
    "related_sids": "Other stories of the site that a story links to.",
    "images": "The images in the body.",
    "images.url": "The image's address.",
    "images.alt": "The text that stands for it.",
    "views": "How often the page had been read when it was fetched.",
    "comment_count": "How many comments its page had when it was fetched.",
    "comments": "The readers' comments on the page when it was fetched.",
    "comments.id": "The comment's number on the site.",
    "comments.parent_id": "The comment that it replies to; null if it replies to the story.",
    "comments.author": "The reader's name.",
    "comments.uid": "The reader's number on the site; null for anonymous ones.",
    "comments.title": "The comment's heading.",
    "comments.score": "Its score.",
    "comments.posted_at": "When it was posted; ISO 8601 in Beijing's time.",
    "comments.text": "Its text, with breaks and white space folded to one space.",
    "fetched_at": "When the page was fetched; ISO 8601 in UTC.",
    "withdrawn_at": "When the site was first seen to have the story no more; ISO 8601 in UTC.",
    "content_hash": "SHA-256 over what an edit changes; not over views, comments and times.",
    "origin": (
        "Where the page came from: crawl (fetched by the spider), or what was imported: warc, html, or markdown, which "
        "knows no comments and no seconds."
    ),
    "schema_version": "The version of the record's schema.",
    "change": "What became of the story, in a delta: new, changed, withdrawn, back or refetched.",
}
"""Each field of a record by its path; a field of a list's elements stands behind the list's name."""
