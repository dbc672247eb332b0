#!/usr/bin/env python3
"""Check a Laurel member statement offline: python verify_statement.py page1.json [page2.json ...].

Needs Python 3.8 and nothing else. Each hash is SHA-256 of the hash before it and of the entry as
JSON with sorted names and no spaces; the first one is made from shop and member. So nothing can be
changed, left out, added or moved without breaking the chain, and the balances are sums of entries.
No hash covers an entry's "sentence", nor how a balance divides into available, pending and held.
Whoever could make ALL hashes anew is caught by comparing last_hash with one that you kept.
"""

import hashlib
import json
import sys


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fail(reason):
    print("NOT VERIFIED: " + reason)
    sys.exit(1)


def once(pairs):  # a name that is there twice could show one value and hash another
    return dict(pairs) if len(dict(pairs)) == len(pairs) else fail("a name is there twice")


def check(page, state):
    """Check one page against where the page before it ended; ``state`` moves on."""
    of = (page["format"], page["shop"], page["member_id"])
    if of[0] != "laurel-statement-1" or state.setdefault("of", of) != of:
        fail("this is no statement that I know, or a page of another member")
    if page["genesis"] != sha256("laurel:1:%s:%s" % of[1:]):
        fail("the chain does not begin with this shop and member")
    if page["after"] != state["seq"]:
        fail("the page that begins with entry %s is missing" % (state["seq"] + 1))
    last_hash = state.setdefault("hash", page["genesis"])
    for row in page["entries"]:
        entry, number = row["entry"], state["seq"] + 1
        if entry["seq"] != number:
            fail("entry %s stands where %s should be" % (entry["seq"], number))
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if row["prev_hash"] != last_hash or row["hash"] != sha256(last_hash + text):
            fail("entry %s was changed, or one was taken out before it" % number)
        state["sums"][entry["unit"]] = state["sums"].get(entry["unit"], 0) + entry["points"]
        if entry["booked_after"] != state["sums"][entry["unit"]]:
            fail("entry %s does not lead to the balance that it states" % number)
        last_hash = state["hash"] = row["hash"]
        state["seq"] = number
    return page


def close(page, state):
    """The last page: all entries were there, and the balances are their sums."""
    if page["seq"] != state["seq"] or page["next_after"] is not None:
        fail("it ends at entry %s of %s" % (state["seq"], page["seq"]))
    if page["last_hash"] != state["hash"]:
        fail("the last hash is not that of the last entry")
    booked = {unit: row["booked"] for unit, row in page["closing"].items() if row["booked"]}
    if booked != {unit: points for unit, points in state["sums"].items() if points}:
        fail("the balances are not the sums of the entries")
    print("VERIFIED: %s entries, %s, last hash %s" % (page["seq"], booked, page["last_hash"]))


if __name__ == "__main__":
    state, page = {"seq": 0, "sums": {}}, None
    try:
        for path in sys.argv[1:]:
            with open(path, encoding="utf-8") as file:
                page = check(json.load(file, object_pairs_hook=once), state)
        close(page, state)
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as problem:
        fail("this is not a whole statement (%s %s)" % (type(problem).__name__, problem))
