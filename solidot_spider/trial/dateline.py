"""Times as the site writes them."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

WEEKDAYS = "一二三四五六日"


def dateline(moment: datetime) -> str:
    """Such as ``2024年10月18日 22时58分 星期五``."""
    return f"{moment:%Y年%m月%d日 %H时%M分} 星期{WEEKDAYS[moment.weekday()]}"


def feed_date(moment: datetime) -> str:
    """Such as ``Fri, 10 Feb 2023 23:42:09 +0800``."""
    return format_datetime(moment)
