"""Checks of partners: which orders are theirs, what they pay, and which rules they pay for."""

from chalicelib.domain.program.checking import Checking, unique_ids
from chalicelib.domain.program.findings import Findings, Node, effects_in
from chalicelib.domain.program.scalars import is_above_zero


def check_partners(checking: Checking) -> None:
    """Report what is wrong with the partners, and with rules that are paid by one."""
    findings = checking.findings
    partners = list(checking.document.items("partners"))
    unique_ids(partners, findings)
    seen: set[str] = set()
    for partner in partners:
        source = partner.text("connection") or partner.text("id")
        if source and source in seen:
            findings.error(
                partner.at("connection"), "id_twice", "Another partner has this connection."
            )
        seen.add(source)
        _check_prices(partner, findings)
    known = {partner.text("id"): partner for partner in partners}
    rules = [*checking.document.items("earn")]
    rules += [rule for each in checking.document.items("campaigns") for rule in each.items("rules")]
    for rule in rules:
        if rule.text("paid_by"):
            _check_paid_by(checking, rule, known)


def _check_prices(partner: Node, findings: Findings) -> None:
    for price, way in (("buys_point_at", "earns"), ("paid_per_point_burned", "burns")):
        if partner.has(price) and partner.value.get(way) is False:
            findings.error(partner.at(price), "key_useless", f"Remove it, or let it be: {way}.")
        if partner.has(price) and not is_above_zero(partner.text(price)):
            findings.error(partner.at(price), "value_out_of_range", "Give a price above 0.")


def _check_paid_by(checking: Checking, rule: Node, known: dict[str, Node]) -> None:
    findings, path = checking.findings, rule.at("paid_by")
    partner = known.get(rule.text("paid_by"))
    if partner is None:
        names = ", ".join(known) or "there is none yet"
        findings.error(path, "partner_unknown", f"Name a partner of this program: {names}.")
        return
    if not partner.has("buys_point_at"):
        findings.error(path, "paid_by_unfit", "This partner buys no points: say buys_point_at.")
    if rule.text("on") and not rule.text("on").startswith("order."):
        findings.error(path, "not_for_trigger", "Partners pay for points of orders.")
    units = [checking.units.get(effect.text("unit")) for effect in effects_in(rule)]
    if any(unit is not None and unit.text("kind") not in ("", "points") for unit in units):
        findings.error(path, "paid_by_unfit", "Partners buy points: give a unit of that kind.")
