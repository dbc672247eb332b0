"""Answers never mix: many threads, each with its own key, path, body, time and idempotency key."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from chalicelib import clock
from chalicelib.domain.instants import iso
from chalicelib.routes import request_context
from chalicelib.routes.contract import Answer, Call
from tests.routes.workshop import Workshop

THREADS = 16
ROUNDS = 30


def tell_all(call: Call[Any]) -> Answer:
    """Everything that a view may know, read again after the others had their turn."""
    before = request_context.current()
    clock.pause(1)
    after = request_context.current()
    return Answer(
        {
            "member": after.path_values["member"],
            "same": before is after,
            "points": call.body.points,
            "key": call.idempotency_key,
            "actor": call.actor,
            "header": after.headers["x-mine"],
            "now": iso(clock.utc_now()),
            "call_now": iso(call.now),
        }
    )


def is_its_own(workshop: Workshop, shop: str, actor: str, mine: int) -> bool:
    """Ask with what nobody else asks with, and compare all of it."""
    now = f"2027-01-{mine // 60 + 1:02d}T00:00:{mine % 60:02d}Z"
    answered = workshop.client.ask(
        "POST",
        f"/v1/admin/shops/{shop}/members/m{mine}/orders",
        {"points": mine},
        key=workshop.keys[shop],
        headers={"idempotency-key": f"k{mine}", "x-mine": str(mine), "x-laurel-now": now},
    )
    return answered.json() == {
        "member": f"m{mine}",
        "same": True,
        "points": mine,
        "key": f"k{mine}",
        "actor": actor,
        "header": str(mine),
        "now": now,
        "call_now": now,
    }


def test_no_answer_is_made_of_another_request(workshop: Workshop) -> None:
    workshop.behave = lambda call: Answer({"actor": call.actor})
    shops = tuple(workshop.keys)
    actors = [
        workshop.client.get(f"/v1/admin/shops/{shop}/things", key=workshop.keys[shop])["actor"]
        for shop in shops
    ]
    assert len(set(actors)) == 2
    workshop.behave = tell_all
    barrier = Barrier(THREADS)

    def ask(thread: int) -> int:
        place = thread % 2
        barrier.wait()
        numbers = range(thread * ROUNDS, (thread + 1) * ROUNDS)
        return sum(is_its_own(workshop, shops[place], actors[place], each) for each in numbers)

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(ask, range(THREADS))) == THREADS * ROUNDS
