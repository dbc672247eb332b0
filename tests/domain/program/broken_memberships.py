"""As ``broken``, of memberships that are paid for."""

from typing import Any

from tests.domain.program.builders import add, document, rate

PLUS = {"id": "plus", "name": "Plus", "sold_as": {"sku": "PLUS"}, "period": "P1Y"}


def membership(**keys: Any) -> dict[str, Any]:
    return document(memberships=[{**PLUS, **keys}])


BROKEN_MEMBERSHIPS: list[tuple[str, Any, str, str]] = [
    ("membership twice", document(memberships=[PLUS, {**PLUS, "sold_as": {"sku": "B"}}]),
     "$.memberships[1].id", "id_twice"),
    ("two memberships of a product", document(memberships=[PLUS, {**PLUS, "id": "b"}]),
     "$.memberships[1].sold_as.sku", "id_twice"),
    ("sold as what", membership(sold_as={}), "$.memberships[0].sold_as", "sold_as_unclear"),
    ("sold both ways", membership(sold_as={"sku": "A", "plan": "b"}), "$.memberships[0].sold_as",
     "sold_as_unclear"),
    ("for how long", membership(period="P"), "$.memberships[0].period", "period_malformed"),
    ("refunded how", membership(on_refund="keep"), "$.memberships[0].on_refund",
     "choice_unknown"),
    ("gives unknown points", membership(give=[add(5, "stars")]), "$.memberships[0].give[0].unit",
     "unit_unknown"),
    ("rate of a plan", membership(sold_as={"plan": "gold"}, give=[rate()]),
     "$.memberships[0].give[0].rate", "not_for_trigger"),
]  # fmt: skip
