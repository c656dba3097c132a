"""Why a run does not hold a store's lock."""

from __future__ import annotations

from solidot_spider.store.errors import StoreError


class LockedError(RuntimeError):
    """Another run holds the store; the message says which, and since when."""


class LostLockError(StoreError):
    """A run holds the store's lock no more, and must not write: another one may."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}, and another run may hold the store now; run it again: it goes on")
