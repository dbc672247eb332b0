"""What assistive technology is told, judged by axe-core and by the patterns of ARIA."""

import re
from functools import cache

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Shop, Storefront
from tests.browser.pages import Look, Widget
from tests.browser.stub_api import Stub
from tests.browser.stub_world import World
from tests.house.tree import ROOT

pytestmark = [
    pytest.mark.requires_tool("chromium"),
    pytest.mark.requires_tool("node"),
]
AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 120) + n.failureSummary).join())"""


@cache
def axe_source() -> str:
    """The text of axe-core."""
    return AXE.read_text()


def assert_clean(widget: Widget, where: str) -> None:
    """No violation on the page now, its animations over."""
    widget.rest()
    if not widget.page.evaluate("'axe' in window"):
        widget.page.evaluate(axe_source())
    assert widget.page.evaluate(RUN) == [], where


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_view(
    new_page: NewPage,
    stub: Stub,
    storefront: Storefront,
    scheme: str,
    language: str,
    viewport: dict[str, int],
) -> None:
    page = new_page(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    look = Look(
        language=language,
        direction="rtl" if language == "fa" else "ltr",
        css=":root{color-scheme:light dark}a{color:inherit}body{background:light-dark(#fff,#111)}",
    )
    shop = Shop(page, stub, storefront)
    widget = shop.member(look)
    assert_clean(widget, "launcher")
    widget.open()
    widget.part("#see").wait_for()
    assert_clean(widget, "home")
    for view in ("rewards", "tiers", "history"):
        widget.show(view)
        assert_clean(widget, view)
    widget.show("rewards")
    widget.part("#redeem-five-off").click()
    assert_clean(widget, "question")
    widget.part("#yes-five-off").click()
    widget.part(".code").wait_for()
    assert_clean(widget, "code")
    guest = shop.guest(look, login_url="/login", register_url="/register", terms_url="/terms")
    guest.open()
    assert_clean(guest, "guest")


def test_axe_finds_nothing_where_something_went_wrong(desktop: Shop, world: World) -> None:
    world.fault = 503
    widget = desktop.guest()
    widget.launcher.click()
    widget.part("#warning").wait_for()
    assert_clean(widget, "warning")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_attribute_outweighs_the_system(
    new_page: NewPage, stub: Stub, storefront: Storefront, scheme: str
) -> None:
    other = "dark" if scheme == "light" else "light"
    shop = Shop(new_page(color_scheme=other), stub, storefront)
    widget = shop.member(Look(scheme=scheme))
    background = widget.launcher.evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(25, 30, 27)")


def test_progress_is_read_out_in_words(desktop: Shop) -> None:
    widget = desktop.member()
    widget.open()
    bar = desktop.page.get_by_role("progressbar", name=re.compile("Progress to .*Silver tip"))
    expect(bar).to_have_attribute("aria-valuenow", "57")
    assert "more to reach" in (bar.get_attribute("aria-valuetext") or "")


def test_tiers_are_a_table_that_marks_ones_own(desktop: Shop) -> None:
    widget = desktop.member()
    widget.open()
    widget.show("tiers")
    assert widget.part("thead th[scope=col]").count() == 3
    assert widget.part("tbody th[scope=row]").count() == 3
    expect(widget.part("tr[aria-current=true] th")).to_contain_text("Leaf")


def test_dialog_is_named_and_tabs_rove(shop: Shop) -> None:
    widget = shop.member()
    widget.open()
    expect(shop.page.get_by_role("dialog", name="Tea club")).to_be_visible()
    expect(shop.page.get_by_role("tab", selected=True)).to_have_text("Overview")
    order = widget.part("[role=tab]").evaluate_all("all => all.map((tab) => tab.tabIndex)")
    assert order == [0, -1, -1, -1]


def test_everything_to_press_is_large_enough(shop: Shop) -> None:
    widget = shop.member()
    widget.open()
    for view in ("home", "rewards", "history"):
        widget.show(view)
        small = widget.part("button:visible, a:visible").evaluate_all(
            "all => all.map((e) => [e.id, e.getBoundingClientRect()])"
            ".filter(([, box]) => box.height < 44 || box.width < 44).map(([id]) => id)"
        )
        assert small == []


def test_forced_colours_keep_progress_and_edges(desktop: Shop) -> None:
    desktop.page.emulate_media(forced_colors="active")
    widget = desktop.member()
    widget.open()
    fill = widget.part(".bar i").first
    assert fill.evaluate("e => getComputedStyle(e).borderBlockStartColor") != (
        widget.dialog.evaluate("e => getComputedStyle(e).backgroundColor")
    )
    assert widget.part("#see").evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"
