"""The shops of the proofs: programs from plain to rich, and a scene in an audited table."""

from typing import Any

from chalicelib.storage import programs
from chalicelib.storage.table import Table
from tests.builders import NOON, TEA, Scene, program, unit
from tests.simulation.books import AuditedTable

STOCK = {"mug": 3}
LAUNCH = {"orders": "qualify_only", "balances": "import"}
GIFT = {"max": 300, "window": "lifetime"}
REWARDS = [
    {**TEA["rewards"][0], "undo": "P30D"},
    {
        "id": "mug",
        "name": "A mug",
        "kind": "perk",
        "cost": {"unit": "points", "amount": 30},
        "stock": STOCK["mug"],
        "undo": "P30D",
    },
    {
        "id": "tasting",
        "name": "A tasting",
        "kind": "perk",
        "undo": "P30D",
        "limit": {"window": "lifetime", "times": 2},
    },
    {
        "id": "soon",
        "name": "A cup, soon",
        "kind": "perk",
        "cost": {"unit": "points", "amount": 40},
        "valid": "P2D",
        "on_expiry": "return",
        "on_refund": "return",
    },
]
JOINING = {"id": "hello", "on": "member.joined", "give": [{"add": 20, "unit": "points"}]}
FIRST = {
    "id": "first",
    "on": "order.paid",
    "once": "member",
    "give": [{"add": 10, "unit": "points"}],
}
REVIEW = {
    "id": "review",
    "on": "action.review.approved",
    "give": [{"add": 10, "unit": "points"}],
    "limit": {"times": 99, "window": {"calendar": "month"}},
}
SORRY = {
    "id": "sorry",
    "on": "action.revoked",
    "limit": {"times": 3, "window": {"calendar": "month"}},
    "give": [{"add": 7, "unit": "points"}],
}
FIRST_REVIEW = {
    "id": "first-review",
    "on": "action.review.approved",
    "once": "member",
    "give": [{"add": 15, "unit": "points"}, {"cause": "forest", "add": 2}],
}
BROUGHT = {
    "offers": [
        {
            "regions": ["*"],
            "friend": [
                {"add": 50, "unit": "points"},
                {"rate": "1", "per": {"USD": 100}, "unit": "points"},
                {"reward": "treat"},
                {"cause": "forest", "add": 1},
                {"badge": "loyal"},
            ],
            "advocate": [
                {"reward": "treat"},
                {"add": 100, "unit": "points"},
                {"badge": "loyal"},
                {"cause": "forest", "add": 2},
            ],
        }
    ],
    "qualify": {"if": {"order.net_total": {"gte": 2_000}}, "after": "P2D"},
    "limit": {"times": 2, "window": {"calendar": "year"}},
}
THANKS = {
    "id": "thanks",
    "on": "referral.qualified",
    "once": "member",
    "give": [{"add": 7, "unit": "points"}, {"cause": "forest", "add": 1}],
}
CAPPED = {**TEA["earn"][0], "limit": {"window": {"calendar": "month"}, "amount": 300}}
LEAF, GOLD = TEA["tier_groups"][0]["tiers"]
CLUB = {
    **TEA["tier_groups"][0],
    "tiers": [LEAF, {**GOLD, "entry": [{"unit": "points", "add": 50}]}],
}


def rate(points: int) -> dict[str, Any]:
    """The purchase rule with so many points per 1.00."""
    give = {**TEA["earn"][0]["give"][0], "rate": str(points)}
    return {**TEA["earn"][0], "give": [give]}


def plain(points: int = 1, **changes: Any) -> dict[str, Any]:
    """Points for spend and for joining; no tier, cap or expiry: what plain arithmetic can judge."""
    told = {"units": unit(gift=GIFT), "launch": LAUNCH, **changes}
    return program(tier_groups=[], earn=[rate(points), JOINING], rewards=REWARDS, **told)


def pending(points: int = 1) -> dict[str, Any]:
    """As ``plain``, but points wait two weeks."""
    return plain(points, units=unit(pending={"for": "P14D"}, gift=GIFT))


def rich(points: int = 1, negative: str = "allow") -> dict[str, Any]:
    """Everything at once: pending, expiry, tiers with entry rewards, caps, a rule paid once."""
    capped = {**CAPPED, "give": rate(points)["give"]}
    dates = {"pending": {"for": "P3D"}, "expiry": {"after": "P30D"}}
    return program(
        units=unit(**dates, negative=negative, gift=GIFT),
        tier_groups=[CLUB],
        earn=[capped, FIRST, JOINING],
        rewards=REWARDS,
        limits={"points_per_day": 250},
        launch=LAUNCH,
    )


TREAT = {
    "id": "treat",
    "name": "A treat",
    "kind": "perk",
    "cost": {"unit": "points", "amount": 900},
}
TREATED = {
    "id": "treated",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": 5_000}},
    "give": [{"reward": "treat"}],
}


def treating(points: int = 1, stock: int | None = None) -> dict[str, Any]:
    """As ``rich``; larger orders give a treat for nothing."""
    made = rich(points)
    treat = {**TREAT, "stock": stock} if stock else TREAT
    return {**made, "earn": [*made["earn"], TREATED], "rewards": [*REWARDS, treat]}


ENTERED = {
    "id": "entered",
    "on": "tier.entered",
    "once": "subject",
    "give": [{"add": 70, "unit": "points"}],
}


