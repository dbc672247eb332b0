"""``make demo``: a tea shop with a year behind it, on 127.0.0.1.

The shop answers first and its history arrives while you look: Kim, who you are on the page, comes
first. ``PORT`` picks the port, ``LAUREL_OPERATOR_KEY`` the operator's key; Ctrl-C ends it all.
"""

import os
import shutil
import signal
import sys
from threading import Event, Lock

from chalicelib import clock
from dev.demo.front_door import ADMIN, STOREFRONT
from dev.demo.seeding import Progress
from dev.serve import House, local_house

_BAR_WIDTH_MAX = 40
_REDRAW_MS = 100


class Bar:
    """A progress bar on one line of the terminal; a line now and then where there is none."""

    def __init__(self) -> None:
        """Nothing drawn yet."""
        self._drawn_ms = 0
        self._lock = Lock()

    def __call__(self, progress: Progress) -> None:
        """Draw ``progress``, ten times a second at most."""
        now_ms = clock.monotonic_ms()
        is_over = progress.is_over.is_set()
        if not is_over and now_ms - self._drawn_ms < _REDRAW_MS:
            return
        self._drawn_ms = now_ms
        if is_over:
            self._show(_ending(progress) + "\n")
        elif sys.stdout.isatty():
            self._show(_bar(progress))

    def _show(self, text: str) -> None:
        with self._lock:
            sys.stdout.write(f"\r\x1b[K{text}" if sys.stdout.isatty() else text)
            sys.stdout.flush()


def _bar(progress: Progress) -> str:
    width = min(_BAR_WIDTH_MAX, shutil.get_terminal_size().columns - 40)
    full = width * progress.done // max(1, progress.total)
    return f"A year of tea  {'█' * full}{'░' * (width - full)}  {progress.done} of {progress.total}"


def _ending(progress: Progress) -> str:
    if progress.problem:
        return f"The year stopped at step {progress.done}: {progress.problem}"
    seconds, tenths = divmod(progress.elapsed_ms // 100, 10)
    return (
        f"A year is in the books: {progress.webhooks} signed webhooks and "
        f"{progress.redemptions} redemptions in {seconds}.{tenths} s."
    )


def greeting(address: str, house: House, key: str) -> str:
    """Where to look, and what to try."""
    auth = f'-H "Authorization: Bearer {key}"'
    member = f"{address}{ADMIN}/members/external:77"
    return f"""
  Tea & Co is open   {address}/
  Behind the counter {address}/counter.html
  OpenAPI            {address}/v1/openapi.json
  Operator key       {house.operator_key}
  Key of this shop   {key}

  Try, in another terminal:
    curl {auth} {member}
    curl {auth} '{member}/entries?limit=3'
    curl '{address}{STOREFRONT}/program?locale=hu'

  Ctrl-C ends it; nothing is kept.
"""


def _ended() -> Event:
    """Set at Ctrl-C, or when asked to end."""
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def main() -> None:
    """Serve the demo until Ctrl-C."""
    ended = _ended()
    print("Opening the shop ...", flush=True)
    with local_house(dict(os.environ)) as house:
        from app import app
        from dev.demo.shop import DemoShop, seeded_beside
        from dev.local_replays import replays_at_work
        from dev.local_server import running

        demo = DemoShop(app)
        with running(demo.gateway, house.port) as server, replays_at_work():
            shop = demo.open(house.operator_key)
            print(greeting(server.address, house, shop.keys.api_key), flush=True)
            with seeded_beside(shop, Bar()):
                ended.wait()
    print("\nThe shop is closed.")


if __name__ == "__main__":
    main()
