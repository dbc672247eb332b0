"""Hostile themes, strict policies, hostile names, other languages and directions."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ENTRY, PHONE, NewPage, Shop, Storefront
from tests.browser.pages import Look, Widget, page_html, plain
from tests.browser.stub_api import Stub
from tests.browser.stub_world import World

pytestmark = pytest.mark.requires_tool("chromium")

HOSTILE = """
*{line-height:3!important;font:italic 30px/3 fantasy!important;letter-spacing:9px!important;
  color:red!important;text-transform:uppercase!important;box-sizing:content-box!important;
  text-align:right!important;word-spacing:1em!important;text-indent:40px!important}
html{font-size:40px}
button{background:lime!important;padding:50px!important;border:9px solid!important}
laurel-widget{display:block!important;transform:rotate(9deg);opacity:.2;overflow:hidden;height:0}
dialog{width:50px!important}
"""
MEASURED = (
    *("color", "font-size", "font-style", "line-height", "letter-spacing", "text-transform"),
    *("text-align", "word-spacing", "text-indent", "padding", "border-width", "width", "height"),
    *("background-color", "opacity"),
)
MARKUP = '<img src=x onerror="window.owned=1"><b>x</b>'


def styles(place: Locator) -> dict[str, str]:
    """The computed styles that a theme would change."""
    return dict(
        place.evaluate(
            "(e, names) => Object.fromEntries(names.map((n) => [n, getComputedStyle(e)[n]]))",
            MEASURED,
        )
    )


def test_a_hostile_theme_does_not_leak_in(shop: Shop) -> None:
    places = (".launcher", "dialog", "#title", ".big", "#see", "#tab-rewards", ".bar")
    seen = []
    for css in ("", HOSTILE):
        widget = shop.member(Look(css=css))
        widget.open()
        widget.part("#see").wait_for()
        widget.rest()
        seen.append(
            [(styles(widget.part(p).first), widget.part(p).first.bounding_box()) for p in places]
        )
    assert seen[0] == seen[1]


def test_the_shops_custom_properties_do_reach_in(desktop: Shop) -> None:
    theme = "laurel-widget{--laurel-accent:rgb(120, 10, 90);--laurel-radius:2px}"
    widget = desktop.member(Look(css=theme))
    widget.open()
    assert styles(widget.part("#see"))["background-color"] == "rgb(120, 10, 90)"
    assert widget.part("#see").evaluate("e => getComputedStyle(e).borderRadius") == "2px"


def test_parts_can_be_styled_from_outside(desktop: Shop) -> None:
    css = "".join(
        f"laurel-widget::part({part}){{outline:3px solid rgb(1, 2, 3)}}"
        for part in ("launcher", "panel", "progress", "tab")
    )
    widget = desktop.member(Look(css=css))
    widget.open()
    for selector in (".launcher", "dialog", ".bar", "#tab-home"):
        outline = widget.part(selector).first.evaluate("e => getComputedStyle(e).outlineColor")
        assert outline == "rgb(1, 2, 3)"


def test_the_strictest_policy_has_nothing_to_report(
    new_page: NewPage, stub: Stub, storefront: Storefront, world: World
) -> None:
    page = new_page()
    cdn = Stub(World(), stub.server.RequestHandlerClass.files)  # type: ignore[attr-defined]
    page.add_init_script(
        "window.violations = [];"
        "document.addEventListener('securitypolicyviolation',"
        " (e) => violations.push(e.violatedDirective + ' ' + e.blockedURI + e.sample));"
    )
    policy = (
        f"default-src 'none'; style-src 'self'; img-src data:; script-src {cdn.url}; "
        f"connect-src {storefront.api} {cdn.url}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    body = page_html(
        cdn.url + ENTRY,
        {"shop": "tea", "api": storefront.api, "token": storefront.member},
        Look(),
    )
    stub.world.pages["/shop"] = (body, {"Content-Security-Policy": policy})
    try:
        page.goto(stub.url + "/shop")
        widget = Widget(page)
        widget.open()
        widget.show("rewards")
        widget.part("#redeem-five-off").click()
        widget.part("#yes-five-off").click()
        widget.part(".code").wait_for()
        widget.part("[id^=undo-]").click()
        widget.show("tiers")
        widget.show("history")
        assert page.evaluate("violations") == []
    finally:
        cdn.stop()


def test_markup_in_names_is_text(desktop: Shop, world: World) -> None:
    for name in ("program", "reward", "tier", "line"):
        world.names[name] = MARKUP
    widget = desktop.member()
    widget.open()
    assert widget.part("#title").inner_text() == MARKUP
    for view in ("rewards", "tiers", "history"):
        widget.show(view)
        expect(widget.part("#body")).to_contain_text(MARKUP)
    assert widget.part("img, dialog b").count() == 0
    assert desktop.page.evaluate("window.owned") is None


def test_right_to_left_is_mirrored(new_page: NewPage, stub: Stub, storefront: Storefront) -> None:
    boxes = {}
    for language, direction in (("en", "ltr"), ("fa", "rtl")):
        shop = Shop(new_page(viewport={"width": 1000, "height": 700}), stub, storefront)
        widget = shop.member(Look(language=language, direction=direction))
        widget.open()
        widget.part("#see").wait_for()
        widget.rest()
        boxes[language] = {
            name: widget.part(name).first.bounding_box() for name in ("dialog", "#close", ".hero")
        }
    for name, box in boxes["en"].items():
        mirrored = boxes["fa"][name]
        assert box is not None
        assert mirrored is not None
        assert 1000 - (box["x"] + box["width"]) == pytest.approx(mirrored["x"], abs=1)
        assert box["width"] == pytest.approx(mirrored["width"], abs=1)


def test_arrows_follow_the_direction(desktop: Shop) -> None:
    widget = desktop.member(Look(language="fa", direction="rtl"))
    widget.open()
    desktop.page.keyboard.press("ArrowLeft")
    assert widget.focused == "tab-rewards"
    desktop.page.keyboard.press("ArrowRight")
    assert widget.focused == "tab-home"


def test_an_english_widget_in_a_right_to_left_page_is_not_mirrored(desktop: Shop) -> None:
    widget = desktop.member(Look(language="ar", direction="rtl"), lang="en")
    widget.open()
    assert widget.part(".root").evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert widget.part("#title").evaluate("e => getComputedStyle(e).direction") == "ltr"
    box = widget.launcher.bounding_box()
    assert box is not None
    assert box["x"] > 900


def test_persian_speaks_in_its_own_digits(desktop: Shop, world: World) -> None:
    widget = desktop.member(Look(language="fa", direction="rtl"))
    expect(widget.launcher).to_have_text("۱۱۴ امتیاز")
    widget.open()
    expect(widget.part(".big")).to_have_text("۱۱۴")
    expect(widget.part("#tab-rewards")).to_have_text("جایزه‌ها")
    assert world.asked("card")[0][2]["locale"] == "fa"


def test_the_language_can_change_while_the_page_stays(desktop: Shop) -> None:
    widget = desktop.member()
    widget.open()
    desktop.page.keyboard.press("Escape")
    widget.run("e => e.setAttribute('lang', 'hu')")
    expect(widget.launcher).to_have_text("114 pont")
    widget.open()
    expect(widget.part("#tab-history")).to_have_text("Előzmények")
    expect(widget.part("#title")).to_have_text("Teaklub")
    assert widget.part("dialog").count() == 1


def test_every_sentence_of_a_member_is_in_their_language(desktop: Shop, world: World) -> None:
    widget = desktop.member(Look(language="hu"))
    widget.open()
    missing = plain(widget.part(".hero + .card").inner_text())
    assert "Még 85,50 USD, és eléred ezt: Ezüst rügy" in missing.replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["en", "hu", "fa"])
@pytest.mark.parametrize("width", [320, PHONE["width"], 1280])
def test_nothing_sticks_out_of_the_panel(
    new_page: NewPage, stub: Stub, storefront: Storefront, language: str, width: int
) -> None:
    shop = Shop(new_page(viewport={"width": width, "height": 760}), stub, storefront)
    widget = shop.member(Look(language=language, direction="rtl" if language == "fa" else "ltr"))
    widget.open()
    for view in ("home", "rewards", "tiers", "history"):
        widget.show(view)
        if view == "rewards" and widget.part(".ticket").count() == 0:
            widget.part("#redeem-five-off").click()
            widget.part("#yes-five-off").click()
            widget.part(".ticket").wait_for()
        assert widget.part("#body").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, view
        wide = widget.part("#body *").evaluate_all(
            "all => all.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)"
            ".map((e) => e.outerHTML.slice(0, 80))"
        )
        assert wide == [], view
