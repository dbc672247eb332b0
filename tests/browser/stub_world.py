"""The make-believe shop behind the stub: its program, its members' books, and its answers.

In memory, for one shop, with the shapes of the storefront's contract. It keeps just enough books
to show what the widget does with them; the arithmetic of the real ledger is tested elsewhere.
"""

import base64
import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

NAMES = {
    "en": {
        "program": "Tea club",
        "unit": {"one": "point", "other": "points"},
        "tiers": ("Leaf", "Silver tip", "Gold"),
        "perks": ("Free shipping", "First pick of the spring harvest"),
        "rewards": ("$5 off", "A tin of Darjeeling", "Free shipping", "As much off as you like"),
        "lines": ("Order #{n}: {p} points", "Redeemed: $5 off", "Given back: $5 off"),
    },
    "hu": {
        "program": "Teaklub",
        "unit": {"one": "pont", "other": "pont"},
        "tiers": ("Levél", "Ezüst rügy", "Arany"),
        "perks": ("Ingyenes szállítás", "Elsőként a tavaszi szüretből"),
        "rewards": (
            "5 dollár kedvezmény",
            "Egy doboz dardzsiling",
            "Ingyenes szállítás",
            "Amennyit szeretnél",
        ),
        "lines": ("Rendelés #{n}: {p} pont", "Beváltva: 5 dollár", "Visszaadva: 5 dollár"),
    },
    "fa": {
        "program": "باشگاه چای",
        "unit": {"one": "امتیاز", "other": "امتیاز"},
        "tiers": ("برگ", "جوانه نقره‌ای", "طلایی"),
        "perks": ("ارسال رایگان", "نخستین انتخاب از برداشت بهار"),
        "rewards": ("۵ دلار تخفیف", "یک قوطی چای دارجیلینگ", "ارسال رایگان", "تخفیف دلخواه"),
        "lines": ("سفارش {n}: {p} امتیاز", "دریافت شد: ۵ دلار تخفیف", "برگردانده شد: ۵ دلار تخفیف"),
    },
}
TIER_IDS = ("leaf", "silver", "gold")
TIER_FROM = (0, 20_000, 60_000)
REWARDS = (("five-off", "amount_off", 50), ("tin", "product", 400), ("ship", "free_shipping", 80))
USD_STEPS = {"points": 10, "value": {"amount": 50, "currency": "USD"}, "least": 2, "most": 20}
GIFT_STEPS = USD_STEPS | {"value": None}


def words(locale: str | None) -> tuple[str, dict[str, Any]]:
    """The stub's nearest language and its texts."""
    base = (locale or "en").split("-")[0]
    chosen = base if base in NAMES else "en"
    return chosen, NAMES[chosen]


def token(customer: str, serial: int = 1) -> str:
    """A compact token, readable and unsigned; ``serial`` makes another one for the same person."""
    payload = json.dumps({"sub": customer, "n": serial}).encode()
    return f"v1.k1.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.{serial:064x}"


def subject(value: object) -> str | None:
    """Who a token speaks for, or None when it is not one of ours."""
    match = re.fullmatch(r"v1\.k1\.([\w-]+)\.[0-9a-f]{64}", str(value))
    if match is None:
        return None
    payload = match[1] + "=" * (-len(match[1]) % 4)
    return str(json.loads(base64.urlsafe_b64decode(payload))["sub"])


@dataclass
class Member:
    """A member's books: points, what they have spent (minor units), codes, movements."""

    available: int = 114
    pending: int = 20
    spent: int = 11_450
    codes: list[dict[str, Any]] = field(default_factory=list)
    entries: list[tuple[int, int]] = field(default_factory=lambda: [(0, 114)])


