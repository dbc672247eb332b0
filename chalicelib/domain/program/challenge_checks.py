"""Checks of challenges and badges: what each kind needs, what bounds it, and what it gives."""

from typing import TypeGuard

from chalicelib.domain.calendar import ends_before, starts_at
from chalicelib.domain.limits import CHALLENGE_REWARDS_MAX, STREAK_PERIODS_MAX
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.auto_checks import (
    ONLY_RULES_DRAW,
    check_badge,
    check_given,
    check_message,
    said_by,
)
from chalicelib.domain.program.checking import Checking, unique_ids
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.fields import Kind, field_named
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.referral_document import QUALIFIED
from chalicelib.domain.program.rule_document import (
    ACTION_PREFIX,
    ACTION_REVOKED,
    ANNIVERSARY,
    BIRTHDAY,
    ORDER_PAID,
    SUBSCRIPTION_RENEWED,
    TIER_ENTERED,
)

LINE_SUMS = ("line.net", "line.quantity")
"""What of lines can be added up: minor units, and whole pieces."""

_SPACES = {
    "order": ("order",),
    "action": ("action",),
    "subscription": ("action",),
    "tier": ("tier",),
}
_TRIGGERS = (
    ORDER_PAID,
    "order.fulfilled",
    SUBSCRIPTION_RENEWED,
    ACTION_PREFIX,
    QUALIFIED,
    TIER_ENTERED,
    BIRTHDAY,
    ANNIVERSARY,
)
"""How triggers begin whose documents keep what they contribute (docs/decisions/0042)."""
_NEEDS = {
    "count": {"on", "target"},
    "sum": {"on", "target", "of"},
    "set": {"on", "target", "of", "max"},
    "streak": {"on", "target", "every"},
    "steps": {"steps"},
}
"""The keys that each kind must have."""

_KEYS_OF_KINDS = ("on", "lines", "if", "of", "every", "steps", "target", "max")
_ALSO = {"steps": ("target",)}
"""Keys of a kind beside those that it needs and the conditions."""


def check_challenges(checking: Checking) -> None:
    """Report what is wrong with challenges and badges."""
    challenges = list(checking.document.items("challenges"))
    unique_ids(challenges, checking.findings)
    unique_ids(checking.document.items("badges"), checking.findings)
    for challenge in challenges:
        _check_keys(challenge, checking.findings)
        _check_sources(checking, challenge)
        _check_size(challenge, checking.findings)
        _check_interval(checking, challenge)
        _check_gifts(checking, challenge, challenge.whole("repeat") or 1)
        if challenge.has("board"):
            _check_board(checking, challenge)


def _check_keys(challenge: Node, findings: Findings) -> None:
    """Each kind has the keys that it needs, and none that mean nothing to it."""
    kind = challenge.text("kind")
    needs = _NEEDS.get(kind)
    if needs is None:
        return  # reported as a wrong shape
    may = {*needs, *_ALSO.get(kind, ()), *(() if kind == "steps" else ("lines", "if"))}
    for key in _KEYS_OF_KINDS:
        is_there = challenge.has(key) and challenge.value[key] != []
        if key in needs and not is_there:
            findings.error(
                challenge.at(key), "challenge_unclear", f"A challenge of {kind} needs {key}."
            )
        if is_there and key not in may:
            findings.error(
                challenge.at(key), "key_useless", f"Remove {key}: it means nothing to {kind}."
            )
    if challenge.whole("skips") and kind != "streak":
        findings.error(challenge.at("skips"), "key_useless", "Only a streak can skip: remove it.")


def _check_sources(checking: Checking, challenge: Node) -> None:
    """Triggers that can count, and conditions about what they know."""
    steps = list(challenge.items("steps"))
    unique_ids(steps, checking.findings)
    for node in (challenge, *steps):
        trigger = node.text("on")
        space = trigger.partition(".")[0]
        if trigger and (not trigger.startswith(_TRIGGERS) or trigger == ACTION_REVOKED):
            checking.findings.error(
                node.at("on"),
                "not_for_trigger",
                "Orders (paid, fulfilled), renewals, actions, friends, tiers and birthdays count.",
            )
        namespaces = (*_SPACES.get(space, ()), "member", "facts")
        if node.has("if"):
            check_condition(checking, node, "if", namespaces)
        if node.has("lines") and space == "order":
            check_condition(checking, node, "lines", ("line", *namespaces))
        if node.has("lines") and space and space != "order":
            checking.findings.error(
                node.at("lines"), "not_for_trigger", "Only orders have lines: remove it."
            )
    if challenge.text("of"):
        _check_field(checking, challenge)


def _check_field(checking: Checking, challenge: Node) -> None:
    """``of`` is a field of the trigger: a whole number to add up, a single value to tell apart."""
    name, kind = challenge.text("of"), challenge.text("kind")
    space = challenge.text("on").partition(".")[0]
    own = name.partition(".")[0]
    is_here = own in _SPACES.get(space, ()) or (own == "line" and space == "order")
    field = field_named(name, checking.declared)
    if kind == "sum":
        is_of_table = own == "line" and name not in checking.declared
        is_whole = field is not None and field.kind is Kind.INTEGER
        fits = name in LINE_SUMS if is_of_table else is_whole
        advice = f"Add up {' or '.join(LINE_SUMS)}, or a declared whole number, of the trigger."
    else:
        fits = field is not None and field.kind in (Kind.TEXT, Kind.INTEGER)
        advice = "Name a single value of the order, its lines, or the action."
    if not (fits and is_here):
        checking.findings.error(challenge.at("of"), "field_unknown", advice)


