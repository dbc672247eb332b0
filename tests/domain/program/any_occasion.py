"""Occasions drawn as wide as their types: what a shop may send, and what an account may hold."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.occasion import DRAW_END, Drawn, Occasion, OccasionLine
from chalicelib.domain.program.plan import CompiledProgram
from tests.domain.program.any_words import SKUS, UNITS, WORDS
from tests.domain.program.builders import NOON

_TAGS = st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)
_WORD = st.sampled_from(("", *WORDS))
_ODD = st.none() | st.booleans() | st.integers(-3, 3_000) | _WORD | _TAGS
_TIMES = st.sampled_from((0, NOON - 86_400_000, NOON))
_TIERS = st.dictionaries(
    st.sampled_from(("tiergroup-0", "tiergroup-1", "gone")),
    st.sampled_from(("tier-0", "tier-1", "tier-2", "gone")),
)

_LINES = st.builds(
    OccasionLine,
    line_id=st.just(""),
    net=st.integers(-10, 20_000),
    gross=st.integers(0, 25_000),
    tax=st.integers(0, 500),
    quantity_milli=st.sampled_from((0, 500, 1_000, 3_000)),
    product_id=_WORD,
    sku=st.sampled_from(("", *SKUS)),
    tags=_TAGS,
    gift_card=st.sampled_from((False, False, False, True)),
    attributes=st.dictionaries(st.just("grade"), st.integers(0, 3)),
)
BASKETS = st.lists(_LINES, max_size=4).map(
    lambda lines: tuple(
        msgspec.structs.replace(each, line_id=f"l{place}") for place, each in enumerate(lines)
    )
)
FACTS = st.builds(
    MemberFacts,
    tiers=_TIERS,
    joined_at=_TIMES,
    order_count=st.integers(0, 4),
    locale=_WORD,
    country=_WORD,
    tags=_TAGS,
    facts=st.dictionaries(st.sampled_from(("vip", "level")), st.booleans() | st.integers(0, 3)),
    last_order_at=_TIMES,
    days_since_order=st.none() | st.integers(0, 400),
    orders_12m=st.integers(0, 4),
    spend_12m=st.integers(0, 5_000),
    birth_month=st.integers(0, 12),
    in_birth_month=st.none() | st.booleans(),
    points=st.dictionaries(st.sampled_from(UNITS), st.integers(-5, 500)),
    memberships=st.lists(st.sampled_from(("membership-0",)), max_size=1).map(tuple),
    segments=st.lists(st.sampled_from(("segment-0", "segment-1")), max_size=2).map(tuple),
    bought=st.dictionaries(st.sampled_from(("skus", "tags_12m")), _TAGS),
)
_ORDERS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("number", "channel", "partner", "currency", "net_total"), _ODD),
        **dict.fromkeys(("line_count", "codes", "tags"), _ODD),
        "attributes": st.dictionaries(st.sampled_from(("mcc", "odd")), _ODD),
    },
)
_ACTIONS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "name": _ODD,
        "subject": _ODD,
        "properties": st.dictionaries(st.sampled_from(("words", "country", "plan")), _ODD),
    },
)


@st.composite
def occasions(draw: st.DrawFn, program: CompiledProgram) -> Occasion:
    """Something that rules of ``program`` may reward, or nobody has thought of."""
    triggers = sorted({*program.rules, *program.sources, "order.paid", "order.odd", ""})
    numbers = {name: draw(st.integers(0, DRAW_END - 1)) for name in sorted(program.draws)}
    now = NOON + draw(st.sampled_from((0, 90 * 86_400_000)))
    return Occasion(
        trigger=draw(st.sampled_from(triggers)),
        at=NOON,
        placed_at=NOON - draw(st.sampled_from((0, 86_400_000, 40 * 86_400_000))),
        now=now,
        fulfilled_at=draw(st.sampled_from((None, NOON))),
        member=draw(FACTS),
        lines=draw(BASKETS),
        is_self_reported=draw(st.booleans()),
        action=draw(_ACTIONS),
        drawn=draw(st.sampled_from((None, Drawn("2026-06-15", numbers)))),
        order=draw(_ORDERS),
    )
