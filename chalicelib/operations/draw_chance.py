"""Draw what a program leaves to chance, for one document. Reads and writes nothing."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from chalicelib.domain.instants import Instant, utc_day
from chalicelib.domain.joining import joining_draw
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.order_decision import OrderLoad
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import MEMBER_JOINED
from chalicelib.security.draws import number_of, secret_of_day
from chalicelib.storage.shops import Shop, shop_secret

M = TypeVar("M", bound=LoadedMember | None)


def draw(shop: Shop, program: CompiledProgram | None, document: str, now: Instant) -> Drawn | None:
    """What each rule that draws gets for ``document`` today; None without such rules.

    Of the day of ``now``, not of the purchase: whoever told late of an order could else know the
    secret of its day already.
    """
    if program is None or not program.draws:
        return None
    return drawn_for(shop, program.draws, document, utc_day(now))


def with_draws(load: OrderLoad, shop: Shop, order: tuple[str, Instant]) -> OrderLoad:
    """``load`` with what chance says of ``order`` (its name, now) and of who may join by it."""
    by = (shop, load.program, order[1])
    return msgspec.structs.replace(
        load,
        drawn=draw(shop, load.program, *order),
        buyer=as_newcomer(load.buyer, by),
        claimant=as_newcomer(load.claimant, by),
    )


def as_newcomer(owner: M, by: tuple[Shop, CompiledProgram | None, Instant]) -> M:
    """``owner`` with what chance says where what happened may make them a member."""
    if owner is None or owner.account is not None:
        return owner
    shop, program, now = by
    drawn = draw_joining(shop, program, owner.member, now)
    return msgspec.structs.replace(owner, drawn=drawn)


def draw_joining(
    shop: Shop, program: CompiledProgram | None, member: str, now: Instant
) -> Drawn | None:
    """What the rules for joining get for who may become ``member`` today.

    The id is a keyed hash of whom the shop's platform says it is: nobody chooses it.
    """
    return _drawn_to_join(shop, program, joining_draw(member), now)


def draw_tried_joining(shop: Shop, program: CompiledProgram, now: Instant) -> Drawn | None:
    """What they get for a joining that is only tried: never what a real one would draw."""
    return _drawn_to_join(shop, program, "try:joining", now)


def _drawn_to_join(
    shop: Shop, program: CompiledProgram | None, document: str, now: Instant
) -> Drawn | None:
    rules = program.rules.get(MEMBER_JOINED, ()) if program else ()
    drawing = [rule.id for rule in rules if rule.branches]
    return drawn_for(shop, drawing, document, utc_day(now)) if drawing else None


def drawn_for(shop: Shop, rules: Iterable[str], document: str, day: str) -> Drawn:
    """What each of ``rules`` draws for ``document`` under the secret of ``day``."""
    secret = secret_of_day(shop_secret(shop), day)
    return Drawn(
        day, {rule: number_of(secret, shop.shop_id, document, rule) for rule in sorted(rules)}
    )
