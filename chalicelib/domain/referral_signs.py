"""Signs that friend and advocate are one person: compared in memory, kept as reasons alone."""

from typing import Final

_ALIASES: Final = {"googlemail.com": "gmail.com"}


def folded_email(email: str) -> str:
    """``email`` without what a mailbox ignores: case, dots, and everything after a plus sign."""
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0].replace(".", "")
    return f"{local}@{_ALIASES.get(domain, domain)}" if local and domain else ""


def is_similar_email(first: str, second: str) -> bool:
    """Whether two addresses are likely to be of one mailbox; an unknown one is like none."""
    folded = folded_email(first)
    return bool(folded) and folded == folded_email(second)
