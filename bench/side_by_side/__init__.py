"""Laurel beside what a shop would take instead, on the same fault schedules and the same load.

Each competitor is a short file of its own that uses its library as the library's pages say:
``ours``, ``powertools``, ``postgres``, and ``bare_add``, the wrong one that proves the harness.
Powertools, FastAPI, SQLAlchemy and PostgreSQL are in requirements-bench.txt and nowhere else, so
``powertools`` and ``postgres`` are imported only once that is known to be installed.
"""
