"""What the law packs of a program forbid: errors with the clause named."""

from chalicelib.domain.calendar import parse_period
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.findings import Node
from chalicelib.domain.program.law_packs import LAW_PACKS, LawPack


def check_laws(checking: Checking) -> None:
    """Report every expiry that a pack of the document forbids."""
    laws = checking.document.value.get("law")
    for name in laws if isinstance(laws, list | tuple) else ():
        pack = LAW_PACKS.get(name) if isinstance(name, str) else None
        if pack is not None:
            for _, unit in checking.document.members("units"):
                _check_unit(checking, unit, pack)


def _check_unit(checking: Checking, unit: Node, pack: LawPack) -> None:
    is_spendable = unit.value.get("spendable") is True
    expiry = unit.child("expiry")
    if not is_spendable or not pack.no_expiry_by_time:
        return
    if expiry.has("after") or expiry.has("on"):
        checking.findings.error(
            unit.at("expiry"),
            "law_forbids_expiry",
            f"{pack.name}: points may not expire by the passage of time alone "
            f"({pack.no_expiry_by_time}). Use `never`, or `idle`.",
        )
    elif expiry.has("idle") and _months(expiry.text("idle")) < pack.idle_months_min:
        checking.findings.error(
            expiry.at("idle"),
            "law_forbids_expiry",
            f"{pack.name}: inactivity must last {pack.idle_months_min} months at least "
            f"({pack.idle_clause}).",
        )


def _months(period: str) -> int:
    """Whole months of ``period``, 30 days each where it is in days; many where it is malformed."""
    try:
        parsed = parse_period(period)
    except ValueError:
        return 10**6
    return parsed.months + parsed.days * 12 // 366
