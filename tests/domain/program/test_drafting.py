"""When a draft may be saved or published, by every reason."""

import pytest

from chalicelib.domain.instants import DAY_MS, MINUTE_MS
from chalicelib.domain.limits import SCHEDULE_AHEAD_MS_MAX
from chalicelib.domain.outcome import Problem, RefusalCode
from chalicelib.domain.program.drafting import (
    Agreed,
    Seen,
    canonical_document,
    hash_of,
    limits_refusal,
    save_refusal,
    time_refusal,
    warnings_refusal,
    withdraw_refusal,
)

NOW = 1_800_000_000_000


def test_a_hash_is_of_the_document_whatever_the_order_of_its_keys() -> None:
    one, same, other = {"a": 1, "b": [2]}, {"b": [2], "a": 1}, {"a": 1, "b": [3]}
    hashes = [hash_of(canonical_document(each)) for each in (one, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert len(hashes[0]) == 64


@pytest.mark.parametrize(
    ("seen", "saves"),
    [
        (Seen(3, "a"), True),
        (Seen(None, "a"), True),
        (Seen(2, "a"), False),
        (Seen(3, "b"), False),
        (Seen(3, ""), False),
        (Seen(0, "a"), False),
    ],
)
def test_who_has_not_seen_what_is_there_may_not_save(seen: Seen, saves: bool) -> None:
    refusal = save_refusal(seen, Seen(3, "a"))
    assert (refusal is None) is saves
    assert refusal is None or refusal.code is RefusalCode.DRAFT_OUTDATED


@pytest.mark.parametrize(
    ("start", "live", "starts"),
    [
        (NOW + 2 * MINUTE_MS, 1, True),
        (NOW + 2 * MINUTE_MS - 1, 1, False),
        (NOW - 1, 1, False),
        (NOW + SCHEDULE_AHEAD_MS_MAX, 1, True),
        (NOW + SCHEDULE_AHEAD_MS_MAX + 1, 1, False),
        (NOW + DAY_MS, 0, False),
    ],
)
def test_a_start_is_far_enough_and_near_enough(start: int, live: int, starts: bool) -> None:
    refusal = time_refusal(start, NOW, live)
    assert (refusal is None) is starts
    assert refusal is None or refusal.problems[0].path == "$.effective_from"


def test_every_warning_is_accepted_by_its_code_and_broken_limits_by_a_reason() -> None:
    plain = Problem("$.earn[0]", "rule_never_pays", "It never pays.")
    limit = Problem("$.rewards[0]", "reward_cost_high", "It costs much.")
    assert warnings_refusal((), Agreed()) is None
    assert warnings_refusal((plain,), Agreed(frozenset({"rule_never_pays"}))) is None
    assert warnings_refusal((limit,), Agreed(force_reason="A gift.")) is None
    nodded = Agreed(frozenset({"rule_never_pays", "reward_cost_high"}))
    refusal = warnings_refusal((plain, limit), nodded)
    assert refusal is not None
    assert (refusal.code, refusal.problems) == (RefusalCode.WARNINGS_UNACCEPTED, (limit,))
    both = warnings_refusal((plain, limit), Agreed())
    assert both is not None
    assert both.problems == (plain, limit)


def test_where_nothing_else_is_asked_only_broken_limits_need_a_reason() -> None:
    plain = Problem("$.earn[0]", "rule_never_pays", "It never pays.")
    limit = Problem("$.rewards[0]", "reward_cost_high", "It costs much.")
    assert limits_refusal((plain,), "") is None
    assert limits_refusal((plain, limit), "A gift.") is None
    refusal = limits_refusal((plain, limit), "")
    assert refusal is not None
    assert (refusal.code, refusal.problems) == (RefusalCode.WARNINGS_UNACCEPTED, (limit,))


@pytest.mark.parametrize(
    ("version", "waiting", "goes"),
    [
        (4, (4, NOW + 2 * MINUTE_MS), True),
        (4, (4, NOW + 2 * MINUTE_MS - 1), False),
        (4, (4, NOW - 1), False),
        (3, (4, NOW + DAY_MS), False),
        (4, (0, 0), False),
        (0, (0, 0), False),
    ],
)
def test_a_version_is_withdrawn_only_while_it_waits(
    version: int,
    waiting: tuple[int, int],
    goes: bool,
) -> None:
    refusal = withdraw_refusal(version, waiting, NOW)
    assert (refusal is None) is goes
