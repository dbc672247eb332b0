"""Turns of many who do not wait for one another: who cannot be served stops nobody behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from chalicelib import telemetry


class Turns:
    """Each has a turn; the first trouble is raised when all had theirs, others are told then.

    ``at_once``: what is everybody's trouble, and waits for nobody's turn.
    """

    __slots__ = ("_at_once", "_first", "_of")

    def __init__(self, of: str, at_once: tuple[type[Exception], ...] = ()) -> None:
        """Nobody has had a turn; ``of`` names the run in the log."""
        self._of, self._at_once = of, at_once
        self._first: Exception | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One turn: what comes of it is kept."""
        try:
            yield
        except self._at_once:
            raise
        except Exception as problem:  # noqa: BLE001 - a turn's end: raised, or told, after the last
            if self._first is None:
                self._first = problem
            else:
                self._tell(problem)

    def __enter__(self) -> "Turns":
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Raise the first trouble, unless something else is on its way."""
        if self._first is not None and problem is None:
            raise self._first
        if self._first is not None:
            self._tell(self._first)

    def _tell(self, problem: Exception) -> None:
        telemetry.incident(problem, self._of, self._of)
