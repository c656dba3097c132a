"""The lock of a store in PostgreSQL: an advisory lock of a session that does nothing else.

The server ends the session, and with it the lock, when it has heard nothing of it for a while
(``idle_session_timeout``, PostgreSQL 14 and newer): a machine that hangs or lost its network must not keep others out.
The holder shows life from a thread of its own, whatever the run does meanwhile.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from solidot_spider.store.lock.errors import LostLockError
from solidot_spider.store.lock.holder import KEY, OF_THE_LOCK, in_postgres

SIGNS = 4
"""How often life is shown within the time-out."""

_IS_HELD = text(
    f"SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid) {OF_THE_LOCK} "  # noqa: S608 - constants only
    "AND pid = :pid AND backend_start = :since"
)
_TIMEOUT = text("SELECT set_config(name, :milliseconds, false) FROM pg_settings WHERE name = 'idle_session_timeout'")
# PostgreSQL shows a session's application name to all others, up to 63 bytes of it.
_NAME = text("SELECT set_config('application_name', :name, false)")
_SESSION = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")


class PostgresLock:
    """A session that holds the lock.

    Args:
        engine: the database.
        where: its name for a person.
        timeout: the seconds after which a silent holder loses the lock.
    """

    def __init__(self, engine: Engine, where: str, timeout: float) -> None:
        self._where = where
        self._every = timeout / SIGNS
        self._is_over = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._life = threading.Thread(target=self._show_life, name="lock", daemon=True)
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.execute(_TIMEOUT, {"milliseconds": f"{timeout * 1000:.0f}"})
        self._session = dict(zip(("pid", "since"), self._connection.execute(_SESSION).one(), strict=True))

    def take(self, holder: str) -> bool:
        """Take it, if nobody else has it; whether that is so."""
        if not self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}).scalar_one():
            return False
        self.rename(holder)
        self._life.start()
        return True

    def holder(self) -> str:
        """Who has it."""
        return in_postgres(self._connection)

    def rename(self, holder: str) -> None:
        """Say anew who has it."""
        with self._one_at_a_time:
            self._connection.execute(_NAME, {"name": holder})

    def check(self, writing: Connection) -> None:
        """See whether the session that holds it is still there."""
        if not writing.execute(_IS_HELD, {"key": KEY, **self._session}).scalar_one():
            raise LostLockError(self._where, "the server has closed the connection that held its lock")

    def release(self) -> None:
        """Let others take it at once; the session, whose end takes the server a while, must not go back to the pool."""
        self._is_over.set()
        if self._life.is_alive():
            self._life.join()
        with suppress(SQLAlchemyError):
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        self._connection.invalidate()
        self._connection.close()

    def _show_life(self) -> None:
        with suppress(SQLAlchemyError):  # the next transaction that writes notices it
            while not self._is_over.wait(self._every):
                with self._one_at_a_time:
                    self._connection.execute(text("SELECT 1"))
