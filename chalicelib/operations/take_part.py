"""Let a member take part in a challenge, once."""

import msgspec

from chalicelib.domain.honour_views import challenge_view
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.progress import Progress
from chalicelib.domain.taking_part import UNKNOWN, PartLoad, decide_taking_part
from chalicelib.domain.views import ChallengeView
from chalicelib.domain.wording.names import names_of
from chalicelib.operations.decide_and_commit import Work, decide_and_commit
from chalicelib.operations.following import followed
from chalicelib.operations.order_members import PROGRESS, honours_of, marker_keys
from chalicelib.operations.view_card import CardQuery, customer_member
from chalicelib.storage.key_names import account_key, document_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


class LoadedPart(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    part: PartLoad


def take_part(
    table: Table, query: CardQuery, challenge: str
) -> tuple[ChallengeView, bool] | Refusal:
    """The challenge as ``query``'s customer stands in it, and whether they took part before.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    member = customer_member(table, query)
    if isinstance(member, Refusal):
        return member
    work: Work[LoadedPart] = Work(
        document=document_key(query.shop, member, "progress", challenge),
        load=lambda _: _load(table, query, (member, challenge)),
        decide=lambda loaded: decide_taking_part(challenge, loaded.part, query.now),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Refusal):
        return result
    program = result.loaded.part.program
    known = program.challenges.get(challenge)
    if known is None or not isinstance(result.document, Progress):
        return UNKNOWN  # it was left out since
    names = names_of(program.program, query.locale or program.program.locales[0])
    view = challenge_view(known, result.document, names, (program.zone, query.now))
    return view, result.replayed


def joinable(table: Table, query: CardQuery, challenge: str) -> Refusal | None:
    """The refusal of a challenge that ``query``'s customer cannot take part in."""
    member = customer_member(table, query)
    if isinstance(member, Refusal):
        return member
    loaded = _load(table, query, (member, challenge))
    if isinstance(loaded, Refusal):
        return loaded
    outcome = decide_taking_part(challenge, loaded.part, query.now)
    return outcome if isinstance(outcome, Refusal) else None


def _load(table: Table, query: CardQuery, named: tuple[str, str]) -> LoadedPart | Refusal:
    (told, challenge), shop_id = named, query.shop
    marks = frozenset({(PROGRESS, challenge)})
    keys = [shop_key(shop_id), account_key(shop_id, told)]
    items = table.load([*keys, *marker_keys(shop_id, {told}, marks)])
    shop = shop_from_item(items[shop_key(shop_id)])
    version = shop.live_version(query.now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    member = followed(table, shop_id, told, items)
    account = account_of(items.get(account_key(shop_id, member)))
    others = {member, *(account.aliases if account else ())} - {told}
    items |= table.load(marker_keys(shop_id, others, marks)) if others else {}
    honours = honours_of(shop_id, member, account, (items, marks))
    program = program_of(table, shop_id, version)
    part = PartLoad(shop_id, member, account, program, honours.progress.get(challenge))
    return LoadedPart(shop, part)
