"""Money in words for staff: minor units as a plain decimal with the currency's code.

The widget formats money for shoppers with ``Intl``; here a code (``114.50 USD``) is enough, and
cannot be mistaken for another dollar.
"""

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.wording.plurals import decimal_digits


def money_text(minor: int, currency: str, locale: str) -> str:
    """``minor`` units of ``currency``: 11450 and USD make ``114.50 USD``."""
    places = EXPONENTS.get(currency, 0)
    sign = "-" if minor < 0 else ""
    figures = str(abs(minor)).rjust(places + 1, "0")
    split = len(figures) - places
    written = f"{figures[:split]}.{figures[split:]}" if places else figures
    return f"{decimal_digits(sign + written, locale)} {currency}".rstrip()
