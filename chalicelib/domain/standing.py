"""Where a member stands at an instant: tiers held, and what conditions may ask about them."""

from chalicelib.domain.facts import birth_month, declared_facts
from chalicelib.domain.habits import with_habits
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, MemberFacts, Profile, standing_of
from chalicelib.domain.memberships import with_facts as with_memberships
from chalicelib.domain.program import tiers
from chalicelib.domain.program.plan import CompiledProgram


def held_tiers(account: Account, program: CompiledProgram, now: Instant) -> dict[str, str]:
    """Id of the tier held at ``now``, by tier group."""
    return {
        group.id: tiers.tier_at(group, standing_of(account, group.id), now)
        for group in program.groups.values()
    }


def facts_of(
    account: Account, profile: Profile | None, program: CompiledProgram, now: Instant
) -> MemberFacts:
    """What conditions may ask about a member at ``now``."""
    person = profile or Profile(external_id="")
    facts = MemberFacts(
        tiers=held_tiers(account, program, now),
        joined_at=account.joined_at,
        order_count=account.order_count,
        locale=person.locale,
        country=person.country,
        tags=person.tags,
        facts=declared_facts(profile, program),
        birth_month=birth_month(profile),
    )
    return with_habits(with_memberships(facts, account, program, now), account, program, now)
