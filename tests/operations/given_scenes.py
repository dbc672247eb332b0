"""Rewards that rules give, in a scene: the program, and what a member has of them."""

from typing import Any

from chalicelib.domain.records import Redemption
from chalicelib.storage.documents import document_of
from tests.builders import TEA, Scene, program

CAKE = {
    "id": "cake",
    "name": "A free cake",
    "kind": "product",
    "sku": "CAKE",
    "cost": {"unit": "points", "amount": 400},
    "valid": "P30D",
    "unit_cost": {"USD": 250},
}
BIG = {
    "id": "big",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": 5_000}},
    "give": [{"reward": "cake"}],
}
HELLO = {"id": "hello", "on": "member.joined", "give": [{"reward": "cake"}]}
IDEA = {
    "id": "idea",
    "on": "action.idea.accepted",
    "give": [{"reward": "cake"}],
    "limit": {"times": 3, "window": {"calendar": "month"}},
}


def giving(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The tea program whose ``rules`` give cakes; ``changes`` are keys of the cake."""
    cake = {key: value for key, value in {**CAKE, **changes}.items() if value is not None}
    return program(earn=[TEA["earn"][0], *(rules or (BIG,))], rewards=[cake, TEA["rewards"][0]])


def given(scene: Scene, customer: str = "77") -> list[Redemption]:
    """Every redemption that a document gave to a customer, in order of ids."""
    partition = f"#M#{scene.member(customer)}"
    found = []
    for item in scene.table.items():  # type: ignore[attr-defined]
        if str(item["PK"]).endswith(partition) and str(item["SK"]).startswith("D#redemption:"):
            document = document_of(item, Redemption)
            assert document is not None
            found += [document] if document.given_by else []
    return found


def stand(scene: Scene, customer: str = "77") -> list[str]:
    """How they stand."""
    return sorted(each.status.value for each in given(scene, customer))


def promised(scene: Scene, customer: str = "77") -> int:
    """How many promises are left."""
    account = scene.account(customer)
    return len(account.promises) if account else 0
