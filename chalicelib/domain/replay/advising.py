"""What a replay says against publishing: limits of the program's own that its history goes over.

Read from the draft's side under the habit that members were taken to have. What members would do
otherwise, no replay knows; so a limit that is kept here is no promise.
"""

from chalicelib.domain.outcome import Problem
from chalicelib.domain.points import floor_ratio
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.replay.report import Report, main_money

FIRST_REWARD_ORDERS_MAX = 5
"""Of half of the members a reward should be within reach after so many orders."""

_REACH = "no_reward_within_reach"


def advised(warnings: tuple[Problem, ...], report: Report, program: Program) -> tuple[Problem, ...]:
    """The ``warnings`` of a check, with what ``report`` knows better and what it adds."""
    if not any(report.draft.orders):
        return warnings  # nobody did anything: nothing is known
    kept = tuple(warning for warning in warnings if warning.code != _REACH)
    return (*kept, *_reach(report), *_cost(report, program), *_liability(report, program))


def _reach(report: Report) -> tuple[Problem, ...]:
    median = report.draft.first_reward_median
    if median is not None and median <= FIRST_REWARD_ORDERS_MAX:
        return ()
    took = f"It took {median} orders" if median else "Nobody had enough"
    detail = (
        f"{took} until a reward was within reach (of half of the members who got there): lower "
        "a cost, or give more."
    )
    return (Problem("$.rewards", _REACH, detail),)


def _cost(report: Report, program: Program) -> tuple[Problem, ...]:
    limit = program.limits.reward_cost_share
    share = main_money(report.draft).cost_share_millionths
    numerator, denominator = ratio_of(limit) if limit else (1, 1)
    if share * denominator <= numerator * 1_000_000:
        return ()
    detail = (
        f"Over the last {len(report.months)} months rewards would have cost "
        f"{_percent(share)} of what members spent; the limit is "
        f"{_percent(floor_ratio(numerator * 1_000_000, denominator))}."
    )
    return (Problem("$.limits.reward_cost_share", "replay_cost_high", detail),)


def _liability(report: Report, program: Program) -> tuple[Problem, ...]:
    limit = (program.limits.liability or {}).get(program.currency)
    most = max(main_money(report.draft).liability_minor, default=0)
    if limit is None or most <= limit:
        return ()
    detail = (
        f"Points outstanding would have been worth up to {most} (minor units of "
        f"{program.currency}) at the end of a month; the limit is {limit}."
    )
    return (Problem("$.limits.liability", "replay_liability_high", detail),)


def _percent(millionths: int) -> str:
    tenths = millionths // 1_000
    return f"{tenths // 10}.{tenths % 10} %"
