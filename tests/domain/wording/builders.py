"""Entries, documents and names with defaults."""

from typing import Any

from chalicelib.domain.ledger import Entry, EntryKind, Explained
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Share, Terms, TraceRow
from chalicelib.domain.records import Adjustment, Redemption, RedemptionStatus
from chalicelib.domain.wording.names import Names

POINTS = {
    "en": {"one": "point", "other": "points"},
    "hu": {"other": "pont"},
    "fa": {"other": "امتیاز"},
}
REWARDS = {"en": "$5 off", "hu": "5 dollár kedvezmény", "fa": "۵ دلار تخفیف"}
GOLD = {"en": "Gold", "hu": "Arany", "fa": "طلایی"}


def names(locale: str = "en") -> Names:
    return Names(
        units={"points": POINTS[locale]},
        rewards={"five-off": REWARDS[locale]},
        rules={"purchase": "purchase"},
        tiers={"club/gold": GOLD[locale]},
        groups={"club": "", "fans": "points"},
        currency="USD",
    )


def entry(kind: EntryKind, *explanation: Explained, points: int = 10, **more: Any) -> Entry:
    return Entry(1, "points", points, kind, "order:main:1001", points, 0, 0, **more,
                 explanation=explanation)  # fmt: skip


def about(code: str, **parameters: str | int) -> Explained:
    return Explained(code, parameters)


def order(*posted: Share, trace: tuple[TraceRow, ...] = (), **more: Any) -> OrderDocument:
    terms = more.pop("terms", Terms(1, tiers={"club": "gold"}))
    return OrderDocument("main", "#1001", posted=posted, trace=trace, terms=terms, **more)


def purchase(points: int) -> Share:
    return Share("purchase", "points", points)


def rate(points: int, rule: str = "purchase") -> TraceRow:
    figures: dict[str, str | int] = {"amount": 11450, "rate": "1", "per": 100, "of": "net"}
    return TraceRow("rate", rule, "points", points=points, parameters=figures)


def multiplied(points: int, rule: str = "purchase") -> TraceRow:
    return TraceRow("multiplied", rule, "points", points=points, parameters={"by": "1.5"})


def redemption(status: RedemptionStatus, **more: Any) -> Redemption:
    return Redemption("r1", "m", "five-off", "h", "points", 50, (), "ABCD", status, 1, 0, **more)


def adjustment(points: int) -> Adjustment:
    return Adjustment("a1", "m", "h", "points", points, "Jane Doe rang", "salt", "key-7", 0)
