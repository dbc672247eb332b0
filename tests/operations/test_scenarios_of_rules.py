"""Three programs of the mission, lived through: reviews, healthy habits, and a card's cashback."""

import json
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.audit_member import audit_member
from tests.builders import NOON, Scene, line, recorded, refund, state, upserted
from tests.operations.action_scenes import action_of, done, revoked, tell

PROGRAMS = Path(__file__).parents[2] / "examples" / "programs"


def live(scene: Scene, name: str) -> Scene:
    scene.publish(json.loads((PROGRAMS / f"{name}.json").read_text(encoding="utf-8")))
    return scene


def sound(scene: Scene) -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


# ---------------------------------------------------------------- Bulu Box


def review(scene: Scene, number: int, product: str = "", **told: Any) -> str:
    told = {"words": 12, "verified_purchase": True, **told}
    return tell(scene, done(f"review-{number}", subject=product or f"product:{number}", **told))


def test_bulu_box_pays_for_written_reviews_of_what_was_bought_once_a_product(scene: Scene) -> None:
    live(scene, "bulu-box")
    review(scene, 1)
    review(scene, 2, "product:1")  # the same product again
    review(scene, 3, words=9)  # too short
    review(scene, 4, verified_purchase=False)
    assert scene.available() == 10
    tell(scene, done("rating-1", action="rating.given", subject="product:1", stars=4))
    assert scene.available() == 12
    sound(scene)


def test_bulu_box_pays_for_ten_reviews_a_month(scene: Scene) -> None:
    live(scene, "bulu-box")
    for number in range(12):
        review(scene, number)
    assert scene.available() == 100
    scene.now += 12 * DAY_MS  # December
    review(scene, 12)
    assert scene.available() == 110


def test_bulu_box_takes_a_false_review_back_and_the_product_is_free_again(scene: Scene) -> None:
    live(scene, "bulu-box")
    review(scene, 1)
    tell(scene, revoked("review-1", NOON))
    assert scene.available() == 0
    review(scene, 2, "product:1")
    assert scene.available() == 10


def test_bulu_box_reviews_and_boxes_lead_to_five_dollars(scene: Scene) -> None:
    live(scene, "bulu-box")
    scene.pay(3_999, "box")
    assert scene.available() == 39
    review(scene, 1)
    tell(scene, done("rating-1", action="rating.given", subject="product:1", stars=5))
    recorded(scene.redeem())
    assert scene.available() == 1
    sound(scene)


# ---------------------------------------------------------------- Walgreens


def test_walgreens_pays_for_miles_up_to_a_thousand_points_a_month(scene: Scene) -> None:
    live(scene, "walgreens")
    tell(scene, done("w1", action="walked", miles=3))
    assert scene.available() == 60
    tell(scene, done("w2", action="walked", miles=80))
    assert scene.available() == 1_000
    assert "cap_reached" in {row.code for row in action_of(scene, "w2").trace}
    sound(scene)


def test_walgreens_pays_for_one_weighing_a_day(scene: Scene) -> None:
    live(scene, "walgreens")
    for number in (1, 2):
        tell(scene, done(f"w{number}", action="weight.logged"))
    scene.now += DAY_MS
    tell(scene, done("w3", action="weight.logged"))
    assert scene.available() == 40


def test_walgreens_pays_prescriptions_by_the_piece_and_tobacco_never(scene: Scene) -> None:
    live(scene, "walgreens")
    pills = msgspec.structs.replace(line(3_000, "l1", tags=("prescription",)), quantity_milli=2_000)
    goods = (pills, line(1_299, "l2"), line(900, "l3", tags=("tobacco",)))
    scene.order(upserted(state(*goods)))
    shares = {share.rule_id: share.points for share in scene.document().posted}
    assert shares == {"prescription": 200, "spend": 129}
    back = state(*goods, version=NOON + 1, refunds=(refund(1_299, line_id="l2", at=NOON + 1),))
    scene.order(upserted(back), now=NOON + 1)
    assert scene.available() == 200
    sound(scene)


# ---------------------------------------------------------------- cashback


def swipe(scene: Scene, grosz: int, order_id: str, mcc: str = "5411", **changes: Any) -> None:
    scene.pay(grosz, order_id, currency="PLN", attributes={"mcc": mcc}, **changes)


def cash(scene: Scene) -> int:
    """Thousandths of a grosz, waiting ones too."""
    held = scene.balance(unit="cash")
    return held.available + held.pending


def test_cashback_is_exact_below_a_grosz(scene: Scene) -> None:
    live(scene, "cashback")
    swipe(scene, 4_299, "shop")
    assert cash(scene) == 42_990  # 0.42990 PLN
    swipe(scene, 4_299, "fuel", "5541")
    assert cash(scene) == 42_990 + 128_970


def test_cashback_takes_the_better_percent_after_its_own_limit(scene: Scene) -> None:
    live(scene, "cashback")
    swipe(scene, 80_000, "f1", "5541")  # 24.00 of the 30.00 that fuel may give
    swipe(scene, 50_000, "f2", "5541")  # 6.00 is left of 3 %, 5.00 is 1 %
    assert cash(scene) == 3_000_000
    swipe(scene, 50_000, "f3", "5541")  # now 1 % is better
    assert cash(scene) == 3_500_000
    sound(scene)


def test_cashback_waits_a_month_and_a_return_takes_it_back(scene: Scene) -> None:
    live(scene, "cashback")
    swipe(scene, 100_000, "big")
    assert scene.balance(unit="cash").available == 0
    scene.now += 31 * DAY_MS
    assert scene.balance(unit="cash").available == 1_000_000
    told = state(line(100_000), id="big", number="#big", currency="PLN",
                 attributes={"mcc": "5411"}, version=NOON + 1,
                 refunds=(refund(50_000, at=NOON + 1),))  # fmt: skip
    scene.order(upserted(told))
    assert cash(scene) == 500_000
    sound(scene)


def test_cashback_is_paid_out_in_whole_grosz(scene: Scene) -> None:
    live(scene, "cashback")
    swipe(scene, 100_099, "big")
    scene.now += 31 * DAY_MS
    recorded(scene.redeem("ten-back"))
    assert cash(scene) == 990
