"""Wire shapes of household pools on the storefront: what browsers send beside the token."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.points import POINTS_MAX
from chalicelib.routes.contract import KeyedTokenBody, TokenBody
from chalicelib.routes.parsing import Id, LocaleWish

Given = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
Invitation = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}-[a-z2-7]{26}(?![\s\S])")]
UnitWish = Annotated[str, Meta(max_length=128, pattern=r"^[^\u0000-\u001f\u007f]*(?![\s\S])")]


class PoolQuery(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the customer's pools: that of ``unit``, or the only one."""

    unit: UnitWish = ""
    locale: LocaleWish = ""


class NewPoolRequest(KeyedTokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pool of which unit, and whether it may draw on what the customer has."""

    unit: Id = "points"
    gives_all: bool = False
    locale: LocaleWish = ""


class InviteRequest(KeyedTokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which of the customer's pools."""

    unit: UnitWish = ""


class InvitationView(msgspec.Struct, frozen=True):
    """What the owner passes on; it can be accepted once."""

    invitation: str
    expires_at: str


class AcceptRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The invitation that somebody passed on."""

    invitation: Invitation
    gives_all: bool = False
    locale: LocaleWish = ""


class SharingRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the pool may draw on what the customer has."""

    gives_all: bool
    unit: UnitWish = ""
    locale: LocaleWish = ""


class PutInRequest(KeyedTokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many points the customer puts in."""

    points: Given
    unit: UnitWish = ""
    locale: LocaleWish = ""
