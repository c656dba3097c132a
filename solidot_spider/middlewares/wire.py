"""The requests on the wire, which the end of a run can cut off: their time-out may be longer than anybody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from scrapy.exceptions import IgnoreRequest

Answer = TypeVar("Answer")


class NotTriedError(IgnoreRequest):
    """The run ended before this request was sent, or before it was answered; the message says why."""


class Wire:
    """Requests that are sent and not answered yet."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[Any]] = set()
        self._cut: dict[asyncio.Future[Any], str] = {}

    async def answer(self, request: Coroutine[Any, Any, Answer]) -> Answer:
        """The answer of a request.

        Raises:
            NotTriedError: it was cut off.
        """
        task = asyncio.ensure_future(request)
        self._waiting.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if task in self._cut:
                raise NotTriedError(self._cut.pop(task)) from None
            raise
        finally:
            self._waiting.discard(task)

    def cut_later(self, seconds: float, reason: str) -> None:
        """Cut off what is on the wire now and still is after so many seconds."""
        asyncio.get_running_loop().call_later(seconds, self._cut_off, self._waiting.copy(), reason)

    def _cut_off(self, tasks: set[asyncio.Future[Any]], reason: str) -> None:
        for task in tasks & self._waiting:
            self._cut[task] = reason
            task.cancel()
