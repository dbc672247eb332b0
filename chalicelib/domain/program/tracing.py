"""The trace of one evaluation: what was done first, what was left out after it, in bounds.

A bounded trace must not lose the answer behind a hundred lines that did not count, so what paid
(``tell``) always comes before what did not (``aside``).
"""

from collections.abc import Mapping

from chalicelib.domain.limits import TRACE_ROWS_MAX
from chalicelib.domain.program.occasion import ENTRY_PREFIX, TraceRow
from chalicelib.domain.program.plan import CompiledGrant

_NOTHING: Mapping[str, str | int] = {}


class Trace:
    """Collects rows; keeps the first ``rows_max``, telling ones first; with 0 it costs nothing."""

    __slots__ = ("_asides", "_rows_max", "_told")

    def __init__(self, rows_max: int = TRACE_ROWS_MAX) -> None:
        """An empty trace."""
        self._rows_max = rows_max
        self._told: list[TraceRow] = []
        self._asides: list[TraceRow] = []

    @property
    def is_kept(self) -> bool:
        """Whether anybody will read it: figures for it alone need not be worked out otherwise."""
        return self._rows_max > 0

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
        if len(self._told) < self._rows_max:
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
        if len(self._asides) < self._rows_max:
            self._asides.append(TraceRow(code, rule_id, unit, "", points, dict(parameters)))

    def excluded(self, line_id: str, why: str) -> None:
        """Add a line that cannot earn."""
        if len(self._asides) < self._rows_max:
            row = TraceRow("excluded_line", line_id=line_id, parameters={"why": why})
            self._asides.append(row)

    def rows(self) -> tuple[TraceRow, ...]:
        """What is worth keeping, in order."""
        return (*self._told, *self._asides)[: self._rows_max]


def tell_granted(trace: Trace, rule_id: str, effect: CompiledGrant) -> None:
    """Say what one effect gave, or will give, that is not points."""
    told: dict[str, str | int] = {effect.kind: effect.name, "amount": effect.amount}
    if effect.waits:
        told["what"] = "waiting_cause" if effect.kind == "cause" else "waiting"
    elif effect.kind == "reward":
        told["what"] = "entry" if rule_id.startswith(ENTRY_PREFIX) else effect.kind
    code = "badge_given" if effect.kind == "badge" else "granted"
    code = "tier_given" if effect.kind == "tier" else code
    code = "message_given" if effect.kind == "message" else code
    trace.tell(code, rule_id, parameters=told)
