"""Money in words for staff: minor units as a plain decimal with the currency's code.

The widget formats money for shoppers with ``Intl``; here a code (``114.50 USD``) is enough, and
cannot be mistaken for another dollar.
"""

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.wording.plurals import decimal_digits


def money_text(minor: int, currency: str, locale: str) -> str:
    """``minor`` units of ``currency``: 11450 and USD make ``114.50 USD``."""
    sign = "-" if minor < 0 else ""
    return f"{decimal_digits(sign + _plain(abs(minor), currency), locale)} {currency}".rstrip()


def parts_text(count: int, scale: int, currency: str, locale: str) -> str:
    """``count`` parts of a minor unit, of which ``scale`` make one; no trailing zeros beyond it."""
    minor, part = divmod(abs(count), scale)
    whole = _plain(minor, currency)
    places = str(part).rjust(len(str(scale)) - 1, "0").rstrip("0") if part else ""
    point = "" if "." in whole or not places else "."
    sign = "-" if count < 0 else ""
    return f"{decimal_digits(sign + whole + point + places, locale)} {currency}".rstrip()


def _plain(minor: int, currency: str) -> str:
    """``minor`` units, none below 0, in major ones."""
    places = EXPONENTS.get(currency, 0)
    figures = str(minor).rjust(places + 1, "0")
    split = len(figures) - places
    return f"{figures[:split]}.{figures[split:]}" if places else figures
