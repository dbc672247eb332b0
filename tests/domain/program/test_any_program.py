"""What holds for every program that the check lets pass, whatever happens: keys from the schema.

``test_earning_properties`` asks the same of programs by hand, where more can be said of the sums.
"""

import random
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from chalicelib.domain.member import Counters
from chalicelib.domain.program import caps
from chalicelib.domain.program.campaigns import awarded
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.occasion import ENTRY_PREFIX, Award, Occasion, Terms
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.shared import granted_whole
from chalicelib.domain.program.validation import check
from tests.domain.program.any_occasion import occasions
from tests.domain.program.any_program import (
    drawn_programs,
    keys_in,
    mended,
    parts_of_programs,
    programs,
)
from tests.domain.program.builders import line

SEED = 20_261_122
EXAMPLES = 25
ROUNDS_MAX = 12
REFERRED_TO = ("partners", "messages", "tier_groups")
ROOM = 1 << 40


def ready(raw: dict[str, Any]) -> CompiledProgram:
    checked = check(raw)
    assert checked.program is not None, checked.errors
    return compile_program(checked.program, 1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], CompiledProgram, Occasion, Terms]:
    """A program, something that happens, and terms that fit both."""
    raw = draw(programs())
    program = ready(raw)
    occasion = draw(occasions(program))
    room = {cap: draw(st.sampled_from((0, 1, 7, ROOM))) for cap in (*program.caps, *program.shared)}
    entered = draw(st.sampled_from(((), ("tiergroup-0/tier-1",), ("gone/gone", "odd"))))
    arms = {name: draw(st.sampled_from(("in", "holdout", "spent"))) for name in program.campaigns}
    terms = Terms(
        program_version=1, tiers=occasion.member.tiers, facts=occasion.member, room=room,
        entered=entered, arms=arms,
    )  # fmt: skip
    return raw, program, occasion, terms


def plain(award: Award) -> Award:
    """``award`` without its reasons, which name what stands first."""
    return msgspec.structs.replace(award, trace=())


@settings(max_examples=EXAMPLES)
@given(cases())
def test_evaluation_is_total_and_pure(case: tuple[Any, CompiledProgram, Occasion, Terms]) -> None:
    raw, program, occasion, terms = case
    once = granted_whole(program, occasion, terms)
    assert granted_whole(ready(raw), occasion, terms) == once
    assert all(share.points > 0 for share in once[1].shares)


@settings(max_examples=EXAMPLES)
@given(cases(), st.randoms())
def test_the_order_of_anything_in_the_document_changes_nothing(
    case: tuple[dict[str, Any], CompiledProgram, Occasion, Terms], chance: random.Random
) -> None:
    raw, program, occasion, terms = case
    mixed = dict(raw)
    for name in ("earn", "rewards", "challenges", "campaigns", "badges", "memberships", "partners"):
        if isinstance(mixed.get(name), list):
            mixed[name] = chance.sample(mixed[name], len(mixed[name]))
    lines = tuple(chance.sample(occasion.lines, len(occasion.lines)))
    again = awarded(ready(mixed), msgspec.structs.replace(occasion, lines=lines), terms)
    assert plain(again) == plain(awarded(program, occasion, terms))


@settings(max_examples=EXAMPLES)
@given(cases())
def test_a_line_of_nothing_changes_nothing_at_all(
    case: tuple[Any, CompiledProgram, Occasion, Terms],
) -> None:
    _, program, occasion, terms = case
    nothing = line(0, "nothing", gross=900, tax=90, tags=("tea",), sku="tea")
    more = msgspec.structs.replace(occasion, lines=(*occasion.lines, nothing))
    assert plain(awarded(program, more, terms)) == plain(awarded(program, occasion, terms))


def unlimited(raw: dict[str, Any]) -> dict[str, Any]:
    """``raw`` where no limit cuts what rules give; only what needs one keeps it, wide."""
    wide = {"times": 10**9, "window": "lifetime"}
    earn = [
        {key: value for key, value in rule.items() if key != "limit"}
        | ({"limit": wide} if "limit" in rule else {})
        for rule in raw.get("earn", ())
    ]
    limits = {key: value for key, value in raw.get("limits", {}).items() if key != "points_per_day"}
    return mended({**raw, **({"earn": earn} if earn else {}), "limits": limits, "campaigns": []})


