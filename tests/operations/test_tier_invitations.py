"""Tiers by invitation: staff invite and withdraw, once a key, beside what amounts earn."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from chalicelib.domain.adjusting import AdjustLoad
from chalicelib.domain.audit_tiers import invitation_breaks
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.inviting import decide_invite
from chalicelib.domain.member import Account, Invitation
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.records import Adjustment, AdjustmentKind
from chalicelib.domain.standing import held_tiers
from chalicelib.domain.wording.sentences import document_sentence, entry_sentence, names_of
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.view_card import CardQuery, view_card
from chalicelib.security import storefront_tokens
from tests.builders import NOON, TEA, Scene, program, recorded
from tests.conservation import WatchedTable, verify_table
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

CLUB = {
    "id": "club",
    "tiers": [
        {"id": "leaf", "name": "Leaf", "at": {"USD": 0}},
        {"id": "silver", "name": "Silver", "at": {"USD": 20_000}, "multiply": {"points": "2"}},
        {"id": "council", "name": "Council", "invite_only": True, "multiply": {"points": "3"}},
    ],
}
PROGRAM = program(tier_groups=[CLUB], earn=[TEA["earn"][0]])


def opened(table: Any = None) -> Scene:
    made = Scene(WatchedTable() if table is None else table)
    made.publish(PROGRAM)
    made.pay(1_000)
    return made


def invite(
    made: Scene,
    tier: str = "club/council",
    key: str = "i1",
    until: int = 0,
    kind: AdjustmentKind = AdjustmentKind.INVITE,
) -> Any:
    command = AdjustCommand(
        made.shop, made.member(), "", 0, "helped a lot", "salt", "operator", key, made.now,
        kind, until, tier,
    )  # fmt: skip
    return adjust_points(made.table, command)


def withdraw(made: Scene, tier: str = "club/council", key: str = "w1") -> Any:
    return invite(made, tier, key, kind=AdjustmentKind.WITHDRAW)


def tier_of(made: Scene) -> str:
    compiled = compile_program(read_program(PROGRAM), 1)
    return held_tiers(made.account() or Account(revision=0), compiled, made.now)["club"]


def refusal(result: Any) -> str:
    assert isinstance(result, Refusal), result
    return result.code.value


def test_no_amount_reaches_a_tier_by_invitation() -> None:
    made = opened()
    made.pay(900_000_000, "2")
    assert tier_of(made) == "silver"


def test_who_is_invited_holds_the_tier_and_earns_by_it() -> None:
    made = opened()
    document: Any = recorded(invite(made))
    assert tier_of(made) == "council"
    assert (document.entry.points, document.entry.kind.value) == (0, "qualify")
    before = made.available()
    made.now += DAY_MS
    made.pay(1_000, "2", made.now)
    assert made.available() - before == 30
    verify_table(made.table.items())  # type: ignore[attr-defined]


def test_an_order_paid_before_the_invitation_keeps_its_own_terms() -> None:
    made = opened()
    before = made.available()
    made.now += DAY_MS
    recorded(invite(made))
    made.pay(1_000, "2", made.now - DAY_MS)
    assert made.available() - before == 10


def test_an_invitation_for_a_time_is_over_by_itself() -> None:
    made = opened()
    recorded(invite(made, until=NOON + 10 * DAY_MS))
    made.now = NOON + 10 * DAY_MS - 1
    assert tier_of(made) == "council"
    made.now += 1
    assert tier_of(made) == "leaf"


def test_what_is_earned_goes_on_beneath_the_invitation() -> None:
    made = opened()
    recorded(invite(made))
    made.pay(30_000, "2")
    assert tier_of(made) == "council"
    recorded(withdraw(made))
    assert tier_of(made) == "silver"


def test_an_invitation_to_a_lower_tier_takes_nothing() -> None:
    made = opened()
    recorded(invite(made))
    recorded(invite(made, "club/silver", "i2"))
    assert tier_of(made) == "council"


def test_a_key_invites_once_and_never_to_something_else() -> None:
    made = opened()
    first, again = recorded(invite(made)), invite(made)
    assert (again.replayed, again.document) == (True, first)
    assert len(made.journal()) == 2
    assert refusal(invite(made, "club/silver")) == "same_key_other_request"


@pytest.mark.parametrize("tier", ["club/leaf", "club/moon", "clubs/silver", "club"])
def test_nobody_is_invited_to_what_there_is_not_or_everybody_has(tier: str) -> None:
    assert refusal(invite(opened(), tier)) == "value_invalid"


@pytest.mark.parametrize("until", [1, NOON, NOON + 4_000 * DAY_MS])
def test_an_invitation_ends_in_the_next_ten_years(until: int) -> None:
    assert refusal(invite(opened(), until=until)) == "value_invalid"


def test_only_an_invitation_is_withdrawn() -> None:
    made = opened()
    made.pay(30_000, "2")
    assert refusal(withdraw(made, "club/silver")) == "invitation_unknown"
    made.publish(program())
    assert refusal(withdraw(made)) == "value_invalid"


def test_a_shop_without_a_program_or_a_stranger_is_refused() -> None:
    made = opened()
    stranger = msgspec.structs.replace(_command(made), member="nobody")
    assert refusal(adjust_points(made.table, stranger)) == "member_unknown"
    document: Any = recorded(invite(made))
    early = AdjustLoad(made.shop, made.account(), None, None)
    assert refusal(decide_invite(document, early, made.now)) == "program_not_live"


def _command(made: Scene) -> AdjustCommand:
    return AdjustCommand(
        made.shop, made.member(), "", 0, "why", "salt", "operator", "k", made.now,
        AdjustmentKind.INVITE, 0, "club/council",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "entry", "told"),
    [
        ("en", "You were invited to Council", "Staff invited the member to Council."),
        ("hu", "Meghívást kaptál ide: Council", "Egy munkatárs meghívta a tagot ide: Council."),
        ("fa", "شما به سطح Council دعوت شدید", "کارکنان عضو را به سطح Council دعوت کردند."),
    ],
)
def test_an_invitation_is_explained_without_its_reason(locale: str, entry: str, told: str) -> None:
    document: Any = recorded(invite(opened()))
    names = names_of(read_program(PROGRAM), locale)
    assert plain(entry_sentence(document.entry, names, locale)) == entry
    assert plain(document_sentence(document, names, locale)) == told


def plain(text: str) -> str:
    """Without the marks that keep a left-to-right name together."""
    return text.replace("\u2068", "").replace("\u2069", "")


def test_a_withdrawal_is_explained_too() -> None:
    made = opened()
    recorded(invite(made))
    document: Any = recorded(withdraw(made))
    names = names_of(read_program(PROGRAM), "en")
    assert entry_sentence(document.entry, names, "en") == "The invitation to Council has ended"
    assert document_sentence(document, names, "en") == "Staff withdrew the invitation to Council."


# ---------------------------------------------------------------- the audit


def test_the_audit_follows_invitations() -> None:
    made = opened()
    recorded(invite(made, until=NOON + DAY_MS))
    recorded(invite(made, key="i2"))
    recorded(invite(made, "club/silver", "i3"))
    recorded(withdraw(made, "club/silver"))
    assert audit_member(made.table, made.shop, made.member()).breaks == ()


@pytest.mark.parametrize(
    ("invited", "detail"),
    [
        ({"silver": Invitation(NOON)}, "is held by an invitation that no adjustment made"),
        ({}, "was invited to, and the standing does not say so"),
    ],
)
def test_the_audit_finds_an_invitation_that_was_not_made_or_is_not_kept(
    invited: dict[str, Invitation], detail: str
) -> None:
    made = opened()
    recorded(invite(made))
    books = audit_member(made.table, made.shop, made.member()).books
    account = books.account
    assert account is not None
    standing = msgspec.structs.replace(account.standings["club"], invited=invited)
    broken = msgspec.structs.replace(account, standings={"club": standing})
    found = invitation_breaks(msgspec.structs.replace(books, account=broken))
    assert detail in {each[2] for each in found}
    assert list(invitation_breaks(msgspec.structs.replace(books, account=None))) == []


# ---------------------------------------------------------------- two writers

# Each: two acts that race on a member who was invited to silver; the tier held after both.
RACES: dict[str, tuple[Callable[[Scene], Any], Callable[[Scene], Any], set[str]]] = {
    "same invitation": (invite, invite, {"council"}),
    "two invitations": (invite, lambda s: invite(s, key="i2"), {"council"}),
    "invitation and order": (invite, lambda s: s.pay(2_000, "2"), {"council"}),
    "same withdrawal": (
        lambda s: withdraw(s, "club/silver"),
        lambda s: withdraw(s, "club/silver"),
        {"leaf"},
    ),
    "invitation and withdrawal": (
        lambda s: invite(s, "club/silver", "i2"),
        lambda s: withdraw(s, "club/silver"),
        {"leaf", "silver"},
    ),
    "withdrawal and order": (
        lambda s: withdraw(s, "club/silver"),
        lambda s: s.pay(30_000, "2"),
        {"silver"},
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_the_second_writer_at_every_moment_of_the_first(name: str) -> None:
    start = WatchedTable()
    recorded(invite(opened(start), "club/silver", "i0"))
    first, second, tiers = RACES[name]
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(second, scene), backwards=False)
        first(scene)
        if not ran:
            return
        assert tier_of(scene) in tiers, moment
        assert audit_member(table, scene.shop, scene.member()).breaks == ()
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


def test_merged_members_keep_the_invitations_of_both() -> None:
    made = opened()
    recorded(invite(made))
    made.pay(1_000, "88", NOON, customer=Customer("88"))
    recorded(merge(made, "77", "88"))
    compiled = compile_program(read_program(PROGRAM), 1)
    account = made.account("88")
    assert account is not None
    assert held_tiers(account, compiled, made.now)["club"] == "council"
    assert audit_member(made.table, made.shop, made.member("88")).breaks == ()
    assert isinstance(made.table, WatchedTable)


def test_the_document_is_an_adjustment_without_points() -> None:
    document = recorded(invite(opened()))
    assert isinstance(document, Adjustment)
    assert (document.points, document.tier, document.unit) == (0, "club/council", "")


# ---------------------------------------------------------------- a group that is retired


PLAIN = [
    {"id": "leaf", "name": "Leaf", "at": {"USD": 0}},
    {"id": "silver", "name": "Silver", "at": {"USD": 20_000}},
    {"id": "council", "name": "Council", "invite_only": True},
]
RETIRED = program(
    tier_groups=[{"id": "club", "tiers": PLAIN, "retired": True}], earn=[TEA["earn"][0]]
)


def shown(made: Scene) -> list[str]:
    customer = storefront_tokens.Customer("77", expires_at=0, key_id="k")
    card: Any = view_card(made.table, CardQuery(made.shop, customer, "", made.now, made.now))
    return [each.id for each in card.tiers]


def test_a_group_that_is_retired_is_on_no_card_and_goes_on_in_the_books() -> None:
    """Orders count meanwhile, so that it can come back as if it had never gone."""
    made = opened()
    assert shown(made) == ["leaf"]
    made.publish(RETIRED, NOON + 1)
    made.now = NOON + 2
    assert shown(made) == []
    before = made.available()
    made.pay(30_000, "2", made.now)
    assert (made.available() - before, tier_of(made)) == (300, "silver")
    made.publish(PROGRAM, NOON + 3)
    made.now = NOON + 4
    assert shown(made) == ["silver"]
    verify_table(made.table.items())  # type: ignore[attr-defined]


def test_nobody_is_invited_to_a_group_that_is_retired_and_invitations_are_taken_back() -> None:
    made = opened()
    recorded(invite(made))
    made.publish(RETIRED, NOON + 1)
    made.now = NOON + 2
    assert refusal(invite(made, key="i2")) == "value_invalid"
    recorded(withdraw(made))
    assert tier_of(made) == "leaf"
