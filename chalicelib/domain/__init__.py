"""Rules: all arithmetic and every business ``if``, pure. Never a clock, an id or a log line."""
