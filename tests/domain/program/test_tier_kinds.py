"""What tiers may count: money, points, status points, orders, referrals; and several at once."""

from typing import Any

import msgspec

from chalicelib.domain.card import Holding, tier_views
from chalicelib.domain.member import Account, Invitation, Standing
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.tiers import progress, qualify, standing_at
from chalicelib.domain.wording.names import names_of
from tests.domain.program.builders import (
    NOON,
    POINTS,
    add,
    award,
    compiled,
    facts,
    group,
    line,
    order,
    points,
    rate,
    rule,
    tier,
)
from tests.domain.program.standings import NOBODY, ladder

KARMA: dict[str, Any] = {"name": {"one": "karma", "other": "karma"}, "kind": "status"}


def numbered(tier_id: str, at: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": tier_id, "name": tier_id.title(), "at": at, **more}


def counting(by: str, **keys: Any) -> dict[str, Any]:
    tiers = (numbered("new"), numbered("known", 2), numbered("friend", 5))
    return group(*tiers, id=by, by=by, **keys)


def everything() -> CompiledProgram:
    return compiled(
        units={"points": POINTS, "karma": KARMA},
        earn=[rule("base", rate(), add(3, "karma"))],
        tier_groups=[
            group(tier("leaf"), tier("gold", 100, multiply={"points": "2"})),
            counting("orders"),
            counting("referrals"),
            counting("status", unit="karma"),
        ],
    )


def test_an_order_counts_for_every_group_in_its_own_way() -> None:
    assert award(everything(), order(4_000)).qualifying == {
        "club": 4_000,
        "orders": 1,
        "status": 3,
    }


def test_an_order_that_nothing_is_left_of_counts_as_no_order() -> None:
    assert award(everything(), order(0)).qualifying.get("orders", 0) == 0
    assert award(everything(), order(line(500, gift_card=True))).qualifying.get("orders", 0) == 0


def test_a_referral_counts_once_it_qualified() -> None:
    qualified = Occasion(trigger="referral.qualified", at=NOON, placed_at=NOON)
    assert award(everything(), qualified).qualifying == {"referrals": 1}


def test_conditions_may_ask_for_the_tier_of_any_group() -> None:
    program = compiled(
        earn=[rule("base", **{"if": {"member.tier.orders": "known"}})],
        tier_groups=[group(), counting("orders")],
    )
    assert points(award(program, order(500), facts=_in("orders", "known"))) == 5
    assert points(award(program, order(500), facts=_in("club", "leaf"))) == 0


def _in(group_id: str, tier_id: str) -> Any:
    return facts(tiers={group_id: tier_id})


def test_tiers_of_two_groups_multiply_as_the_program_stacks_them() -> None:
    groups = [
        group(tier("leaf"), tier("gold", 100, multiply={"points": "1.5"})),
        counting("orders"),
    ]
    groups[1]["tiers"][1]["multiply"] = {"points": "1.25"}
    held = {"club": "gold", "orders": "known"}
    told = {
        stack: points(award(compiled(tier_groups=groups, stack=stack), order(1_600), tiers=held))
        for stack in ("best", "sum", "product")
    }
    assert told == {"best": 24, "sum": 28, "product": 30}


def test_the_card_tells_the_way_in_each_groups_own_words() -> None:
    program = everything()
    standings = {
        "club": qualify(program.groups["club"], NOBODY, 4_000, NOON, NOON).standing,
        "orders": qualify(program.groups["orders"], NOBODY, 1, NOON, NOON).standing,
        "status": qualify(program.groups["status"], NOBODY, 3, NOON, NOON).standing,
    }
    account = Account(revision=1, standings=standings)
    holding = Holding("m", account, program, "en", NOON)
    views = {view.group: view for view in tier_views(holding, names_of(program.program, "en"))}
    told = {key: (view.progress.text, view.progress.currency) for key, view in views.items()}
    assert told == {
        "club": (None, "USD"),
        "orders": ("1", None),
        "referrals": ("2", None),
        "status": ("2 karma", None),
    }


def test_nobody_is_on_the_way_to_a_tier_by_invitation() -> None:
    vip = {"id": "vip", "name": "VIP", "invite_only": True}
    club = ladder(tier("leaf"), tier("gold", 100), vip)
    gold = qualify(club, NOBODY, 12_000, NOON, NOON).standing
    assert progress(club, gold, NOON).next is None
    invited = Standing(invited={"vip": Invitation(NOON)})
    assert standing_at(club, invited, NOON).tier == "vip"
    assert standing_at(club, invited, NOON - 1).tier == "leaf"
    ahead = progress(club, msgspec.structs.replace(gold, invited=invited.invited), NOON)
    assert (ahead.next, ahead.from_, ahead.value) == (None, 10_000, 12_000)


def test_an_invitation_to_what_the_program_lost_means_nothing() -> None:
    lost = Standing(invited={"moon": Invitation(NOON)})
    assert standing_at(ladder(), lost, NOON).tier == "leaf"


def test_the_table_shows_what_reaches_each_tier() -> None:
    vip = {"id": "vip", "name": "VIP", "invite_only": True}
    groups = [counting("orders"), group(tier("leaf"), vip)]
    shown: Any = present(compiled(tier_groups=groups), "en")
    orders, club = shown["tier_groups"]
    assert [each["at"] for each in orders["tiers"]] == [
        {"amount": 0},
        {"amount": 2},
        {"amount": 5},
    ]
    assert (club["tiers"][1]["at"], club["tiers"][1]["invite_only"]) == (None, True)
