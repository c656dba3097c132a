"""A feed whose records are written whole or not at all, whatever its exporter does."""

from __future__ import annotations

from array import array
from io import BytesIO
from typing import IO, Any

from scrapy.exporters import BaseItemExporter
from scrapy.extensions.feedexport import FeedSlot


class WholeRowsSlot(FeedSlot):
    """Scrapy's slot of a feed, with a buffer between the exporter and the file: it passes on whole rows only."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.sids = array("l")
        """The stories in it, for who has no other record of them."""
        self._row = BytesIO()

    def _get_exporter(self, file: IO[bytes], format_: str, *given: Any, **named: Any) -> BaseItemExporter:  # noqa: ARG002
        return super()._get_exporter(self._row, format_, *given, **named)

    def start_exporting(self) -> None:
        """Open the file and write what stands before the first record, once.

        Raises:
            Exception: the file cannot be made or written.
        """
        super().start_exporting()
        self._pass_on()

    def write(self, item: Any) -> None:
        """Write a record.

        Raises:
            OSError: the file cannot be written.
            Exception: the exporter cannot write this record; neither it nor the file holds a part of it.
        """
        self.start_exporting()
        assert self.exporter is not None
        before = vars(self.exporter).copy()
        try:
            self.exporter.export_item(item)
        except BaseException:
            vars(self.exporter).update(before)
            self._row.seek(0)
            self._row.truncate()
            raise
        self._pass_on()
        self.itemcount += 1

    def finish_exporting(self) -> None:
        """Write what stands after the last record, once.

        Raises:
            OSError: the file cannot be written.
        """
        super().finish_exporting()
        self._pass_on()

    def _pass_on(self) -> None:
        row = self._row.getvalue()
        if row:
            self._row.seek(0)
            self._row.truncate()
            assert self.file is not None
            self.file.write(row)
            self.file.flush()
