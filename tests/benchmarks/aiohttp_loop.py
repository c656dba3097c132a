"""An ``aiohttp`` loop, as it is written in an hour: ``aiohttp_loop.py LAST [OUT]``, the ids 1 to ``LAST``.

With a file it makes records of the pages by our own functions and writes them; without one it only reads the pages,
which shows how fast the server can be.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import aiohttp

from solidot_spider import items, record
from solidot_spider.items import Story

AT_ONCE = 32


async def fetch(session: aiohttp.ClientSession, sids: Iterator[int], out: IO[bytes] | None) -> None:
    """Fetch one page after the other, as long as there are ids."""
    for sid in sids:
        url = f"{os.environ['SOLIDOT_SITE_URL']}/story?sid={sid}"
        async with session.get(url) as response:
            data = await response.read()
        if out is not None:
            made = record.record(data, url, datetime.now(UTC))
            assert isinstance(made, Story)
            out.write(items.line(made))


async def run(last: int, out: IO[bytes] | None) -> None:
    """Fetch the ids."""
    sids = iter(range(1, last + 1))
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(fetch(session, sids, out) for _ in range(AT_ONCE)))


def main(last: str, file: str = "") -> None:
    """Fetch, with a file or without one."""
    with Path(file).open("wb") if file else nullcontext() as out:
        asyncio.run(run(int(last), out))


if __name__ == "__main__":
    main(*sys.argv[1:])
