"""CPU of earn, redeem and card, as ratios to botocore making the same calls and nothing else.

The baseline is the very requests that Laurel sends, ready made (tagged attribute values and all),
handed to a bare botocore client over the same stubbed transport, its answers thrown away: the
same bytes out and in, signed and parsed the same way. So what is above 1 is everything of ours:
reading the answer into values, deciding, writing the documents, hashing the token, PynamoDB.
The target is held against botocore as it comes, which checks parameters: that is what a bare call
costs whoever makes one. PynamoDB switches the checks off, so the ratio to botocore without them
stands beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time_ns

from bench.report import Row
from bench.transport import Call, Transport, bare_client, calls_of, laurel_table
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_order import record_order
from chalicelib.operations.redeem_reward import RedeemCommand, redeem_reward
from chalicelib.operations.view_card import CardQuery, view_launcher
from chalicelib.security.storefront_tokens import Customer
from chalicelib.storage.dynamo_table import DynamoTable
from tests.builders import NOON, SHOP, Scene, line, recorded, state, upserted
from tests.memory_table import MemoryTable

RATIO_MAX = 1.3
ROUNDS = 31
CALLS_PER_ROUND = 20
PAST_ORDERS = 12

Verb = Callable[[DynamoTable], object]


@dataclass(frozen=True, slots=True)
class Timed:
    """CPU of one verb and of its bare calls, in microseconds each time; and the two ratios."""

    laurel_us: int
    bare_us: int
    ratio: float  # to the bare client as PynamoDB sets it up
    ratio_checked: float  # to the bare client as botocore comes


def scene() -> Scene:
    """A shop and a member of a year, with points to spend, in memory."""
    made = Scene(MemoryTable())
    made.publish()
    for month in range(PAST_ORDERS):
        made.pay(4_200 + month, f"past-{month}", NOON - (PAST_ORDERS - month) * 30 * DAY_MS)
    return made


def verbs(made: Scene) -> dict[str, Verb]:
    """The three verbs of the issue, each asked again and again from the same state."""
    told = {"id": "2001", "number": "#2001", "version": NOON, "created_at": NOON, "paid_at": NOON}
    order = upserted(state(line(2_400), line(3_600, "l2"), **told))
    earn = OrderCommand(SHOP, order, NOON, NOON)
    redeem = RedeemCommand(SHOP, made.member(), "five-off", "key-1", NOON, NOON)
    card = CardQuery(SHOP, Customer("77", NOON + DAY_MS, "k1"), "en", NOON, NOON)
    return {
        "earn": lambda table: recorded(record_order(table, earn)),
        "redeem": lambda table: recorded(redeem_reward(table, redeem)),
        "card (launcher)": lambda table: view_launcher(table, card),
    }


def _cpu_ns(work: Callable[[], object]) -> int:
    started = process_time_ns()
    for _ in range(CALLS_PER_ROUND):
        work()
    return process_time_ns() - started


def _bare(client: object, calls: tuple[Call, ...]) -> Callable[[], object]:
    methods = {
        "BatchGetItem": "batch_get_item",
        "TransactWriteItems": "transact_write_items",
        "PutItem": "put_item",
    }
    bound = [(getattr(client, methods[name]), arguments) for name, arguments in calls]

    def work() -> None:
        for method, arguments in bound:
            method(**arguments)

    return work


def timed(verb: Verb, table: DynamoTable, transport: Transport) -> tuple[Timed, int]:
    """The verb against its own calls, in turns; and how many calls those are."""
    calls = calls_of(table, verb)
    plain = _bare(bare_client(transport, validates=False), calls)
    checked = _bare(bare_client(transport, validates=True), calls)
    kinds: tuple[Callable[[], object], ...] = (lambda: verb(table), plain, checked)
    for work in kinds:
        _cpu_ns(work)
    rounds = [[_cpu_ns(work) for work in kinds] for _ in range(ROUNDS)]
    laurel_ns, bare_ns = (median(each[place] for each in rounds) for place in (0, 1))
    return (
        Timed(
            int(laurel_ns) // (1_000 * CALLS_PER_ROUND),
            int(bare_ns) // (1_000 * CALLS_PER_ROUND),
            median(each[0] / each[1] for each in rounds),
            median(each[0] / each[2] for each in rounds),
        ),
        len(calls),
    )


def rows() -> tuple[Row, ...]:
    """One row for each verb."""
    made = scene()
    transport = Transport(made.table)  # type: ignore[arg-type]  # scene() made it
    table = laurel_table(transport)
    found = []
    for name, verb in verbs(made).items():
        figures, calls = timed(verb, table, transport)
        found.append(
            Row(
                name=f"CPU of {name}",
                figure=f"{figures.ratio_checked:.2f} x bare botocore",
                target=f"<= {RATIO_MAX}",
                is_met=figures.ratio_checked <= RATIO_MAX,
                detail=f"{calls} calls; {figures.ratio:.2f} x botocore without parameter checks "
                f"({figures.laurel_us} us to {figures.bare_us} us)",
            )
        )
    return tuple(found)
