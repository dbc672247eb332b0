"""Checks of units: plural forms, values, and dates that fit each other."""

from chalicelib.domain.calendar import parse_period, period_days
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.findings import Findings, Node

PLURAL_FORMS = frozenset(("zero", "one", "two", "few", "many", "other"))
"""The plural categories of Unicode CLDR; every language has ``other``."""


def check_units(checking: Checking) -> None:
    """Report what is wrong with the units."""
    for unit in checking.units.values():
        _check_name(unit.child("name"), checking.findings)
        checking.needs_money(unit, "value")
        is_status = unit.text("kind") == "status"
        if is_status and unit.value.get("spendable") is True:
            checking.findings.error(
                unit.at("spendable"),
                "status_spendable",
                "Status points are only counted: remove spendable, or use a unit of kind points.",
            )
        _check_dates(unit, checking.findings)


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


def _check_dates(unit: Node, findings: Findings) -> None:
    pending, life = unit.child("pending").text("for"), unit.child("expiry").text("after")
    try:
        is_lost_first = period_days(parse_period(life)) <= period_days(parse_period(pending))
    except ValueError:
        return  # one of them is not there, or malformed and reported
    if is_lost_first:
        findings.error(
            unit.at("expiry"),
            "expiry_before_pending",
            "These points are lost before they can be spent: make expiry longer than pending.",
        )
