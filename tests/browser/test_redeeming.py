"""Redeeming: asked first, spent once, the code in hand, and a way back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Shop
from tests.browser.pages import Widget, plain
from tests.browser.stub_world import World

pytestmark = pytest.mark.requires_tool("chromium")


def at_rewards(shop: Shop) -> Widget:
    """A member who looks at the rewards."""
    widget = shop.member()
    widget.open()
    widget.show("rewards")
    widget.part("#rewards > ul").wait_for()
    return widget


def test_redeem_asks_before_it_spends(shop: Shop, world: World) -> None:
    widget = at_rewards(shop)
    widget.part("#redeem-five-off").click()
    assert plain(widget.part("#ask").inner_text()) == (
        "Spend 50 points on $5 off? You will have 64 points left."
    )
    assert widget.focused == "yes-five-off"
    assert world.asked("redemptions") == []
    widget.part("#no-five-off").click()
    assert widget.focused == "redeem-five-off"
    assert world.asked("redemptions") == []
    assert world.members["77"].available == 114


def test_the_code_is_shown_announced_and_focused(shop: Shop, world: World) -> None:
    widget = at_rewards(shop)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    expect(widget.part(".code")).to_have_text("TEA-4821-QX")
    assert widget.focused == "copy-r1"
    assert plain(widget.status.inner_text()) == "Your code is ready: TEA-4821-QX"
    expect(widget.launcher).to_have_text("64 points")
    shop.page.wait_for_timeout(300)
    assert widget.focused == "copy-r1"
    shop.page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()


def test_copy_puts_the_code_on_the_clipboard(desktop: Shop) -> None:
    desktop.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    widget = at_rewards(desktop)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    code = widget.part(".code").inner_text()
    widget.part("[id^=copy-]").click()
    expect(widget.part("[id^=copy-]")).to_have_text("Copied")
    assert desktop.page.evaluate("navigator.clipboard.readText()") == code
    assert widget.focused.startswith("copy-")


def test_copy_without_permission_says_how_by_hand(desktop: Shop) -> None:
    widget = at_rewards(desktop)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    desktop.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    widget.part("[id^=copy-]").click()
    expect(widget.status).to_have_text("Tap the code to select it, then copy it.")
    widget.part(".code").click()
    assert desktop.page.evaluate("String(getSelection())").startswith("TEA-")


def test_undo_gives_the_points_back_and_keeps_the_focus(shop: Shop, world: World) -> None:
    widget = at_rewards(shop)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    widget.part("#undo-r1").click()
    expect(widget.status).to_have_text("Undone. Your points are back.")
    expect(widget.part(".ticket")).to_have_count(0)
    expect(widget.launcher).to_have_text("114 points")
    assert widget.focused == "redeem-five-off"
    assert world.members["77"].available == 114


def test_a_lost_answer_is_asked_again_with_the_same_key_and_spends_once(
    shop: Shop, world: World
) -> None:
    widget = at_rewards(shop)
    widget.part("#redeem-five-off").click()
    world.fault, world.fault_path = "lose", "redemptions"
    widget.part("#yes-five-off").click()
    expect(widget.status).to_have_text(
        "We did not get an answer. Try again: you will not pay twice."
    )
    assert widget.focused == "yes-five-off"
    world.fault = None
    widget.part("#yes-five-off").click()
    expect(widget.part(".code")).to_have_text("TEA-4821-QX")
    keys = [body["idempotency_key"] for _, _, body in world.asked("redemptions")]
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    assert world.members["77"].available == 64


def test_pressing_twice_spends_once(desktop: Shop, world: World) -> None:
    widget = at_rewards(desktop)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").evaluate("e => { e.click(); e.click(); e.click(); }")
    expect(widget.part(".code")).to_be_visible()
    assert len(world.asked("redemptions")) == 1


def test_the_same_reward_again_is_a_new_request(desktop: Shop, world: World) -> None:
    widget = at_rewards(desktop)
    for count in (1, 2):
        widget.part("#redeem-five-off").click()
        widget.part("#yes-five-off").click()
        expect(widget.part(".ticket")).to_have_count(count)
    assert world.members["77"].available == 14
    assert len({body["idempotency_key"] for _, _, body in world.asked("redemptions")}) == 2


def test_a_refusal_is_said_kindly_and_the_card_becomes_true(desktop: Shop, world: World) -> None:
    widget = at_rewards(desktop)
    widget.part("#redeem-five-off").click()
    world.members["77"].available = 3
    widget.part("#yes-five-off").click()
    expect(widget.status).to_have_text("You do not have enough points for this yet.")
    expect(widget.launcher).to_have_text("3 points")
    expect(widget.part("#offer-five-off")).to_contain_text("to go")
    assert widget.focused.startswith("tab-")


def test_the_shop_can_prevent_and_use_a_redemption(desktop: Shop, world: World) -> None:
    widget = at_rewards(desktop)
    widget.run("""e => {
      window.heard = [];
      document.addEventListener('laurel-redeem', (event) => {
        if (!window.allowed) event.preventDefault();
      });
      document.addEventListener('laurel-redeemed', (event) => heard.push(event.detail.code));
    }""")
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    desktop.page.wait_for_timeout(100)
    assert world.asked("redemptions") == []
    desktop.page.evaluate("window.allowed = true")
    widget.part("#yes-five-off").click()
    widget.part(".code").wait_for()
    assert desktop.page.evaluate("heard") == ["TEA-4821-QX"]


def test_a_code_in_the_making_can_be_asked_for_again(desktop: Shop, world: World) -> None:
    world.fulfilling = True
    widget = at_rewards(desktop)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    expect(widget.part(".ticket")).to_contain_text("Your code is being prepared.")
    assert widget.focused == "copy-r1"
    world.members["77"].codes[0].update(status="ready", code="TEA-LATE")
    widget.part("#copy-r1").click()
    expect(widget.part(".code")).to_have_text("TEA-LATE")
    assert widget.focused == "copy-r1"


def test_what_cannot_be_had_says_what_is_missing(desktop: Shop) -> None:
    widget = at_rewards(desktop)
    bar = widget.part("#offer-tin [role=progressbar]")
    assert plain(bar.get_attribute("aria-valuetext") or "") == "286 points to go"
    assert widget.part("#redeem-tin").count() == 0


def test_history_pages_and_focuses_the_first_new_line(desktop: Shop, world: World) -> None:
    world.members["77"].entries += [(0, points) for points in range(1, 30)]
    widget = desktop.member()
    widget.open()
    widget.show("history")
    expect(widget.part(".entry")).to_have_count(20)
    widget.part("#more").click()
    expect(widget.part(".entry")).to_have_count(30)
    assert widget.focused == "entry-10"
    assert widget.part("#more").count() == 0
