"""What runs by the clock, or by a queue: find what is due, call one operation, stop in time.

A schedule is a function of its own beside the API's, with a role of its own. What takes longer
than one run may last goes on in the next: the audit begins once a night and is called every
twenty minutes until it is done. What a run imports is imported when it runs, so that the API's
start does not pay for it.
"""

from typing import Any, Final

from chalice.app import Blueprint, Chalice, CloudWatchEvent, SQSEvent

from chalicelib import clock
from chalicelib.domain.instants import HOUR_MS, SECOND_MS
from chalicelib.storage import connection

NIGHT: Final = "cron(0/20 1-5 * * ? *)"
"""Every twenty minutes between one and six, UTC."""

HOURLY: Final = "cron(10 * * * ? *)"
"""Ten minutes past every hour."""

OFTEN: Final = "rate(5 minutes)"
"""For what somebody waits for."""

AUDIT_SEGMENTS: Final = 8
AUDIT_WORKERS: Final = 4
AUDIT_EVERY_MS: Final = 20 * HOUR_MS
"""A new audit begins this long after the start of the one before: once a night."""

STACKS_QUEUE: Final = "arn:aws:sqs:us-east-1:000000000000:laurel-replays"
"""Stands for the stack's own queue, which ``dev.packaging`` puts in its place."""

SEGMENTS_MAX: Final = 5
"""Messages taken at once where the stack does not say; more would take from the API's share."""

_MARGIN_MS: Final = 90 * SECOND_MS  # to finish the partition at hand, and its checkpoint

schedules = Blueprint(__name__)


@schedules.schedule(NIGHT, name="nightly_audit", description="Check every book of the table")
def nightly_audit(event: CloudWatchEvent) -> dict[str, int | str]:
    """Go on with tonight's audit; the answer is for whoever calls it by hand."""
    from chalicelib.operations.audit_books import Watch, audit_tonight  # noqa: PLC0415 - see above

    context: Any = event.context  # of AWS Lambda; Chalice has no type for it

    def has_time() -> bool:
        return int(context.get_remaining_time_in_millis()) > _MARGIN_MS

    watch = Watch(clock.utc_now(), has_time)
    night = audit_tonight(
        connection.table(), watch, (AUDIT_SEGMENTS, AUDIT_WORKERS, AUDIT_EVERY_MS)
    )
    return {"run": night.run.id, "state": night.state, "breaks": night.breaks}


@schedules.schedule(HOURLY, name="sweep_due", description="Book what has lapsed")
def sweep(event: CloudWatchEvent) -> dict[str, int | bool]:
    """Sweep every shop; what there was no time for is done in the next hour."""
    from chalicelib import telemetry  # noqa: PLC0415 - see above
    from chalicelib.operations.count_campaigns import (  # noqa: PLC0415 - see above
        count_all_campaigns,
    )
    from chalicelib.operations.keep_up import Swept  # noqa: PLC0415 - see above
    from chalicelib.operations.sweep_due import sweep_shops  # noqa: PLC0415 - see above
    from chalicelib.operations.turns import Turns  # noqa: PLC0415 - see above
    from chalicelib.operations.write_pages import refresh_all_pages  # noqa: PLC0415 - see above

    context: Any = event.context  # of AWS Lambda; Chalice has no type for it

    def has_time() -> bool:
        return int(context.get_remaining_time_in_millis()) > _MARGIN_MS

    def tell(shop: str, swept: Swept) -> None:
        if swept.accounts or swept.passed:
            telemetry.count("swept_accounts", {"shop": shop}, swept.accounts)
            telemetry.count("expired_entries", {"shop": shop}, swept.entries)

    total = Swept()
    with Turns("sweep") as turns:  # what comes of one is raised once the others had their turn
        with turns.turn():
            total = sweep_shops(connection.table(), clock.utc_now(), has_time, tell)
        for step in (refresh_all_pages, count_all_campaigns):
            with turns.turn():
                step(connection.table(), clock.utc_now(), has_time)
    return {"accounts": total.accounts, "entries": total.entries, "done": total.is_done}


@schedules.schedule(OFTEN, name="replays", description="Go on with replays of drafts")
def go_on_with_replays(event: CloudWatchEvent) -> dict[str, int]:
    """Go on with what staff began; when there is nothing, it costs one read of an index."""
    from chalicelib.operations.replay_workers import go_on_with_all  # noqa: PLC0415 - see above

    context: Any = event.context  # of AWS Lambda; Chalice has no type for it

    def has_time() -> bool:
        return int(context.get_remaining_time_in_millis()) > _MARGIN_MS

    under_way, finished = go_on_with_all(connection.table(), has_time, clock.utc_now)
    return {"under_way": under_way, "finished": finished}


@schedules.on_sqs_message(
    name="replay_segments", queue_arn=STACKS_QUEUE, batch_size=1, maximum_concurrency=SEGMENTS_MAX
)
def go_on_with_segment(event: SQSEvent) -> list[str]:
    """Go on with the segment of a replay that a message names; what fails is delivered again."""
    from chalicelib.operations.replay_segments import Spell  # noqa: PLC0415 - see above
    from chalicelib.operations.replay_workers import take_message  # noqa: PLC0415 - see above
    from chalicelib.storage.replay_queue import message_of  # noqa: PLC0415 - see above

    context: Any = event.context  # of AWS Lambda; Chalice has no type for it

    def has_time(_: int) -> bool:
        return int(context.get_remaining_time_in_millis()) > _MARGIN_MS

    spell = Spell(has_time, clock.utc_now)
    return [take_message(connection.table(), message_of(each.body), spell) for each in event]


def hang(app: Chalice) -> None:
    """Let ``app`` have the schedules."""
    app.register_blueprint(schedules)
