"""Arithmetic that must hold for every program, order and history."""

import random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.member import Counters, MemberFacts
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program import caps
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Occasion, OccasionLine, Terms
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.validation import check
from tests.domain.program.broken import KARMA
from tests.domain.program.builders import (
    NOON,
    POINTS,
    add,
    at,
    award,
    compiled,
    document,
    group,
    line,
    order,
    points,
    rate,
    rule,
    tier,
)

DECIMALS = st.builds(
    lambda whole, places: f"{whole}.{places}", st.integers(0, 20), st.integers(1, 999_999)
)
EFFECTS = st.one_of(
    st.builds(
        lambda text, per, unit, of: {"rate": text, "per": {"USD": per}, "unit": unit, "of": of},
        DECIMALS,
        st.sampled_from([1, 3, 7, 100, 250]),
        st.sampled_from(["points", "karma"]),
        st.sampled_from(["net", "gross", "with_tax"]),
    ),
    st.builds(add, st.integers(1, 500), st.sampled_from(["points", "karma"])),
    st.builds(
        lambda text, unit: {"rate": text, "per_quantity": "line.quantity", "unit": unit},
        DECIMALS,
        st.sampled_from(["points", "karma"]),
    ),
)
CONDITIONS = st.sampled_from(
    [
        None,
        {"line.tags": {"has": "tea"}},
        {"line.net": {"gte": 500}},
        {"not": {"line.sku": {"in": ["a", "b"]}}},
        {"any": [{"line.tags": {"any_of": ["tea"]}}, {"member.tier.club": "gold"}]},
    ]
)
LONGER = st.sampled_from(["lifetime", {"calendar": "month"}, {"rolling": "P30D"}])
WINDOWS = st.just("order") | LONGER
LIMITS = st.one_of(
    st.none(),
    st.builds(lambda n, w: {"times": n, "window": w}, st.integers(1, 3), LONGER),
    st.builds(lambda n, w: {"amount": n, "window": w}, st.integers(1, 90), WINDOWS),
)


@st.composite
def rules(draw: st.DrawFn, rule_id: str) -> dict[str, Any]:
    give = draw(st.lists(EFFECTS, min_size=1, max_size=3))
    limit = draw(LIMITS)
    if limit and "amount" in limit:
        limit = {**limit, "amount": {give[0]["unit"]: limit["amount"]}}
    keys: dict[str, Any] = {"limit": limit, "lines": draw(CONDITIONS)}
    keys["once"] = draw(st.sampled_from([None, "member"]))
    keys["dry_run"] = draw(st.integers(0, 9)) == 0
    keys["full"] = draw(st.booleans()) and any("rate" in each for each in give)
    keys["bonus"] = draw(st.booleans()) and any("rate" in each for each in give)
    kind = draw(st.sampled_from(["plain", "plain", "group", "multiply"]))
    if kind == "multiply":
        give = [{"multiply": draw(DECIMALS), "unit": draw(st.sampled_from(["points", "karma"]))}]
        keys |= {"full": False, "bonus": False}
        keys["limit"] = None if limit and "amount" in limit else limit
    elif kind == "group":
        give = [{"rate": draw(DECIMALS), "unit": "points"}]
        keys |= {"full": False, "bonus": False, "group": "g", "pick": "best"}
        if limit and "amount" in limit:
            keys["limit"] = {**limit, "amount": 7}
    return rule(rule_id, *give, **{key: value for key, value in keys.items() if value})


@st.composite
def programs(draw: st.DrawFn) -> dict[str, Any]:
    roundings = st.sampled_from(["down", "half_even", "up"])
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=5))
    limits = draw(st.sampled_from([{}, {"points_per_day": 40}, {"points_per_day": {"points": 7}}]))
    multiply = {"points": draw(DECIMALS.filter(lambda text: text != "0.0"))}
    gold = tier("gold", 20, multiply=multiply, entry=[add(draw(st.integers(1, 50)))])
    ladder = [group(tier("leaf"), gold)] if draw(st.booleans()) else []
    raw = document(
        units={"points": {**POINTS, "rounding": draw(roundings)}, "karma": KARMA},
        earn=[draw(rules(name)) for name in names],
        tier_groups=ladder,
        limits=limits,
        stack=draw(st.sampled_from(["best", "sum", "product"])),
    )
    text = str(raw)
    return (
        raw if ladder else {**raw, "earn": _without_tiers(raw["earn"])} if "tier" in text else raw
    )


