"""A shop's FastAPI service, for the loads: uvicorn in a thread, on a port of its own."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from bench.side_by_side.harness import Order

READY_SECONDS_MAX = 20
REQUEST_SECONDS_MAX = 20


@contextmanager
def served(app: Any) -> Iterator[Callable[[Order], bool]]:  # noqa: ANN401  # no types in the gate's venv
    """A sender: whether the service answered a delivery with 200. Alive inside the block."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + READY_SECONDS_MAX
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = int(server.servers[0].sockets[0].getsockname()[1])
    try:
        yield lambda order: _post(port, order)
    finally:
        server.should_exit = True
        thread.join(READY_SECONDS_MAX)


def _post(port: int, order: Order) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS_MAX)
    body = json.dumps({"member": order.member, "id": order.id, "net": order.net})
    try:
        connection.request("POST", "/orders", body, {"content-type": "application/json"})
        return connection.getresponse().status == http.client.OK
    except OSError:  # the sender sees no answer
        return False
    finally:
        connection.close()
