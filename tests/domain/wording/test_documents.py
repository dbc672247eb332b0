"""What staff read: what happened to a document, and why."""

import msgspec
import pytest

from chalicelib.domain.events import OrderLine, OrderState, OrderStatus, Refund
from chalicelib.domain.granting import Granted
from chalicelib.domain.member_records import Erasure, Settlement
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Share, Terms, TraceRow
from chalicelib.domain.records import AdjustmentKind, Joining, RedemptionStatus
from chalicelib.domain.wording.documents import document_sentence
from chalicelib.domain.wording.phrases import LANGUAGES, phrase
from chalicelib.domain.wording.traces import trace_sentence
from tests.domain.wording.builders import (
    adjustment,
    multiplied,
    names,
    order,
    purchase,
    rate,
    redemption,
)
from tests.domain.wording.produced_codes import (
    order_reasons,
    read_domain,
    trace_codes,
    trace_variants,
)

DOMAIN = read_domain()


def _said(document: object) -> str:
    return document_sentence(document, names(), "en")  # type: ignore[arg-type] # one of four


def _state(status: OrderStatus, *refunds: Refund) -> OrderState:
    line = OrderLine(id="l1", net=100, gross=100, quantity_milli=1000)
    return OrderState(
        id="1001", number="#1001", version=1, status=status, currency="USD", created_at=0,
        paid_at=0, lines=(line,), refunds=refunds,
    )  # fmt: skip


# ---------------------------------------------------------------- orders


def test_an_order_tells_its_rule_its_base_and_the_tier_that_multiplied() -> None:
    said = _said(order(purchase(171), trace=(rate(114), multiplied(171))))
    assert said == ("Order #1001 earned 171 points: rule purchase 114, multiplied 1.5 as Gold.")


def test_the_same_is_said_in_hungarian_and_persian() -> None:
    document = order(purchase(171), trace=(rate(114), multiplied(171)))
    assert document_sentence(document, names("hu"), "hu") == (
        "Rendelés (#1001), jóváírva: 171 pont – „purchase” szabály: 114, szorzó: 1,5 (Arany szint)."
    )
    said = document_sentence(document, names("fa"), "fa")
    assert said.translate({0x2068: None, 0x2069: None}) == (
        "به سفارش #1001، ۱۷۱ امتیاز تعلق گرفت: قاعدهٔ «purchase»: ۱۱۴، ۱٫۵ برابر برای سطح طلایی."
    )
    assert said.count("\u2068") == said.count("\u2069") == 2


def test_without_a_tier_a_multiplier_stands_alone() -> None:
    document = order(purchase(171), trace=(rate(114), multiplied(171)), terms=Terms(1))
    assert _said(document) == "Order #1001 earned 171 points: rule purchase 114, multiplied 1.5."


def test_a_rule_that_gives_in_two_ways_is_told_as_a_whole() -> None:
    bonus = TraceRow("bonus", "purchase", "points", points=9)
    document = order(purchase(180), trace=(rate(114), multiplied(171), bonus))
    assert _said(document) == "Order #1001 earned 180 points: rule purchase 180."


def test_several_rules_a_tier_entry_and_a_limit_are_all_named() -> None:
    cap = TraceRow("cap_reached", "", "points", points=60, parameters={"cap": "day:points"})
    gold = Share("tier:club/gold", "points", 50)
    said = _said(order(purchase(60), gold, trace=(rate(114), cap)))
    assert said == (
        "Order #1001 earned 110 points: "
        "rule purchase 60; 50 for reaching Gold; a limit cut the rest."
    )


def test_several_units_are_told_with_their_words() -> None:
    said = _said(order(purchase(3), Share("punch", "stamps", 1)))
    assert said == (
        "Order #1001 earned 3 points, 1 stamps: rule purchase 3 points; rule punch 1 stamps."
    )


@pytest.mark.parametrize(("rules", "rest"), [(6, "1 more rule."), (7, "2 more rules.")])
def test_many_rules_are_counted_instead_of_listed(rules: int, rest: str) -> None:
    shares = (Share(f"r{number}", "points", 1) for number in range(rules))
    assert _said(order(*shares)).endswith(f"rule r4 1; {rest}")


