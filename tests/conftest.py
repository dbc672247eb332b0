"""What holds for every test: nobody reaches AWS, nothing is random, and no skip goes unseen.

A test that needs a program outside Python says so: ``@pytest.mark.requires_tool("chromium")``.
Where the tool is missing the test is skipped; with ``LAUREL_REQUIRE_ALL=1`` (the gate on a fresh
machine) that skip, and any other, is a failure. A skip whose reason begins with ``optional:`` is
left alone: it is about material that the project never needs.
"""

import gc
import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.tools import find_tool, missing_reason

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPTIONAL = "optional:"
COUNTS = "proof"
"""The property under which a proof's test says what it counted."""

# Made-up credentials, and none of this machine's own: a call that slips past an engine fails.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_REGION="us-east-1",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)
KEPT = ("LAUREL_REQUIRE_ALL", "LAUREL_TEST_")
for name in [name for name in os.environ if name.startswith("LAUREL_")]:
    if not name.startswith(KEPT):
        del os.environ[name]  # a developer's own settings are not the tests'
os.environ.pop("AWS_PROFILE", None)

# The gate must not fail by luck: the same examples each time, and no clock in the verdict.
# `make soak` asks every property again, with fresh examples each time, and many more of them where
# the property does not say how many.
hypothesis.settings.register_profile(
    "gate",
    deadline=None,
    max_examples=50,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "soak",
    deadline=None,
    max_examples=500,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("gate")

# A page that takes longer is wrong. A busy machine is slow, and a right page costs nothing.
PATIENCE_MS = 20_000

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what collecting makes, half a million objects that stay, out of the garbage's search."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a tool that is not here, before its fixtures start anything."""
    for marker in item.iter_markers("requires_tool"):
        for tool in marker.args:
            if not find_tool(tool):
                pytest.skip(missing_reason(tool))


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where everything is required."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    words = reason.removeprefix("Skipped: ")
    if os.environ.get("LAUREL_REQUIRE_ALL") and not words.startswith(OPTIONAL):
        report.outcome = "failed"
        report.longrepr = f"skipped although LAUREL_REQUIRE_ALL is set: {words}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share tests out, where there are several workers (``tests/sharing.py``)."""
    from tests.sharing import EachAlone, WholeFiles  # only where xdist asks

    return (WholeFiles if config.option.markexpr == "not soak" else EachAlone)(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the proofs counted, in a section of its own; pytest's last line stays the last.

    It is here because a run with several workers loads no conftest of a folder for itself.
    """
    lines = [
        said
        for group in terminalreporter.stats.values()
        for report in group
        if getattr(report, "when", "") == "call"
        for name, said in report.user_properties
        if name == COUNTS
    ]
    if lines:
        terminalreporter.section("proofs of the ledger (docs/proofs.md)")
        for line in sorted(lines):
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, one for the whole run: two of Playwright's loops cannot live together."""
    from playwright.sync_api import expect, sync_playwright  # only where it is asked for

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=list(CHROMIUM_ARGUMENTS)
        )
        yield opened
        opened.close()
