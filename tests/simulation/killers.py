"""The suite in small, to be run against a mutant: each killer says what it saw, or ""."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count as count_from
from itertools import islice

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.operations.audit_member import audit_member
from chalicelib.storage import journal
from tests.builders import NOON, recorded, refund, refunded
from tests.simulation.all_rivals import BY_NAME as MEETINGS
from tests.simulation.all_verbs import BY_NAME as VERBS
from tests.simulation.all_worlds import WORLDS
from tests.simulation.any_order import walked
from tests.simulation.asking_happenings import next_asking
from tests.simulation.dice import Dice
from tests.simulation.edges import blurred
from tests.simulation.happenings import next_step
from tests.simulation.histories import Broken, lived
from tests.simulation.interleaving import runs
from tests.simulation.judges import misshared, overlong, unpaid, unsettled
from tests.simulation.openings import opening
from tests.simulation.rivals import misled
from tests.simulation.schedules import wrong_ends
from tests.simulation.signed_world import ADVOCATES, ADVOCATING, CROWD, moved_in
from tests.simulation.signed_world import signed as checked
from tests.simulation.verbs import stage
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import foreign, plain, rich, scene_of, table_of

RUNS_MAX = 2_000
Killer = Callable[[], str]


def schedules(*names: str) -> str:
    """Proof 1 on some verbs, to the first wrong end."""
    for name in names:
        for later in (False, True):
            try:
                for wrong in wrong_ends(VERBS[name], redelivered_later=later):
                    if wrong is not None:
                        return f"proof 1: {wrong}"
            except (AssertionError, InvariantBroken) as broken:
                return f"proof 1: {name} cannot even be done once: {broken}"
    return ""


def histories(count: int, steps: int = 25) -> str:
    """Proof 2 on some seeds."""
    for number in range(count):
        try:
            lived(f"kill-{number}", steps, next_step)
        except Broken as broken:
            return f"proof 2: {broken}"
    return ""


def living_in(world: str, count: int, steps: int = 20) -> str:
    """Proof 2 on some seeds of one world, whatever others are drawn beside it."""
    for seed in islice(_seeds_of(world), count):
        try:
            lived(seed, steps, next_step)
        except Broken as broken:
            return f"proof 2: {broken}"
    return ""


def asked(count: int) -> str:
    """Proof 2 on some seeds of the world that asks what was bought."""
    openings = cache(opening)
    for number in range(count):
        try:
            lived(f"kill-asked-{number}", 25, next_asking, openings, ("asking",))
        except Broken as broken:
            return f"proof 2: {broken}"
    return ""


def _seeds_of(world: str) -> Iterator[str]:
    seeds = (f"kill-{world}-{number}" for number in count_from())
    return (seed for seed in seeds if Dice(seed).pick(tuple(WORLDS)) == world)


def meetings(*names: str) -> str:
    """Proof 4 on some meetings."""
    for name in names:
        seen = misled(MEETINGS[name], lambda s, r: runs(s, r, RUNS_MAX), lambda: None)
        if seen:
            return f"proof 4: {seen}"
    return ""


def any_order() -> str:
    """Proof 5, where all changes came within one second."""
    told, _, broken = walked(plain(), with_code=False, spacing=200)
    return f"proof 5: {len(told)} ends, {broken[:1]}" if len(told) > 1 or broken else ""


def long_journal() -> str:
    """Proof 11's long account, as an audit sums it."""
    with virtual_time():
        scene = scene_of(rich())
        recorded(scene.join())
        for number in range(210):
            recorded(scene.adjust(1, f"a{number}"))
        entries = journal.whole_journal(scene.table, scene.shop, scene.member())
        account = scene.account()
        assert account is not None
        held = sum(lot.remaining for lot in account.units["points"].lots)
        summed = sum(entry.points for entry in entries)
    return f"proof 11: entries sum to {summed}, {held} are held" if summed != held else ""


def another_rate() -> str:
    """An order in euros that is told anew, once the rate is another: it keeps its own."""
    with virtual_time():
        scene = scene_of(foreign())
        recorded(scene.pay(12_050, "e", at=NOON, currency="EUR"))
        had = sum(entry.points for entry in scene.journal())
        scene.publish({**foreign(), "fx": {"EUR": "2"}}, since=NOON + HOUR_MS)
        scene.now += DAY_MS
        recorded(scene.pay(12_050, "e", at=NOON, currency="EUR", version=NOON + HOUR_MS))
        has = sum(entry.points for entry in scene.journal())
    return f"proof 2: {had} points of an order became {has}" if has != had else ""


def turn_again() -> str:
    """Of one friend a year: one buys, sends back, another buys, and the first one once more."""
    with virtual_time():
        scene = scene_of(checked())
        moved_in(scene)
        recorded(scene.pay(3_000, "a", customer=Customer(CROWD[0])))
        recorded(scene.order(refunded(refund(3_000), "a")))
        recorded(scene.pay(3_000, "b", customer=Customer(CROWD[1])))
        recorded(scene.pay(3_000, "c", customer=Customer(CROWD[0])))
        paid = scene.balance(ADVOCATING[0]).pending
    return f"proof 2: {paid} points for one friend a year" if paid != ADVOCATES else ""


