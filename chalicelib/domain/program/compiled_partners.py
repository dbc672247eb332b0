"""Partners, made ready: by id and by the source of their orders, prices as whole numbers."""

from chalicelib.domain.currencies import major_unit
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.plan import CompiledPartner
from chalicelib.domain.program.scalars import ratio_of

MILLION = 10**6
"""Prices are in millionths of a minor unit: six places of a whole unit are always whole there."""


def compile_partners(program: Program) -> dict[str, CompiledPartner]:
    """Every partner by its id."""
    return {
        partner.id: CompiledPartner(
            id=partner.id,
            source=partner.connection or partner.id,
            bought_at=_price(program, partner.buys_point_at),
            paid_at=_price(program, partner.paid_per_point_burned),
        )
        for partner in program.partners
    }


def payers_of(program: Program) -> dict[str, str]:
    """Who buys the points of which rule, by rule id."""
    return {rule.id: rule.paid_by for rule in every_rule(program) if rule.paid_by is not None}


def _price(program: Program, written: str | None) -> int:
    if written is None:
        return 0
    numerator, denominator = ratio_of(written)
    return numerator * major_unit(program.currency) * MILLION // denominator
