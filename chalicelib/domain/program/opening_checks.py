"""Checks of who may join, of a launch that gives nothing twice, and of the program's end."""

from chalicelib.domain.calendar import ends_before
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.findings import Node
from chalicelib.domain.program.scalars import ratio_of


def check_opening(checking: Checking) -> None:
    """Report a share that is none, and an end that takes points before they can be spent."""
    join, ends = checking.document.child("join"), checking.document.child("ends")
    _check_launch(checking)
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


# ---------------------------------------------------------------- launch


def _check_launch(checking: Checking) -> None:
    """Report past orders that earn where balances hold what they had earned."""
    launch = checking.document.child("launch")
    if launch.text("orders") == "award" and launch.text("balances") == "import":
        _told_twice(checking)


def check_launch_after(checking: Checking, live: Program) -> None:
    """Report what the launch of the ``live`` program may have given already."""
    launch, was = checking.document.child("launch"), live.launch
    is_paid = was.orders == "award" and launch.text("balances") == "import"
    is_moved_in = was.balances == "import" and launch.text("orders") == "award"
    is_told = launch.text("orders") == "award" and launch.text("balances") == "import"
    if (is_paid or is_moved_in) and not is_told:
        _told_twice(checking)


def _told_twice(checking: Checking) -> None:
    checking.findings.error(
        checking.document.child("launch").at("orders"),
        "launch_twice",
        "Balances hold what past orders had earned, so those may not earn it again: "
        "say qualify_only, or import no balances.",
    )