def climbing(points: int = 1) -> dict[str, Any]:
    """As ``rich``, with a rule for entering tiers: one ladder moves at once, one at midnight."""
    made = rich(points)
    near = [LEAF, {**GOLD, "at": {"USD": 2_000}}]
    ladders = {**CLUB, "tiers": near}, {**CLUB, "id": "late", "evaluate": "daily", "tiers": near}
    return {**made, "tier_groups": list(ladders), "earn": [*made["earn"], ENTERED]}


def one_treat() -> dict[str, Any]:
    """As ``treating``, of which there is one."""
    return treating(stock=1)


def clamped(points: int = 1) -> dict[str, Any]:
    """As ``rich``, where nobody may owe."""
    return rich(points, "clamp")


def sparing() -> dict[str, Any]:
    """As ``pending``, for long, and nothing is taken back that can be spent."""
    return plain(units=unit(pending={"for": "P60D"}, negative="pending_only"))


def foreign() -> dict[str, Any]:
    """As ``rich``, with a rate for orders in euros."""
    return {**rich(), "fx": {"EUR": "1.0834"}}


FOREST = {"id": "forest", "name": "A tree planted"}
TREE = {
    "id": "tree",
    "name": "Plant a tree",
    "kind": "donation",
    "cause": "forest",
    "add": 2,
    "cost": {"unit": "points", "amount": 40},
    "undo": "P30D",
}
TREES = {
    "id": "trees",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": 5_000}},
    "give": [{"cause": "forest", "add": 3}],
}

MEETING = {
    "id": "meeting",
    "on": "action.meeting.held",
    "once": "subject",
    "limit": {"times": 2, "window": {"calendar": "day"}},
    "give": [{"cause": "forest", "add": 1}],
}


LOYAL = {
    "id": "loyal",
    "name": "Two orders",
    "kind": "count",
    "on": "order.paid",
    "target": 2,
    "repeat": 9,
    "join": "opt_in",
    "give": [{"add": 25, "unit": "points"}, {"badge": "loyal"}, {"cause": "forest", "add": 2}],
    "to": "2030-12-31",
    "board": {
        "prizes": [
            {"ranks": [1], "give": [{"add": 40, "unit": "points"}, {"cause": "forest", "add": 1}]}
        ]
    },
}
BADGE = {"id": "loyal", "name": "Loyal"}
FRIENDS = {
    "id": "friends",
    "name": "A friend",
    "kind": "count",
    "on": "referral.qualified",
    "target": 1,
    "repeat": 9,
    "give": [{"add": 3, "unit": "points"}, {"badge": "loyal"}, {"cause": "forest", "add": 1}],
}


def giving(points: int = 1) -> dict[str, Any]:
    """As ``plain``; larger orders and meetings plant trees, and members donate points for some."""
    rules = [
        rate(points),
        {**JOINING, "give": [{"add": 20, "unit": "points"}, {"cause": "forest", "add": 1}]},
        TREES,
        MEETING,
    ]
    honours = {"challenges": [LOYAL], "badges": [BADGE]}
    return plain(causes=[FOREST]) | honours | {"earn": rules, "rewards": [*REWARDS, TREE]}


def first_served(points: int = 1) -> dict[str, Any]:
    """As ``giving``, with a first review that counts once a member, and friends that count."""
    made = giving(points)
    rewards = [*made["rewards"], TREAT]
    rules = [*made["earn"], REVIEW, SORRY, FIRST_REVIEW, THANKS]
    honours = {"challenges": [*made["challenges"], FRIENDS]}
    return {**made, **honours, "earn": rules, "rewards": rewards, "referral": BROUGHT}


def shared(points: int = 1) -> dict[str, Any]:
    """As ``plain``, where households share points."""
    return traded(points, units=unit(gift=GIFT, pool={"members_max": 3}))


def traded(points: int = 1, **changes: Any) -> dict[str, Any]:
    """As ``plain``, with reviews, and euros by a rate that changes with the program's."""
    made = plain(points, fx={"EUR": str(points + 1)}, **changes)
    return {**made, "earn": [*made["earn"], REVIEW]}


def waiting(points: int = 1) -> dict[str, Any]:
    """As ``pending``, with euros as in ``traded``."""
    return traded(points, units=unit(pending={"for": "P14D"}, gift=GIFT))


def scene_of(document: dict[str, Any]) -> Scene:
    """A shop with ``document`` as its first program."""
    scene = Scene(AuditedTable(), now=NOON)
    scene.publish(document)
    return scene


def table_of(scene: Scene) -> AuditedTable:
    assert isinstance(scene.table, AuditedTable)
    return scene.table


def copied(scene: Scene) -> Scene:
    """The same shop in a table of its own, with what a warm process keeps in memory."""
    other = Scene(table_of(scene).copy(), scene.now, scene.shop, scene.versions)
    keep_compiled(scene.table, other.table)
    warmed(other)
    return other


def keep_compiled(known: Table, other: Table) -> None:
    """Let ``other`` know what was compiled of ``known``, whose versions it has."""
    compiled = programs._by_table.get(known)
    if compiled is not None:
        kept = programs._by_table.setdefault(other, programs._Compiled())
        kept._known.update(compiled._known)


def warmed(scene: Scene) -> None:
    """Let the process know shop and program, so that the next calls are the verb's own."""
    from chalicelib.storage.programs import program_of
    from chalicelib.storage.shops import find_recent_shop

    find_recent_shop(scene.table, scene.shop, scene.now)
    for version in range(1, scene.versions + 1):
        program_of(scene.table, scene.shop, version)
    table_of(scene).calls.clear()
