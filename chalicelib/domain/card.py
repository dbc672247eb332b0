"""The card: everything that a member sees at a glance, from account and program at an instant.

Pure and read-only: what lapsed a second ago is not shown as spendable, whether or not a job has
booked it. Points are worded here (a launcher loads no formatter); money and dates are not.
"""

import msgspec

from chalicelib.domain import views
from chalicelib.domain.causes import UNDOABLE
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.honour_views import badge_views, challenge_views
from chalicelib.domain.instants import DAY_MS, Instant, iso
from chalicelib.domain.lots import balance, is_lapsed
from chalicelib.domain.member import Account, Counters, Profile, UnitState, standing_of
from chalicelib.domain.memberships import held_until, memberships_at
from chalicelib.domain.outcome import RefusalCode
from chalicelib.domain.pausing import Pauses, pause_at, redeem_stop
from chalicelib.domain.program import tiers
from chalicelib.domain.program.document import Reward
from chalicelib.domain.program.plan import CompiledGroup, CompiledProgram
from chalicelib.domain.program.pricing import Basket, best_steps, least_price, steps_of
from chalicelib.domain.program.rewards import reward_refusal
from chalicelib.domain.records import Redemption, RedemptionStatus, as_of
from chalicelib.domain.standing import facts_of
from chalicelib.domain.wording.names import Names, names_of, readable
from chalicelib.domain.wording.phrases import phrase
from chalicelib.domain.wording.plurals import decimal_digits

EXPIRING_WITHIN_MS = 60 * DAY_MS


class Holding(msgspec.Struct, frozen=True):
    """One member as loaded, and how to speak to them."""

    member: str
    account: Account
    program: CompiledProgram
    locale: str
    now: Instant
    profile: Profile | None = None
    name: str = ""
    counters: Counters = Counters()
    redemptions: tuple[Redemption, ...] = ()
    honours: Honours = Honours()
    pauses: Pauses = ()
    basket: Basket | None = None  # the order that rewards are looked at for


def empty_card(program_version: int, locale: str) -> views.CardView:
    """The card of somebody who is not a member."""
    return views.CardView(None, {}, (), (), (), (), (), program_version, locale)


def full_card(holding: Holding) -> views.CardView:
    """The whole card."""
    names = names_of(holding.program.program, holding.locale)
    return views.CardView(
        member=_member(holding),
        points=points_view(holding, names),
        tiers=tier_views(holding, names),
        rewards=tuple(
            _reward(reward, holding, names)
            for reward in holding.program.program.rewards
            if not holding.program.rewards[reward.id].is_only_given
        ),
        codes=tuple(
            code_view(redemption, holding.now)
            for redemption in reversed(holding.redemptions)
            if _is_open(redemption, holding.now)
        ),
        expiring=_expiring(holding),
        notices=notices(holding),
        memberships=membership_views(holding, names),
        program_version=holding.program.version,
        locale=holding.locale,
        challenges=challenge_views(
            holding.program, (holding.member, holding.honours), names, holding.now
        ),
        badges=badge_views(holding.honours, names),
    )


def notices(holding: Holding) -> tuple[str, ...]:
    """What every member should know now, in their language: pauses, and the end of it all."""
    locale, now, ends = holding.locale, holding.now, holding.program.program.ends
    pause = pause_at(holding.pauses, now)
    said = [phrase(f"notice_paused_{pause.what}", locale)] if pause else []
    for what, day, before in (
        ("earn", ends.earn, holding.program.earn_before),
        ("redeem", ends.redeem, holding.program.redeem_before),
    ):
        if day is not None:
            key = f"notice_{what}_{'ends' if now < before else 'ended'}"
            said.append(phrase(key, locale, {"day": decimal_digits(day[:10], locale)}))
    return tuple(said)


def launcher_card(holding: Holding) -> views.CardView:
    """The part that a closed widget shows: who, points and tiers."""
    names = names_of(holding.program.program, holding.locale)
    return views.CardView(
        member=_member(holding),
        points=points_view(holding, names),
        tiers=tier_views(holding, names),
        rewards=(),
        codes=(),
        expiring=(),
        notices=(),
        program_version=holding.program.version,
        locale=holding.locale,
    )


def points_view(holding: Holding, names: Names) -> dict[str, views.PointsView]:
    """What the member has of every unit of the program."""
    return {
        unit: unit_view(holding.account, unit, names, (holding.locale, holding.now))
        for unit in holding.program.program.units
    }


def unit_view(
    account: Account, unit: str, names: Names, spoken: tuple[str, Instant]
) -> views.PointsView:
    """What the member has of one unit; ``spoken`` is (locale, now)."""
    locale, now = spoken
    held = balance(account.units.get(unit, UnitState()), now)
    text = names.points(held.available, unit, locale)
    return views.PointsView(held.available, held.pending, held.held, held.deficit, text)


def tier_views(holding: Holding, names: Names) -> tuple[views.TierView, ...]:
    """The tier held in every group that is not retired, and the way to the next."""
    program = holding.program
    shown = (each.id for each in program.program.tier_groups if not each.retired)
    return tuple(_tier(program.groups[group], holding, names) for group in shown)


def code_view(redemption: Redemption, now: Instant) -> views.CodeView:
    """A code and what may still be done with it."""
    redemption = as_of(redemption, now)
    return views.CodeView(
        redemption_id=redemption.id,
        code=redemption.code,
        reward_id=redemption.reward_id,
        status=redemption.status.value,
        expires_at=_iso(redemption.expires_at),
        undo_until=undo_text(redemption, now),
        worth=money_view(redemption.worth, redemption.currency),
        min_order=money_view(redemption.min_order, redemption.currency),
        combine=redemption.combine,
    )


