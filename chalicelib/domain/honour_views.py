"""What members see of challenges and badges: how far they are, and what they wear."""

import msgspec

from chalicelib.domain import views
from chalicelib.domain.calendar import FOREVER, window_ordinal
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.program.campaigns import is_held_out
from chalicelib.domain.program.plan import CompiledChallenge, CompiledProgram
from chalicelib.domain.progress import Progress
from chalicelib.domain.progressing import alive_at, completions, streak_of
from chalicelib.domain.wording.names import Names


def challenge_views(
    program: CompiledProgram, whose: tuple[str, Honours], names: Names, now: Instant
) -> tuple[views.ChallengeView, ...]:
    """Every challenge that runs or that the member has progress in, in the document's order.

    ``whose`` is (member, what they have). Who is held out sees what they completed before alone.
    """
    member, honours = whose
    is_out = is_held_out(program, member)
    written = (program.challenges[each.id] for each in program.program.challenges)
    shown = tuple(
        challenge_view(challenge, honours.progress.get(challenge.id), names, (program.zone, now))
        for challenge in written
        if challenge.id in honours.progress or (not is_out and now < ends_before(challenge))
    )
    if not is_out:
        return shown
    done = (each for each in shown if each.completed)
    return tuple(msgspec.structs.replace(each, takes_part=False) for each in done)


def challenge_view(
    challenge: CompiledChallenge, progress: Progress | None, names: Names, when: tuple[str, Instant]
) -> views.ChallengeView:
    """One challenge as a member stands in it; ``when`` is (the program's zone, now)."""
    known = progress or Progress(challenge.id, "")
    is_own = known.terms in ("", challenge.terms)
    times = completions(challenge, known) if is_own else known.completed
    ends = ends_before(challenge)
    return views.ChallengeView(
        id=challenge.id,
        name=names.challenge(challenge.id),
        kind=challenge.kind,
        value=_value(challenge, known, times, when) if is_own else 0,
        target=challenge.target,
        completed=times,
        repeat=challenge.repeat,
        takes_part=not challenge.is_joined or bool(known.joined_at),
        ends_at=iso(ends) if ends < FOREVER else None,
    )


def ends_before(challenge: CompiledChallenge) -> Instant:
    """When the challenge is over."""
    return max(source.rule.ends_before for source in challenge.sources)


def badge_views(honours: Honours, names: Names) -> tuple[views.BadgeView, ...]:
    """The badges that the member wears, the oldest first."""
    worn = honours.badges.worn if honours.badges else {}
    ordered = sorted(worn.items(), key=lambda pair: (pair[1].since, pair[0]))
    return tuple(
        views.BadgeView(badge, names.badge(badge), iso(each.since)) for badge, each in ordered
    )


def _value(
    challenge: CompiledChallenge, progress: Progress, times: int, when: tuple[str, Instant]
) -> int:
    """How much of the next completion there is; of the last one all."""
    if times >= challenge.repeat:
        return challenge.target
    if challenge.window is not None:
        zone, now = when
        period = window_ordinal(challenge.window, now, zone)
        return alive_at(streak_of(challenge, progress).run, period, challenge.skips)
    is_number = challenge.kind in ("count", "sum")
    whole = progress.live.get("", 0) if is_number else len(progress.live)
    return whole - times * challenge.target
