"""Opening day: the shop is set up through the admin API, as docs and curl would have it.

It opens thirteen months before the books' now, so that the whole year behind is after the first
program. The operator's key makes the shop and its first key; that key does the rest.
"""

import json
from pathlib import Path
from typing import Any

from chalicelib.domain.instants import DAY_MS, Instant, iso
from dev.demo.front_door import ADMIN, SHOP, SHOP_DOMAIN, Ask, Json, Keys, call, demand

PROGRAM_FILE = Path(__file__).parents[2] / "examples" / "programs" / "tea-club-demo.json"

_OPEN_BEFORE_MS = 396 * DAY_MS


def program() -> dict[str, Any]:
    """The demo's program document."""
    return dict(json.loads(PROGRAM_FILE.read_text(encoding="utf-8")))


def open_shop(ask: Ask, operator_key: str, now: Instant) -> Keys:
    """Make the shop, its keys, program and connection.

    Raises:
        Refused: a step was refused.
    """
    at = iso(now - _OPEN_BEFORE_MS)

    def done(method: str, target: str, body: Json, key: str) -> Json:
        return demand(call(ask, method, target, body, key=key, at=at), f"{method} {target}")

    shop = {
        "shop_id": SHOP,
        "name": "Tea & Co",
        "currency": "USD",
        "timezone": "UTC",
        "locales": ["en", "hu", "fa"],
    }
    done("POST", "/v1/admin/shops", shop, operator_key)
    wish = {"name": "demo", "scopes": ["owner"]}
    api_key = done("POST", f"{ADMIN}/api-keys", wish, operator_key)["key"]
    done("PUT", f"{ADMIN}/program", program(), api_key)
    platform = {"platform": "shopify", "shop_domain": SHOP_DOMAIN}
    connection = done("POST", f"{ADMIN}/connections", platform, api_key)
    token_key = done("POST", f"{ADMIN}/storefront-keys", {}, api_key)
    return Keys(
        api_key=api_key,
        connection_id=connection["connection_id"],
        webhook_secret=connection["secret"],
        token_key_id=token_key["kid"],
        token_secret=token_key["secret"],
    )
