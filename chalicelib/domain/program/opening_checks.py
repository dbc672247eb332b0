"""Checks of who may join, and of the program's end."""

from chalicelib.domain.calendar import ends_before
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.findings import Node
from chalicelib.domain.program.scalars import ratio_of


def check_opening(checking: Checking) -> None:
    """Report a share that is none, and an end that takes points before they can be spent."""
    join, ends = checking.document.child("join"), checking.document.child("ends")
    if join.text("rollout"):
        check_share(checking, join, "rollout")
    last_earned, last_redeemed = (_instant(checking, ends, key) for key in ("earn", "redeem"))
    if last_redeemed is None:
        return
    if last_earned is None or last_redeemed < last_earned:
        checking.findings.error(
            ends.at("redeem"),
            "dates_reversed",
            "Name a last day to earn, too, that is not after the last day to redeem.",
        )


def check_share(checking: Checking, node: Node, key: str) -> None:
    """Report a share that is above all."""
    try:
        numerator, denominator = ratio_of(node.text(key))
    except ValueError:
        return  # malformed and reported
    if numerator > denominator:
        checking.findings.error(
            node.at(key), "value_out_of_range", 'Give a share from 0 to 1, such as "0.25".'
        )


def _instant(checking: Checking, node: Node, key: str) -> int | None:
    try:
        return ends_before(node.text(key), checking.zone)
    except ValueError:
        return None  # not there, or malformed and reported
