"""A real browser, a make-believe shop, and the storefront that its widget asks.

The storefront is the stub unless ``LAUREL_TEST_STOREFRONT_API`` names another (with
``LAUREL_TEST_STOREFRONT_MEMBER`` and ``..._STRANGER`` as tokens of shop ``tea``); tests that make
it fail, or look into its books, ask for ``world`` and run on the stub alone.
``LAUREL_TEST_WIDGET=dist`` takes the built widget instead of its sources.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import Look, Widget, page_html
from tests.browser.stub_api import Stub
from tests.browser.stub_world import World, token
from tests.conftest import PATIENCE_MS
from tests.house.tree import ROOT

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}
ENTRIES = {"src": "/src/loader.js", "dist": "/dist/v1/loader.js"}
ENTRY = ENTRIES[os.environ.get("LAUREL_TEST_WIDGET", "src")]


@dataclass(frozen=True, slots=True)
class Storefront:
    """Where the widget asks, and for whom."""

    api: str
    member: str
    stranger: str


@dataclass(slots=True)
class Shop:
    """Puts up pages with the widget and goes there."""

    page: Page
    host: Stub
    storefront: Storefront
    entry: str = ENTRY

    def visit(self, *, look: Look | None = None, wait: bool = True, **attributes: Any) -> Widget:
        """Go to a page whose widget has these attributes (underscores become hyphens)."""
        self.put("/shop", look or Look(), **attributes)
        self.page.goto(self.host.url + "/shop")
        widget = Widget(self.page)
        if wait:
            widget.launcher.wait_for()
        return widget

    def put(self, path: str, look: Look, **attributes: Any) -> None:
        """Put up a page without going there."""
        given = {"shop": "tea", "api": self.storefront.api} | {
            name.replace("_", "-"): value for name, value in attributes.items()
        }
        if look.scheme:
            given["scheme"] = look.scheme
        self.host.world.pages[path] = (page_html(self.entry, given, look), {})

    def member(self, look: Look | None = None, **attributes: Any) -> Widget:
        """Visit as a member."""
        return self.visit(look=look, token=self.storefront.member, **attributes)

    def guest(self, look: Look | None = None, **attributes: Any) -> Widget:
        """Visit without a token."""
        return self.visit(look=look, **attributes)


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The make-believe API, which also serves the shop's pages and the widget's files."""
    running = Stub(World(), ROOT / "widget")
    yield running
    running.stop()


@pytest.fixture
def storefront(stub: Stub) -> Storefront:
    """The API under the widget: the stub, or the one that the environment names."""
    api = os.environ.get("LAUREL_TEST_STOREFRONT_API")
    if api is None:
        return Storefront(stub.url, token("77"), token("stranger"))
    return Storefront(
        api,
        os.environ["LAUREL_TEST_STOREFRONT_MEMBER"],
        os.environ["LAUREL_TEST_STOREFRONT_STRANGER"],
    )


@pytest.fixture
def world(stub: Stub, storefront: Storefront) -> World:
    """The books behind the stub; skipped when another API is under test."""
    if storefront.api != stub.url:
        pytest.skip("optional: only the stub's books can be looked into")
    return stub.world


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """A page in a context of its own; errors of the page fail the test.

    A wide screen wants no motion unless a test says so, and others have it: both are seen, and
    nobody waits for most of it.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: object) -> Page:
        asked = {"viewport": DESKTOP} | options
        motion = {"reduced_motion": "reduce"} if asked["viewport"] == DESKTOP else {}
        context = browser.new_context(**(motion | asked))  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def shop(
    request: pytest.FixtureRequest, new_page: NewPage, stub: Stub, storefront: Storefront
) -> Shop:
    """The shop as seen on a wide screen and on a phone."""
    return Shop(new_page(viewport=request.param), stub, storefront)


@pytest.fixture
def desktop(new_page: NewPage, stub: Stub, storefront: Storefront) -> Shop:
    """The shop as seen on a wide screen."""
    return Shop(new_page(), stub, storefront)


@pytest.fixture
def phone(new_page: NewPage, stub: Stub, storefront: Storefront) -> Shop:
    """The shop as seen on a phone."""
    return Shop(new_page(viewport=PHONE), stub, storefront)
