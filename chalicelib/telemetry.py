"""The form of what we tell the operator: one JSON line each, on standard output.

Three kinds of line: a request (one for each), a metric in CloudWatch's embedded metric format
(CloudWatch makes figures of the line itself: no call, no agent), and an incident (an exception
that nobody expected). The rule for all: no personal data and no id of a customer, member or
order. So a line holds the route's template and never its path, and an incident holds where the
code was and never what an exception says, which may quote a body.
"""

import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

import msgspec

from chalicelib import clock

NAMESPACE: Final = "Laurel"
"""Namespace of every metric."""

_FRAMES_MAX: Final = 12


class RequestLine(msgspec.Struct, frozen=True):
    """What is told about one answered request."""

    route: str  # the template, such as "POST /v1/admin/shops/{shop}/api-keys"
    status: int
    code: str  # of the refusal; empty for an answer
    duration_ms: int
    shop: str  # empty where no shop was named
    request_id: str


def _write_line(line: str) -> None:
    sys.stdout.write(line + "\n")


_sinks: list[Callable[[str], None]] = [_write_line]


@contextmanager
def use(sink: Callable[[str], None]) -> Iterator[None]:
    """Give every line inside the block to ``sink`` instead: for tests and the local server."""
    _sinks.append(sink)
    try:
        yield
    finally:
        _sinks.remove(sink)


def _tell(row: Mapping[str, object]) -> None:
    _sinks[-1](msgspec.json.encode(row).decode())


def request_answered(line: RequestLine) -> None:
    """Tell of one request; a refusal is counted by its code as well."""
    row = {"kind": "request", **{name: getattr(line, name) for name in line.__struct_fields__}}
    _tell({name: value for name, value in row.items() if value != ""})
    if line.code:
        count("refusals", {"code": line.code})


def count(
    metric: str,
    dimensions: Mapping[str, str],
    value: int = 1,
    unit: Literal["Count", "Milliseconds", "Bytes"] = "Count",
) -> None:
    """Add ``value`` to a metric, such as ``count("parked_events", {"platform": "shopify"})``.

    Dimensions take few values each: a code, a platform, a shop; never a person or an order.
    """
    _tell(
        {
            "_aws": {
                "Timestamp": clock.wall_now(),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [list(dimensions)],
                        "Metrics": [{"Name": metric, "Unit": unit}],
                    }
                ],
            },
            **dimensions,
            metric: value,
        }
    )


def incident(problem: BaseException, incident_id: str, route: str) -> None:
    """Tell of an exception that nobody expected: its class and where it was, never its words."""
    frames = traceback.extract_tb(problem.__traceback__)[-_FRAMES_MAX:]
    row: dict[str, object] = {
        "kind": "incident",
        "incident": incident_id,
        "route": route,
        "exception": type(problem).__name__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    _tell(row)
    count("incidents", {"exception": type(problem).__name__})
