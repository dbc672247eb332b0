"""The API down, slow or busy: what is known is shown, nothing storms."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Shop
from tests.browser.stub_world import World

pytestmark = pytest.mark.requires_tool("chromium")


@pytest.mark.parametrize("fault", [503, 500, "lose"])
def test_without_a_kept_card_there_is_no_launcher_and_one_request(
    desktop: Shop, world: World, fault: int | str
) -> None:
    world.fault = fault
    asked: list[str] = []
    # What the page asked for: Chromium itself tries dropped connections again.
    desktop.page.on("request", lambda request: asked.append(request.url))
    widget = desktop.visit(wait=False, token=desktop.storefront.member)
    desktop.page.wait_for_timeout(1_200)
    expect(widget.launcher).to_be_hidden()
    assert len([url for url in asked if "/v1/storefront/" in url]) == 1


@pytest.mark.parametrize("fault", [503, "lose"])
def test_with_a_kept_card_the_launcher_and_the_panel_show_it(
    desktop: Shop, world: World, fault: int | str
) -> None:
    widget = desktop.member()
    widget.open()
    widget.part("#see").wait_for()
    world.fault = fault
    widget = desktop.member()
    expect(widget.launcher).to_have_text("114 points")
    widget.open()
    expect(widget.part(".big")).to_have_text("114")
    expect(widget.part("#warning")).to_be_visible()
    widget.show("rewards")
    expect(widget.part("#rewards > ul > li")).to_have_count(3)


def test_the_launchers_card_never_empties_what_a_whole_card_has_shown(
    desktop: Shop, world: World
) -> None:
    desktop.member().open()
    desktop.page.locator("laurel-widget #see").wait_for()
    widget = desktop.member()
    world.fault = 503
    widget.open()
    widget.show("rewards")
    expect(widget.part("#rewards > ul > li")).to_have_count(3)


def test_rewards_wait_for_the_whole_card(desktop: Shop, world: World) -> None:
    widget = desktop.member()
    world.fault, world.fault_path = "hang", "card"
    widget.open()
    widget.part("#tab-rewards").click()
    expect(widget.part("#rewards .wait")).to_be_visible()
    assert widget.part("#rewards > ul").count() == 0


def test_a_slow_api_keeps_the_kept_card_in_sight(desktop: Shop, world: World) -> None:
    desktop.member()
    world.fault = "hang"
    widget = desktop.member()
    expect(widget.launcher).to_have_text("114 points", timeout=1_500)


def test_a_guest_is_told_and_can_try_again(shop: Shop, world: World) -> None:
    world.fault = 503
    widget = shop.guest()
    widget.launcher.click()
    expect(widget.part("#warning")).to_contain_text("We are busy right now.")
    assert widget.focused == "tab-home"
    shop.page.wait_for_timeout(500)
    assert len(world.calls) == 1
    world.fault = None
    widget.part("#retry").click()
    expect(widget.part(".hero")).to_be_visible()
    expect(widget.part("#warning")).to_have_count(0)
    assert widget.focused == "tab-home"


def test_the_shop_hears_of_errors(desktop: Shop, world: World) -> None:
    desktop.page.add_init_script(
        "window.heard = []; addEventListener('laurel-error', (e) => heard.push(e.detail.status))"
    )
    world.fault = 503
    desktop.visit(wait=False, token=desktop.storefront.member)
    desktop.page.wait_for_function("heard.length")
    assert desktop.page.evaluate("heard") == [503]


def test_a_newer_program_is_fetched_once_and_unknown_rewards_are_skipped(
    desktop: Shop, world: World
) -> None:
    widget = desktop.member()
    widget.open()
    widget.part("#see").wait_for()
    world.version = 2
    for _ in range(3):
        widget.run("e => e.refresh()")
        desktop.page.wait_for_timeout(200)
    assert len(world.asked("program")) == 2


def test_no_answer_to_history_is_said_and_can_be_tried_again(desktop: Shop, world: World) -> None:
    widget = desktop.member()
    widget.open()
    world.fault, world.fault_path = 503, "history"
    widget.part("#tab-history").click()
    expect(widget.status).to_have_text("We are busy right now. Please try again in a moment.")
    world.fault = None
    widget.show("history")
    expect(widget.part(".entry")).to_have_count(1)