def _without_tiers(earn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = []
    for each in earn:
        asks_tiers = "member.tier" in str(each.get("lines"))
        plain.append({key: value for key, value in each.items()
                      if not (key == "lines" and asks_tiers)})  # fmt: skip
    return plain


def ready(raw: dict[str, Any]) -> CompiledProgram:
    checked = check(raw)
    assert checked.program is not None, checked.errors
    return compile_program(checked.program, 1)


LINES = st.builds(
    lambda net, extra, tax, tags, sku, gift: OccasionLine(
        line_id="x", net=net, gross=net + extra, tax=tax, quantity_milli=1_000, tags=tags, sku=sku,
        gift_card=gift,
    ),
    st.integers(-10, 20_000), st.integers(0, 500), st.integers(-5, 500),
    st.sampled_from([(), ("tea",), ("coffee",)]), st.sampled_from(["", "a", "c"]),
    st.sampled_from([False, False, False, True]),
)  # fmt: skip
BASKETS = st.lists(LINES, max_size=5).map(
    lambda lines: tuple(
        msgspec.structs.replace(each, line_id=f"l{place}") for place, each in enumerate(lines)
    )
)
TERMS = st.builds(
    lambda tiers, room, before, entered, given_before: Terms(
        program_version=1, tiers=tiers, room=room, qualified_before=before, entered=entered,
        already_given=given_before,
    ),
    st.sampled_from([{}, {"club": "gold"}, {"club": "leaf"}, {"vip": "x"}]),
    st.dictionaries(st.sampled_from(["rule:a", "rule:b", "day:points", "rule:zz"]),
                    st.integers(-3, 60)),
    st.dictionaries(st.just("club"), st.integers(0, 5_000)),
    st.sampled_from([(), ("club/gold",), ("club/leaf", "club/gold"), ("odd",)]),
    st.sampled_from([(), ("a",), ("b", "c")]),
)  # fmt: skip


def paid(lines: tuple[OccasionLine, ...]) -> Occasion:
    return Occasion(trigger="order.paid", at=NOON, placed_at=NOON, lines=lines)


@given(programs(), BASKETS, TERMS)
def test_shares_are_whole_positive_and_within_the_room(
    raw: dict[str, Any], lines: tuple[OccasionLine, ...], terms: Terms
) -> None:
    program = ready(raw)
    result = evaluate(program, paid(lines), terms)
    assert all(share.points > 0 for share in result.shares)
    keys = [(share.unit, share.rule_id) for share in result.shares]
    assert len(keys) == len(set(keys))
    for cap, used in result.used.items():
        assert 0 < used <= max(terms.room.get(cap, used), 0)


@given(programs(), BASKETS, TERMS)
def test_the_rules_shares_sum_to_the_rounded_whole(
    raw: dict[str, Any], lines: tuple[OccasionLine, ...], terms: Terms
) -> None:
    free = [{key: value for key, value in each.items() if key != "limit"} for each in raw["earn"]]
    program = ready({**raw, "limits": {}, "earn": free})
    result = evaluate(program, paid(lines), msgspec.structs.replace(terms, entered=()))
    rounded = {row.unit: row.points for row in result.trace if row.code == "rounded"}
    for unit, whole in rounded.items():
        assert points(result, unit) == whole


@given(programs(), BASKETS, TERMS, st.randoms())
def test_the_order_of_rules_and_lines_in_the_document_never_matters(
    raw: dict[str, Any], lines: tuple[OccasionLine, ...], terms: Terms, chance: random.Random
) -> None:
    shuffled = list(raw["earn"])
    chance.shuffle(shuffled)
    mixed = list(lines)
    chance.shuffle(mixed)
    one = evaluate(ready(raw), paid(lines), terms)
    two = evaluate(ready({**raw, "earn": shuffled}), paid(tuple(mixed)), terms)
    assert (one.shares, one.once) == (two.shares, two.once)
    assert (one.used, one.wanted) == (two.used, two.wanted)


@given(programs(), BASKETS, TERMS)
def test_a_line_of_nothing_changes_nothing(
    raw: dict[str, Any], lines: tuple[OccasionLine, ...], terms: Terms
) -> None:
    program = ready(raw)
    nothing = line(0, "nothing", gross=900, tax=90, tags=("tea",), sku="c")
    one = evaluate(program, paid(lines), terms)
    two = evaluate(program, paid((*lines, nothing)), terms)
    assert (one.shares, one.qualifying, one.used) == (two.shares, two.qualifying, two.used)


@given(programs(), BASKETS, TERMS)
def test_refunding_everything_leaves_nothing(
    raw: dict[str, Any], lines: tuple[OccasionLine, ...], terms: Terms
) -> None:
    gone = tuple(msgspec.structs.replace(each, net=0, gross=0, tax=0) for each in lines)
    result = evaluate(ready(raw), paid(gone), terms)
    assert (result.shares, result.qualifying, result.used, result.once) == ((), {}, {}, ())


@given(programs(), BASKETS, TERMS)
def test_a_repeated_delivery_comes_to_the_same_answer_from_the_room_it_used(
    raw: dict[str, Any], lines: tuple[OccasionLine, ...], terms: Terms
) -> None:
    program = ready(raw)
    every = {
        cap.id: POINTS_MAX if cap.kind == "pick" else terms.room.get(cap.id, 50)
        for cap in program.caps.values()
    }
    first = evaluate(program, paid(lines), msgspec.structs.replace(terms, room=every))
    granted = {cap: first.granted.get(cap, 0) or first.used.get(cap, 0) for cap in every}
    again = evaluate(program, paid(lines), msgspec.structs.replace(terms, room=granted))
    assert (again.shares, again.used, again.once) == (first.shares, first.used, first.once)
    assert again.granted == first.granted


LIMITED = st.one_of(
    st.just({}),
    st.builds(lambda most, window: {"limit": {"amount": most, "window": window}},
              st.integers(1, 60), WINDOWS),
    st.builds(lambda most, window: {"limit": {"times": most, "window": window}},
              st.integers(1, 2), LONGER),
    st.just({"limit": {"cooldown": "PT1H"}}),
)  # fmt: skip


@st.composite
def bounded(draw: st.DrawFn) -> CompiledProgram:
    """Rates of amounts under limits of every kind at once."""
    earn = [
        rule(f"r{place}", rate(draw(DECIMALS)), **draw(LIMITED))
        for place in range(draw(st.integers(1, 3)))
    ]
    rounding = draw(st.sampled_from(["down", "half_even", "up"]))
    day = draw(st.none() | st.integers(1, 90))
    limits = {"limits": {"points_per_day": day}} if day else {}
    return compiled(units={"points": {**POINTS, "rounding": rounding}}, earn=earn, **limits)


@given(bounded(), st.lists(st.integers(0, 20_000), min_size=1, max_size=3), st.data())
def test_told_again_is_the_same_by_rule_and_a_refund_never_gives(
    program: CompiledProgram, cents: list[int], data: st.DataObject
) -> None:
    room = {
        cap: data.draw(st.integers(0, 1 if known.kind in ("times", "cooldown") else known.limit))
        for cap, known in program.caps.items()
    }
    first = evaluate(program, order(*cents), Terms(program_version=1, room=room))
    assert all(used <= room[cap] for cap, used in first.used.items())
    assert all(most <= room[cap] for cap, most in first.granted.items())
    room = {cap: first.granted.get(cap, 0) or first.used.get(cap, 0) for cap in room}
    terms = Terms(program_version=1, room=room)
    assert evaluate(program, order(*cents), terms).shares == first.shares
    before = points(first)
    for _ in range(2):
        cents = [data.draw(st.integers(0, each)) for each in cents]
        after = points(evaluate(program, order(*cents), terms))
        assert after <= before
        before = after


def grouped(name: str, text: str, most: int | None) -> dict[str, Any]:
    limit = {"limit": {"amount": most, "window": "order"}} if most else {}
    return rule(name, rate(text), group="g", pick="best", **limit)


@given(
    st.lists(st.tuples(DECIMALS, st.none() | st.integers(1, 60)), min_size=1, max_size=3),
    BASKETS,
    st.sampled_from(["down", "half_even", "up"]),
)
def test_a_choice_in_a_group_is_the_same_again(
    offers: list[tuple[str, int | None]], lines: tuple[OccasionLine, ...], rounding: str
) -> None:
    best = [grouped(f"g{place}", *offer) for place, offer in enumerate(offers)]
    units = {"points": {**POINTS, "rounding": rounding}}
    program = compiled(units=units, earn=[rule("z", rate("1")), *best])
    room = caps.room(program, Counters(), NOON)
    first = evaluate(program, paid(lines), Terms(program_version=1, room=room))
    granted = {cap: first.granted.get(cap, 0) or first.used.get(cap, 0) for cap in room}
    again = evaluate(program, paid(lines), Terms(program_version=1, room=granted))
    assert (again.shares, again.used) == (first.shares, first.used)


@given(st.integers(1, 60), st.integers(0, 20_000))
def test_what_is_above_the_limit_of_a_group_s_rule_buys_nobody_a_point(
    most: int, cents: int
) -> None:
    program = compiled(earn=[rule("z", rate("1")), grouped("g", "2", most)])
    room = caps.room(program, Counters(), NOON)
    result = evaluate(program, order(cents), Terms(program_version=1, room=room))
    assert points(result) == (cents + min(2 * cents, 100 * most)) // 100


@given(programs(), st.lists(st.tuples(BASKETS, st.integers(0, 40)), max_size=6))
def test_caps_are_never_exceeded_however_spend_is_split(
    raw: dict[str, Any], history: list[tuple[tuple[OccasionLine, ...], int]]
) -> None:
    program = ready(raw)
    counters, total = Counters(), dict.fromkeys(program.caps, 0)
    now = at("2026-06-10")
    for lines, minutes in history:
        now += minutes * 60_000
        room = caps.room(program, counters, now)
        result = evaluate(program, paid(lines), Terms(program_version=1, room=room))
        counters = caps.count(program, counters, now, result.used, now)
        for cap in program.caps.values():
            is_per_order = cap.window is None
            before = 0 if is_per_order else total[cap.id]
            total[cap.id] = before + result.used.get(cap.id, 0)
            assert total[cap.id] <= cap.limit


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)


