"""Monzo's community: standing from ideas and answers, and a seat that one is invited to."""

import json
from pathlib import Path

import msgspec
import pytest

from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.member import Counters, Invitation, Standing
from chalicelib.domain.program.caps import room
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.rewards import find_reward, reward_refusal
from chalicelib.domain.program.tiers import progress, qualify, standing_at
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import at, award, facts, points

ROOT = Path(__file__).parents[3]
CHECKED = check(json.loads((ROOT / "examples/programs/monzo.json").read_text(encoding="utf-8")))
assert CHECKED.program is not None, CHECKED.errors
MONZO = compile_program(CHECKED.program, 1)
COMMUNITY = MONZO.groups["community"]
START = at("2026-03-02")


def done(action: str, when: Instant = START, **of_terms: object) -> int:
    """The karma that an action gives."""
    occasion = Occasion(f"action.{action}", when, when, action={"name": action})
    result = award(MONZO, occasion, **of_terms)
    assert result.qualifying == ({"community": points(result, "karma")} if result.shares else {})
    return points(result, "karma")


def after(*karma: int) -> Standing:
    standing = Standing()
    for day, amount in enumerate(karma):
        when = START + day * DAY_MS
        standing = qualify(COMMUNITY, standing, amount, when, when).standing
    return standing


def test_an_accepted_idea_and_a_liked_answer_give_standing() -> None:
    assert done("feedback.accepted") == 50
    assert done("answer.liked") == 1
    assert done("answer.shared") == 0


def test_twenty_liked_answers_a_day_are_enough() -> None:
    free = room(MONZO, Counters(), START)
    assert done("answer.liked", room=free) == 1
    assert done("answer.liked", room={**free, "rule:help": 0}) == 0


def test_ten_ideas_make_a_champion_for_good() -> None:
    assert after(*[50] * 9).tier == "new"
    ahead = progress(COMMUNITY, after(*[50] * 9), START + 9 * DAY_MS)
    assert (ahead.missing, ahead.next and ahead.next.id) == (50, "champion")
    champion = after(*[50] * 10)
    assert (champion.tier, champion.keep_until) == ("champion", None)
    assert standing_at(COMMUNITY, champion, at("2046-01-01")).tier == "champion"


def test_no_karma_makes_a_legend_only_an_invitation_does() -> None:
    famous = after(1_000_000)
    assert famous.tier == "champion"
    assert progress(COMMUNITY, famous, START).next is None
    council = msgspec.structs.replace(famous, invited={"legend": Invitation(START, START + DAY_MS)})
    assert standing_at(COMMUNITY, council, START).tier == "legend"
    assert standing_at(COMMUNITY, council, START + DAY_MS).tier == "champion"


@pytest.mark.parametrize(
    ("tier", "code"), [("new", "reward_not_for_you"), ("champion", None), ("legend", None)]
)
def test_the_evening_is_for_champions_and_legends(tier: str, code: str | None) -> None:
    evening = find_reward(MONZO, "evening")
    assert evening is not None
    held = facts(tiers={"community": tier})
    assert reward_refusal(MONZO, evening, held, Counters(), START) == code


@pytest.mark.parametrize(("example", "group"), [("monzo", "community"), ("best-buy", "elite")])
def test_the_page_shows_the_tiers_table_of_the_document(example: str, group: str) -> None:
    checked = check(json.loads((ROOT / f"examples/programs/{example}.json").read_text("utf-8")))
    assert checked.program is not None
    page = (ROOT / f"docs/programs/{example}.md").read_text(encoding="utf-8")
    program = compile_program(checked.program, 1)
    groups = present(program, "en")["tier_groups"]
    assert isinstance(groups, list)
    for tier in groups[0]["tiers"]:
        told = [tier["name"], *(perk["text"] for perk in tier["perks"]), *tier["multiply"].values()]
        row = next(row for row in page.splitlines() if row.startswith(f"| **{tier['name']}**"))
        assert all(word in row for word in told), row
    assert group in program.groups
