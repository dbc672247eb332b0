"""What a version obliges to: owed from its publishing, done with a proof, gone with it."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON, TEA
from tests.routes.session import Session, open_session

LAWFUL = {"law": ["ca-qc", "eu"]}
UNIT = {**TEA["units"]["points"], "expiry": {"idle": "P12M"}}
DEARER = [{**TEA["rewards"][0], "cost": {"unit": "points", "amount": 200}}]
PROOF = {"told_at": iso(NOON - DAY_MS), "channel": "e-mail", "members": 2, "note": "All of them"}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session(units={"points": UNIT}, **LAWFUL) as opened:
        yield opened


def publish(shop: Session, start: int, **changes: Any) -> Any:
    document = {**TEA, "units": {"points": UNIT}, **LAWFUL, **changes}
    draft = shop.admin("PUT", "/program/draft", document).json()
    body = {"draft_hash": draft["draft_hash"], "effective_from": iso(start)}  # type: ignore[index]
    return shop.admin("POST", "/program/publish", body)


def owed(shop: Session) -> dict[str, Any]:
    return {row["id"]: row for row in shop.get("/program/obligations")["items"]}


def test_the_first_version_owes_notices_of_inactivity_alone(shop: Session) -> None:
    (row,) = owed(shop).values()
    assert (row["id"], row["kind"], row["state"]) == ("idle-1-ca-qc", "idle_notice", "open")
    assert (row["due_at"], row["proof"]) == (None, None)


def test_a_change_to_members_disadvantage_owes_a_notice_of_each_law(shop: Session) -> None:
    start = NOON + 100 * DAY_MS
    assert publish(shop, start, rewards=DEARER).status == 200
    rows = owed(shop)
    assert rows["change-2-ca-qc"]["due_at"] == iso(start - 60 * DAY_MS)
    assert rows["change-2-ca-qc"]["not_before"] == iso(start - 90 * DAY_MS)
    assert rows["change-2-eu"]["due_at"] == iso(start - 30 * DAY_MS)
    shop.client.gateway.clock.move_to(start - 20 * DAY_MS)
    assert owed(shop)["change-2-eu"]["state"] == "overdue"


def test_a_change_to_their_advantage_owes_nothing(shop: Session) -> None:
    cheaper = [{**TEA["rewards"][0], "cost": {"unit": "points", "amount": 20}}]
    publish(shop, NOON + DAY_MS, rewards=cheaper)
    assert {row["kind"] for row in owed(shop).values()} == {"idle_notice"}


def test_a_start_too_soon_for_its_notice_takes_a_reason(shop: Session) -> None:
    told: Any = publish(shop, NOON + 40 * DAY_MS, rewards=DEARER).json()
    assert told["code"] == "warnings_unaccepted"
    assert [(each["code"], each["path"]) for each in told["errors"]] == [
        ("notice_too_short", "$.law")
    ]
    draft = shop.get("/program/draft")["draft_hash"]
    body = {"draft_hash": draft, "accept": ["notice_too_short"]}
    assert shop.code("POST", "/program/publish", body) == "warnings_unaccepted"
    forced = {"draft_hash": draft, "force_reason": "A mistake that costs us the shop"}
    told = shop.admin("POST", "/program/publish", forced).json()
    assert {each["code"] for each in told["warnings"]} == {"notice_too_short"}
    assert owed(shop)["change-2-eu"]["state"] == "overdue"


def test_a_proof_is_recorded_once_with_who_did_it(shop: Session) -> None:
    publish(shop, NOON + 100 * DAY_MS, rewards=DEARER)
    path = "/program/obligations/change-2-eu/done"
    first = shop.admin("POST", path, PROOF)
    told: Any = first.json()
    assert (told["state"], told["proof"]["members"], told["proof"]["in_time"]) == ("done", 2, True)
    assert told["proof"]["by"].startswith("key:")
    again = shop.admin("POST", path, {**PROOF, "members": 9})
    assert again.json() == told
    assert again.headers["Idempotent-Replayed"] == "true"
    assert owed(shop)["change-2-eu"] == told
    early: Any = shop.admin("POST", "/program/obligations/change-2-ca-qc/done", PROOF).json()
    assert early["proof"]["in_time"] is False  # Quebec: not sooner than 90 days before


@pytest.mark.parametrize("told_at", ["soon", iso(NOON + DAY_MS)])
def test_nobody_was_told_in_the_future(shop: Session, told_at: str) -> None:
    path = "/program/obligations/idle-1-ca-qc/done"
    told: Any = shop.admin("POST", path, {**PROOF, "told_at": told_at}).json()
    assert (told["code"], told["errors"][0]["path"]) == ("value_invalid", "$.told_at")
    assert shop.code("POST", "/program/obligations/other/done", PROOF) == "obligation_unknown"


def test_a_withdrawn_version_owes_nothing(shop: Session) -> None:
    publish(shop, NOON + 100 * DAY_MS, rewards=DEARER)
    assert shop.admin("POST", "/program/versions/2/withdraw").status == 200
    assert set(owed(shop)) == {"idle-1-ca-qc"}
