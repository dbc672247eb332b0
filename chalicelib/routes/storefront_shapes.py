"""Wire shapes of the storefront: what browsers send beside the token, and history in words."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.domain.limits import ID_LENGTH_MAX, PAGE_SIZE_MAX
from chalicelib.routes.contract import KeyedTokenBody, ListView, TokenBody
from chalicelib.routes.parsing import Birthday, Id, LocaleWish
from chalicelib.routes.wish_shapes import OrderNet, StepCount

DeviceId = Annotated[str, Meta(max_length=ID_LENGTH_MAX)]
"""An id that the shop's pages gave the browser; only a keyed hash of it is ever kept."""

Cursor = Annotated[str, Meta(max_length=4_096)]


class CardRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``view`` launcher is what a closed widget shows; ``order_net`` what rewards are for."""

    view: Literal["launcher", "full"] = "full"
    locale: LocaleWish = ""
    order_net: OrderNet | None = None


class JoinRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shopper tells on joining."""

    consent: bool = False
    birthday: Birthday = ""
    locale: LocaleWish = ""
    referral_code: Annotated[str, Meta(max_length=64)] = ""
    device: DeviceId = ""


class RedeemRequest(KeyedTokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which reward, how much of it, for which order, and whether account or pool pays."""

    reward_id: Id
    from_: Literal["account", "pool"] = msgspec.field(name="from", default="account")
    locale: LocaleWish = ""
    steps: StepCount | None = None
    order_net: OrderNet | None = None


class RedemptionRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only who asks, and in which language."""

    locale: LocaleWish = ""


class HistoryRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the journal, newest first."""

    limit: Annotated[int, Meta(ge=1, le=PAGE_SIZE_MAX)] | None = None
    cursor: Cursor | None = None
    locale: LocaleWish = ""


class HistoryItemView(msgspec.Struct, frozen=True):
    """One entry in words."""

    seq: int
    unit: str
    points: int
    kind: str
    occurred_at: str
    recorded_at: str
    sentence: str
    explanation: tuple[dict[str, str | int], ...]


class HistoryView(ListView[HistoryItemView], frozen=True):
    """One page of the journal, and the language that its sentences are in."""

    locale: str = ""
