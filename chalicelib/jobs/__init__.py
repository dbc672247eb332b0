"""Doors for events that are not HTTP: the stream of the table, and schedules."""
