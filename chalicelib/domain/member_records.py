"""Source documents about members: gifts, pools, merges, erasures; and what the shop passed on.

Like every document they are the idempotency record of their effect, for ever.
"""

from enum import StrEnum

import msgspec

from chalicelib.domain.instants import Instant


class Transfer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points that one member gave another. Kept with both, under one id.

    The message is free text: erasable, salted; the entries hold its hash alone.
    """

    id: str
    member: str  # whose copy this is: the giver's, or the receiver's
    giver: str
    receiver: str
    request_hash: str
    unit: str
    points: int
    actor: str  # api key id or "operator"
    recorded_at: Instant
    message: str = ""
    message_salt: str = ""
    program_version: int = 0
    revision: int = 0


class Merge(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything of one member became another's. Kept with the one that stays."""

    id: str  # the member id that is gone
    member: str  # the one that has everything since
    points: dict[str, int]  # what moved, by unit
    actor: str  # api key id, "operator" or "shop"
    recorded_at: Instant
    once: tuple[str, ...] = ()  # joining rules that both had: reversed where they came second
    program_version: int = 0
    revision: int = 0


class Erasure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person was forgotten: when, and on whose word. Says nothing of who it was."""

    id: str
    member: str
    actor: str  # api key id, "operator" or "shop"
    recorded_at: Instant
    revision: int = 0


class Enrolment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member entered a campaign: when, and in which arm. Moves no points."""

    id: str  # of the campaign
    member: str
    arm: str  # in, or holdout
    entered_at: Instant
    recorded_at: Instant
    program_version: int
    revision: int = 0
    told_at: Instant = 0  # when the campaign's message was sent to them


class PoolingKind(StrEnum):
    """What happened between a member and a pool."""

    CREATED = "created"
    INVITED = "invited"
    JOINED = "joined"
    SHARING = "sharing"  # another wish about what the pool may draw on
    PUT_IN = "put_in"
    DRAWN = "drawn"  # the pool took what a reward lacked from who gives all
    LEFT = "left"
    DISSOLVED = "dissolved"


class Pooling(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something between a member and a pool. Kept with the pool; with the member where it moved.

    ``points`` went from the member to the pool; below 0 they came back.
    """

    id: str
    member: str  # whose copy this is: the member's, or the pool's
    pool: str
    who: str  # the member that it is about
    kind: PoolingKind
    request_hash: str
    unit: str
    actor: str  # api key id, "operator", "member" or "late return"
    recorded_at: Instant
    points: int = 0
    program_version: int = 0
    revision: int = 0


class Settlement(msgspec.Struct, frozen=True, omit_defaults=True):
    """The shop passed units of a cause on. Kept with the cause, for ever; no member's."""

    id: str
    cause: str
    request_hash: str
    units: int
    actor: str  # api key id or "operator"
    recorded_at: Instant
    proof_url: str = ""
    note: str = ""
    cost_minor: int = 0  # at the unit cost of the program then live
    currency: str = ""  # of the cost; "": nobody said what a unit costs
    revision: int = 0

    @property
    def member(self) -> str:
        """Nobody: it is the shop's."""
        return ""
