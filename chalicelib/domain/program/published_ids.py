"""What the ids of a program mean, and those that versions before it had and left out.

Caps, codes, progress, spending and honours follow an id for good: also over versions without it.
So what an id meant is remembered when it goes, and compared when it comes back. A meaning has
aspects, each some fingerprints; an id means something else where an aspect has nothing in common
with what it was. So a name may be translated and a campaign may get one more rule without a word.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

import msgspec

from chalicelib.domain.limits import IDS_LEFT_MAX
from chalicelib.domain.program.campaign_document import Budget, Campaign
from chalicelib.domain.program.challenge_document import Challenge
from chalicelib.domain.program.challenging import terms_of
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.findings import Findings
from chalicelib.domain.program.rule_document import Rule, effects_of
from chalicelib.domain.program.scalars import Text
from chalicelib.domain.program.tier_document import TierGroup

Meaning: TypeAlias = tuple[tuple[str, ...], ...]
"""Aspects, each with its fingerprints; one without any is met by everything."""

Meanings: TypeAlias = Mapping[str, Meaning]
"""By kind and id, such as ``reward tea``."""

CHALLENGE: Final = "challenge"

_DIGITS = 8


class _Named(NamedTuple):
    name: str  # kind and id
    path: str  # of the id in the document
    meaning: Meaning


def meanings_of(program: Program) -> Meanings:
    """What every id of ``program`` means."""
    return {each.name: each.meaning for each in _ids_of(program)}


def ids_left(before: Meanings, live: Program, after: Program) -> Meanings:
    """What ids meant that ``after``, following ``live``, has no more, who left last at the end.

    ``before`` are those that ``live`` had no more itself. Of too many the ones that left first are
    forgotten, challenges last of all: their progress can't begin anew.
    """
    own, kept = meanings_of(live), meanings_of(after)
    known = {name: meaning for name, meaning in before.items() if name not in own} | dict(own)
    gone = ((name, meaning) for name, meaning in known.items() if name not in kept)
    ordered = sorted(gone, key=lambda pair: pair[0].startswith(f"{CHALLENGE} "))
    return dict(ordered[-IDS_LEFT_MAX:])


def remembered(left: bytes) -> Meanings:
    """What a version keeps of ids that it has no more; b"" is nothing."""
    if not left:
        return {}
    return msgspec.json.decode(left, type=dict[str, tuple[tuple[str, ...], ...]])


def left_after(left: bytes, live: Program, after: Program) -> bytes:
    """``ids_left`` as a version keeps it; ``left`` is what ``live`` keeps."""
    found = ids_left(remembered(left), live, after)
    return msgspec.json.encode(found) if found else b""


def left_terms(left: Meanings) -> dict[str, str]:
    """The terms of each challenge that was left out, by its id."""
    names = (name.partition(" ") for name in left)
    return {own: left[f"{kind} {own}"][0][0] for kind, _, own in names if kind == CHALLENGE}


def warn_of_reused(program: Program, live: Program, left: Meanings, findings: Findings) -> None:
    """Report ids of ``program`` that mean something else in ``live``, or did when they left."""
    lives = meanings_of(live)
    for each in _ids_of(program):
        if _is_other(lives.get(each.name, ()), each.meaning):
            _warn(each, "In the live program this id means something else", findings)
        elif each.name not in lives and _is_other(left.get(each.name, ()), each.meaning):
            _warn(each, "In an earlier version this id meant something else", findings)


def _is_other(before: Meaning, after: Meaning) -> bool:
    pairs = zip(before, after, strict=False)
    return any(was and now and set(was).isdisjoint(now) for was, now in pairs)


def _warn(each: _Named, said: str, findings: Findings) -> None:
    detail = f"{said}, and its counters go on: choose a new id for a new thing."
    findings.warn(each.path, "id_reused", detail)


# ---------------------------------------------------------------- what ids mean


def _ids_of(program: Program) -> Iterator[_Named]:
    yield from _rules("$.earn", program.earn)
    for place, campaign in enumerate(program.campaigns):
        path = f"$.campaigns[{place}]"
        yield _Named(f"campaign {campaign.id}", f"{path}.id", _of_campaign(campaign))
        yield from _rules(f"{path}.rules", campaign.rules)
    for place, group in enumerate(program.tier_groups):
        yield from _tiers(f"$.tier_groups[{place}]", group)
    for key, kind, meanings in _of_lists(program):
        for place, (own, meaning) in enumerate(meanings):
            yield _Named(f"{kind} {own}", f"$.{key}[{place}].id", meaning)


def _of_lists(program: Program) -> Iterator[tuple[str, str, list[tuple[str, Meaning]]]]:
    """Key, kind, and each id with its meaning: what it is, or one of the words for it."""
    yield "rewards", "reward", [(each.id, _told([each.kind])) for each in program.rewards]
    causes = [(each.id, [*_words(each.name), each.unit_cost]) for each in program.causes]
    badges = [(each.id, [*_words(each.name), *_words(each.text)]) for each in program.badges]
    partners = [
        (each.id, [*_words(each.name), each.connection or each.id]) for each in program.partners
    ]
    memberships = [
        (each.id, [*_words(each.name), each.sold_as.sku, each.sold_as.plan])
        for each in program.memberships
    ]
    yield "causes", "cause", [(own, _told(said)) for own, said in causes]
    yield "badges", "badge", [(own, _told(said)) for own, said in badges]
    yield "partners", "partner", [(own, _told(said)) for own, said in partners]
    yield "memberships", "membership", [(own, _told(said)) for own, said in memberships]
    yield "challenges", CHALLENGE, [(each.id, _of_challenge(each)) for each in program.challenges]


def _rules(path: str, rules: tuple[Rule, ...]) -> Iterator[_Named]:
    for place, rule in enumerate(rules):
        yield _Named(f"rule {rule.id}", f"{path}[{place}].id", _told([_of_rule(rule)]))


def _of_rule(rule: Rule) -> list[object]:
    """What triggers it and the names of what it gives; of a reward or a draw nothing is said."""
    given = {
        next((name for name in (each.unit, each.cause, each.badge, each.tier) if name), "")
        for each in effects_of(rule)
    }
    return [rule.on, sorted(given)]


def _of_campaign(campaign: Campaign) -> Meaning:
    """What its budget counts, for spending goes on; and its rules."""
    budget = campaign.budget
    counts = ["money" if budget.amount else "points"] if isinstance(budget, Budget) else []
    return _told(counts, [[rule.id, *_of_rule(rule)] for rule in campaign.rules])


def _of_challenge(challenge: Challenge) -> Meaning:
    """Its terms, which can't change, and what it is about."""
    triggers = [each for each in (challenge.on, *(step.on for step in challenge.steps)) if each]
    return ((terms_of(challenge),), *_told(triggers))


def _tiers(path: str, group: TierGroup) -> Iterator[_Named]:
    """A group is what its amounts are of; a tier its words, or what it takes to reach it."""
    yield _Named(f"group {group.id}", f"{path}.id", _told([[group.by, group.unit or ""]]))
    for place, tier in enumerate(group.tiers):
        reached = [tier.at, tier.if_] if place else []
        meaning = _told([*_words(tier.name), *reached])
        yield _Named(f"tier {group.id} {tier.id}", f"{path}.tiers[{place}].id", meaning)


def _words(text: Text | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return (text,) if isinstance(text, str) else tuple(text.values())


def _told(*aspects: Iterable[object]) -> Meaning:
    """The fingerprints of what is there."""
    return tuple(tuple(_fingerprint(each) for each in one if each is not None) for one in aspects)


def _fingerprint(said: object) -> str:
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:_DIGITS]
