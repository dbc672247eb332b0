"""Checks of causes: each once, and what a unit of it costs."""

from chalicelib.domain.program.checking import Checking, unique_ids


def check_causes(checking: Checking) -> None:
    """Report what is wrong with the causes."""
    causes = list(checking.document.items("causes"))
    unique_ids(causes, checking.findings)
    for cause in causes:
        checking.needs_positive_money(cause, "unit_cost")
