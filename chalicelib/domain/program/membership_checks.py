"""Checks of paid memberships: how each is sold, and what it gives at its start."""

from chalicelib.domain.program.checking import Checking, one_of, unique_ids
from chalicelib.domain.program.effect_checks import check_effects
from chalicelib.domain.program.findings import Node, effects_in


def check_memberships(checking: Checking) -> None:
    """Report what is wrong with the memberships."""
    memberships = list(checking.document.items("memberships"))
    unique_ids(memberships, checking.findings)
    sold: set[tuple[str, str]] = set()
    for each in memberships:
        way = one_of(each.child("sold_as"), ("sku", "plan"), "sold_as_unclear", checking.findings)
        what = (way, each.child("sold_as").text(way))
        if way and what in sold:
            checking.findings.error(
                each.child("sold_as").at(way), "id_twice", "Another membership is sold as this."
            )
        sold.add(what)
        trigger = "subscription.renewed" if way == "plan" else "order.paid"
        check_effects(checking, Node(each.path, {"on": trigger, "give": each.value.get("give")}))
        for effect in effects_in(each):
            checking.warn_of_retired(effect)
