"""Entering a campaign: one document a member and campaign, with the time and the arm.

Who enters counts from then on, whether they ever buy: without those who never do, the arms could
not be compared. A member enters when their segment holds while the campaign runs, and at the latest
with an order that was judged by it. Its message is told to who is in it, and not held out, once.
Where the program itself has a holdout everybody is enrolled for that, too, campaign or not.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.member_records import Enrolment
from chalicelib.domain.messages import (
    CAMPAIGN_PREFIX,
    Inbox,
    Message,
    Sending,
    message_id,
    sent,
)
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.campaigns import (
    HELD_OUT,
    IN,
    arm_in,
    holdout_name,
    is_held_out,
    is_meant,
)
from chalicelib.domain.program.compiled import CompiledProgram


def enrolments(
    program: CompiledProgram,
    who: tuple[str, MemberFacts],
    documents: Iterable[OrderDocument | Action],
    known: Mapping[str, Enrolment],
    now: Instant,
) -> dict[str, Enrolment]:
    """Every enrolment of a member by name: those ``known``, and those that are new at ``now``.

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
        found[campaign.id] = _entered(program, (campaign.id, member, arm), at, now)
    name = holdout_name(program)
    if name and name not in known:
        arm = HELD_OUT if is_held_out(program, member) else IN
        found[name] = _entered(program, (name, member, arm), now, now)
    return found


def _entered(
    program: CompiledProgram, named: tuple[str, str, str], at: Instant, now: Instant
) -> Enrolment:
    name, member, arm = named
    return Enrolment(
        id=name,
        member=member,
        arm=arm,
        entered_at=at,
        recorded_at=now,
        program_version=program.version,
        revision=1,
    )


def told_by_campaign(
    program: CompiledProgram, inbox: Inbox, enrolment: Enrolment, now: Instant
) -> tuple[Inbox, Enrolment] | None:
    """The inbox and the enrolment once the campaign told its message, which it does once.

    None where it has nothing to say to this member now, or caps leave no room: it is asked again.
    """
    campaign, name = program.campaigns.get(enrolment.id), CAMPAIGN_PREFIX + enrolment.id
    has_message = any(
        each.message is not None for each in program.program.campaigns if each.id == enrolment.id
    )
    if campaign is None or not has_message or program.telling is None or enrolment.told_at:
        return None
    is_running = campaign.starts_at <= now < campaign.ends_before
    if not is_running or enrolment.arm != IN or is_held_out(program, enrolment.member):
        return None
    document = f"enrolment:{enrolment.id}"
    wish = Message(message_id(document, (name, 0), 0), name, document, program.version, 0)
    after, refused = sent(inbox, wish, Sending(program.telling, program.zone, now))
    if refused:
        return None
    told = msgspec.structs.replace(enrolment, told_at=now, revision=enrolment.revision + 1)
    return after, told


def _judged(documents: Iterable[OrderDocument | Action]) -> dict[str, tuple[Instant, str]]:
    """When the first document was judged by each campaign, and the arm that it found."""
    found: dict[str, tuple[Instant, str]] = {}
    for document in documents:
        arms = document.terms.arms if document.terms else {}
        for campaign, arm in arms.items():
            told = (document.earned_at, HELD_OUT if arm == HELD_OUT else IN)
            found[campaign] = min(found.get(campaign, told), told)
    return found
