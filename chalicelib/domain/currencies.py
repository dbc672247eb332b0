"""The currencies of ISO 4217 and how many decimal places each has.

Money is an integer of minor units everywhere; this table says what one minor unit is worth. It
knows no symbols and no exchange rates: formatting is the widget's, rates are the shop's. Funds
codes, metals and the two currencies of four decimals (CLF, UYW: units of account, not cash) are
left out.
"""

from collections.abc import Mapping
from types import MappingProxyType

_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""

EXPONENTS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)
"""Decimal places by currency code: 2 for USD, 0 for JPY, 3 for KWD."""


def is_currency(code: str) -> bool:
    """Whether ``code`` is a currency that Laurel can keep books in."""
    return code in EXPONENTS


def major_unit(code: str) -> int:
    """One whole unit of ``code`` in minor units: 100 for USD, 1 for JPY, 1000 for KWD.

    Raises:
        KeyError: ``code`` is not in the table.
    """
    return int(10 ** EXPONENTS[code])
