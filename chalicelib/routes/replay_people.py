"""Who gains and who loses, on the page of a replay, and what the page calls things.

The report has ids. Names come from the programs, customers' ids from the shop as it is now: a
report is kept for months, and who was erased since is in none.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

import msgspec

from chalicelib.domain.program.document import Program
from chalicelib.domain.replay.comparing import Difference
from chalicelib.domain.wording.names import Names, names_of, text_in
from chalicelib.routes.replay_charts import Words

_LOCALE: Final = "en"
_COMPARED = (
    "By what the points of their orders buy, at each program's best reward for everybody; what "
    "lapses, perks and rewards that are given are not in it."
)


class Called(msgspec.Struct, frozen=True):
    """Words for ids: of the draft, else of the live program, else the id."""

    title: str = ""
    draft: Names = Names()
    live: Names = Names()
    customers: Mapping[str, str] = {}  # the shop's own id of a customer, by member

    def unit(self, unit: str) -> str:
        """Points of many."""
        forms = self.draft.units.get(unit) or self.live.units.get(unit) or {}
        return forms.get("other") or unit

    def tier(self, group: str, tier: str) -> str:
        """A tier of a group."""
        place = f"{group}/{tier}"
        return self.draft.tiers.get(place) or self.live.tiers.get(place) or tier

    def rule(self, rule: str) -> str:
        """What gave points."""
        return self.draft.rules.get(rule) or self.live.rules.get(rule) or rule

    def person(self, member: str) -> str:
        """A member, as staff look them up."""
        customer = self.customers.get(member)
        return f"Customer {customer} ({member})" if customer else member


BY_IDS: Final = Called()
"""Nothing has a name."""


def called_by(live: Program, draft: Program, customers: Mapping[str, str] | None = None) -> Called:
    """What both programs call things; ``customers`` as in ``Called``."""
    first = draft.locales[0] if draft.locales else _LOCALE
    title = text_in(draft.name, _LOCALE, first)
    return Called(title, names_of(draft, _LOCALE), names_of(live, _LOCALE), customers or {})


def people(title: str, found: Sequence[Difference], money: Words, called: Called) -> str:
    """Those who gain or lose most, each with the rules and the order that make the difference."""
    if not found:
        return f'<h2>{title}</h2><p class="soft">Nobody. {_COMPARED}</p>'
    return f'<h2>{title}</h2><p class="soft">{_COMPARED}</p>' + "".join(
        _person(each, money, called) for each in found
    )


def _person(each: Difference, money: Words, called: Called) -> str:
    look, sign = ("good", "+") if each.gain_minor > 0 else ("bad", "")
    rows = [
        (
            f"{called.rule(rule.rule)} ({called.unit(rule.unit)})",
            f"{rule.live:,}",
            f"{rule.draft:,}",
        )
        for rule in each.rules
    ]
    groups = dict.fromkeys((*each.live_tiers, *each.draft_tiers))
    told_tiers = (
        f"{group}: " + _either(*(_tier(called, group, held) for held in (live, draft)))
        for group, live, draft in (
            (group, each.live_tiers.get(group), each.draft_tiers.get(group)) for group in groups
        )
    )
    tiers, told = ", ".join(told_tiers), ""
    if all(rule.live == rule.draft for rule in each.rules):
        told = f"<p>The same points; they buy {'more' if each.gain_minor > 0 else 'less'}.</p>"
    elif each.example:
        sides = (("live", each.example.live), ("draft", each.example.draft))
        told = f"<p>Most of it by order {escape(each.example.order)}:</p>" + "".join(
            f'<p class="soft">{name}: {escape(" ".join(words)) or "nothing"}</p>'
            for name, words in sides
        )
    return (
        f'<details open><summary>{escape(called.person(each.member))}: <b class="{look}">{sign}'
        f"{money.of(each.gain_minor)}</b> over {each.orders} orders</summary>"
        f"{table(('Points by rule', 'live', 'draft'), rows)}"
        f"<p>{escape(tiers)}</p>{told}</details>"
    )


def _either(live: str, draft: str) -> str:
    """Two words, or one where they are the same."""
    return live if live == draft else f"{live} → {draft}"


def _tier(called: Called, group: str, tier: str | None) -> str:
    return called.tier(group, tier) if tier else "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls by itself where it is wider than the page."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )
