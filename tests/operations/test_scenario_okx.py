"""An exchange's VIP levels: by facts that the exchange tells, judged once a day."""

import json
from pathlib import Path
from typing import Any

from chalicelib.domain.instants import DAY_MS, HOUR_MS, parse_instant
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.validation import check
from chalicelib.domain.standing import held_tiers
from chalicelib.domain.wording.sentences import entry_sentence, names_of
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import Scene
from tests.conservation import WatchedTable
from tests.operations.action_scenes import facts, tell

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "examples" / "programs" / "okx.json").read_text(encoding="utf-8"))
CHECKED = check(DOCUMENT)
assert CHECKED.program is not None, CHECKED.errors
OKX = compile_program(CHECKED.program, 1)
MORNING = parse_instant("2026-11-21T09:00:00Z")
MIDNIGHT = parse_instant("2026-11-22T00:00:00Z")


def exchange() -> Scene:
    made = Scene(WatchedTable(), now=MORNING)
    made.publish(DOCUMENT)
    made.join("77")
    return made


def traded(made: Scene, volume: int, assets: int = 0) -> str:
    return tell(made, facts(made.now, volume_30d_usd=volume, assets_usd=assets))


def night(made: Scene, days: int = 1) -> str:
    """So many midnights on, and swept; the level that is held then."""
    made.now = MIDNIGHT + days * DAY_MS + HOUR_MS // 6 - DAY_MS
    sweep_shops(made.table, made.now)
    return level(made)


def level(made: Scene) -> str:
    account = made.account()
    assert account is not None
    return held_tiers(account, OKX, made.now)["vip"]


def test_the_document_is_without_a_warning() -> None:
    assert CHECKED.warnings == ()


def test_a_level_follows_volume_or_assets_at_the_end_of_the_day() -> None:
    okx = exchange()
    assert level(okx) == "regular"
    traded(okx, 12_000_000)
    assert level(okx) == "regular"  # judged at midnight
    assert night(okx) == "vip2"
    traded(okx, 3_000_000, assets=600_000)
    assert night(okx, 2) == "vip2"
    traded(okx, 3_000_000, assets=99_999)
    assert level(okx) == "vip2"
    assert night(okx, 3) == "regular"
    assert audit_member(okx.table, okx.shop, okx.member()).breaks == ()


def test_what_went_up_and_down_within_a_day_changes_nothing() -> None:
    okx = exchange()
    traded(okx, 100_000_000)
    okx.now += HOUR_MS
    traded(okx, 1_000)
    assert night(okx) == "regular"
    assert okx.journal() == ()


def test_the_member_reads_which_level_began() -> None:
    okx = exchange()
    traded(okx, 20_000_000)
    night(okx)
    (entry,) = okx.journal()
    told = entry_sentence(entry, names_of(OKX.program, "en"), "en")
    assert "VIP 3" in told
    assert (entry.points, entry.document) == (0, f"standing:{okx.now}")


def test_the_page_shows_the_fees_of_every_level() -> None:
    page = (ROOT / "docs" / "programs" / "okx.md").read_text(encoding="utf-8")
    groups: Any = present(OKX, "en")["tier_groups"]
    for tier in groups[0]["tiers"]:
        row = next(row for row in page.splitlines() if row.startswith(f"| **{tier['name']}**"))
        assert all(perk["text"] in row for perk in tier["perks"]), row
        assert tier["perks"][0]["value"]