def judged(name: str) -> str:
    """The plain judges of partners, memberships and shares of referrals on one verb of proof 1."""
    with virtual_time():
        scene = stage(VERBS[name])
        VERBS[name].act(scene)
        table = table_of(scene)
        found = [*unsettled(table), *overlong(table), *unpaid(table), *misshared(table)]
    return f"judges: {found[:2]}" if found else ""


def audited(name: str) -> str:
    """The nightly audit of two members after one verb of proof 1."""
    with virtual_time():
        scene = stage(VERBS[name])
        VERBS[name].act(scene)
        members = [scene.member(customer) for customer in ("77", "88")]
        found = [audit_member(scene.table, scene.shop, each).breaks for each in members]
    breaks = [f"{each.invariant}: {each.detail}" for each in found[0] + found[1]]
    return f"the audit: {breaks[:2]}" if breaks else ""


KILLERS: dict[str, Killer] = {
    "no put-if-absent of documents": lambda: meetings(
        "one redemption twice, points for one",
        "one order twice, first of its member",
        "one adjustment twice",
    ),
    "two calls instead of one transaction": lambda: schedules("order"),
    "check, then act": lambda: meetings(
        "order and redemption", "two orders, first of their member"
    ),
    "accounts and entries unguarded": lambda: meetings("two redemptions, points for one"),
    "a conflict swallowed": lambda: schedules("order"),
    "silence taken for success": lambda: schedules("adjust up"),
    "the delivery id trusted": any_order,
    "reversal by today's rule": lambda: histories(60),
    "stock by a bare ADD": lambda: schedules("redeem of a stock"),
    "one page summed for all": long_journal,
    "guarded by seq, not revision": lambda: meetings("two free rewards"),
    "counters guarded by the account alone": lambda: meetings(
        "two tastings, one allowed", "two orders under one cap"
    ),
    "no second look before a refusal": lambda: meetings("one redemption twice, points for one"),
    "a deficit ignored by credits": lambda: schedules("order of who owes"),
    "owing where nobody may owe": lambda: schedules("refund, nobody may owe"),
    "an undo done again": lambda: schedules("undo"),
    "expiry without an entry": lambda: histories(60),
    "shops share members": lambda: histories(10),
    "qualifying amounts off the entries": lambda: schedules("order, rich program"),
    "a hold released twice": lambda: schedules("void"),
    "points on hold still spendable": lambda: schedules("hold"),
    "a gift one-sided": lambda: schedules("gift"),
    "a merge counted twice": lambda: schedules("merge"),
    "joining twice by a merge": lambda: schedules("merge"),
    "once twice by a merge": lambda: schedules("merge of more, rich program"),
    "a guest's order past its claim": lambda: meetings("guest order and joining"),
    "an erasure in words alone": lambda: schedules("erasure"),
    "lapsed points given back twice": lambda: meetings("two reinstatements"),
    "a pool one-sided": lambda: schedules("put into a pool"),
    "a draw that takes from nobody": lambda: schedules("reward drawn on others"),
    "a code returned twice": lambda: meetings("end of a code by two"),
    "a used code returned at its end": lambda: schedules("use of an ended code by a friend"),
    "euros at today's rate": another_rate,
    "a budget without its ceiling": lambda: meetings("the last of a budget"),
    "a budget that gets nothing back": lambda: schedules("refund of a campaign's order"),
    "a merge that keeps what it frees": lambda: schedules("merge that gives back to a budget"),
    "room given back still granted": lambda: schedules("order that grows into a budget"),
    "expiry a millisecond late": lambda: blurred("points lapse"),
    "what is revoked still counts": lambda: schedules("refund of a completion"),
    "codes in no month": lambda: schedules("order that turns out to be another partner's"),
    "a code's first partner": lambda: judged("order that turns out to be another partner's"),
    "what stayed behind forgotten": lambda: schedules(
        "moved order that comes back, nobody may owe"
    ),
    "a friend for nothing": lambda: histories(60),
    "a share of what came back": lambda: judged("part of a friend's order sent back"),
    "a turn of the shop uncounted": lambda: schedules("order of a friend, one in the shop"),
    "a badge nobody wears": lambda: audited("friend's time is over, with badges and trees"),
    "joining unnoticed": lambda: meetings("order of who is no member, and joining"),
    "a membership without its fee": lambda: judged("end of an order at a partner"),
    "two months at once": lambda: judged("month that is told late"),
    "a month settled early": lambda: living_in("coalition", 60, 25),
    "the first delivery of a version kept": lambda: living_in("signed", 60),
    "a limit of referrals unread": lambda: living_in("signed", 60),
    "a turn taken again": turn_again,
    "a flagged friend paid": lambda: living_in("signed", 20),
    "a friend whose order moved forgotten": lambda: living_in("signed", 20),
    "a refund that takes no product": lambda: asked(20),
    "a year of eleven months": lambda: asked(40),
    "the other's products forgotten": lambda: asked(20),
}
