"""Ends a command between two of its steps: what it works with can clean up there."""

from __future__ import annotations

import signal


class Stop:
    """Notes a signal; a second one ends the command at once."""

    def __init__(self) -> None:
        self.is_wanted = False

    def listen(self) -> None:
        """Note signals from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def check(self) -> None:
        """End the command, if that is wanted.

        Raises:
            KeyboardInterrupt: it is.
        """
        if self.is_wanted:
            raise KeyboardInterrupt

    def _note(self, *_: object) -> None:
        self.check()
        self.is_wanted = True
