"""Pages of a make-believe shop with the widget in them, and what a test asks of such a page."""

import html
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

FOCUSED = """() => {
  const inside = document.querySelector('laurel-widget').shadowRoot.activeElement;
  return inside?.id || inside?.className || document.activeElement?.id || '';
}"""

AT_REST = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const trees = [document, ...Array.from(document.querySelectorAll('*'), (e) => e.shadowRoot)];
  const moving = () => trees.flatMap((tree) => tree?.getAnimations() ?? [])
    .filter((one) => one.playState === 'running');
  do {
    await Promise.all(moving().map((one) => one.finished.catch(() => {})));
    await frame();
    await frame();
  } while (moving().length);
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """How the shop's page is written: language, its own styles, its markup around the widget."""

    language: str = "en"
    direction: str = "ltr"
    css: str = ""
    body: str = ""
    scheme: str = ""


def page_html(loader: str, attributes: dict[str, str], look: Look) -> str:
    """A page whose widget has ``attributes``."""
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    style = f"<style>{look.css}</style>" if look.css else ""
    return (
        f'<!doctype html><html lang="{look.language}" dir="{look.direction}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>Tea</title><link rel="icon" href="data:,">{style}'
        f'<script type="module" src="{loader}"></script></head>'
        f'<body><main><h1>Tea</h1><a id="before" href="#a">Leaves</a>{look.body}</main>'
        f"<laurel-widget {written}></laurel-widget></body></html>"
    )


class Widget:
    """The widget on a page, as a test speaks of it."""

    def __init__(self, page: Page) -> None:
        """Wrap the first widget of ``page``."""
        self.page = page
        self.root = page.locator("laurel-widget")
        self.launcher = self.root.locator(".launcher")
        self.dialog = self.root.locator("dialog")
        self.status = self.root.locator("#said")

    def part(self, selector: str) -> Locator:
        """Something inside the widget."""
        return self.root.locator(selector)

    def open(self) -> None:
        """Open by the launcher, and wait until something is to be read."""
        self.launcher.click()
        self.part(".hero, .card, #warning").first.wait_for()

    def show(self, view: str) -> None:
        """Choose a tab, and wait for its view."""
        self.part(f"#tab-{view}").click()
        self.part(f"#{view} > :not(.wait)").first.wait_for()

    def rest(self) -> None:
        """Wait until nothing on the page moves any more."""
        self.page.evaluate(AT_REST)

    @property
    def focused(self) -> str:
        """The id (or else the class) of what has the focus."""
        return str(self.page.evaluate(FOCUSED))

    def run(self, expression: str) -> Any:
        """Evaluate a function of the element."""
        return self.root.evaluate(expression)


def plain(text: str) -> str:
    """A text without the marks that keep directions apart."""
    return text.translate(dict.fromkeys((*range(0x2066, 0x206A), 0x200E, 0x200F)))
