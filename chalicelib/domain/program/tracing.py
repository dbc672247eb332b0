"""The trace of one evaluation: what was done first, what was left out after it, in bounds.

A bounded trace must not lose the answer behind a hundred lines that did not count, so what paid
(``tell``) always comes before what did not (``aside``).
"""

from collections.abc import Mapping

from chalicelib.domain.limits import TRACE_ROWS_MAX
from chalicelib.domain.program.occasion import TraceRow

_NOTHING: Mapping[str, str | int] = {}


class Trace:
    """Collects rows; keeps the first ``TRACE_ROWS_MAX``, telling ones first."""

    __slots__ = ("_asides", "_told")

    def __init__(self) -> None:
        """An empty trace."""
        self._told: list[TraceRow] = []
        self._asides: list[TraceRow] = []

    def tell(
        self,
        code: str,
        rule_id: str = "",
        unit: str = "",
        *,
        points: int = 0,
        parameters: Mapping[str, str | int] = _NOTHING,
    ) -> None:
        """Add a step that made the answer what it is."""
        if len(self._told) < TRACE_ROWS_MAX:
            self._told.append(TraceRow(code, rule_id, unit, "", points, dict(parameters)))

    def aside(
        self,
        code: str,
        rule_id: str = "",
        unit: str = "",
        *,
        points: int = 0,
        parameters: Mapping[str, str | int] = _NOTHING,
    ) -> None:
        """Add something that was considered and did not count."""
        self._add_aside(TraceRow(code, rule_id, unit, "", points, dict(parameters)))

    def excluded(self, line_id: str, why: str) -> None:
        """Add a line that cannot earn."""
        self._add_aside(TraceRow("excluded_line", line_id=line_id, parameters={"why": why}))

    def _add_aside(self, row: TraceRow) -> None:
        if len(self._asides) < TRACE_ROWS_MAX:
            self._asides.append(row)

    def rows(self) -> tuple[TraceRow, ...]:
        """What is worth keeping, in order."""
        return (*self._told, *self._asides)[:TRACE_ROWS_MAX]
