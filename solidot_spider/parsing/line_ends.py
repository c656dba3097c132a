"""Splits a paragraph at the plain line ends of the page's source that part its sources.

A plain line end is white space, but before and behind a line that holds nothing but addresses (docs/parsing.md,
*Paragraphs*).
"""

from __future__ import annotations

import re

from solidot_spider.parsing import source_line
from solidot_spider.parsing.paragraphs import Paragraph, Span, collapse_spans, plain_text

_LINE_END = re.compile(r"[\r\n]+")


def split(paragraph: Paragraph) -> list[Paragraph]:
    """The parts of a paragraph; only itself if no line of it holds nothing but addresses."""
    if paragraph.source is None:
        return [paragraph]
    lines = [_part(paragraph, spans) for raw in _source_lines(paragraph.source) if (spans := collapse_spans(raw))]
    has_addresses = [_holds_addresses(line) for line in lines]
    if len(lines) < 2 or not any(has_addresses):
        return [paragraph]
    for index in range(len(lines) - 1):
        if source_line.is_prefix(lines[index].text) and has_addresses[index + 1]:
            has_addresses[index] = True
    parts = [[lines[0]]]
    for index in range(1, len(lines)):
        if has_addresses[index] or has_addresses[index - 1]:
            parts.append([lines[index]])
        else:
            parts[-1].append(lines[index])
    return [join(part) for part in parts]


def join(parts: list[Paragraph]) -> Paragraph:
    """One paragraph of neighbouring parts, with a space between them."""
    if len(parts) == 1:
        return parts[0]
    spans: list[Span] = []
    for part in parts:
        if spans:
            is_same = spans[-1].tags == part.spans[0].tags
            spans.append(Span(" ", part.spans[0].tags if is_same else ()))
        spans += part.spans
    return _part(parts[0], collapse_spans(spans))


def _part(paragraph: Paragraph, spans: list[Span]) -> Paragraph:
    return Paragraph(plain_text(spans), spans, paragraph.path, paragraph.heading)


def _source_lines(source: list[Span]) -> list[list[Span]]:
    """Spans by the line of the page's source that they stand on."""
    lines: list[list[Span]] = [[]]
    for span in source:
        first, *others = _LINE_END.split(span.text)
        lines[-1].append(Span(first, span.tags, span.image))
        lines += ([Span(text, span.tags)] for text in others)
    return lines


def _holds_addresses(line: Paragraph) -> bool:
    parsed = source_line.parse(line, with_labels=False)
    return parsed is not None and bool(parsed.addresses)
