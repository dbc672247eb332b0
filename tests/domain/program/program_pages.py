"""What the pages of docs/programs show of each document: itself, and a picture of its tiers."""

import json
from html import escape
from pathlib import Path
from typing import Any

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.tier_document import Tier, TierGroup

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "programs"
EXAMPLES = ROOT / "examples" / "programs"
NAMES = sorted(
    page.stem for page in PAGES.glob("*.md") if (EXAMPLES / page.name).with_suffix(".json").exists()
)
DOCUMENT_HEAD = "## The document\n"

_WIDTH, _SIDE, _LINE = 760, 16, 20
_BAR_FROM, _BAR_TO, _BESIDE = 190, 330, 370
_LIGHT, _DARK = (226, 240, 231), (38, 98, 66)
_FONT = "font-family='system-ui, sans-serif'"


def document_part(name: str) -> str:
    """The last part of a page: the whole document."""
    text = (EXAMPLES / f"{name}.json").read_text(encoding="utf-8").strip()
    return f"{DOCUMENT_HEAD}```json\n{text}\n```\n"


def pictures(name: str) -> dict[str, str]:
    """By file name, a picture of each tier group of the program."""
    raw = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    program = read_program(raw)
    return {f"{name}-{group.id}.svg": _picture(program, group) for group in program.tier_groups}


def picture_line(file: str, name: str) -> str:
    """How a page shows it."""
    return f"![The tiers of {name}](pictures/{file})\n"


def page_with_its_parts(name: str, page: str) -> str:
    """``page`` with its pictures after the first paragraph, and its document at the end."""
    page = page.partition(DOCUMENT_HEAD)[0].rstrip() + "\n\n" + document_part(name)
    for file in pictures(name):
        if f"(pictures/{file})" not in page:
            head, first, rest = page.split("\n\n", 2)
            page = f"{head}\n\n{first}\n\n{picture_line(file, head.lstrip('# '))}\n{rest}"
    return page


def _picture(program: Program, group: TierGroup) -> str:
    """The highest tier on top; the longer its bar, the higher it is."""
    rows, top = [], _SIDE
    for place in reversed(range(len(group.tiers))):
        drawn, height = _row(program, group, place, top)
        rows.append(drawn)
        top += height
    size = f"width='{_WIDTH}' height='{top}' viewBox='0 0 {_WIDTH} {top}'"
    title = escape(f"{_words(program.name)}: tiers")
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img' {_FONT}>\n"
        f"<title>{title}</title>\n"
        f"<rect width='{_WIDTH}' height='{top}' rx='12' fill='#ffffff'/>\n"
        + "".join(rows)
        + "</svg>\n"
    )


def _row(program: Program, group: TierGroup, place: int, top: int) -> tuple[str, int]:
    tier, last = group.tiers[place], max(len(group.tiers) - 1, 1)
    told = [f"{unit} × {factor}" for unit, factor in tier.multiply.items()]
    told += [_words(perk.text) for perk in tier.perks]
    told += [f"on reaching it: {each.add} {each.unit}" for each in tier.entry if each.add]
    height = max(56, _LINE * len(told) + 16)
    shade = tuple(a + (b - a) * place // last for a, b in zip(_LIGHT, _DARK, strict=True))
    ink = "#ffffff" if place * 3 > last * 2 else "#16301f"
    width = _BAR_FROM + (_BAR_TO - _BAR_FROM) * place // last
    middle = top + height // 2 - 4
    bar = f"x='{_SIDE}' y='{top}' width='{width}' height='{height - 8}' rx='8'"
    drawn = [
        f"<rect {bar} fill='rgb{shade}'/>\n",
        _text(
            _SIDE + 14,
            middle - 3,
            _words(tier.name),
            f"font-size='16' font-weight='600' fill='{ink}'",
        ),
        _text(
            _SIDE + 14, middle + 15, _reached(program, group, tier), f"font-size='13' fill='{ink}'"
        ),
    ]
    first = middle + 5 - _LINE * (len(told) - 1) // 2
    drawn += [
        _text(_BESIDE, first + _LINE * number, words, "font-size='14' fill='#222222'")
        for number, words in enumerate(told)
    ]
    return "".join(drawn), height


def _reached(program: Program, group: TierGroup, tier: Tier) -> str:
    if tier.invite_only:
        return "by invitation"
    if tier.if_:
        return "by what the shop knows"
    if isinstance(tier.at, dict):
        minor = tier.at[program.currency]
        exponent = EXPONENTS[program.currency]
        whole = f"{minor // 10**exponent:,} {program.currency}"
        return f"from {whole}" if minor else "everybody"
    counted = group.unit or group.by
    return f"from {tier.at:,} {counted}" if tier.at else "everybody"


def _text(x: int, y: int, words: str, looks: str) -> str:
    return f"<text x='{x}' y='{y}' {looks}>{escape(words)}</text>\n"


def _words(text: Any) -> str:
    return text if isinstance(text, str) else next(iter(text.values()))