@dataclass
class World:
    """Everything behind the stub, and what has been asked of it."""

    members: dict[str, Member] = field(default_factory=lambda: {"77": Member()})
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    fault: int | str | None = None
    fault_path: str = ""
    names: dict[str, str] = field(default_factory=dict)
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    session: str | None = None
    fulfilling: bool = False
    steps: dict[str, Any] | None = None  # of one reward more; worth nothing: it is a donation
    version: int = 1
    lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, part: str) -> list[tuple[str, str, dict[str, Any]]]:
        """The API calls whose path contains ``part``."""
        return [call for call in self.calls if part in call[1]]

    def program(self, locale: str | None) -> dict[str, Any]:
        """The presentation of the program."""
        chosen, text = words(locale)
        tiers = [
            {
                "id": TIER_IDS[at],
                "name": self.names.get("tier", text["tiers"][at]),
                "at": {"amount": TIER_FROM[at], "currency": "USD"},
                "multiply": {"points": ("1", "1.25", "1.5")[at]} if at else {},
                "perks": [{"id": str(n), "text": text["perks"][n]} for n in range(at)],
                "entry": [{"unit": "points", "add": 100}] if at == 2 else [],
            }
            for at in range(3)
        ]
        rewards = [
            {
                "id": REWARDS[at][0],
                "name": self.names.get("reward", text["rewards"][at]),
                "kind": REWARDS[at][1],
                "cost": {"unit": "points", "amount": REWARDS[at][2]},
                "value": None,
                "percent": None,
                "sku": None,
                "valid": "P60D",
                "undo": "PT24H",
                "min_order": {"amount": 2000, "currency": "USD"} if at == 0 else None,
            }
            for at in range(3)
        ]
        give_rate = {"unit": "points", "rate": "1", "per": {"amount": 100, "currency": "USD"}}
        return {
            "program": {
                "id": "tea",
                "name": self.names.get("program", text["program"]),
                "version": self.version,
                "locale": chosen,
                "locales": list(NAMES),
                "currency": "USD",
                "timezone": "UTC",
            },
            "units": [{"id": "points", "name": text["unit"], "kind": "points", "spendable": True}],
            "earn": [
                {"id": "purchase", "on": "order.paid", "give": [give_rate]},
                {"id": "hello", "on": "member.joined", "give": [{"unit": "points", "add": 25}]},
            ],
            "tier_groups": [{"id": "club", "by": "spend", "unit": None, "tiers": tiers}],
            "rewards": rewards + self.stepped(text["rewards"][3]),
            "join": {"how": "opt_in"},
        }

    def stepped(self, name: str) -> list[dict[str, Any]]:
        """The reward whose steps a shopper chooses, as the program presents it, if it has one."""
        steps = self.steps
        if steps is None:
            return []
        cost = {"unit": "points", "amount": steps["points"] * steps["least"]}
        kind = "amount_off" if steps["value"] else "donation"
        reward = {"id": "slice", "name": name, "kind": kind, "cost": cost, "steps": steps}
        return [reward | {"value": None, "min_order": None}]

    def reach(self, member: Member, reward: dict[str, Any]) -> dict[str, Any]:
        """The steps of a reward as a member can take them."""
        steps = reward.get("steps")
        if steps is None:
            return {}
        best = min(steps["most"], member.available // steps["points"])
        best = best if best >= steps["least"] else 0
        return {"steps": {"least": steps["least"], "most": steps["most"], "best": best}}

    def cost(self, body: dict[str, Any]) -> int:
        """What a redemption takes; of steps the least where nobody says how many."""
        if body["reward_id"] != "slice" or self.steps is None:
            return {reward[0]: reward[2] for reward in REWARDS}[body["reward_id"]]
        return int(self.steps["points"] * (body.get("steps") or self.steps["least"]))

    def points(self, member: Member, locale: str | None) -> dict[str, Any]:
        """Balances, worded."""
        unit = words(locale)[1]["unit"]
        digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹") if words(locale)[0] == "fa" else {}
        word = unit["one" if member.available == 1 else "other"]
        return {
            "points": {
                "available": member.available,
                "pending": member.pending,
                "held": 0,
                "deficit": 0,
                "text": f"{member.available:,} {word}".translate(digits),
            }
        }

    def card(self, customer: str, body: dict[str, Any]) -> dict[str, Any]:
        """The card of a customer, whole or for the launcher."""
        member = self.members.get(customer)
        locale = body.get("locale")
        if member is None:
            return {"member": None, "points": {}, "tiers": [], "program_version": self.version}
        program = self.program(locale)
        card: dict[str, Any] = {
            "member": {"id": f"m-{customer}", "name": "Ada", "joined_at": "2026-01-05T10:00:00Z"},
            "points": self.points(member, locale),
            "tiers": [self.tier(member, program["tier_groups"][0]["tiers"])],
            "program_version": self.version,
            "locale": program["program"]["locale"],
        }
        if body.get("view") == "launcher":
            return card | {"rewards": [], "codes": [], "expiring": [], "notices": []}
        return card | {
            "rewards": [
                {
                    "id": reward["id"],
                    "name": reward["name"],
                    "kind": reward["kind"],
                    "cost": reward["cost"],
                    "affordable": member.available >= reward["cost"]["amount"],
                    "missing": max(0, reward["cost"]["amount"] - member.available),
                    "reason": None
                    if member.available >= reward["cost"]["amount"]
                    else "insufficient_points",
                }
                | self.reach(member, reward)
                for reward in program["rewards"]
            ],
            "codes": [code for code in member.codes if code["status"] in {"ready", "fulfilling"}],
            "expiring": [{"unit": "points", "points": 40, "at": "2027-02-01T00:00:00Z"}],
            "notices": [],
        }

    def tier(self, member: Any, tiers: list[dict[str, Any]]) -> dict[str, Any]:
        """The tier held, and the way to the next."""
        at = max(n for n in range(3) if member.spent >= TIER_FROM[n])
        top = at == 2
        following = None if top else {"id": TIER_IDS[at + 1], "name": tiers[at + 1]["name"]}
        return {
            "group": "club",
            "id": TIER_IDS[at],
            "name": tiers[at]["name"],
            "since": "2026-01-05T10:00:00Z",
            "keep_until": None,
            "progress": {
                "value": member.spent,
                "from": TIER_FROM[at],
                "to": None if top else TIER_FROM[at + 1],
                "next": following,
                "missing": None if top else TIER_FROM[at + 1] - member.spent,
                "text": None,
            },
        }

    def redeem(self, customer: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Spend once per idempotency key."""
        member = self.members[customer]
        key = f"{customer} {body['idempotency_key']}"
        if key in self.keys:
            return 200, self.keys[key] | {"points": self.points(member, body.get("locale"))}
        cost = self.cost(body)
        if member.available < cost:
            return 409, {"status": 409, "code": "insufficient_points", "detail": "not enough"}
        member.available -= cost
        member.entries.append((1, -cost))
        redemption = {
            "redemption_id": f"r{len(self.keys) + 1}",
            "reward_id": body["reward_id"],
            "status": "fulfilling" if self.fulfilling else "ready",
            "code": None if self.fulfilling else f"TEA-{len(self.keys) + 4821}-QX",
            "expires_at": "2027-01-20T10:00:00Z",
            "undo_until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400)),
        }
        if body["reward_id"] == "slice" and self.steps:
            redemption["steps"] = body.get("steps")
            if self.steps["value"] is None:
                redemption |= {"status": "done", "code": "", "expires_at": None}
        member.codes.insert(0, redemption)
        self.keys[key] = redemption
        return 201, redemption | {"points": self.points(member, body.get("locale"))}

    def undo(self, customer: str, redemption_id: str, locale: str) -> tuple[int, dict[str, Any]]:
        """Give the points of a redemption back, once."""
        member = self.members[customer]
        for code in member.codes:
            if code["redemption_id"] == redemption_id:
                if code["status"] != "undone":
                    code["status"] = "undone"
                    cost = self.cost(code)
                    member.available += cost
                    member.entries.append((2, cost))
                return 200, code | {"points": self.points(member, locale)}
        return 404, {"status": 404, "code": "redemption_unknown"}

    def history(self, customer: str, body: dict[str, Any]) -> dict[str, Any]:
        """Movements, newest first, paged by an offset."""
        entries = self.members[customer].entries
        lines = words(body.get("locale"))[1]["lines"]
        start = int(body.get("cursor") or 0)
        limit = int(body.get("limit") or 50)
        numbered = list(enumerate(entries, 1))[::-1]
        items = [
            {
                "seq": seq,
                "unit": "points",
                "points": points,
                "kind": ("earn", "redeem", "return")[kind],
                "occurred_at": "2026-11-20T10:00:00Z",
                "sentence": self.names.get("line", lines[kind]).format(n=1000 + seq, p=points),
                "explanation": [],
            }
            for seq, (kind, points) in numbered[start : start + limit]
        ]
        more = start + limit < len(entries)
        return {"items": items, "next_cursor": str(start + limit) if more else None}
