"""Routes made for the tests of the framework: one of each audience, each telling what it saw."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from chalice.app import Chalice
from msgspec import Meta

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedTokenBody,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import JsonObject
from chalicelib.security.scopes import Scope
from dev.local_gateway import LocalGateway
from tests.memory_table import MemoryTable
from tests.routes.house import Client


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body with limits."""

    points: Annotated[int, Meta(ge=-(10**12), le=10**12)]
    idempotency_key: str = ""


class Redeem(KeyedTokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body of a browser."""

    reward_id: str


class Workshop:
    """What a test turns: ``behave`` is what the views of ``/anything`` do."""

    def __init__(self, real: Client, table: MemoryTable, keys: Mapping[str, str]) -> None:
        self.real = real
        self.table = table
        self.keys = keys
        self.behave: Callable[[Call[Any]], Outcome] = lambda _: Answer({"ok": True})
        self.calls: list[Call[Any]] = []
        self.located = 0

    def mount(self, app: Chalice) -> None:
        self.client = Client(LocalGateway(app), self.keys["tea"], self.real.lines)

    def saw(self, call: Call[Any]) -> Outcome:
        self.calls.append(call)
        return self.behave(call)

    def locate(self, _: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
        self.located += 1
        if path["member"] == "gone":
            return Refusal(RefusalCode.MEMBER_ERASED, "The member was erased.")
        if path["member"] == "nobody":
            return Refusal(RefusalCode.MEMBER_UNKNOWN, "There is no such member.")
        return None


EVERYTHING = tuple(RefusalCode)


def doors_of(shop: Workshop) -> tuple[Door, ...]:
    """The doors; each view hands its call to ``shop``."""
    return _admin(shop), _storefront(shop), _webhooks(shop), _public(shop)


def _admin(shop: Workshop) -> Door:
    door = Door(Audience.ADMIN)
    order = Contract(
        Order,
        JsonObject,
        "All at once",
        scope=Scope.POINTS,
        status=201,
        refusals=EVERYTHING,
        idempotent=True,
        is_list=True,
        query=(QueryParameter("tier", "of the member"),),
        locate=shop.locate,
    )
    listed = Contract(NoBody, JsonObject, "List", scope=Scope.READ, is_list=True)
    plain = Contract(NoBody, JsonObject, "Anything", scope=Scope.READ, refusals=EVERYTHING)

    @door.post("/v1/admin/shops/{shop}/members/{member}/orders", order)
    def post_order(call: Call[Order], shop: str, member: str) -> Outcome:
        return saw(call)

    @door.get("/v1/admin/shops/{shop}/things", listed)
    def get_things(call: Call[NoBody], shop: str) -> Outcome:
        return saw(call)

    @door.delete("/v1/admin/shops/{shop}/things/{thing}", plain)
    def delete_thing(call: Call[NoBody], shop: str, thing: str) -> Outcome:
        return saw(call)

    saw = shop.saw
    return door


def _storefront(shop: Workshop) -> Door:
    door = Door(Audience.STOREFRONT)
    redeem = Contract(
        Redeem, JsonObject, "Redeem", status=201, refusals=EVERYTHING, idempotent=True
    )
    saw = shop.saw

    @door.post("/v1/storefront/{shop}/redeem", redeem)
    def post_redeem(call: Call[Redeem], shop: str) -> Outcome:
        return saw(call)

    return door


def _webhooks(shop: Workshop) -> Door:
    door = Door(Audience.WEBHOOKS)

    @door.post("/v1/hooks/{connection}", Contract(NoBody, dict, "Hook", refusals=EVERYTHING))
    def post_hook(call: Call[NoBody], connection: str) -> Outcome:
        return shop.saw(call)

    return door


def _public(shop: Workshop) -> Door:
    door = Door(Audience.PUBLIC)

    @door.get("/v1/echo/{word}", Contract(NoBody, dict, "Echo", refusals=EVERYTHING))
    def get_echo(call: Call[NoBody], word: str) -> Outcome:
        return shop.saw(call)

    return door
