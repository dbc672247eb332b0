#!/usr/bin/env python3
"""Check a Laurel draw offline: python verify_draw.py draw.json.

Needs Python 3.8 and nothing else. The file holds what the shop told you of the draw, and the day as
GET /v1/storefront/<shop>/draws shows it a week later; "kept_hash" is what that page said of the day
before you could know its secret (leave it out, and only the arithmetic is checked):

{"shop": "tea", "document": "order:main:1001", "rule": "surprise", "tickets": 100, "ticket": 93,
 "day": "2026-11-22", "hash": "...", "secret": "...", "kept_hash": "..."}
"""

import hashlib
import hmac
import json
import sys


def fail(reason):
    print("NOT VERIFIED: " + reason)
    sys.exit(1)


def number_of(secret, shop, document, rule):
    """The first 48 bits of HMAC-SHA256 over the three names, NUL between them."""
    message = "\0".join((shop, document, rule)).encode("utf-8")
    return int(hmac.new(secret, message, hashlib.sha256).hexdigest()[:12], 16)


def main(path):
    with open(path, encoding="utf-8") as file:
        draw = json.load(file)
    secret = bytes.fromhex(draw["secret"])
    if hashlib.sha256(secret).hexdigest() != draw["hash"]:
        fail("the secret is not the one whose hash is published")
    if draw.get("kept_hash", draw["hash"]) != draw["hash"]:
        fail("the published hash of " + draw["day"] + " is not the one that you kept")
    ticket = number_of(secret, draw["shop"], draw["document"], draw["rule"]) % draw["tickets"]
    if ticket != draw["ticket"]:
        fail("ticket %s was drawn, not %s" % (ticket, draw["ticket"]))
    print("VERIFIED: %s drew ticket %s of %s" % (draw["document"], ticket, draw["tickets"]))


if __name__ == "__main__":
    main(sys.argv[1])
