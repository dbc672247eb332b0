"""The launcher, and every way in and out of the panel, on a wide screen and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Shop
from tests.browser.pages import Look
from tests.browser.stub_world import World

pytestmark = pytest.mark.requires_tool("chromium")

LINK = '<p><a id="link" href="/rewards" data-laurel-open="rewards"><b>What can I get?</b></a></p>'
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 300);
})"""


def test_launcher_shows_the_points_in_words(shop: Shop, world: World) -> None:
    widget = shop.member()
    expect(widget.launcher).to_have_text("114 points")
    expect(widget.launcher).to_have_attribute("aria-haspopup", "dialog")
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")
    assert float(widget.part(".ring").evaluate("e => e.style.getPropertyValue('--fill')")) == (
        pytest.approx(11_450 / 20_000)
    )


def test_a_member_costs_one_simple_request_before_opening(shop: Shop, world: World) -> None:
    shop.member()
    shop.page.wait_for_timeout(300)
    assert [(method, path.split("/")[-1]) for method, path, _ in world.calls] == [("POST", "card")]
    assert world.calls[0][2]["view"] == "launcher"


def test_opening_never_sends_a_preflight(desktop: Shop, world: World) -> None:
    widget = desktop.member()
    widget.open()
    widget.show("history")
    assert [call for call in world.calls if call[0] == "OPTIONS"] == []
    assert len(world.asked("program")) == 1
    assert len(world.asked("card")) == 2


def test_click_opens_and_focus_goes_in(shop: Shop) -> None:
    widget = shop.member()
    opened = widget.run("e => new Promise(r => e.addEventListener('laurel-open', () => r(1))) && 1")
    assert opened
    widget.open()
    expect(widget.dialog).to_be_visible()
    expect(widget.launcher).to_have_attribute("aria-expanded", "true")
    assert widget.focused == "tab-home"


def test_escape_closes_and_focus_comes_back(shop: Shop) -> None:
    widget = shop.member()
    widget.open()
    shop.page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")
    expect(widget.launcher).to_be_focused()


def test_close_button_closes_and_focus_comes_back(shop: Shop) -> None:
    widget = shop.member()
    widget.open()
    widget.part("#close").click()
    expect(widget.dialog).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_click_outside_closes(shop: Shop) -> None:
    widget = shop.member()
    widget.open()
    shop.page.mouse.click(20, 5)
    expect(widget.dialog).to_be_hidden()


def test_launcher_toggles_the_popover(desktop: Shop) -> None:
    widget = desktop.member()
    for _ in range(2):
        widget.open()
        expect(widget.dialog).to_be_visible()
        widget.launcher.click()
        expect(widget.dialog).to_be_hidden()


def test_keyboard_alone_opens_moves_and_closes(desktop: Shop) -> None:
    widget = desktop.member()
    widget.launcher.focus()
    desktop.page.keyboard.press("Enter")
    widget.part(".hero").wait_for()
    assert widget.focused == "tab-home"
    for view in ("rewards", "tiers", "history", "home"):
        desktop.page.keyboard.press("ArrowRight")
        assert widget.focused == f"tab-{view}"
    desktop.page.keyboard.press("ArrowLeft")
    assert widget.focused == "tab-history"
    desktop.page.keyboard.press("Escape")
    expect(widget.launcher).to_be_focused()


def test_a_click_before_the_panel_has_come_still_opens(desktop: Shop) -> None:
    widget = desktop.member()
    widget.run("e => e.shadowRoot.querySelector('.launcher').click()")
    expect(widget.dialog).to_be_visible()


def test_phone_makes_the_page_inert_and_a_wide_screen_does_not(shop: Shop) -> None:
    widget = shop.member()
    widget.open()
    phone = shop.page.evaluate("innerWidth < 600")
    assert widget.dialog.evaluate("e => e.matches(':modal')") is phone
    assert widget.dialog.evaluate("e => e.matches(':popover-open')") is not phone


def test_phone_sheet_fills_the_screen(phone: Shop) -> None:
    widget = phone.member()
    widget.open()
    widget.rest()
    box = widget.dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == pytest.approx(780)
    assert box["height"] >= 780 - 24


def test_links_open_the_view_they_name_and_get_the_focus_back(shop: Shop) -> None:
    widget = shop.member(Look(body=LINK))
    shop.page.locator("#link").focus()
    shop.page.locator("#link b").click()
    expect(widget.part("#rewards > ul")).to_be_visible()
    assert widget.focused == "tab-rewards"
    assert shop.page.url.endswith("/shop")
    shop.page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    expect(shop.page.locator("#link")).to_be_focused()


def test_links_work_without_a_launcher(desktop: Shop) -> None:
    desktop.put("/shop", Look(body=LINK), launcher="none", token=desktop.storefront.member)
    desktop.page.goto(desktop.host.url + "/shop")
    desktop.page.wait_for_function("!!customElements.get('laurel-widget')")
    desktop.page.locator("#link").click()
    expect(desktop.page.locator("laurel-widget #rewards > ul")).to_be_visible()
    expect(desktop.page.locator("laurel-widget .launcher")).to_be_hidden()


def test_nothing_shifts_while_the_launcher_comes_and_changes(shop: Shop, world: World) -> None:
    widget = shop.member()
    for points in (7, 1_234_567, 50):
        world.members["77"].available = points
        widget.run("e => e.refresh()")
        expect(widget.launcher).to_have_text(f"{points:,} points")
    assert shop.page.evaluate(SHIFTS) == 0


def test_a_purchase_moves_the_open_panel_without_a_reload(desktop: Shop, world: World) -> None:
    widget = desktop.member()
    widget.open()
    widget.part("#see").focus()
    world.members["77"].available += 300
    world.members["77"].spent += 5_000
    widget.run("e => e.refresh()")
    expect(widget.part(".big")).to_have_text("414")
    expect(widget.part(".hero + .card")).to_contain_text("$35.50")
    expect(widget.launcher).to_have_text("414 points")
    assert widget.focused == "see"


def test_tab_that_comes_back_after_a_minute_refreshes_once(desktop: Shop, world: World) -> None:
    widget = desktop.member()
    back = "() => document.dispatchEvent(new Event('visibilitychange'))"
    desktop.page.evaluate(back)
    desktop.page.wait_for_timeout(100)
    assert len(world.asked("card")) == 1
    widget.run("e => { const now = Date.now(); e.now = () => now + 61000; }")
    desktop.page.evaluate(back)
    desktop.page.evaluate(back)
    desktop.page.wait_for_timeout(200)
    assert len(world.asked("card")) == 2


def test_progress_moves_only_where_motion_is_welcome(desktop: Shop) -> None:
    desktop.page.emulate_media(reduced_motion="no-preference")
    widget = desktop.member()
    widget.open()
    still = "e => [getComputedStyle(e).animationName, getComputedStyle(e).transitionDuration]"
    assert widget.part(".bar i").first.evaluate(still) == ["grow", "0.8s"]
    desktop.page.emulate_media(reduced_motion="reduce")
    assert widget.part(".bar i").first.evaluate(still) == ["none", "0s"]
