"""How many steps of a reward to take: chosen by the shopper, the least unless they say more."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Shop
from tests.browser.pages import Look, Widget, plain
from tests.browser.stub_world import GIFT_STEPS, USD_STEPS, World
from tests.browser.test_accessibility import assert_clean
from tests.browser.test_redeeming import at_rewards

pytestmark = pytest.mark.requires_tool("chromium")
SLIDER = "#steps-slice"
PRESS = "e => e.click()"  # playwright presses nothing that is marked disabled
PERSIAN = Look(language="fa", direction="rtl")


def asked(shop: Shop, world: World, look: Look | None = None) -> Widget:
    """A member with 114 points who is asked about a reward of 10 points = $0.50 a step."""
    world.steps = world.steps or USD_STEPS
    widget = shop.member(look)
    widget.open()
    widget.show("rewards")
    widget.part("#redeem-slice").click()
    return widget


def price(widget: Widget) -> str:
    """What the shopper reads about their choice; the slider says the same."""
    heard = widget.part(SLIDER).get_attribute("aria-valuetext") or ""
    assert widget.part("#offer-slice .row:has(label) .price").inner_text() == heard
    return plain(heard)


def sent(world: World) -> list[int | None]:
    """The steps of every redemption that was asked for."""
    return [body.get("steps") for _, _, body in world.asked("redemptions")]


def test_the_least_is_chosen_until_the_shopper_says_more(phone: Shop, world: World) -> None:
    widget = asked(phone, world)
    assert plain(widget.part("#offer-slice .price").first.inner_text()) == "from 20 points"
    assert price(widget) == "20 points = $1"
    assert widget.focused == "yes-slice"
    widget.part("#yes-slice").click()
    widget.part(".code").wait_for()
    assert sent(world) == [2]
    assert world.members["77"].available == 94


def test_what_is_shown_is_what_is_spent(shop: Shop, world: World) -> None:
    widget = asked(shop, world)
    widget.part("#plus-slice").click()
    widget.part("#plus-slice").click()
    widget.part("#less-slice").click()
    assert price(widget) == "30 points = $1.50"
    assert widget.focused == "less-slice"
    assert plain(widget.part("#ask").inner_text()) == (
        "Spend 30 points on As much off as you like? You will have 84 points left."
    )
    widget.part("#yes-slice").click()
    widget.part(".code").wait_for()
    assert sent(world) == [3]
    expect(widget.launcher).to_have_text("84 points")


def test_the_keyboard_goes_from_the_least_to_what_the_member_can_pay(
    phone: Shop, world: World
) -> None:
    widget = asked(phone, world)
    widget.part(SLIDER).focus()
    phone.page.keyboard.press("ArrowRight")
    assert price(widget) == "30 points = $1.50"
    phone.page.keyboard.press("End")
    assert price(widget) == "110 points = $5.50"
    expect(widget.part("#plus-slice")).to_have_attribute("aria-disabled", "true")
    widget.part("#plus-slice").evaluate(PRESS)
    assert price(widget) == "110 points = $5.50"
    phone.page.keyboard.press("Home")
    expect(widget.part("#less-slice")).to_have_attribute("aria-disabled", "true")
    assert phone.page.get_by_label("How much to spend").get_attribute("id") == "steps-slice"


def test_right_to_left_the_left_arrow_spends_more(phone: Shop, world: World) -> None:
    widget = asked(phone, world, PERSIAN)
    widget.part(SLIDER).focus()
    phone.page.keyboard.press("ArrowLeft")
    assert "۳۰ امتیاز = " in price(widget)
    less, plus = (widget.part(f"#{end}-slice").bounding_box() for end in ("less", "plus"))
    assert less is not None
    assert plus is not None
    assert plus["x"] < less["x"]


@pytest.mark.parametrize("look", [Look(), Look(language="hu"), PERSIAN], ids=["en", "hu", "fa"])
@pytest.mark.requires_tool("node")
def test_the_choice_fits_a_phone_and_axe_finds_nothing(
    phone: Shop, world: World, look: Look
) -> None:
    widget = asked(phone, world, look)
    widget.part("#plus-slice").click()
    assert_clean(widget, "steps")
    wide = "e => e.scrollWidth > e.clientWidth"
    assert widget.part("#body").evaluate(wide) is False
    for one in ("#less-slice", "#plus-slice", SLIDER):
        box = widget.part(one).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_a_choice_whose_answer_was_lost_stands(phone: Shop, world: World) -> None:
    widget = asked(phone, world)
    widget.part("#plus-slice").click()
    world.fault, world.fault_path = "lose", "redemptions"
    widget.part("#yes-slice").click()
    expect(widget.status).to_contain_text("you will not pay twice")
    expect(widget.part(SLIDER)).to_be_disabled()
    widget.part("#plus-slice").evaluate(PRESS)
    assert price(widget) == "30 points = $1.50"
    world.fault = None
    widget.part("#yes-slice").click()
    widget.part(".code").wait_for()
    assert set(sent(world)) == {3}
    assert world.members["77"].available == 84


def test_a_second_question_starts_at_the_least_again(phone: Shop, world: World) -> None:
    widget = asked(phone, world)
    widget.part("#plus-slice").click()
    widget.part("#no-slice").click()
    widget.part("#redeem-slice").click()
    assert price(widget) == "20 points = $1"
    assert widget.part(SLIDER).input_value() == "2"


def test_where_only_one_choice_can_be_paid_none_is_offered(phone: Shop, world: World) -> None:
    world.members["77"].available = 25
    widget = asked(phone, world)
    assert widget.part(SLIDER).count() == 0
    widget.part("#yes-slice").click()
    widget.part(".code").wait_for()
    assert sent(world) == [2]


def test_a_reward_without_steps_is_asked_for_without(phone: Shop, world: World) -> None:
    widget = at_rewards(phone)
    widget.part("#redeem-five-off").click()
    assert widget.part("input").count() == 0
    widget.part("#yes-five-off").click()
    widget.part(".code").wait_for()
    assert "steps" not in world.asked("redemptions")[0][2]


def test_a_donation_is_thanked_for_and_shows_no_code(phone: Shop, world: World) -> None:
    world.steps = GIFT_STEPS
    widget = asked(phone, world)
    widget.part("#plus-slice").click()
    assert price(widget) == "30 points"
    widget.part("#yes-slice").click()
    expect(widget.status).to_have_text("Thank you! Your gift has been counted.")
    expect(widget.launcher).to_have_text("84 points")
    assert widget.part(".ticket, .code").count() == 0
    assert widget.focused == "tab-rewards"


def test_views_that_do_not_arrive_say_so_and_come_again(phone: Shop) -> None:
    phone.page.route("**/later*.js", lambda route: route.abort())
    widget = phone.member()
    widget.open()
    expect(widget.part("#warning")).to_contain_text("We cannot reach the program")
    phone.page.unroute("**/later*.js")
    widget.part("#retry").click()
    widget.part("#tab-rewards").click()
    widget.part("#redeem-five-off").wait_for()
    expect(widget.part("#warning")).to_have_count(0)
