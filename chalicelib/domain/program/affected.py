"""Whom a change touches, as far as a count of members tells."""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.program.changes import Change


class Crowd(msgspec.Struct, frozen=True):
    """Members who were counted, by what they hold now."""

    members: int
    is_complete: bool  # whether there were no more than were counted
    tiers: Mapping[str, int]  # by "group/tier"
    units: Mapping[str, int]  # members with points of it
    codes: Mapping[str, int]  # open codes of rewards that go


def touched(change: Change, crowd: Crowd) -> int | None:
    """Members who hold the tier or the points, or codes that stay open; None: not by holding."""
    subject = change.subject
    if "tier" in subject:
        return crowd.tiers.get(f"{subject.get('group', '')}/{subject['tier']}", 0)
    if change.code == "reward_removed":
        return crowd.codes.get(subject["reward"], 0)
    if change.code == "unit_expiry" and not _is_idle(change.after):
        return 0  # what is there keeps its date
    if change.code in ("unit_expiry", "unit_retired_set", "unit_gift_unset"):
        return crowd.units.get(subject["unit"], 0)
    return None


def _is_idle(expiry: object) -> bool:
    """Whether points lapse by inactivity: the one rule that reaches those that are there."""
    return isinstance(expiry, dict) and expiry.get("idle") is not None


def gone_rewards(changes: tuple[Change, ...]) -> frozenset[str]:
    """Rewards that the next version does not have."""
    return frozenset(
        change.subject["reward"] for change in changes if change.code == "reward_removed"
    )
