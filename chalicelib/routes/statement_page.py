"""A statement as a page fit for printing: one file, no script, nothing fetched, any language.

Every value is escaped as it goes in; the style is inline and named by its hash in the policy, so
the page runs and loads nothing whatever it shows. Ids, numbers of entries and hashes are kept
from right-to-left reordering by ``<bdi>``. Words are of ``domain.wording``; nothing is computed.
"""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import Final

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.ledger import Entry
from chalicelib.domain.wording.phrases import RIGHT_TO_LEFT, phrase, spoken
from chalicelib.domain.wording.plurals import digits
from chalicelib.operations.make_statement import Statement

_STYLE: Final = (
    "body{font:10pt/1.45 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;"
    "color:#111;background:#fff}h1{font-size:1.5em}h2{font-size:1.1em;margin-top:2em}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.3em .5em;text-align:start;"
    "vertical-align:top;border-bottom:1px solid #bbb}thead{display:table-header-group}"
    "tr{break-inside:avoid}.n{text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".h{font:8pt ui-monospace,monospace;overflow-wrap:anywhere}dt{font-weight:600}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dd{margin:0}"
    "@page{margin:15mm}@media print{body{margin:0;max-width:none;padding:0}}"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What the page may do: show itself."""

_SECONDS: Final = 19  # characters of an ISO time up to its seconds


def statement_page(statement: Statement) -> str:
    """The page."""
    language = spoken(statement.locale)
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    title = _word(statement, "title")
    parts = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">',
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>',
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>",
        _head(statement),
        _entries(statement),
        _closing(statement),
        _versions(statement),
        f"<p>{_word(statement, 'how')}</p></body></html>\n",
    )
    return "".join(parts)


def _head(statement: Statement) -> str:
    found = statement.found
    rows = (
        ("shop", _kept(found.shop.name)),
        ("member", f'<span class="h">{_kept(found.member)}</span>'),
        ("made", _time(statement.made_at)),
        ("last_hash", f'<span class="h">{_kept(found.account.last_hash)}</span>'),
    )
    listed = (f"<dt>{_word(statement, name)}</dt><dd>{value}</dd>" for name, value in rows)
    return f"<dl>{''.join(listed)}</dl>"


def _entries(statement: Statement) -> str:
    if not statement.entries:
        return f"<p>{_word(statement, 'nothing')}</p>"
    heads = ("number", "when", "what", "points", "balance", "hash")
    rows = (_entry_row(statement, entry, sentence) for entry, sentence in statement.entries)
    before = f"<p>{_word(statement, 'earlier')}</p>" if statement.after else ""
    more = f"<p>{_word(statement, 'more')}</p>" if statement.next_after else ""
    return before + _table(_heads(statement, heads), rows) + more


def _entry_row(statement: Statement, entry: Entry, sentence: str) -> Iterable[str]:
    yield f'<td class="n">{digits(entry.seq, statement.locale)}</td>'
    yield f"<td>{_time(entry.occurred_at)}</td>"
    yield f"<td>{escape(sentence)}</td>"
    if entry.unit:
        yield _figure(statement, entry.points, entry.unit)
        yield _figure(statement, entry.booked_after, entry.unit)
    else:
        yield "<td></td><td></td>"
    yield f'<td class="h">{_kept(entry.hash)}</td>'


def _closing(statement: Statement) -> str:
    heads = ("unit", "booked", "available", "pending", "held", "deficit")
    rows = (
        (
            f"<td>{escape(statement.names.points(each.booked, each.unit, statement.locale))}</td>",
            *(
                f'<td class="n">{digits(figure, statement.locale)}</td>'
                for figure in (
                    each.booked,
                    each.at_hand.available,
                    each.at_hand.pending,
                    each.at_hand.held,
                    each.at_hand.deficit,
                )
            ),
        )
        for each in statement.closing
    )
    title = f"<h2>{_word(statement, 'closing')}</h2>"
    return title + _table(_heads(statement, heads), rows) if statement.closing else ""


def _versions(statement: Statement) -> str:
    rows = (
        (
            f'<td class="n">{digits(version.version, statement.locale)}</td>',
            f"<td>{_time(version.since)}</td>",
            f'<td class="h">{_kept(digest)}</td>',
        )
        for version, digest in statement.versions
    )
    title = f"<h2>{_word(statement, 'versions')}</h2>"
    heads = _heads(statement, ("version", "since", "hash"))
    return title + _table(heads, rows) if statement.versions else ""


def _table(heads: str, rows: Iterable[Iterable[str]]) -> str:
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _heads(statement: Statement, names: tuple[str, ...]) -> str:
    return "".join(f'<th scope="col">{_word(statement, name)}</th>' for name in names)


def _figure(statement: Statement, points: int, unit: str) -> str:
    return f'<td class="n">{escape(statement.names.points(points, unit, statement.locale))}</td>'


def _word(statement: Statement, name: str) -> str:
    return escape(phrase(f"statement_{name}", statement.locale))


def _time(instant: Instant) -> str:
    text = iso(instant)
    return f'<time datetime="{text}"><bdi>{text[:_SECONDS].replace("T", " ")}</bdi></time>'


def _kept(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"
