"""An exporter of a user's own that cannot write one record, and notices in the middle of it."""

from __future__ import annotations

from typing import Any

from scrapy.exporters import JsonItemExporter

CANNOT = 79520


class PickyExporter(JsonItemExporter):
    """JSON, but for one story."""

    def export_item(self, item: Any) -> None:
        """Write one record."""
        if item["sid"] == CANNOT:
            self.file.write(b',\n{"sid": ')
            raise UnicodeEncodeError("gbk", "🚀", 0, 1, "illegal multibyte sequence")
        super().export_item(item)
