"""Entering a campaign: one document a member and campaign, with the time and the arm.

Who enters counts from then on, whether they ever buy: without those who never do, the arms could
not be compared. A member enters when their segment holds while the campaign runs, and at the latest
with an order that was judged by it.
"""

from collections.abc import Iterable, Mapping

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.member_records import Enrolment
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.campaigns import HELD_OUT, IN, arm_in, is_meant
from chalicelib.domain.program.compiled import CompiledProgram


def enrolments(
    program: CompiledProgram,
    who: tuple[str, MemberFacts],
    documents: Iterable[OrderDocument | Action],
    known: Mapping[str, Enrolment],
    now: Instant,
) -> dict[str, Enrolment]:
    """Every enrolment of a member by campaign: those ``known``, and those that are new at ``now``.

    ``who`` is the member with what they are now; ``documents`` are theirs.
    """
    member, facts = who
    found = dict(known)
    judged = _judged(documents)
    for campaign in program.campaigns.values():
        first = judged.get(campaign.id)
        is_running = campaign.starts_at <= now < campaign.ends_before
        at = first[0] if first else now
        enters_now = is_running and is_meant(campaign, facts.segments)
        if campaign.id in known or not (first or enters_now):
            continue
        arm = first[1] if first else arm_in(program, campaign, member)
        found[campaign.id] = Enrolment(
            id=campaign.id,
            member=member,
            arm=arm,
            entered_at=at,
            recorded_at=now,
            program_version=program.version,
            revision=1,
        )
    return found


def _judged(documents: Iterable[OrderDocument | Action]) -> dict[str, tuple[Instant, str]]:
    """When the first document was judged by each campaign, and the arm that it found."""
    found: dict[str, tuple[Instant, str]] = {}
    for document in documents:
        arms = document.terms.arms if document.terms else {}
        for campaign, arm in arms.items():
            told = (document.earned_at, HELD_OUT if arm == HELD_OUT else IN)
            found[campaign] = min(found.get(campaign, told), told)
    return found
