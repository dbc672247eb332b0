"""The time machine behind the front door: begin, look, read the page."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import SECOND_MS, iso
from chalicelib.routes.admin import replaying
from dev.local_replays import replays_at_work
from tests.builders import NOON, TEA
from tests.routes.session import Session, open_session

PATIENCE_SECONDS = 30
NEXT = {"x-laurel-now": iso(NOON + SECOND_MS)}
RULE = TEA["earn"][0]
DOUBLE = [{**RULE, "give": [{**RULE["give"][0], "rate": "2"}]}]


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        opened.buy("40.00")
        yield opened


def drafted(shop: Session, **changes: Any) -> str:
    told: Any = shop.admin("PUT", "/program/draft", {**TEA, "earn": DOUBLE, **changes}).json()
    return str(told["draft_hash"])


def test_a_draft_is_replayed_and_its_report_read(shop: Session) -> None:
    draft = drafted(shop)
    assert shop.code("GET", "/program/replay") == "replay_unknown"
    answered = shop.admin("POST", "/program/replay", {"draft_hash": draft})
    told: Any = answered.json()
    assert (answered.status, told["phase"], told["percent"]) == (200, "finished", 100)
    assert (told["members"], told["orders"], told["live_version"]) == (1, 1, 1)
    (unit,) = [each for each in told["report"]["draft"]["units"] if each["habit"] == "one"]
    assert sum(unit["issued"]) == 80
    assert shop.get("/program/replay") == told
    assert shop.get(f"/program/replay?draft_hash={draft}") == told
    assert shop.code("GET", "/program/replay?draft_hash=no") == "value_invalid"
    assert shop.code("GET", "/program/replay?format=xml") == "value_invalid"
    again = shop.admin("POST", "/program/replay", {"draft_hash": draft})
    assert again.headers["Idempotent-Replayed"] == "true"


def test_what_a_request_has_no_time_for_is_sent_to_workers(
    shop: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drafted(shop)
    with replays_at_work(workers=0) as small:
        whole: Any = shop.admin("POST", "/program/replay", {"draft_hash": draft}).json()
    assert small.is_empty()  # a small shop has its report at once
    monkeypatch.setattr(replaying, "REPLAY_MEMBERS_A_REQUEST", 0)
    with replays_at_work(workers=1):
        asked = {"draft_hash": draft, "fresh": True}
        told: Any = shop.admin("POST", "/program/replay", asked, headers=NEXT).json()
        figures = ("phase", "percent", "members_total", "segments", "segments_done")
        assert [told[each] for each in figures] == ["learning", 0, 1, 1, 0]
        ends = time.monotonic() + PATIENCE_SECONDS
        while shop.get("/program/replay")["phase"] != "finished" and time.monotonic() < ends:
            time.sleep(0.01)
    after = shop.get("/program/replay")
    assert [after[each] for each in figures] == ["finished", 100, 1, 1, 1]
    assert after["report"] == whole["report"]


def test_the_report_is_a_page_that_loads_nothing(shop: Session) -> None:
    shop.admin("POST", "/program/replay", {"draft_hash": drafted(shop)})
    page = shop.admin("GET", "/program/replay?format=html")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"Time machine: " in page.body
    assert b"<summary>Customer " in page.body


def test_a_replay_needs_the_draft_that_there_is(shop: Session) -> None:
    body = {"draft_hash": "0" * 64}
    assert shop.code("POST", "/program/replay", body) == "draft_unknown"
    drafted(shop)
    assert shop.code("POST", "/program/replay", body) == "draft_outdated"


DEAR = {**TEA["rewards"][0], "cost": {"unit": "points", "amount": 2}}
OVER = {"rewards": [DEAR], "limits": {"liability": {"USD": 1}}}


def test_a_draft_over_its_own_limits_takes_a_reason_that_the_audit_log_keeps(
    shop: Session,
) -> None:
    draft = drafted(shop, **OVER)
    (blind,) = shop.get("/program/draft")["warnings"]
    assert (blind["code"], blind["path"]) == ("not_replayed", "$.limits.liability")
    replay: Any = shop.admin("POST", "/program/replay", {"draft_hash": draft}).json()
    (warned,) = shop.get("/program/draft")["warnings"]
    assert (warned["code"], warned["path"]) == ("replay_liability_high", "$.limits.liability")
    nod = {"draft_hash": draft, "accept": ["replay_liability_high"]}
    assert shop.code("POST", "/program/publish", nod) == "warnings_unaccepted"
    forced = {"draft_hash": draft, "force_reason": "Christmas is worth it"}
    assert shop.admin("POST", "/program/publish", forced).status == 200
    version = shop.get("/program/versions/2")
    assert (version["force_reason"], version["replay"]) == ("Christmas is worth it", replay["id"])
    row = shop.get("/audit-log")["items"][0]
    assert row["reason"] == "Christmas is worth it"


def test_a_draft_is_held_against_its_own_replay_alone(shop: Session) -> None:
    shop.admin("POST", "/program/replay", {"draft_hash": drafted(shop, **OVER)})
    seen = shop.get("/program/draft")["draft_hash"]
    changed = {**TEA, "earn": DOUBLE, **OVER, "name": "Other"}
    told: Any = shop.admin("PUT", f"/program/draft?draft_hash={seen}", changed).json()
    other = told["draft_hash"]
    (blind,) = shop.get("/program/draft")["warnings"]
    assert blind["code"] == "not_replayed"
    nod = {"draft_hash": other}
    assert shop.code("POST", "/program/publish", nod) == "warnings_unaccepted"
    nod["accept"] = ["not_replayed"]
    assert shop.admin("POST", "/program/publish", nod).status == 200
    assert shop.get("/program/versions/2")["replay"] is None


def test_a_shop_that_nobody_joined_has_nothing_to_replay() -> None:
    with open_session() as empty:
        drafted(empty, **OVER)
        assert empty.get("/program/draft")["warnings"] == []


def test_what_its_replay_found_holds_for_the_same_words_published_at_once(shop: Session) -> None:
    replay: Any = shop.admin(
        "POST", "/program/replay", {"draft_hash": drafted(shop, **OVER)}
    ).json()
    words = {**TEA, "earn": DOUBLE, **OVER}
    assert shop.code("PUT", "/program", words) == "warnings_unaccepted"
    assert shop.code("PUT", f"/program?force_reason={'x' * 501}", words) == "value_invalid"
    forced = shop.admin("PUT", "/program?force_reason=Christmas", words)
    assert forced.status == 200
    version = shop.get("/program/versions/2")
    assert (version["force_reason"], version["replay"]) == ("Christmas", replay["id"])
    assert shop.get("/audit-log")["items"][0]["reason"] == "Christmas"
