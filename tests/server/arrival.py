"""Bounds the moment when a request arrived, however late a busy machine lets the server see it."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from twisted.internet.task import LoopingCall

TICK = 0.005
"""Seconds between two looks at the clock."""
TURNS = 3
"""Turns of the reactor in which a connection and its request may have waited, the present one included."""


class Arrival:
    """Looks at the clock in each turn of the reactor."""

    def __init__(self, reactor: Any) -> None:
        self._looks = deque([time.monotonic()], maxlen=TURNS)
        self._call = LoopingCall(lambda: self._looks.append(time.monotonic()))
        self._call.clock = reactor
        self._call.start(TICK)

    @property
    def earliest(self) -> float:
        """A monotonic time before which nothing came that the reactor sees only now."""
        return self._looks[0]

    def stop(self) -> None:
        """Look no more."""
        self._call.stop()
