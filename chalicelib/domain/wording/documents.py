"""What happened to a document, and why, in a sentence or two for the shop's staff.

Says what the document and its trace say, nothing more: no computing of points here. Free text of
staff is never quoted, because it can be erased and a sentence is copied.
"""

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from chalicelib.domain.actions import REVOKED, Action
from chalicelib.domain.decision import Document
from chalicelib.domain.member_records import (
    Enrolment,
    Erasure,
    Merge,
    Pooling,
    Settlement,
    Transfer,
)
from chalicelib.domain.order_remains import refunded_minor
from chalicelib.domain.orders import OrderDocument, earning_state
from chalicelib.domain.program.occasion import ENTRY_PREFIX, Share, Terms, TraceRow
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import (
    Adjustment,
    AdjustmentKind,
    Hold,
    Joining,
    Redemption,
)
from chalicelib.domain.referrals import Referral
from chalicelib.domain.wording.gifts import redemption_sentences
from chalicelib.domain.wording.honours import gifts_text, totals_text
from chalicelib.domain.wording.member_documents import member_sentence
from chalicelib.domain.wording.names import Names, action_name
from chalicelib.domain.wording.phrases import first_phrase, has_phrase, listed, phrase
from chalicelib.domain.wording.plurals import digits
from chalicelib.domain.wording.traces import multiplier_text, trace_sentence

PARTS_MAX = 5  # rules named in one sentence; the trace has them all
ASIDES_MAX = 2  # steps quoted for an order that no rule gave anything
_COUNTING = frozenset({"qualified", "rate", "percent", "quantity", "multiplied", "boosted"})


def document_sentence(document: Document, names: Names, locale: str) -> str:
    """What happened and why, in plain words. Never empty."""
    match document:
        case OrderDocument():
            return _together(_order(document, names, locale))
        case Action():
            return _together(_action(document, names, locale))
        case Redemption():
            return _together(redemption_sentences(document, names, locale))
        case Adjustment():
            return _adjustment(document, names, locale)
        case Joining():
            return _joining(document, names, locale)
        case Hold():
            values = {
                "points": names.points(document.points, document.unit, locale),
                "captured": names.points(document.captured, document.unit, locale),
            }
            return phrase(f"hold_{document.status}", locale, values)
        case (
            Transfer()
            | Merge()
            | Erasure()
            | Enrolment()
            | Pooling()
            | Settlement()
            | Progress()
            | Badges()
            | Referral()
        ):
            return member_sentence(document, names, locale)
        case _:
            assert_never(document)


def _together(sentences: Iterable[str]) -> str:
    return " ".join(said for said in sentences if said)


# ---------------------------------------------------------------- orders


def _order(document: OrderDocument, names: Names, locale: str) -> tuple[str, ...]:
    """The sentences of an order, some of them empty."""
    rest = (
        *_shortfall("order_forgiven", document.forgiven, names, locale),
        *_shortfall("order_lapsed", document.lapsed, names, locale),
        phrase("order_deleted", locale) if document.deleted else "",
        phrase("order_due", locale) if earning_state(document) is not document.state else "",
    )
    number = (document.state.number if document.state else "") or document.order_id
    values = {"order": number, "gifts": gifts_text(document.grants, names, locale)}
    if document.terms is not None and document.terms.launched is not None:
        return phrase("order_imported", locale, values), _gone_again(document, names, locale), *rest
    if document.posted and not document.reason:
        values["points"] = totals_text(document.posted, names, locale)
        values["parts"] = _parts(document, names, locale)
        key = "order_earned_left" if refunded_minor(document)[0] else "order_earned"
        also = phrase("order_gave_also", locale, values) if values["gifts"] else ""
        return phrase(key, locale, values), also, *rest
    if values["gifts"]:
        return phrase("order_gave", locale, values), *rest
    taken_back = phrase("order_taken_back", locale) if document.credited else ""
    values["reason"] = _reason(document, locale)
    if values["reason"]:
        return phrase("order_nothing_because", locale, values), taken_back, *rest
    quoted = (trace_sentence(row, names, locale) for row in _asides(document.trace))
    return phrase("order_nothing", locale, values), *quoted, taken_back, *rest


