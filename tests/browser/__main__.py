"""Serves the examples over the stub, to look at by hand: ``python -m tests.browser [port]``."""

import sys
import threading

from tests.browser.stub_api import Stub
from tests.browser.stub_world import World
from tests.house.tree import ROOT


def main(arguments: list[str]) -> None:
    """Serve until interrupted."""
    stub = Stub(World(), ROOT / "widget", int(arguments[0]) if arguments else 8765)
    for page in sorted((ROOT / "widget" / "examples").glob("*.html")):
        print(f"{stub.url}/examples/{page.name}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        stub.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
