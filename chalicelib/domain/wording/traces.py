"""One step of the reasoning as a sentence: what an evaluation did, or left out, and why.

The template is looked up by the row's code and the one parameter that changes its meaning, then
by the code alone; a code without a template names itself.
"""

from chalicelib.domain.program.occasion import TraceRow
from chalicelib.domain.wording.money import money_text
from chalicelib.domain.wording.names import Names, readable
from chalicelib.domain.wording.phrases import first_phrase, phrase
from chalicelib.domain.wording.plurals import decimal_digits, digits

VARIANTS = ("of", "why", "part", "cap", "way", "what")
"""Parameters whose value chooses the template ``trace_<code>_<value>``."""


def trace_sentence(row: TraceRow, names: Names, locale: str) -> str:
    """``row`` in words. Never empty; names the code where nothing else is known."""
    key = f"trace_{row.code}"
    said = first_phrase((f"{key}_{_variant(row)}", key), locale, _values(row, names, locale))
    return said or phrase("trace_other", locale, {"code": row.code})


def multiplier_text(row: TraceRow, locale: str) -> str:
    """The multipliers that a ``multiplied`` row joined, such as ``1.5``."""
    written = str(row.parameters.get("by", ""))
    return " / ".join(decimal_digits(one, locale) for one in written.split(", "))


def quantity_text(milli: int) -> str:
    """Thousandths as a plain decimal: 1500 is ``1.5``."""
    whole, places = divmod(milli, 1_000)
    return f"{whole}.{places:03}".rstrip("0").rstrip(".")


def _variant(row: TraceRow) -> str:
    """``net`` of a rate, ``gift_card`` of a line; of a cap its kind: ``rule``, ``day``."""
    for name in VARIANTS:
        if name in row.parameters:
            return str(row.parameters[name]).partition(":")[0]
    return ""


def _values(row: TraceRow, names: Names, locale: str) -> dict[str, str]:
    """Every value that some template may name; "" where the row does not say."""
    given = row.parameters
    group = given.get("group")
    amount = int(given.get("amount", 0))
    return {
        "rule": names.rule(row.rule_id),
        "tier": names.tier(str(given.get("tier", row.rule_id))),
        "line": row.line_id,
        "points": names.points(row.points, row.unit, locale),
        "campaign": readable(str(given.get("campaign", ""))),
        "cause": names.cause(str(given.get("cause", ""))),
        "challenge": names.challenge(str(given.get("challenge", ""))),
        "badge": names.badge(str(given.get("badge", ""))),
        "reward": names.reward(str(given.get("reward", ""))),
        "message": readable(str(given.get("message", ""))),
        "units": digits(amount, locale),
        "ticket": digits(int(given.get("ticket", 0)), locale),
        "tickets": digits(int(given.get("tickets", 0)), locale),
        "amount": names.amount(amount, str(group or ""), locale),
        "paid": money_text(amount, str(given.get("currency", names.currency)), locale),
        "net": money_text(int(given.get("net", 0)), names.currency, locale),
        "per": money_text(int(given.get("per", 0)), names.currency, locale),
        "rate": decimal_digits(str(given.get("rate", "")), locale),
        "exact": decimal_digits(str(given.get("exact", "")), locale),
        "by": multiplier_text(row, locale),
        "quantity": decimal_digits(quantity_text(int(given.get("quantity_milli", 0))), locale),
    }