def _gone_again(document: OrderDocument, names: Names, locale: str) -> str:
    """What went back of what had been given for an imported order; "" for nothing."""
    if not document.posted:
        return ""
    gone = tuple(Share(each.rule_id, each.unit, -each.points) for each in document.posted)
    return phrase("order_imported_back", locale, {"points": totals_text(gone, names, locale)})


def _action(document: Action, names: Names, locale: str) -> tuple[str, ...]:
    """The sentences of an action, some of them empty."""
    rest = (
        *_shortfall("order_forgiven", document.forgiven, names, locale),
        *_shortfall("order_lapsed", document.lapsed, names, locale),
    )
    waiting = _waiting(document, names, locale)
    gifts = gifts_text(document.grants, names, locale)
    values = {"action": action_name(document.name, locale), "gifts": gifts}
    is_gone = document.reason == REVOKED
    if document.posted and (is_gone or not document.reason):
        values["points"] = totals_text(document.posted, names, locale)
        values["parts"] = _parts(document, names, locale)
        also = phrase("order_gave_also", locale, values) if gifts else ""
        key = "action_revoked_earned" if is_gone else "action_earned"
        return phrase(key, locale, values), also, *waiting, *rest
    if gifts:
        return phrase("action_revoked_gave" if is_gone else "action_gave", locale, values), *rest
    if document.reason:
        keys = (f"reason_action_{document.reason}", f"reason_{document.reason}")
        values["reason"] = first_phrase(keys, locale, {})
        return phrase("action_nothing_because", locale, values), *rest
    if waiting:
        return waiting
    quoted = (trace_sentence(row, names, locale) for row in _asides(document.trace))
    return phrase("action_nothing", locale, values), *quoted


def _waiting(document: Action, names: Names, locale: str) -> tuple[str, ...]:
    """What it gives later: a side of a referral that waits."""
    waiting = ("waiting", "waiting_cause")
    rows = (row for row in document.trace if row.parameters.get("what") in waiting)
    return tuple(trace_sentence(row, names, locale) for row in rows)


def _asides(trace: tuple[TraceRow, ...]) -> list[TraceRow]:
    """The steps that say why nothing was given; what would have been is in the trace."""
    return [row for row in trace if row.code not in _COUNTING][:ASIDES_MAX]


def _reason(document: OrderDocument, locale: str) -> str:
    """Why the order earns nothing, as what follows "because"; "" when only the rules say."""
    if document.reason:
        key = f"reason_{document.reason}"
        if has_phrase(key, locale):
            return phrase(key, locale)
        return phrase("reason_other", locale, {"code": document.reason})
    refunded, whole = refunded_minor(document)
    if whole and refunded == whole:
        return phrase("reason_all_refunded", locale)
    is_told = any(row.code != "qualified" for row in document.trace)
    return "" if is_told else phrase("reason_no_rule", locale)


def _shortfall(key: str, by_unit: dict[str, int], names: Names, locale: str) -> tuple[str, ...]:
    return tuple(
        phrase(key, locale, {"points": names.points(points, unit, locale)}, points)
        for unit, points in sorted(by_unit.items())
    )


# ---------------------------------------------------------------- how points add up