def _check_size(challenge: Node, findings: Findings) -> None:
    """What is counted fits into what is remembered."""
    target, kind = challenge.whole("target") or 0, challenge.text("kind")
    repeat = challenge.whole("repeat") or 1
    most, advice = POINTS_MAX, ""
    if kind == "streak":
        most = STREAK_PERIODS_MAX - (challenge.whole("skips") or 0)
        advice = f"Target and skips together are at most {STREAK_PERIODS_MAX} periods."
    if kind == "set":
        most = (challenge.whole("max") or POINTS_MAX) // repeat
        advice = "Only `max` values are remembered: let target times repeat be at most that."
    if kind == "steps":
        most = len(list(challenge.items("steps")))
        advice = "There are not so many steps."
    if target > most:
        findings.error(challenge.at("target"), "challenge_too_big", advice)
    if kind == "steps" and repeat > 1:
        findings.error(challenge.at("repeat"), "key_useless", "Steps are done once: remove repeat.")


def _check_interval(checking: Checking, challenge: Node) -> None:
    try:
        first = starts_at(challenge.text("from"), checking.zone)
        last = ends_before(challenge.text("to"), checking.zone)
    except (ValueError, OverflowError):
        return  # one of them is not there, or malformed and reported
    if first >= last:
        checking.findings.error(
            challenge.at("to"), "dates_reversed", "Let the challenge end after it begins."
        )


# ---------------------------------------------------------------- what it gives


def _check_board(checking: Checking, challenge: Node) -> None:
    """A board ranks numbers, ends, and gives each place one prize at most."""
    board, findings = challenge.child("board"), checking.findings
    if challenge.text("kind") not in ("count", "sum", "set", ""):
        findings.error(board.path, "board_unfit", "Only count, sum and set have a board.")
    if not challenge.has("to"):
        findings.error(challenge.at("to"), "board_unfit", "Say when it ends: a board is closed.")
    size = board.whole("size") or 10
    seen: set[int] = set()
    for prize in board.items("prizes"):
        ranks = prize.value.get("ranks")
        told = {rank for rank in ranks if isinstance(rank, int)} if _is_list(ranks) else set()
        if told & seen or any(rank > size for rank in told):
            findings.error(
                prize.at("ranks"), "board_unfit", "Name each place of the board once at most."
            )
        seen |= told
        _check_gifts(checking, prize, 1)


def _is_list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, list | tuple)


def _check_gifts(checking: Checking, giving: Node, times: int) -> None:
    for effect in giving.items("give"):
        if effect.has("badge"):
            check_badge(checking, effect)
        elif effect.has("message"):
            check_message(checking, effect)
        elif effect.has("reward"):
            _check_reward(checking, effect, times)
        elif effect.has("cause"):
            _check_cause(checking, effect, times)
        else:
            _check_points(checking, effect, times)


def _check_reward(checking: Checking, effect: Node, times: int) -> None:
    """A reward that can be given, not too often: each of them waits in the account until it is."""
    check_given(checking, effect)
    for key in sorted(said_by(effect) - {"reward", "times"}):
        checking.findings.error(
            effect.at(key), "key_useless", "This is for points: remove it, or the reward."
        )
    if (effect.whole("times") or 1) * times > CHALLENGE_REWARDS_MAX:
        checking.findings.error(
            effect.at("reward"),
            "challenge_too_big",
            f"All its completions may give {CHALLENGE_REWARDS_MAX} of it.",
        )


def _check_cause(checking: Checking, effect: Node, times: int) -> None:
    """Units of a cause, as many for each completion."""
    checking.needs_cause(effect, "cause")
    findings = checking.findings
    if not effect.has("add"):
        findings.error(effect.at("add"), "effect_unclear", "Say how many units of the cause: add.")
    for key in sorted(said_by(effect) - {"cause", "add"}):
        findings.error(
            effect.at(key), "key_useless", "This is for points: remove it, or the cause."
        )
    _check_sum(effect, times, findings)


def _check_points(checking: Checking, effect: Node, times: int) -> None:
    """So many points of a unit that is still earned, as often as the challenge repeats."""
    findings = checking.findings
    if said_by(effect) != {"add", "unit"}:
        advice = "A challenge gives points, {add, unit}, a reward, badge, cause or message."
        if effect.value.get("chance"):
            advice = ONLY_RULES_DRAW
        findings.error(effect.path, "effect_unclear", advice)
        return
    unit = checking.needs_unit(effect, "unit")
    if unit is not None and unit.value.get("retired") is True:
        findings.error(
            effect.at("unit"), "unit_retired", "Nobody earns this unit any more: give another."
        )
    _check_sum(effect, times, findings)


def _check_sum(effect: Node, times: int, findings: Findings) -> None:
    if (effect.whole("add") or 0) * times > POINTS_MAX:
        findings.error(
            effect.at("add"), "challenge_too_big", f"All its completions may give {POINTS_MAX}."
        )
