"""Every rule of a document: those that always hold, and those of campaigns."""

from collections.abc import Iterator

from chalicelib.domain.program.document import Program
from chalicelib.domain.program.rule_document import Rule


def every_rule(program: Program) -> Iterator[Rule]:
    """All of them; their ids differ."""
    yield from program.earn
    for campaign in program.campaigns:
        yield from campaign.rules