def test_after_a_refund_the_rest_is_what_earned() -> None:
    refund = Refund(id="r", at=2, amount=40)
    state = _state(OrderStatus.PARTIALLY_REFUNDED, refund)
    said = _said(order(purchase(60), state=state))
    assert said == ("Order #1001 earned 60 points for what was not refunded: rule purchase 60.")


def test_a_test_order_earned_nothing_and_says_so() -> None:
    document = OrderDocument("main", "#1002", reason="test_order")
    assert _said(document) == "Order #1002 earned nothing because it is a test order."


def test_a_cancelled_order_says_that_points_were_taken_back_and_which_were_not() -> None:
    document = order(
        reason="order_cancelled", credited={"points": ()}, forgiven={"points": 1},
        lapsed={"points": 20}, deleted=True,
    )  # fmt: skip
    assert _said(document) == (
        "Order #1001 earned nothing because it was cancelled. "
        "What it had earned before was taken back. "
        "1 point could not be taken back and was forgiven. "
        "20 points had already expired when they were to be taken back. "
        "The shop has deleted its record of this order."
    )


def test_an_order_that_was_refunded_whole_earned_nothing_for_that() -> None:
    said = _said(order(state=_state(OrderStatus.REFUNDED)))
    assert said == "Order #1001 earned nothing because all of it was refunded."


def test_an_order_that_no_rule_gave_anything_quotes_the_first_steps() -> None:
    counted = TraceRow("qualified", parameters={"group": "club", "amount": 100})
    unmet = TraceRow("condition_unmet", "purchase")
    said = _said(order(state=_state(OrderStatus.PAID), trace=(counted, unmet)))
    assert said == "Order #1001 earned nothing. Rule purchase: its condition was not met."


def test_a_program_without_rules_gives_nothing() -> None:
    said = _said(order(state=_state(OrderStatus.PAID)))
    assert said == "Order #1001 earned nothing because no rule of the program rewards it."


def test_a_reason_of_tomorrow_is_named_by_its_code() -> None:
    said = _said(OrderDocument("main", "#1", reason="of_tomorrow"))
    assert said == "Order #1 earned nothing because it may not earn (of_tomorrow)."


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_reason_makes_a_whole_sentence(locale: str) -> None:
    for reason in order_reasons(DOMAIN):
        document = OrderDocument("main", "#1", reason=reason)
        said = document_sentence(document, names(locale), locale)
        assert "{" not in said
        assert reason not in said
        assert said.endswith(".")


# ---------------------------------------------------------------- other documents


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (RedemptionStatus.READY, "; its code has not been used yet."),
        (RedemptionStatus.USED, "; order 1001 used its code."),
        (RedemptionStatus.UNDONE, " and then undone."),
        (RedemptionStatus.EXPIRED, "; its code expired unused."),
    ],
)
def test_a_redemption_says_what_became_of_its_code(status: RedemptionStatus, end: str) -> None:
    said = _said(redemption(status, used_by="main:1001"))
    assert said == f"$5 off was redeemed for 50 points{end}"


def test_points_that_came_back_for_a_refund_are_told() -> None:
    said = _said(redemption(RedemptionStatus.USED, used_by="main:1001", returned=1))
    assert said.endswith(" 1 point was given back because the order was refunded.")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_an_adjustment_never_quotes_what_staff_typed(locale: str) -> None:
    for points in (5, -5):
        said = document_sentence(adjustment(points), names(locale), locale)
        assert not {"Jane", "Doe", "key-7", "{"} & set(said.split())


def test_an_adjustment_says_which_way_it_went() -> None:
    assert _said(adjustment(5)) == "Staff added 5 points by hand."
    assert _said(adjustment(-1)) == "Staff took 1 point by hand."


def test_joining_says_what_it_earned() -> None:
    joining = Joining("member", "m", 0, 1, posted=(Share("welcome", "points", 100),))
    assert _said(joining) == "Joining earned 100 points: rule welcome 100."
    assert _said(Joining("member", "m", 0, 1)) == "Joining earned nothing."


