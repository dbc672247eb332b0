"""Challenges: bring a member's progress to what their documents contribute, and post the rest.

::

    document ── contribution now ─┐
             ── contribution kept ┴─ difference ─► progress.live ─► completions ─► target
                                                                    target - posted ─► entries

Contributions are added, so the order of documents changes nothing. Three things are first come,
first served, and stay with the document as a value of 0: a value of a set that is full, a period
of a streak that is forgotten, and anything done before a member took part where they must say so.

A round of a streak is ``target`` active periods of which at most ``skips`` in between were missed;
rounds do not overlap. Taking each as early as it is complete gives the most of them, so the answer
depends on the periods alone.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from chalicelib.domain.granting import BADGE, Granted, Thing, regranted
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import CREDITED_LOTS_KEPT_MAX, STREAK_PERIODS_MAX
from chalicelib.domain.program.challenging import Contribution
from chalicelib.domain.program.occasion import Grant, Share
from chalicelib.domain.program.plan import CompiledChallenge, CompiledGrant
from chalicelib.domain.progress import Progress

UNDONE: Final = "challenge_undone"
"""Why a challenge takes back what it gave."""


class Round(NamedTuple):
    """One completion: its first and its last period."""

    first: int
    last: int


class Streak(NamedTuple):
    """Completions, and the periods of the run that is under way."""

    rounds: tuple[Round, ...]
    run: tuple[int, ...]


def admitted(
    challenge: CompiledChallenge,
    progress: Progress,
    wanted: Contribution,
    held: Contribution,
    at: Instant,
) -> Contribution:
    """What of ``wanted`` the document contributes; ``held`` is what it contributed so far."""
    is_out = challenge.is_joined and not 0 < progress.joined_at <= at
    if not held and (is_out or progress.terms not in ("", challenge.terms)):
        return {}
    gone = [value for value, amount in held.items() if amount and value not in wanted]
    left = (
        challenge.most - len(progress.live) + sum(progress.live.get(value) == 1 for value in gone)
    )
    found: Contribution = {}
    for value, amount in sorted(wanted.items()):
        if value in held:
            found[value] = amount if held[value] else 0
        elif challenge.kind == "streak":
            found[value] = amount if int(value) >= progress.floor else 0
        elif challenge.kind == "set" and value not in progress.live:
            found[value] = amount if left > 0 else 0
            left -= 1
        else:
            found[value] = amount
    return found


def moved(
    challenge: CompiledChallenge, progress: Progress, held: Contribution, now: Contribution
) -> Progress:
    """``progress`` with one document's contribution ``now`` in place of ``held``."""
    live = dict(progress.live)
    for sign, contribution in ((-1, held), (1, now)):
        for value, amount in contribution.items():
            live[value] = live.get(value, 0) + sign * amount
    if challenge.kind == "streak":
        live = {period: count for period, count in live.items() if int(period) >= progress.floor}
    live = {value: count for value, count in sorted(live.items()) if count > 0}
    documents = progress.documents + bool(now) - bool(held)
    changed = msgspec.structs.replace(
        progress, terms=challenge.terms, live=live, documents=documents
    )
    return _forgotten(challenge, changed) if challenge.kind == "streak" else changed


def _forgotten(challenge: CompiledChallenge, progress: Progress) -> Progress:
    """Without periods so old that they are not remembered; what they completed is banked."""
    newest = max((int(period) for period in progress.live), default=0)
    return from_floor(challenge, progress, newest - STREAK_PERIODS_MAX + 1)


def from_floor(challenge: CompiledChallenge, progress: Progress, floor: int) -> Progress:
    """``progress`` that remembers no period before ``floor``; what those completed is banked."""
    if floor <= progress.floor:
        return progress
    old = [each for each in streak_of(challenge, progress).rounds if each.first < floor]
    return msgspec.structs.replace(
        progress,
        floor=floor,
        banked=progress.banked + len(old),
        banked_end=max((each.last for each in old), default=progress.banked_end),
        live={period: count for period, count in progress.live.items() if int(period) >= floor},
    )


