"""What members can have for points, the best first: the least that each reward is sold for.

A reward by steps is taken by its least number of them; who wants more takes it again.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.domain.points import floor_ratio
from chalicelib.domain.program.document import Program, Reward
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rewards import cost_to_shop, face_value


class Choice(msgspec.Struct, frozen=True):
    """One reward at its least price."""

    reward: Reward
    unit: str
    points: int  # what the member pays; above 0
    worth_minor: int  # what the member gets; 0 where it is not money
    cost_minor: int | None  # what the shop pays; None: nobody knows


def choices_of(program: CompiledProgram) -> tuple[Choice, ...]:
    """Every reward that costs points: most worth for a point first, ties by id."""
    found = []
    for reward_id in sorted(program.rewards):
        choice = _choice(program.rewards[reward_id].reward, program.program)
        if choice is not None:
            found.append(choice)
    most = max((choice.points for choice in found), default=1)
    found.sort(key=lambda choice: -floor_ratio(choice.worth_minor * most * most, choice.points))
    return tuple(found)


def cheapest_of(choices: Iterable[Choice]) -> dict[str, int]:
    """The least points of a unit that buy something, of what is not redeemed by itself."""
    cheapest: dict[str, int] = {}
    for choice in (each for each in choices if not each.reward.auto):
        cheapest[choice.unit] = min(choice.points, cheapest.get(choice.unit, choice.points))
    return cheapest


def point_worth(
    program: CompiledProgram, unit_id: str, choices: tuple[Choice, ...] | None = None
) -> tuple[int, int]:
    """What points of a unit are worth: (minor units, for how many points); (0, 1) unknown.

    As the program says; else by the reward that gives most for them (``choices``: those of the
    program, where they are at hand).
    """
    unit = program.program.units.get(unit_id)
    if unit is None or not unit.spendable:
        return 0, 1
    if unit.value and program.currency in unit.value:
        return unit.value[program.currency], unit.value_per
    known = choices_of(program) if choices is None else choices
    best = next((choice for choice in known if choice.unit == unit_id), None)
    return (best.worth_minor, best.points) if best else (0, 1)


def what_points_buy(
    program: CompiledProgram, unit: str, choices: tuple[Choice, ...]
) -> tuple[int, int]:
    """What a member has of points: (minor units, for how many), by the reward that gives most.

    Of those that everybody may have, else of any; as ``point_worth`` where none is worth money.
    """
    sold = [each for each in choices if each.unit == unit and each.worth_minor]
    best = next((each for each in sold if each.reward.who is None), sold[0] if sold else None)
    return (best.worth_minor, best.points) if best else point_worth(program, unit, choices)


def _choice(reward: Reward, program: Program) -> Choice | None:
    cost = reward.cost
    if cost is None:
        return None
    step = cost.step or 1
    steps = 1 if cost.amount else max(1, (cost.min or 0) // step)
    points = cost.amount or steps * step
    paid = cost_to_shop(program, reward)
    worth = face_value(reward, program.currency) or paid or 0
    return Choice(reward, cost.unit, points, worth * steps, None if paid is None else paid * steps)
