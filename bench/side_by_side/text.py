"""What docs/benchmarks.md says around the figures of the comparison."""

TEXT = """## Side by side: the same deliveries, other ways to keep points

Written by `make bench ARGS="side-by-side --write"`, which installs requirements-bench.txt and
needs PostgreSQL (`apt-get install postgresql`).

{table}

{measured} {versions}.

{kinds}

### What was done

- **Schedules.** The {schedules} of `bench/side_by_side/harness.py`, the same list for everybody:
  all outcomes of the first three calls to the store (proof 1 of `tests/simulation`), and every
  fault alone at the fourth to sixth. A platform delivers one order of 114.50 until it is answered,
  eleven minutes apart, and then once more. Right is 114 points. Calls to DynamoDB fail at
  botocore, below its retries (`wire.py` draws the table, and proves itself on every client);
  statements fail at psycopg, below SQLAlchemy (`postgres_faults.py`).
- **Loads.** {loads} for each: 24 orders of three members, each delivered three times, by eight
  senders at once, each sender coming again until answered; a member's orders come together, which
  is hard on purpose. DynamoDB is ministack, a server of its own; the shop's service is asked over
  HTTP, the others are called.
- **Calls.** Of a first delivery to a member who has points, without faults.
- **CPU.** Of this process alone, everybody in turns, over real sockets; the ratio is the median of
  the rounds. No door is in it, neither Chalice nor FastAPI.

### What each one is, and does not do

- **Laurel** writes the order with its terms, a hash-chained ledger entry and the account in one
  transaction. Refunds, edits, expiry, tiers and the statement stand on these; the others here
  keep a number, so their CPU buys less.
- **Powertools** is used as its page says: `@idempotent`, `DynamoDBPersistenceLayer`, the order's id
  as the key, the Lambda context known; records kept for 30 days instead of one hour, in its favour.
  It promises the same result for the same key while its record stands. It does not promise that
  the record and the work land together, and its page says so: an unhandled exception deletes the
  record, and an execution that timed out is run again. Those are the wrong balances here: the ADD
  landed, and the record did not learn of it; or boto3, as it comes, repeated a bare ADD whose
  answer was lost (the second line takes that away, and with it the retries that save a record).
  Whoever writes points and key in one transaction needs no such record.
- **PostgreSQL, plain** (with FastAPI and SQLAlchemy) is the tutorial's way. Every schedule ends
  with a duplicate, so every one is wrong.
- **With a unique key** it never counts an order twice, but reads, adds and writes the balance:
  under the load, orders of one member overwrite each other. One line less naive, the **sum in
  SQL**, and it is right everywhere here, for less CPU than Laurel. A shop that writes these lines,
  runs a database all day and needs no more than a number is well served by them.

### Caveats

- A fault that a store has no answer for counts as none: a bare ADD has no condition to fail,
  PostgreSQL never says falsely that a key is taken. So several schedules are the same for one
  entrant, and counts say how often out of this list, not how likely. Laurel and Powertools meet
  conditions that are said to fail though nobody else wrote.
- Only earning is compared. boto3's retries have a quota in a process; it is fresh every 64
  schedules.
- Engines on this machine, no AWS: moto knows no client tokens, ministack no TransactionConflict.
  The wire costs nothing and nobody's CPU is Amazon's.
- CPU of the entrants on DynamoDB includes HTTP and signing; psycopg speaks a binary protocol over
  a unix socket without TLS, which it would use in production.
"""