@given(
    programs(),
    BASKETS,
    st.dictionaries(st.sampled_from(["number", "channel", "net_total", "tags", "codes"]), ODD),
    st.sampled_from(["order.paid", "member.joined", "order.shipped"]),
    st.integers(-(10**15), 10**15),
)
def test_no_occasion_makes_an_evaluation_raise(
    raw: dict[str, Any],
    lines: tuple[OccasionLine, ...],
    odd: dict[str, object],
    trigger: str,
    when: int,
) -> None:
    asks = {"any": [{"order.number": "1"}, {"order.net_total": {"gte": 1}},
                    {"order.tags": {"has": "a"}}, {"order.channel": {"nin": ["b"]}}]}  # fmt: skip
    program = ready({**raw, "earn": [*raw["earn"], rule("z", add(1), **{"if": asks})]})
    occasion = Occasion(
        trigger=trigger, at=when, placed_at=when, lines=lines, order=odd, member=MemberFacts()
    )
    evaluate(program, occasion, Terms(program_version=1))


@given(st.integers(0, 10**9), st.integers(1, 5))
def test_a_whole_is_the_same_on_one_line_or_on_many(cents: int, parts: int) -> None:
    program = compiled(earn=[rule("a", rate("1.3")), rule("b", rate("0.7"), full=True)])
    each, rest = divmod(cents, parts)
    split = order(*[each] * (parts - 1), each + rest)
    assert award(program, split).shares == award(program, order(cents)).shares
