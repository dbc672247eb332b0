"""Admin: create a shop (the operator alone), look at it, change it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.limits import LOCALES_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pausing import pause_at
from chalicelib.operations.create_shop import (
    ShopChange,
    ShopSettings,
    change_shop,
    create_shop,
    view_shop,
)
from chalicelib.routes.contract import Answer, Audience, Call, Contract, NoBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Currency, Name, ShopId
from chalicelib.security.scopes import Scope
from chalicelib.storage.shops import Shop, ShopState

door = Door(Audience.ADMIN)

Locales = Annotated[tuple[str, ...], Meta(min_length=1, max_length=LOCALES_MAX)]


class ShopRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shop to be."""

    shop_id: ShopId
    name: Name
    currency: Currency
    timezone: Name
    locales: Locales


class ShopChangeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; what is absent stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    timezone: Name | msgspec.UnsetType = msgspec.UNSET
    locales: Locales | msgspec.UnsetType = msgspec.UNSET


class ShopView(msgspec.Struct, frozen=True):
    """A shop, without its key."""

    shop_id: str
    name: str
    currency: str
    timezone: str
    locales: tuple[str, ...]
    state: str
    program_version: int  # 0 before the first
    created_at: str


def _state(shop: Shop, now: Instant) -> ShopState:
    is_paused = shop.state is ShopState.ACTIVE and pause_at(shop.pauses, now)
    return ShopState.PAUSED if is_paused else shop.state


def _answer(shop: Shop | Refusal, now: Instant) -> Outcome:
    if isinstance(shop, Refusal):
        return shop
    view = ShopView(
        shop_id=shop.shop_id,
        name=shop.name,
        currency=shop.currency,
        timezone=shop.timezone,
        locales=shop.locales,
        state=_state(shop, now).value,
        program_version=shop.live_version(now),
        created_at=iso(shop.created_at),
    )
    return Answer(view, target=shop.shop_id)


@door.post(
    "/v1/admin/shops",
    Contract(
        ShopRequest,
        ShopView,
        "Create a shop; the operator key alone may",
        status=201,
        refusals=(RefusalCode.SHOP_EXISTS,),
    ),
)
def post_shop(call: Call[ShopRequest]) -> Outcome:
    """Create a shop."""
    said = call.body
    settings = ShopSettings(said.name, said.currency, said.timezone, said.locales)
    return _answer(create_shop(call.table, said.shop_id, settings, call.now), call.now)


@door.get("/v1/admin/shops/{shop}", Contract(NoBody, ShopView, "Read a shop", scope=Scope.READ))
def get_shop(call: Call[NoBody], shop: str) -> Outcome:
    """Read a shop."""
    return _answer(view_shop(call.table, shop), call.now)


@door.patch(
    "/v1/admin/shops/{shop}",
    Contract(ShopChangeRequest, ShopView, "Change a shop's settings", scope=Scope.OWNER),
)
def patch_shop(call: Call[ShopChangeRequest], shop: str) -> Outcome:
    """Change a shop's name, time zone or languages."""
    said = call.body
    change = ShopChange(
        name=None if said.name is msgspec.UNSET else said.name,
        timezone=None if said.timezone is msgspec.UNSET else said.timezone,
        locales=() if said.locales is msgspec.UNSET else said.locales,
    )
    return _answer(change_shop(call.table, shop, change), call.now)
