"""Behind the counter: what the admin API tells the merchant about who is shopping.

Only questions and answers: each goes with the path it was asked at, so that the page can show how
to ask the same by hand.
"""

import json

from dev.demo.front_door import ADMIN, FrontDoor, Json
from dev.demo.till import VISITORS, Till

ENTRIES_SHOWN = 40


def behind_the_counter(door: FrontDoor, till: Till, visitor: str) -> Json:
    """The member, the newest entries, and the explanation of the last order."""
    person = VISITORS.get(visitor)
    told: Json = {"deliveries": [delivery.told() for delivery in till.deliveries]}
    if person is None:
        return told
    member = f"/members/external:{person.customer_id}"
    told["member"] = _asked(door, member)
    told["entries"] = _asked(door, f"{member}/entries?limit={ENTRIES_SHOWN}")
    orders = till.orders(visitor)
    if orders:
        told["order"] = orders[0].number
        told["explain"] = _asked(door, f"{member}/explain/order:main:{orders[0].order_id}")
    return told


def _asked(door: FrontDoor, path: str) -> Json:
    answered = door.admin("GET", path)
    return {
        "path": f"GET {ADMIN}{path}",
        "status": answered.status,
        "body": json.loads(answered.body or b"null"),
    }