def streak_of(challenge: CompiledChallenge, progress: Progress) -> Streak:
    """The rounds that are not banked, and the run under way."""
    periods = (int(period) for period in progress.live)
    after = (period for period in periods if period > progress.banked_end)
    return streak(after, challenge.target, challenge.skips)


def completions(challenge: CompiledChallenge, progress: Progress) -> int:
    """How often the challenge is complete."""
    match challenge.kind:
        case "streak":
            found = progress.banked + len(streak_of(challenge, progress).rounds)
        case "count" | "sum":
            found = progress.live.get("", 0) // challenge.target
        case _:
            found = len(progress.live) // challenge.target
    return min(found, challenge.repeat)


def targeted(
    challenge: CompiledChallenge, progress: Progress, at: Instant, free: Mapping[Thing, int]
) -> Progress:
    """``progress`` with what its completions, and a prize, give as its target; none is posted yet.

    ``at`` is when what changed it was done; ``free`` is what of causes can be taken back.
    """
    times, score = completions(challenge, progress), score_of(challenge, progress)
    prize = challenge.board.prizes.get(progress.rank) if challenge.board else None
    points: dict[str, int] = {}
    for unit, add in challenge.gives if times else ():
        points[unit] = points.get(unit, 0) + add * times
    for unit, add in prize.gives if prize else ():
        points[unit] = points.get(unit, 0) + add
    gifts = [(each, _times(each, times)) for each in challenge.grants if times]
    gifts += [(each, 1) for each in prize.grants] if prize else []
    given = (
        Grant(challenge.id, each.effect, each.kind, each.name, each.amount * count)
        for each, count in gifts
    )
    return msgspec.structs.replace(
        progress,
        completed=times,
        completed_at=at if times > progress.completed else progress.completed_at,
        score=score,
        scored_at=max(at, progress.scored_at) if score > progress.score else progress.scored_at,
        reason=UNDONE if times < progress.completed else "",
        posted=tuple(Share(challenge.id, unit, add) for unit, add in sorted(points.items())),
        grants=regranted(progress.grants, given, {**free, **always_free(progress.grants)}),
    )


def _times(gift: CompiledGrant, completions: int) -> int:
    """How often so many completions give it: a badge is worn or not."""
    return 1 if gift.kind == BADGE else completions


def score_of(challenge: CompiledChallenge, progress: Progress) -> int:
    """What the member has on the board of the challenge; 0 where it has none."""
    if challenge.board is None:
        return 0
    return len(progress.live) if challenge.kind == "set" else progress.live.get("", 0)


def always_free(grants: tuple[Granted, ...]) -> Mapping[tuple[str, str], int]:
    """Grants that can be taken back whatever happened since: badges."""
    free: dict[tuple[str, str], int] = {}
    for each in grants:
        if each.kind == BADGE:  # several effects may give the same one
            thing = (each.kind, each.name)
            free[thing] = free.get(thing, 0) + each.amount
    return free


def fitting(progress: Progress) -> Progress:
    """``progress`` that remembers the newest lots alone: a thousand completions fit."""
    kept = {unit: own[-CREDITED_LOTS_KEPT_MAX:] for unit, own in progress.credited.items()}
    return msgspec.structs.replace(progress, credited=kept)


# ---------------------------------------------------------------- streaks


def streak(periods: Iterable[int], target: int, skips: int) -> Streak:
    """What ``periods`` (in any order) come to."""
    rounds: list[Round] = []
    run: deque[int] = deque()
    for period in sorted(set(periods)):
        run.append(period)
        _drop_broken(run, period, skips)
        if len(run) == target:
            rounds.append(Round(run[0], period))
            run.clear()
    return Streak(tuple(rounds), tuple(run))


def alive_at(run: tuple[int, ...], period: int, skips: int) -> int:
    """How many periods of the run still count while ``period`` is under way."""
    left = deque(run)
    if left and period > left[-1]:
        left.append(period)  # as if it were done still
        _drop_broken(left, period, skips)
        left.pop()
    return len(left)


def _drop_broken(run: deque[int], last: int, skips: int) -> None:
    while last - run[0] + 1 - len(run) > skips:
        run.popleft()
