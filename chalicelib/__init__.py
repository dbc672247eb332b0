"""The map of Laurel: doors → verbs → rules, with memory below the verbs.

Data walks one way, once::

    raw bytes → platforms.verify → platforms.translate → event
              → operations.* : storage.load → domain.decide → storage.commit
              → routes.responses → answer
    after the answer: table stream → jobs → platforms.*_api / projections / messages

::

    app.py                        builds Chalice, mounts routes and jobs; no logic
    chalicelib/
      settings.py                 environment read once, typed; nothing else reads os.environ
      clock.py                    the only reader of the clock
      telemetry.py                the form of a log line and of a metric, known here alone
      routes/       DOORS         HTTP in, HTTP out; one blueprint per audience
        admin/                    one file per resource
      jobs/         DOORS         events that are not HTTP: the table's stream, schedules
      operations/   VERBS         load → decide → commit; one file per thing the business does
        decide_and_commit.py      the only retry loop; everything that moves points passes here
      platforms/    TONGUES       one file per shop platform: verify and translate, both pure
      storage/      MEMORY        DynamoDB; the only folder that knows it
        commit.py                 the only writer of points
      security/     KEYS          signatures, tokens, key hashes and scopes, all pure
      domain/       RULES         values and arithmetic; every business ``if``
        outcome.py                what an attempt can come to, and every code of a no
        limits.py                 every limit
        program/                  the merchant's program document: types, checks, evaluation

Imports walk down these floors, never up and never to a neighbour (import-linter checks it)::

    app → routes | jobs → operations | platforms → storage | security → domain

``settings``, ``clock`` and ``telemetry`` stand below ``storage``: everybody may import them but
``domain``, which sees only itself, msgspec and the pure parts of the standard library. An
operation never imports a platform: the door picks the connector and hands it in as a function.
"""
