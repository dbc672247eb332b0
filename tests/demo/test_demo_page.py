"""The demo in a browser: it buys, and the widget's figures move without a reload."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PATIENCE_MS
from tests.demo.conftest import Visit

pytestmark = pytest.mark.requires_tool("chromium")

PHONE, DESK = (390, 844), (1280, 800)
PAGES = ("/", "/product.html?tea=matcha", "/account.html", "/counter.html")


@contextmanager
def looking(browser: Browser, address: str, size: tuple[int, int]) -> Iterator[Page]:
    """A page that must not complain in its console."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def launcher_points(page: Page) -> int:
    """The figure on the widget's launcher."""
    launcher = page.locator("laurel-widget").get_by_role("button", name=re.compile("points"))
    expect(launcher).to_be_visible()
    return int(re.sub(r"\D", "", launcher.inner_text()))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_and_is_silent_in_every_dress(
    visit: Visit, browser: Browser, size: tuple[int, int]
) -> None:
    with looking(browser, visit.address, size) as page:
        for path in PAGES:
            for dress in ("lang=en&theme=light", "lang=fa&theme=dark", "lang=hu&as=guest"):
                page.goto(f"{visit.address}{path}{'&' if '?' in path else '?'}{dress}")
                expect(page.locator("h1")).to_be_visible()
                wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wider <= 0, f"{path} {dress}"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_paying_for_a_basket_moves_the_launcher_without_a_reload(
    visit: Visit, browser: Browser, size: tuple[int, int]
) -> None:
    with looking(browser, f"{visit.address}/?as=you", size) as page:
        before = launcher_points(page)
        page.evaluate("window.isTheSamePage = true")
        page.click("#add-matcha")
        page.click("#plus-matcha")
        expect(page.locator("#pay")).to_contain_text("64")
        page.click("#pay")
        expect(page.get_by_text("You are Golden Tip now!")).to_be_visible()
        assert launcher_points(page) == before + 155
        assert page.evaluate("window.isTheSamePage") is True


def test_returning_the_last_order_moves_them_back(visit: Visit, browser: Browser) -> None:
    before = visit.points()
    visit.buy("assam")
    with looking(browser, f"{visit.address}/account.html?as=you", DESK) as page:
        assert launcher_points(page) > before
        page.click("#return")
        expect(page.locator(".order").first).to_contain_text("Returned")
        assert launcher_points(page) == before


def test_a_redeemed_code_goes_to_the_basket_and_pays(visit: Visit, browser: Browser) -> None:
    with looking(browser, f"{visit.address}/product.html?tea=jasmine&as=you", DESK) as page:
        before = launcher_points(page)
        page.click("#add")
        page.click("#basket-close")
        page.evaluate("document.querySelector('laurel-widget').open('rewards')")
        widget = page.locator("laurel-widget")
        widget.get_by_role("button", name=re.compile("Redeem.*\\$5 off")).click()
        widget.get_by_role("button", name="Yes").click()
        expect(widget.locator(".code")).to_be_visible()
        page.keyboard.press("Escape")
        page.click("#bag")
        expect(page.get_by_text("is applied")).to_be_visible()
        page.click("#pay")
        expect(page.get_by_text("is paid")).to_be_visible()
        # 19.00 left of 24.00 at 1.25 as Silver Tip.
        assert launcher_points(page) == before - 100 + 23


def test_language_light_and_shopper_change_on_the_page(visit: Visit, browser: Browser) -> None:
    with looking(browser, f"{visit.address}/?lang=en&theme=light&as=you", DESK) as page:
        launcher_points(page)
        page.click("#lang-fa")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        widget = page.locator("laurel-widget")
        expect(widget.get_by_role("button", name=re.compile("امتیاز"))).to_be_visible()
        page.click("#theme-dark")
        expect(widget).to_have_attribute("scheme", "dark")
        page.select_option("#as", "guest")
        expect(widget.get_by_role("button", name=re.compile("جایزه"))).to_be_visible()


def test_a_jump_of_a_month_moves_the_date_of_the_books(visit: Visit, browser: Browser) -> None:
    with looking(browser, f"{visit.address}/?as=you", DESK) as page:
        page.wait_for_selector("#told")
        expect(page.locator("#told")).to_contain_text("It is")
        before = page.locator("#told").inner_text()
        page.click("#month")
        expect(page.locator("#told")).not_to_have_text(before)
        expect(page.locator("#told")).to_contain_text("It is")