def money_view(minor: int, currency: str) -> views.MoneyView | None:
    """An amount to be shown; None for nothing."""
    return views.MoneyView(minor, currency) if minor else None


def undo_text(redemption: Redemption, now: Instant) -> str | None:
    """Until when the redemption may be undone; None when it may not."""
    is_unused = as_of(redemption, now).status in UNDOABLE and not redemption.used_at
    is_open = is_unused and now < redemption.undo_until
    return iso(redemption.undo_until) if is_open else None


def redemption_view(holding: Holding, redemption: Redemption) -> views.RedemptionView:
    """A redemption as it stands, and what the member has left."""
    redemption = as_of(redemption, holding.now)
    names = names_of(holding.program.program, holding.locale)
    return views.RedemptionView(
        redemption_id=redemption.id,
        reward_id=redemption.reward_id,
        status=redemption.status.value,
        code=redemption.code,
        fulfilment=redemption.fulfilment,
        expires_at=_iso(redemption.expires_at),
        undo_until=undo_text(redemption, holding.now),
        points=points_view(holding, names),
        steps=redemption.steps or None,
        worth=money_view(redemption.worth, redemption.currency),
        min_order=money_view(redemption.min_order, redemption.currency),
        combine=redemption.combine,
    )


def _member(holding: Holding) -> views.MemberView:
    name = holding.profile.name if holding.profile else ""
    joined_at = iso(holding.account.joined_at)
    return views.MemberView(holding.member, name or holding.name, joined_at)


def _is_open(redemption: Redemption, now: Instant) -> bool:
    return as_of(redemption, now).status is RedemptionStatus.READY


def _tier(group: CompiledGroup, holding: Holding, names: Names) -> views.TierView:
    stored = standing_of(holding.account, group.id)
    standing = tiers.standing_at(group, stored, holding.now)
    progress = tiers.progress(group, stored, holding.now)
    following = progress.next
    by_spend = group.by == "spend"
    text = None if by_spend else names.amount(progress.missing, group.id, holding.locale)
    return views.TierView(
        group=group.id,
        id=standing.tier,
        name=names.tier(f"{group.id}/{standing.tier}"),
        since=iso(standing.since) if standing.since else None,
        keep_until=_iso(tiers.held_until(group, standing, holding.now)),
        progress=views.ProgressView(
            value=progress.value,
            from_=progress.from_,
            to=progress.to,
            next=views.NextTierView(following.id, names.tier(f"{group.id}/{following.id}"))
            if following
            else None,
            missing=progress.missing,
            currency=holding.program.currency if by_spend else None,
            text=text if following else None,
        ),
    )


def _reward(reward: Reward, holding: Holding, names: Names) -> views.RewardView:
    """A reward with why this member can't have it, where they can't."""
    facts = facts_of(holding.account, holding.profile, holding.program, holding.now)
    code = reward_refusal(holding.program, reward, facts, holding.counters, holding.now)
    price = least_price(reward, holding.program.currency)
    state = holding.account.units.get(price.unit, UnitState())
    available = balance(state, holding.now).available
    missing = max(0, price.points - available) if price.unit else 0
    basket = holding.basket
    if basket is not None and basket.minor < price.min_order:
        code = RefusalCode.BELOW_MINIMUM
    stop = redeem_stop(holding.program, holding.pauses, holding.now)
    if stop is not None:
        code = stop.code
    if code is None and missing:
        code = RefusalCode.INSUFFICIENT_POINTS
    return views.RewardView(
        id=reward.id,
        name=names.reward(reward.id),
        kind=reward.kind,
        cost=views.CostView(price.unit, price.points) if price.unit else None,
        affordable=code is None,
        missing=missing,
        reason=code.value if code else None,
        steps=_steps(reward, holding, available),
    )


def _steps(reward: Reward, holding: Holding, available: int) -> views.StepsView | None:
    """The steps to choose from; the best number is what points pay and the order takes."""
    currency = holding.program.currency
    steps = steps_of(reward, currency)
    if steps is None:
        return None
    best = best_steps(reward, available, currency, holding.basket)
    return views.StepsView(steps.least, steps.most, best)


def _expiring(holding: Holding) -> tuple[views.ExpiringView, ...]:
    """Points that lapse within 60 days, soonest first."""
    soon = holding.now + EXPIRING_WITHIN_MS
    rows = [
        (lot.expires_at, unit, lot.remaining)
        for unit, state in holding.account.units.items()
        for lot in state.lots
        if lot.remaining
        and lot.expires_at is not None
        and not is_lapsed(lot, holding.now)
        and lot.expires_at <= soon
    ]
    return tuple(views.ExpiringView(unit, points, iso(at)) for at, unit, points in sorted(rows))


def _iso(instant: Instant | None) -> str | None:
    return None if instant is None else iso(instant)


def membership_views(holding: Holding, names: Names) -> tuple[views.PaidMembershipView, ...]:
    """Paid memberships that are held now."""
    held = memberships_at(holding.account, holding.now)
    return tuple(
        views.PaidMembershipView(
            id=each,
            name=names.memberships.get(each) or readable(each),
            until=iso(held_until(holding.account, each, holding.now)),
        )
        for each in held
    )
