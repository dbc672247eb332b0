"""Guests, strangers, and tokens that come, expire and change."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Shop
from tests.browser.pages import Look
from tests.browser.stub_world import Member, World, token

pytestmark = pytest.mark.requires_tool("chromium")

LINKS: dict[str, Any] = {
    "login_url": "/login",
    "register_url": "https://shop.example/register",
    "terms_url": "/t",
}


def test_a_guest_who_never_opens_makes_no_request(shop: Shop, world: World) -> None:
    widget = shop.guest()
    expect(widget.launcher).to_have_text("Rewards")
    widget.launcher.hover()
    shop.page.wait_for_timeout(400)
    shop.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    assert world.calls == []


def test_a_guest_sees_what_the_program_gives_and_the_way_in(shop: Shop, world: World) -> None:
    widget = shop.guest(**LINKS)
    widget.open()
    expect(widget.part("#title")).to_have_text("Tea club")
    expect(widget.part(".dots")).to_contain_text("for every")
    links = widget.part(".hero a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert links == ["https://shop.example/register", "/login", "/t"]
    widget.show("rewards")
    expect(widget.part("#rewards > ul > li")).to_have_count(3)
    assert widget.part("#rewards > ul button").count() == 0
    widget.show("tiers")
    expect(widget.part("tbody tr")).to_have_count(3)
    assert widget.part("#tab-history").count() == 0
    assert len(world.calls) == 1


def test_addresses_of_other_protocols_are_left_out(desktop: Shop) -> None:
    widget = desktop.guest(login_url="javascript:alert(1)", register_url="data:text/html,x")
    widget.open()
    assert widget.part("a").count() == 0


def test_label_names_the_launcher_for_guests(desktop: Shop) -> None:
    expect(desktop.guest(label="Club & more").launcher).to_have_text("Club & more")


def test_a_stranger_joins_with_one_button(shop: Shop) -> None:
    widget = shop.visit(token=shop.storefront.stranger)
    expect(widget.launcher).to_have_text("Rewards")
    widget.open()
    widget.part("#join").click()
    expect(widget.status).to_have_text("Welcome! You are a member now.")
    expect(widget.part(".big")).to_have_text("25")
    assert widget.focused == "body"
    expect(widget.launcher).to_have_text("25 points")


def test_the_next_customer_never_sees_the_last_ones_points(desktop: Shop, world: World) -> None:
    world.members["78"] = Member(5, 0, 0)
    widget = desktop.member()
    expect(widget.launcher).to_have_text("114 points")
    world.fault = "lose"
    desktop.put("/other", Look(), token=token("78"))
    desktop.page.goto(desktop.host.url + "/other")
    desktop.page.wait_for_timeout(600)
    expect(widget.launcher).to_be_hidden()
    assert desktop.page.evaluate("sessionStorage.length") == 0


def test_another_token_of_the_same_person_finds_the_kept_card(desktop: Shop, world: World) -> None:
    desktop.member()
    world.fault = "hang"
    widget = desktop.visit(token=token("77", 2))
    expect(widget.launcher).to_have_text("114 points", timeout=1_500)


def test_a_token_that_changes_changes_everything(desktop: Shop, world: World) -> None:
    world.members["78"] = Member(5, 0, 0)
    widget = desktop.member()
    widget.open()
    widget.show("rewards")
    widget.part("#redeem-five-off").click()
    widget.run(f"e => e.setAttribute('token', '{token('78')}')")
    expect(widget.launcher).to_have_text("5 points")
    assert widget.part("#ask").count() == 0
    assert widget.focused == "tab-rewards"
    widget.run("e => e.removeAttribute('token')")
    expect(widget.launcher).to_have_text("Rewards")
    assert desktop.page.evaluate("sessionStorage.length") == 0
    assert widget.part("#tab-history").count() == 0


def test_token_url_answers_for_all_elements_with_one_request(desktop: Shop, world: World) -> None:
    world.session = token("77")
    second = f'<laurel-widget shop="tea" api="{desktop.storefront.api}" token-url="/session">'
    desktop.put("/shop", Look(body=second + "</laurel-widget>"), token_url="/session")
    desktop.page.goto(desktop.host.url + "/shop")
    expect(desktop.page.locator("laurel-widget .launcher")).to_have_text(["114 points"] * 2)
    assert len(world.asked("/session")) == 1


def test_token_url_with_null_is_a_guest(desktop: Shop, world: World) -> None:
    widget = desktop.visit(token_url="/session")
    expect(widget.launcher).to_have_text("Rewards")
    assert world.asked("card") == []


def test_an_expired_token_is_renewed_once_in_the_middle_of_a_redemption(
    desktop: Shop, world: World
) -> None:
    world.session = token("77")
    widget = desktop.visit(token_url="/session")
    widget.open()
    widget.show("rewards")
    world.refused.add(token("77"))
    world.session = token("77", 2)
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    expect(widget.part(".code")).to_be_visible()
    assert world.members["77"].available == 64


def test_a_renewed_token_of_somebody_else_spends_nothing(desktop: Shop, world: World) -> None:
    world.members["78"] = Member(500, 0, 0)
    world.session = token("77")
    widget = desktop.visit(token_url="/session")
    widget.open()
    widget.show("rewards")
    world.refused.add(token("77"))
    world.session = token("78")
    widget.part("#redeem-five-off").click()
    widget.part("#yes-five-off").click()
    expect(widget.launcher).to_have_text("500 points")
    desktop.page.wait_for_timeout(200)
    assert world.members["78"].available == 500
    assert world.members["77"].available == 114


def test_a_token_refused_twice_asks_to_sign_in_again(desktop: Shop, world: World) -> None:
    world.session = token("77")
    world.refused.add(token("77"))
    widget = desktop.visit(token_url="/session", login_url="/login")
    widget.open()
    expect(widget.part("#warning")).to_contain_text("Please sign in again.")
    expect(widget.part("#warning a")).to_have_attribute("href", "/login")


def test_token_provider_set_before_the_widget_has_come_is_used(desktop: Shop, world: World) -> None:
    desktop.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        "document.querySelector('laurel-widget').tokenProvider ="
        f" () => Promise.resolve('{token('77')}');}})"
    )
    expect(desktop.visit().launcher).to_have_text("114 points")


def test_data_set_by_the_page_is_shown_without_asking(desktop: Shop, world: World) -> None:
    card = world.card("77", {"locale": "en"})
    world.calls.clear()
    desktop.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        "document.querySelector('laurel-widget').data = window.given;});"
        f"window.given = {{card: {card!r}}};".replace("None", "null")
        .replace("True", "true")
        .replace("False", "false")
    )
    expect(desktop.visit().launcher).to_have_text("114 points")
    assert world.calls == []
