"""The second pass over a replay: rewards that run out are taken no further than their stock.

Members are walked one by one, in any order and in many processes, so nobody knows on the way what
is left. All rewards of a month are taken at its end; so going through the months once more with the
sums alone grants the stock by time. What is refused is given back: its cost, and its points, which
stay with the members to the end. That they would take something else instead is not looked at.

The stock is that of the reported months: a draft's begins when it is published.
"""

from chalicelib.domain.program.document import Reward
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rewards import money_cost
from chalicelib.domain.replay.choosing import Choice, choices_of
from chalicelib.domain.replay.spending import HABITS
from chalicelib.domain.replay.tally import Tally


def within_stock(program: CompiledProgram, tally: Tally, warming: int) -> Tally:
    """``tally`` with no reward taken beyond its stock from month ``warming`` on."""
    limited = [each.reward for each in program.rewards.values() if each.reward.stock is not None]
    if not limited:
        return tally
    figures = {key: list(row) for key, row in tally.figures.items()}
    after = Tally(tally.months, figures, tally.reached, tally.never)
    choices = {choice.reward.id: choice for choice in choices_of(program)}
    for reward in sorted(limited, key=lambda each: each.id):
        cost = money_cost(reward, program.currency)
        for habit, _, _ in HABITS:
            refused = _refused(after, reward, habit, warming)
            _give_back(after, (reward, choices.get(reward.id), cost), habit, refused)
    return after


def _refused(tally: Tally, reward: Reward, habit: str, warming: int) -> dict[int, int]:
    """How many are too many, by month; what comes back in a month can be taken again."""
    left, refused = reward.stock or 0, dict[int, int]()
    wanted = tally.row("rewards", reward.id, habit)
    for month in range(warming, tally.months):
        granted = min(wanted[month], left)
        left -= granted
        if wanted[month] > granted:
            refused[month] = wanted[month] - granted
    return refused


def _give_back(
    tally: Tally,
    what: tuple[Reward, Choice | None, int | None],
    habit: str,
    refused: dict[int, int],
) -> None:
    reward, choice, cost = what
    bought = tally.row("bought", reward.id, habit)
    name = "unpriced" if cost is None else "cost"
    kept = 0  # points of those refused so far
    for month in range(min(refused, default=tally.months), tally.months):
        many = refused.get(month, 0)
        tally.add(("rewards", reward.id, habit), month, -many)
        tally.add((name, "", habit), month, -many * (1 if cost is None else cost))
        tally.add(("refused", reward.id, habit), month, many)
        if choice is not None:
            points = min(many, bought[month]) * choice.points
            kept += points
            tally.add(("redeem", choice.unit, habit), month, -points)
            tally.add(("outstanding", choice.unit, habit), month, kept)
