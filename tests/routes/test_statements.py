"""Statements: whole, sealed, and checked by the published script that knows nothing of us."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.operations import make_statement
from chalicelib.operations.audit_books import Watch, audit_tonight
from tests.builders import NOON, TEA
from tests.house.tree import ROOT
from tests.routes.session import Session, open_session

SCRIPT = ROOT / "docs" / "verify_statement.py"
WHOLE = "/members/external:77/statement"


@pytest.fixture(scope="module")
def shop() -> Iterator[Session]:
    """Customer 77 with an order, a redemption, an adjustment and a joining."""
    with open_session() as opened:
        name = {"en": "<b>Five</b> & off", "hu": "Öt", "fa": "پنج"}
        rewards = [{**TEA["rewards"][0], "name": name}]
        opened.publish({**TEA, "rewards": rewards, "locales": ["en", "hu", "fa"]})
        opened.buy("114.50", 1001)
        opened.buy("20.00", 1002)
        opened.redeem("s1")
        opened.adjust(-3, "s2")
        opened.adjust(5, "s3")
        yield opened


def verify(folder: Path, *pages: object) -> tuple[bool, str]:
    """What the script says of the pages, each in a file of its own."""
    names = []
    for number, page in enumerate(pages):
        path = folder / f"{number}.json"
        text = page if isinstance(page, str) else json.dumps(page, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        names.append(str(path))
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *names],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == (0 if done.stdout.startswith("VERIFIED") else 1)
    return done.returncode == 0, done.stdout


def test_a_true_statement_is_verified(shop: Session, tmp_path: Path) -> None:
    statement = shop.get(WHOLE)
    is_good, said = verify(tmp_path, statement)
    assert is_good, said
    assert said.startswith(f"VERIFIED: {len(statement['entries'])} entries")
    assert len(statement["entries"]) >= 5


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every plain value inside ``value``."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in items:
            yield from _paths(each, (*path, name))
    else:
        yield path


def _changed(statement: Any, path: tuple[Any, ...]) -> Any:
    other = copy.deepcopy(statement)
    place = other
    for name in path[:-1]:
        place = place[name]
    value = place[path[-1]]
    place[path[-1]] = value + 1 if isinstance(value, int) else f"{value}x"
    return other


def test_every_value_of_an_entry_that_is_changed_is_caught(shop: Session, tmp_path: Path) -> None:
    """In one process, because a statement has hundreds of values; the next test runs the script."""
    checker: dict[str, Any] = {"__name__": "checker"}
    exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), checker)  # noqa: S102

    def passes(statement: Any) -> bool:
        state: Any = {"seq": 0, "sums": {}}
        try:
            checker["close"](checker["check"](statement, state), state)
        except (SystemExit, KeyError, TypeError, ValueError, AttributeError):
            return False
        return True

    statement = shop.get(WHOLE)
    assert passes(statement)
    covered = [path for path in _paths(statement) if path[0] == "entries" and path[2] != "sentence"]
    assert len(covered) > 60
    assert [path for path in covered if passes(_changed(statement, path))] == []
    heads = ("shop", "member_id", "genesis", "after", "next_after", "seq", "last_hash", "format")
    assert [name for name in heads if passes(_changed(statement, (name,)))] == []
    assert not passes(_changed(statement, ("closing", "points", "booked")))


def _without(place: int) -> Any:
    def change(statement: Any) -> None:
        del statement["entries"][place]

    return change


def _swapped(statement: Any) -> None:
    statement["entries"][1:3] = reversed(statement["entries"][1:3])


def _field_taken(statement: Any) -> None:
    del statement["entries"][2]["entry"]["program_version"]


def _field_added(statement: Any) -> None:
    statement["entries"][2]["entry"]["note"] = "ok"


def _points_moved(statement: Any) -> None:
    statement["entries"][0]["entry"]["points"] += 10
    statement["entries"][0]["entry"]["booked_after"] += 10


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without(0), "entry 2 stands where 1"),
        (_without(2), "entry 4 stands where 3"),
        (_without(-1), "it ends at entry"),
        (_swapped, "stands where"),
        (_field_taken, "entry 3 was changed"),
        (_field_added, "entry 3 was changed"),
        (_points_moved, "entry 1 was changed"),
    ],
)
def test_the_script_names_the_first_break(
    shop: Session, tmp_path: Path, change: Any, said: str
) -> None:
    statement = copy.deepcopy(shop.get(WHOLE))
    change(statement)
    is_good, told = verify(tmp_path, statement)
    assert not is_good
    assert said in told


def test_files_that_are_no_statement_are_not_verified(shop: Session, tmp_path: Path) -> None:
    whole = json.dumps(shop.get(WHOLE))
    twice = whole.replace('"points": 114', '"points": 999, "points": 114', 1)
    assert twice != whole
    for text in ("", "[]", "{}", "null", whole[:-20], twice):
        assert not verify(tmp_path, text)[0], text[:40]
    assert not verify(tmp_path)[0]


def test_a_long_statement_comes_in_pages_that_verify_in_their_order_alone(
    shop: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_statement, "STATEMENT_ENTRIES_MAX", 2)
    pages, after = [], 0
    while True:
        pages.append(shop.get(f"{WHOLE}?after={after}"))
        if pages[-1]["next_after"] is None:
            break
        after = pages[-1]["next_after"]
    assert len(pages) >= 3
    assert verify(tmp_path, *pages)[0]
    for wrong in (pages[:-1], pages[1:], [pages[1], pages[0], *pages[2:]], [pages[0], *pages]):
        assert not verify(tmp_path, *wrong)[0]


def test_the_shopper_gets_the_same_statement(shop: Session, tmp_path: Path) -> None:
    mine: Any = shop.shopper("/statement").json()
    theirs = shop.get(WHOLE)
    assert {**mine, "made_at": ""} == {**theirs, "made_at": ""}
    assert verify(tmp_path, mine)[0]
    persian: Any = shop.shopper("/statement", {"locale": "fa", "after": 2}).json()
    assert persian["after"] == 2
    assert "سفارش" not in mine["entries"][0]["sentence"]
    assert persian["entries"][0]["sentence"] != mine["entries"][2]["sentence"]
    assert shop.shopper("/statement", {}, "404").status == 404


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("locale", "direction", "title"),
    [("en", "ltr", "Points statement"), ("hu-HU", "ltr", "Pontkivonat"), ("fa", "rtl", "صورت‌حساب")],
)
def test_the_page_for_printing_is_one_file_that_runs_and_fetches_nothing(
    shop: Session, locale: str, direction: str, title: str
) -> None:
    answered = shop.admin("GET", f"{WHOLE}?format=html&locale={locale}")
    assert answered.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answered.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    page = Page(answered.body.decode())
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "href", "style", "srcset"}
    assert not [name for name in names if name.startswith("on")]
    assert ("dir", direction) in page.attributes
    assert title in page.words
    assert shop.get(WHOLE)["last_hash"] in page.words
    assert page.tags.count("tr") >= len(shop.get(WHOLE)["entries"])


def test_the_page_shows_markup_of_names_as_text(shop: Session) -> None:
    text = str(shop.admin("GET", f"{WHOLE}?format=html").body)
    assert "&lt;b&gt;Five&lt;/b&gt; &amp; off" in text
    assert "<b>" not in text


def test_the_page_is_also_found_by_what_the_browser_accepts(shop: Session) -> None:
    accepts = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    page = shop.admin("GET", WHOLE, headers=accepts)
    assert page.headers["Content-Type"].startswith("text/html")
    json_all_the_same = shop.admin("GET", f"{WHOLE}?format=json", headers=accepts)
    assert json_all_the_same.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={'9' * 13}", "format=pdf", "locale=e%20n", "limit=3"]
)
def test_wrong_questions_are_refused(shop: Session, query: str) -> None:
    assert shop.code("GET", f"{WHOLE}?{query}") == "value_invalid"
    assert shop.code("GET", f"/members/external:404/statement?{query}") == "member_unknown"


def test_a_page_beyond_the_last_entry_is_empty(shop: Session) -> None:
    page = shop.get(f"{WHOLE}?after=999")
    assert (page["entries"], page["next_after"]) == ([], None)
    assert "no entries" in str(shop.admin("GET", f"{WHOLE}?after=999&format=html").body)


def test_program_versions_are_named_with_the_hash_of_what_was_published(shop: Session) -> None:
    (named, *_) = shop.get(WHOLE)["program_versions"]
    assert named["version"] >= 1
    assert re.fullmatch("[0-9a-f]{64}", named["sha256"])


def test_audits_of_the_shop_are_read_by_who_reads_reports(shop: Session) -> None:
    assert shop.get("/audits")["items"] == []
    audit_tonight(shop.table, Watch(NOON + DAY_MS), (2, 1, 0))
    (report,) = shop.get("/audits", key=shop.key("reports"))["items"]
    assert report["breaks"] == []
    assert report["counts"]["members"] == 1
    assert shop.code("GET", "/audits", key=shop.key("read")) == "scope_missing"