# ---------------------------------------------------------------- trace


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            rate(114),
            (
                "Rule purchase: 114.50 USD of goods after discounts earns 114 points, "
                "at 1 per 1.00 USD."
            ),
        ),
        (
            multiplied(171),
            "Rule purchase: multiplied by 1.5 for the tier, that is 171 points.",
        ),
        (
            TraceRow("rounded", unit="points", points=171, parameters={"exact": "171.75"}),
            "171.75 was rounded to 171 points.",
        ),
        (
            TraceRow("qualified", parameters={"group": "club", "amount": 11450}),
            "Counts towards the tier: 114.50 USD.",
        ),
        (
            TraceRow("qualified", parameters={"group": "fans", "amount": 7}),
            "Counts towards the tier: 7 points.",
        ),
        (
            TraceRow("tier_entered", "tier:club/gold", "points", points=50),
            "Reaching Gold gave 50 points.",
        ),
        (
            TraceRow("cap_reached", "purchase", "points", parameters={"cap": "rule:purchase"}),
            "Rule purchase reached its limit, which left room for 0 points.",
        ),
        (
            TraceRow("cap_reached", "", "points", points=9, parameters={"cap": "day:points"}),
            "The daily limit was reached: it left room for 9 points.",
        ),
        (
            TraceRow("excluded_line", line_id="l2", parameters={"why": "gift_card"}),
            "Item l2 is a gift card and earns nothing.",
        ),
        (TraceRow("excluded_line", line_id="l2"), "Item l2 earns nothing."),
        (TraceRow("of_tomorrow"), "Step of_tomorrow."),
    ],
)
def test_a_step_says_its_figures(row: TraceRow, sentence: str) -> None:
    assert trace_sentence(row, names(), "en") == sentence


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_step_makes_a_whole_sentence(locale: str) -> None:
    figures: dict[str, str | int] = {
        "amount": 1, "rate": "1", "per": 100, "exact": "1.5", "by": "1.5, 2", "group": "club",
        "cause": "forest", "badge": "regular", "challenge": "three", "campaign": "spring",
        "message": "thanks",
    }  # fmt: skip
    whys = [{"why": why} for why in trace_variants(DOMAIN, "why")]
    for code in trace_codes(DOMAIN):
        for more in ({}, {"part": "lines"}, {"of": "gross"}, {"cap": "day:x"}, *whys):
            row = TraceRow(code, "purchase", "points", "l1", 3, {**figures, **more})
            said = trace_sentence(row, names(locale), locale)
            assert "{" not in said
            assert said != phrase("trace_other", locale, {"code": code})
            assert said.endswith(".")


# ---------------------------------------------------------------- what people did


def test_points_that_live_longer_are_said_so() -> None:
    extended = msgspec.structs.replace(adjustment(5), kind=AdjustmentKind.EXTEND)
    assert _said(extended) == phrase("adjustment_extended", "en", {"points": "5 points"})


@pytest.mark.parametrize("kind", AdjustmentKind)
def test_everything_that_a_person_does_has_a_sentence(kind: AdjustmentKind) -> None:
    made = adjustment(5)
    assert _said(msgspec.structs.replace(made, kind=kind, tier="club/gold", badge="regular"))


def test_an_erasure_says_that_and_nothing_of_who_it_was() -> None:
    assert _said(Erasure("e1", "kim", "operator", 0)) == phrase("erased", "en")


# ---------------------------------------------------------------- causes


def test_an_order_that_gave_to_a_cause_alone_says_so() -> None:
    gift = Granted("trees", 0, "cause", "forest", 2)
    assert _said(order(grants=(gift,))).startswith("Order #1001 gave 2 for ")


def test_what_the_shop_passed_on_is_nobodys_and_is_told() -> None:
    passed_on = Settlement("s1", "forest", "h", 12, "operator", 0)
    assert passed_on.member == ""
    assert _said(passed_on).startswith("12 for ")
    assert _said(passed_on).endswith(" were passed on.")