def _parts(document: OrderDocument | Joining | Action, names: Names, locale: str) -> str:
    """Which rules gave how much; with words for the units where there are several."""
    posted = document.posted
    terms = None if isinstance(document, Joining) else document.terms
    is_one_unit = len({share.unit for share in posted}) == 1
    told: list[str] = []
    for share in posted[:PARTS_MAX]:
        base, multiplied = _base(share, document.trace)
        say = names.figure if is_one_unit else names.points
        points = say(base, share.unit, locale)
        told.append(_part(share, points, multiplied, (names, locale, terms)))
    more = len(posted) - PARTS_MAX
    if more > 0:
        told.append(phrase("part_more", locale, {"n": digits(more, locale)}, more))
    if any(row.code == "cap_reached" for row in document.trace):
        told.append(phrase("part_capped", locale))
    return listed(tuple(told), "semicolon", locale)


def _base(share: Share, trace: tuple[TraceRow, ...]) -> tuple[int, TraceRow | None]:
    """What the rule gave before its multiplier, and the row of that; all of it without one.

    A rule that gives the unit in two ways (a rate and a bonus) is told as a whole.
    """
    own = [row for row in trace if row.rule_id == share.rule_id and row.unit == share.unit]
    by_code = {row.code: row for row in own}
    rate = by_code.get("rate") or by_code.get("percent") or by_code.get("quantity")
    multiplied = by_code.get("boosted") or by_code.get("multiplied")
    steps = sum(1 for row in own if row.code in ("rate", "percent", "quantity", "bonus"))
    if rate is None or multiplied is None or steps > 1:
        return share.points, None
    return rate.points, multiplied


def _part(
    share: Share,
    points: str,
    multiplied: TraceRow | None,
    context: tuple[Names, str, Terms | None],
) -> str:
    names, locale, terms = context
    if share.rule_id.startswith(ENTRY_PREFIX):
        values = {"points": points, "tier": names.tier(share.rule_id)}
        return phrase("part_tier", locale, values)
    values = {"rule": names.rule(share.rule_id), "points": points}
    if multiplied is None:
        return phrase("part_rule", locale, values)
    values["by"] = multiplier_text(multiplied, locale)
    held = sorted(terms.tiers.items()) if terms else ()
    tiers = tuple(names.tier(f"{group}/{tier}") for group, tier in held if tier)
    if not tiers or multiplied.code == "boosted":
        return phrase("part_multiplied", locale, values)
    values["tier"] = listed(tiers, "comma", locale)
    return phrase("part_multiplied_tier", locale, values)


# ---------------------------------------------------------------- other documents


_ADJUSTED: Final[Mapping[AdjustmentKind, str]] = {
    AdjustmentKind.POINTS: "adjustment_added",
    AdjustmentKind.REINSTATE: "adjustment_reinstated",
    AdjustmentKind.EXTEND: "adjustment_extended",
    AdjustmentKind.INVITE: "adjustment_invited",
    AdjustmentKind.WITHDRAW: "adjustment_uninvited",
    AdjustmentKind.BADGE: "adjustment_badge_granted",
    AdjustmentKind.UNBADGE: "adjustment_badge_taken",
    AdjustmentKind.IMPORT: "adjustment_imported",
}
"""What a person did, as templates are named; a test walks all kinds."""


def _adjustment(document: Adjustment, names: Names, locale: str) -> str:
    moved = document.entry.points if document.entry else document.points
    points = names.points(abs(moved), document.unit, locale)
    is_taken = document.kind is AdjustmentKind.POINTS and document.points <= 0
    key = "adjustment_taken" if is_taken else _ADJUSTED[document.kind]
    values = {
        "points": points,
        "tier": names.tier(document.tier),
        "badge": names.badge(document.badge),
    }
    return phrase(key, locale, values)


def _joining(document: Joining, names: Names, locale: str) -> str:
    gifts = gifts_text(document.grants, names, locale)
    if not document.posted:
        return first_phrase(("joining_gave", "joining_nothing"), locale, {"gifts": gifts})
    values = {
        "points": totals_text(document.posted, names, locale),
        "parts": _parts(document, names, locale),
    }
    said = phrase("joining_earned", locale, values)
    return f"{said} {phrase('order_gave_also', locale, {'gifts': gifts})}" if gifts else said
