"""What an API key may do. ``owner`` may do all; no other scope implies another."""

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """One right of an API key."""

    READ = "read"  # look at everything of the shop but its secrets and reports
    MEMBERS = "members"  # enrol, change and erase members, send events
    POINTS = "points"  # move points by hand: adjustments, redemptions
    PROGRAM = "program"  # publish the program
    REPORTS = "reports"  # what the program costs and brings
    OWNER = "owner"  # all of these, and the shop itself: keys, connections, audit log


ALL_SCOPES: frozenset[Scope] = frozenset(Scope)
"""What the operator may do, in every shop."""


def allows(held: Collection[Scope], wanted: Scope) -> bool:
    """Whether a key that holds ``held`` may do what ``wanted`` covers."""
    return wanted in held or Scope.OWNER in held


def scopes_of(names: Collection[str]) -> frozenset[Scope]:
    """The scopes of stored ``names``; a name that we no longer know grants nothing."""
    known = {scope.value for scope in Scope}
    return frozenset(Scope(name) for name in names if name in known)
