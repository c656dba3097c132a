"""Makes the report of a store, and writes it into a file, which is replaced whole."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from solidot_spider.base.files import replacing
from solidot_spider.base.site import CANONICAL
from solidot_spider.export import progress
from solidot_spider.export.errors import ExportError
from solidot_spider.report import document, drawing, store_sections
from solidot_spider.report.figures import Figures
from solidot_spider.report.store_sections import Known
from solidot_spider.store.overview import Overview
from solidot_spider.store.store import Store

EDITS, WITHDRAWN = 100, 500
"""So many of the last edits and withdrawn stories are shown."""


def write(store: Store, out: Path) -> int:
    """Write the report of a store; how many stories it shows. The same store gives the same bytes.

    Raises:
        ExportError: there is no story yet, or the library that draws charts is not installed.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    drawing.library()  # not after a minute of reading
    with Overview.of(store) as overview:
        status = overview.status()
        if status.first is None or status.last is None:
            raise ExportError(f"{store.where}: there is no story yet to report on; `solidot crawl latest` brings some")
        blocks = overview.blocks(store_sections.block_size(status.first.sid, status.last.sid))
        site = status.site or CANONICAL
        known = Known(status, blocks, overview.withdrawn(WITHDRAWN), overview.edits(EDITS), overview.edit_count(), site)
        with closing(overview.records()) as records:
            figures = Figures.of(progress.passing(records, out.name, lambda: status.stories))
    made = document.page(known, figures).encode()
    with replacing(out) as file:
        file.write(made)
    return figures.stories
