"""Checks of units: plural forms, values, and dates that fit each other."""

from chalicelib.domain.calendar import parse_period, period_days
from chalicelib.domain.program.checking import Checking, one_of
from chalicelib.domain.program.earn_checks import check_window
from chalicelib.domain.program.findings import Findings, Node

PLURAL_FORMS = frozenset(("zero", "one", "two", "few", "many", "other"))
"""The plural categories of Unicode CLDR; every language has ``other``."""

_DAYS_A_YEAR = 365


def check_units(checking: Checking) -> None:
    """Report what is wrong with the units."""
    for unit in checking.units.values():
        _check_name(unit.child("name"), checking.findings)
        checking.needs_money(unit, "value")
        checking.needs_money(unit, "cost")
        is_status = unit.text("kind") == "status"
        if is_status and unit.value.get("spendable") is True:
            checking.findings.error(
                unit.at("spendable"),
                "status_spendable",
                "Status points are only counted: remove spendable, or use a unit of kind points.",
            )
        if unit.text("kind") != "money" and unit.value.get("scale", 1) != 1:
            checking.findings.error(
                unit.at("scale"), "key_useless", "Only money has parts: remove scale."
            )
        _check_dates(unit, checking.findings)
        _check_negative(unit, checking.findings)
        check_window(unit.child("gift"), checking.findings)


def forms_by_locale(name: Node) -> dict[str, Node]:
    """The plural forms of a unit's name by locale; under "" when they are for every locale."""
    forms = {locale: name.child(locale) for locale in name.value}
    is_by_locale = any(isinstance(value, dict) for value in name.value.values())
    return forms if is_by_locale else {"": name}


def _check_name(name: Node, findings: Findings) -> None:
    if not name.value:
        return
    for forms in forms_by_locale(name).values():
        for form in forms.value:
            if form not in PLURAL_FORMS:
                known = ", ".join(sorted(PLURAL_FORMS))
                findings.error(forms.at(form), "plural_form_unknown", f"Use one of: {known}.")
        if "other" not in forms.value:
            findings.error(forms.path, "plural_form_missing", "Add the plural form other.")


def _check_negative(unit: Node, findings: Findings) -> None:
    if unit.text("negative") == "pending_only" and unit.text("pending") == "none":
        findings.error(
            unit.at("negative"),
            "negative_without_pending",
            "These points never wait, so no refund would take any back: "
            "add pending, or use allow or clamp.",
        )


def _check_dates(unit: Node, findings: Findings) -> None:
    _check_pending(unit, findings)
    _check_expiry(unit, findings)
    wait = _longest_wait(unit.child("pending"))
    life = _days(unit.child("expiry"), "after") or _days(unit.child("expiry"), "idle")
    if wait is not None and life is not None and life <= wait:
        findings.error(
            unit.at("expiry"),
            "expiry_before_pending",
            "These points are lost before they can be spent: make expiry longer than pending.",
        )


def _check_pending(unit: Node, findings: Findings) -> None:
    pending = unit.child("pending")
    if not isinstance(unit.value.get("pending"), dict):
        return
    chosen = one_of(pending, ("for", "until"), "pending_unclear", findings)
    if chosen == "until" and not pending.has("at_most"):
        findings.error(
            pending.at("at_most"),
            "key_missing",
            "Say when they can be spent anyway, such as P90D: not every order is ever fulfilled.",
        )
    _useless(pending, {"at_most": chosen == "until"}, findings)
    waits_for_returns = pending.text("until") == "order.returns_closed"
    _useless(pending, {"returns_days": waits_for_returns}, findings)


def _check_expiry(unit: Node, findings: Findings) -> None:
    expiry = unit.child("expiry")
    if not isinstance(unit.value.get("expiry"), dict):
        return
    chosen = one_of(expiry, ("after", "on", "idle"), "expiry_unclear", findings)
    goes_with = {"round": chosen == "after", "min_life": chosen == "on", "counts": chosen == "idle"}
    _useless(expiry, goes_with, findings)
    _check_warnings(expiry, findings)


def _check_warnings(expiry: Node, findings: Findings) -> None:
    life = _days(expiry, "after") or _days(expiry, "idle")
    life = _DAYS_A_YEAR if expiry.has("on") else life
    told = expiry.value.get("warn")
    for place, written in enumerate(told if isinstance(told, list | tuple) else ()):
        ahead = _days(Node("", {"warn": written}), "warn")
        if ahead is not None and life is not None and ahead >= life:
            findings.error(
                f"{expiry.at('warn')}[{place}]",
                "warning_before_points",
                "Points do not live so long: warn of it later, such as P7D before.",
            )


def _useless(node: Node, meant: dict[str, bool], findings: Findings) -> None:
    """Report keys that say nothing beside what was chosen."""
    for key, is_meant in meant.items():
        if node.has(key) and not is_meant:
            findings.error(node.at(key), "key_useless", f"Remove {key}: it means nothing here.")


def _longest_wait(pending: Node) -> int | None:
    return _days(pending, "at_most") if pending.has("until") else _days(pending, "for")


def _days(node: Node, key: str) -> int | None:
    """About how many days a period has; None where it is not there, or malformed and reported."""
    try:
        return period_days(parse_period(node.text(key)))
    except ValueError:
        return None
