"""Every shop that random histories live in: programs from plain to rich, and of what came later."""

from tests.simulation.asking_world import asking
from tests.simulation.later_worlds import budgeted, coalition
from tests.simulation.latest_worlds import feasting, opening_doors, warning
from tests.simulation.signed_world import signed
from tests.simulation.worlds import (
    clamped,
    climbing,
    first_served,
    shared,
    traded,
    treating,
    waiting,
)

WORLDS = {
    "plain": traded,
    "pending": waiting,
    "shared": shared,
    "giving": first_served,
    "rich": treating,
    "clamped": clamped,
    "budgeted": budgeted,
    "coalition": coalition,
    "climbing": climbing,
    "signed": signed,
    "feasting": feasting,
    "warning": warning,
    "doors": opening_doors,
}
EVERY = {**WORLDS, "asking": asking}
"""Those, and worlds with histories of their own."""
PLAIN = frozenset({"plain", "pending"})
"""Worlds whose judge is plain arithmetic alone."""
TWINS = EVERY.keys() - PLAIN
"""Worlds whose judge is the same history without faults."""
