"""Decimal amounts of platforms as integers: exact while they add up, rounded once at the end.

An amount is first carried as an ``Exact``: a whole number of 10^-18 of the currency's major unit.
Exact amounts are added, subtracted and multiplied by counts as plain integers, so nothing is lost
however the platform wrote them ("1250", "1250.00", 1250.0). ``to_minor`` then rounds one sum, half
to even, to minor units; a price with a fraction of a minor unit is therefore rounded per line,
never per piece. No float and no default decimal context takes part.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TypeAlias

from chalicelib.domain.points import half_even_ratio

Exact: TypeAlias = int

EXACT_PLACES = 18
EXACT_UNIT: Exact = 10**EXACT_PLACES
"""One major unit (a dollar, a yen, a dinar) as an ``Exact``."""

INTEGER_DIGITS_MAX = 15
"""Longest integer part of an amount: more than the books hold in any currency."""

_STEP = Decimal((0, (1,), -EXACT_PLACES))
_CONTEXT = Context(prec=2 * (EXACT_PLACES + INTEGER_DIGITS_MAX), rounding=ROUND_HALF_EVEN)


def is_amount(amount: Decimal) -> bool:
    """Whether ``amount`` is a finite number of at most 15 integer digits."""
    return amount.is_finite() and amount.adjusted() < INTEGER_DIGITS_MAX


def exact(amount: Decimal) -> Exact:
    """``amount`` in 10^-18; places beyond are rounded half to even (JSON numbers carry dust).

    Raises:
        ValueError: not an amount (``is_amount``).
    """
    if not is_amount(amount):
        raise ValueError("an amount is a finite number of at most 15 integer digits")
    return int(amount.quantize(_STEP, context=_CONTEXT).scaleb(EXACT_PLACES, context=_CONTEXT))


def to_minor(amount: Exact, exponent: int) -> int:
    """Minor units of a currency with ``exponent`` decimals; half of one goes to the even."""
    return half_even_ratio(amount * 10**exponent, EXACT_UNIT)


def part_to_minor(amount: Exact, exponent: int, part: int, whole: int) -> int:
    """Minor units of ``part / whole`` of ``amount``, rounded once; 0 where ``whole`` is 0."""
    return half_even_ratio(amount * part * 10**exponent, EXACT_UNIT * whole) if whole else 0
