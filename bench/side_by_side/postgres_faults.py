"""PostgreSQL's driver with faults, below SQLAlchemy: each statement, and each COMMIT, is a call.

::

    throttled          the statement is cancelled by the server's own time-out (57014)
    conflict           deadlock detected (40P01): the transaction is lost, and the server says so
    condition failed   cannot be: PostgreSQL never says falsely that a key is taken; it answers
    timeout before     the connection breaks before the statement is sent
    timeout after      the statement is done, then the connection breaks: a COMMIT has landed,
    lost after         anything before it is rolled back by the server
    crash              the process ends before the call: ``Crash``

``BEGIN`` goes out with a transaction's first statement and is counted as a call of its own, which
nothing fails: it is a round trip of psycopg's.
"""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from bench.side_by_side.harness import Faults
from bench.side_by_side.server import USER
from tests.faults import Crash, Fault

_SAID_NO = {
    Fault.THROTTLED: psycopg.errors.QueryCanceled,
    Fault.CONFLICT: psycopg.errors.DeadlockDetected,
}


class _Cursor(psycopg.Cursor[Any]):
    def execute(self, *arguments: object, **named: object) -> object:
        connection: Any = self.connection
        send = super().execute
        return connection.carried("execute", lambda: send(*arguments, **named))


class _Connection(psycopg.Connection[Any]):
    faults: Faults

    def carried(self, operation: str, act: Callable[[], object]) -> object:
        """One call, as it is planned."""
        if self.info.transaction_status == TransactionStatus.IDLE:
            self.faults.unfailing.append("begin")
        fault = self.faults.next(operation)
        if fault is None or fault is Fault.CONDITION_FAILED:
            return act()
        if fault in _SAID_NO:
            raise _SAID_NO[fault]("injected")
        if fault in {Fault.TIMEOUT_AFTER, Fault.LOST_AFTER}:
            act()
        self.close()
        if fault is Fault.CRASH:
            raise Crash("the process ends")
        raise psycopg.OperationalError("injected: the connection is lost")

    def commit(self) -> None:
        if self.info.transaction_status == TransactionStatus.IDLE:
            return  # nothing to commit: nothing is sent
        self.carried("commit", super().commit)


def connect(socket_folder: str, faults: Faults) -> object:
    """A connection whose calls pass ``faults``."""
    connection: Any = _Connection.connect(
        host=socket_folder, user=USER, dbname="postgres", cursor_factory=_Cursor
    )
    connection.faults = faults
    return connection