@settings(max_examples=EXAMPLES)
@given(cases())
def test_shares_sum_to_the_whole_that_was_rounded_once(
    case: tuple[dict[str, Any], CompiledProgram, Occasion, Terms],
) -> None:
    raw, _, occasion, terms = case
    program = ready(unlimited(raw))
    award = awarded(program, occasion, msgspec.structs.replace(terms, room={}, arms={}))
    given_by_rules = [each for each in award.shares if not each.rule_id.startswith(ENTRY_PREFIX)]
    for row in award.trace:
        if row.code == "rounded":
            assert sum(e.points for e in given_by_rules if e.unit == row.unit) == row.points


@settings(max_examples=EXAMPLES)
@given(cases())
def test_an_order_of_which_nothing_is_left_earns_nothing(
    case: tuple[Any, CompiledProgram, Occasion, Terms],
) -> None:
    _, program, occasion, terms = case
    gone = tuple(msgspec.structs.replace(each, net=0) for each in occasion.lines)
    order = msgspec.structs.replace(occasion, trigger="order.paid", lines=gone)
    for emptied in (order, msgspec.structs.replace(occasion, trigger="", lines=())):
        award = awarded(program, emptied, terms)
        assert (award.shares, award.grants, award.qualifying) == ((), (), {})
        assert (award.once, award.progress, any(award.used.values())) == ((), {}, False)


@st.composite
def histories(draw: st.DrawFn) -> tuple[CompiledProgram, list[Occasion]]:
    program = ready(draw(programs()))
    occasion = occasions(program)
    return program, draw(st.lists(occasion, min_size=2, max_size=4))


@settings(max_examples=EXAMPLES)
@given(histories())
def test_no_cap_is_exceeded_however_what_happens_is_split(
    history: tuple[CompiledProgram, list[Occasion]],
) -> None:
    """All at one instant: one window of each cap."""
    program, happened = history
    counters, shared = Counters(), dict.fromkeys(program.shared, 0)
    total = dict.fromkeys(program.caps, 0)
    for occasion in happened:
        free = {cap: program.shared[cap].limit - used for cap, used in shared.items()}
        room = {**caps.room(program, counters, occasion.at), **free}
        arms = dict.fromkeys(program.campaigns, "in")
        terms = Terms(program_version=1, facts=occasion.member, room=room, arms=arms)
        _, award = granted_whole(program, occasion, terms)
        counters = caps.count(program, counters, occasion.at, award.used, occasion.at)
        for name, cap in program.shared.items():
            shared[name] += award.used.get(name, 0)
            assert shared[name] <= cap.limit
        for cap in program.caps.values():
            before = 0 if cap.window is None else total[cap.id]
            total[cap.id] = before + award.used.get(cap.id, 0)
            assert cap.kind == "pick" or total[cap.id] <= cap.limit


def test_every_key_of_the_language_is_drawn() -> None:
    """Else a key that was added would not be in any program here: steer to it in ``any_forms``."""
    parts = parts_of_programs()
    found = _keys_drawn(parts, SEED)
    for part, keys in parts.items():
        for number in range(ROUNDS_MAX):
            if keys <= found:
                break
            found |= _keys_drawn((part, *REFERRED_TO), SEED + number)
    assert sorted(frozenset().union(*parts.values()) - found) == []


def _keys_drawn(parts: Iterable[str], number: int) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()

    @seed(number)
    @settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck))
    @given(programs(*parts))
    def draw(raw: dict[str, Any]) -> None:
        found.update(keys_in(raw))

    draw()
    return found


@settings(max_examples=EXAMPLES)
@given(drawn_programs())
def test_most_of_what_is_drawn_is_valid(raw: dict[str, Any]) -> None:
    """Or there would be little left to prove."""
    assert len(str(mended(raw))) > len(str(raw)) / 3


@pytest.mark.soak
@settings(max_examples=400)
@given(cases())
def test_the_same_holds_of_many_more_programs(
    case: tuple[dict[str, Any], CompiledProgram, Occasion, Terms],
) -> None:
    for claim in (
        test_evaluation_is_total_and_pure,
        test_a_line_of_nothing_changes_nothing_at_all,
        test_shares_sum_to_the_whole_that_was_rounded_once,
        test_an_order_of_which_nothing_is_left_earns_nothing,
    ):
        claim.hypothesis.inner_test(case)  # type: ignore[attr-defined]


@pytest.mark.soak
@settings(max_examples=400)
@given(histories())
def test_no_cap_is_exceeded_in_many_more_programs(
    history: tuple[CompiledProgram, list[Occasion]],
) -> None:
    test_no_cap_is_exceeded_however_what_happens_is_split.hypothesis.inner_test(history)  # type: ignore[attr-defined]
