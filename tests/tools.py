"""Programs outside Python that some tests need, and where they are on this machine."""

import shutil
from functools import cache
from typing import Literal, TypeAlias

from tests.house.tree import ROOT

Tool: TypeAlias = Literal["chromium", "node"]

COMMANDS: dict[Tool, tuple[str, ...]] = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "node": ("node",),
}


@cache
def find_tool(tool: Tool) -> str:
    """The path of ``tool``, or an empty text. Node counts once its modules are installed."""
    found = next(filter(None, map(shutil.which, COMMANDS[tool])), "")
    if tool == "node" and not (ROOT / "widget" / "node_modules").is_dir():
        return ""
    return found


def missing_reason(tool: Tool) -> str:
    """One line for the summary of the run."""
    if tool == "node" and shutil.which("node"):
        return "node is here but widget/node_modules is not: run `make widget`"
    return f"{tool} is not installed"
