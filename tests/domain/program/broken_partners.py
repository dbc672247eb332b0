"""As ``broken``, of partners and of rules that they pay for."""

from typing import Any

from tests.domain.program.builders import POINTS, document, rate, rule

FUEL = {"id": "fuel", "name": "Fuel", "buys_point_at": "0.011"}
MILES = {**POINTS, "kind": "stamps"}


def partner(**keys: Any) -> dict[str, Any]:
    return document(partners=[{**FUEL, **keys}])


def paid(*give: dict[str, Any], by: str = "fuel", **keys: Any) -> dict[str, Any]:
    units = {"points": POINTS, "miles": MILES}
    return document(units=units, partners=[FUEL], earn=[rule("base", *give, paid_by=by, **keys)])


BROKEN_PARTNERS: list[tuple[str, Any, str, str]] = [
    ("partner twice", document(partners=[FUEL, {**FUEL, "connection": "b"}]), "$.partners[1].id",
     "id_twice"),
    ("connection twice", document(partners=[FUEL, {**FUEL, "id": "b", "connection": "fuel"}]),
     "$.partners[1].connection", "id_twice"),
    ("connection in capitals", partner(connection="Fuel"), "$.partners[0].connection",
     "id_malformed"),
    ("price of a point in a float", partner(buys_point_at=0.011), "$.partners[0].buys_point_at",
     "type_wrong"),
    ("price of nothing", partner(buys_point_at="0"), "$.partners[0].buys_point_at",
     "value_out_of_range"),
    ("price where nobody earns", partner(earns=False), "$.partners[0].buys_point_at",
     "key_useless"),
    ("price where nobody burns", partner(burns=False, paid_per_point_burned="0.01"),
     "$.partners[0].paid_per_point_burned", "key_useless"),
    ("settled each day", partner(settle="day"), "$.partners[0].settle", "choice_unknown"),
    ("paid by a stranger", paid(by="sea"), "$.earn[0].paid_by", "partner_unknown"),
    ("bought at a stranger", document(partners=[FUEL],
     earn=[rule("base", **{"if": {"order.partner": {"in": ["fuel", "sea"]}}})]),
     '$.earn[0].if["order.partner"]', "partner_unknown"),
    ("paid by who buys nothing", document(partners=[{"id": "fuel", "name": "Fuel"}],
     earn=[rule("base", paid_by="fuel")]), "$.earn[0].paid_by", "paid_by_unfit"),
    ("stamps paid by a partner", paid(rate(unit="miles")), "$.earn[0].paid_by", "paid_by_unfit"),
    ("action paid by a partner", paid({"add": 5, "unit": "points"}, on="action.walk",
     once="member"), "$.earn[0].paid_by", "not_for_trigger"),
]  # fmt: skip
