"""Charts as inline SVG: integers in, text out, no script and no library.

Colours are classes, so that the page's light, dark and printed forms colour them; the programs
differ by dash as well as by colour. Every chart has its figures as text (``<title>``), and beside
it on the page stands the table it was drawn from.
"""

from collections.abc import Sequence
from html import escape

import msgspec

from chalicelib.domain.points import floor_ratio

_WIDTH, _HEIGHT = 480, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 68, 16, 12, 28
_STEPS = 4
_BAR = 26


class Line(msgspec.Struct, frozen=True):
    """One line of a chart, by month. ``look`` is its class: live, draft, or with `` thin``."""

    name: str
    look: str
    values: tuple[int, ...]


def line_chart(title: str, months: Sequence[str], lines: Sequence[Line], unit: "Words") -> str:
    """Lines over months, from zero (or the lowest below it) to a round top."""
    values = [value for line in lines for value in line.values] or [0]
    bottom, top = min(0, *values), _round_top(max(1, *values))
    scale = _Scale(len(months), bottom, top)
    grid = "".join(_rule(scale, step, unit) for step in range(_STEPS + 1))
    drawn = "".join(_line(scale, line) for line in lines)
    labels = "".join(_month(scale, place, month) for place, month in enumerate(months))
    return _svg(title, _HEIGHT, grid + labels + drawn)


def bar_chart(title: str, bars: Sequence[tuple[str, int, int]]) -> str:
    """Pairs of bars (name, live, draft), one under the other."""
    most = max((count for _, *counts in bars for count in counts), default=0) or 1
    rows = []
    for place, (name, live, draft) in enumerate(bars):
        y = _TOP + place * 2 * _BAR
        rows.append(f'<text class="label" x="0" y="{y + 10}">{escape(name)}</text>')
        for offset, look, count in ((14, "live", live), (26, "draft", draft)):
            width = floor_ratio(count * (_WIDTH - 120), most)
            rows.append(
                f'<rect class="{look}" x="0" y="{y + offset}" width="{width}" height="10"/>'
                f'<text class="figure" x="{width + 6}" y="{y + offset + 9}">{count:,}</text>'
            )
    return _svg(title, _TOP + len(bars) * 2 * _BAR, "".join(rows))


class Words(msgspec.Struct, frozen=True):
    """How amounts of a chart are written."""

    exponent: int = 0  # decimal places: of money, those of its currency
    sign: str = ""

    def of(self, amount: int) -> str:
        """``amount`` as people read it."""
        whole, places = divmod(abs(amount), 10**self.exponent)
        minus = "-" if amount < 0 else ""
        part = f".{places:0{self.exponent}}" if self.exponent else ""
        return f"{minus}{whole:,}{part}{' ' if self.sign else ''}{self.sign}"


class _Scale(msgspec.Struct, frozen=True):
    count: int
    bottom: int
    top: int

    def x(self, place: int) -> int:
        return _LEFT + floor_ratio(place * (_WIDTH - _LEFT - _RIGHT), max(1, self.count - 1))

    def y(self, value: int) -> int:
        height = _HEIGHT - _TOP - _BOTTOM
        return _TOP + height - floor_ratio((value - self.bottom) * height, self.top - self.bottom)


def _round_top(value: int) -> int:
    """The next of 1, 2, 5 times a power of ten, times what divides by the steps."""
    power = 1
    while power * 10 * _STEPS <= value:
        power *= 10
    fitting = (factor for factor in (1, 2, 3, 5, 8, 10) if factor * power * _STEPS >= value)
    return next(fitting) * power * _STEPS


def _rule(scale: _Scale, step: int, unit: Words) -> str:
    value = scale.bottom + floor_ratio((scale.top - scale.bottom) * step, _STEPS)
    y = scale.y(value)
    told = msgspec.structs.replace(unit, sign="")
    if unit.exponent:  # an axis has no room for cents
        told, value = Words(), floor_ratio(value, 10**unit.exponent)
    return (
        f'<path class="rule" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>'
        f'<text class="axis" x="{_LEFT - 6}" y="{y + 4}">{told.of(value)}</text>'
    )


def _line(scale: _Scale, line: Line) -> str:
    points = " ".join(
        f"{scale.x(place)},{scale.y(value)}" for place, value in enumerate(line.values)
    )
    name = escape(line.name)
    return f'<polyline class="{line.look}" points="{points}"><title>{name}</title></polyline>'


def _month(scale: _Scale, place: int, month: str) -> str:
    """Every other month by its number, the first one with its year."""
    year, _, number = month.partition("-")
    is_named = place % 2 == 0
    told = f"{year}-{number}" if place == 0 else number
    x = scale.x(place)
    return f'<text class="month" x="{x}" y="{_HEIGHT - 8}">{told}</text>' if is_named else ""


def _svg(title: str, height: int, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"{inside}</svg>"
    )
