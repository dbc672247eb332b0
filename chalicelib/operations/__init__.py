"""Verbs: load, decide, commit; one file per thing the business does. Never HTTP, never JSON."""
