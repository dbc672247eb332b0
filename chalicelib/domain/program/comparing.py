"""More or less: values of two documents compared, where it can be told from them alone."""

from collections.abc import Callable
from typing import Final, TypeAlias

from chalicelib.domain.calendar import parse_period, period_days
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.scalars import ratio_of

Compare: TypeAlias = Callable[[object, object, str], int]
"""(before, after, currency) → 1 for more, -1 for less, 0 for who knows."""


def _sign(before: int, after: int) -> int:
    return (after > before) - (after < before)


def by_count(before: object, after: object, _currency: str) -> int:
    """Whole numbers."""
    return _sign(before, after) if isinstance(before, int) and isinstance(after, int) else 0


def by_money(before: object, after: object, currency: str) -> int:
    """Money in the program's currency, or a bare number."""
    first, second = _minor(before, currency), _minor(after, currency)
    return 0 if first is None or second is None else _sign(first, second)


def _minor(value: object, currency: str) -> int | None:
    found = value.get(currency) if isinstance(value, dict) else value
    return found if isinstance(found, int) else None


def by_decimal(before: object, after: object, _currency: str) -> int:
    """Decimals in quotes."""
    if not (isinstance(before, str) and isinstance(after, str)):
        return 0
    (first, of_first), (second, of_second) = ratio_of(before), ratio_of(after)
    return _sign(first * of_second, second * of_first)


def by_text(before: object, after: object, _currency: str) -> int:
    """Dates: later is more."""
    return (str(after) > str(before)) - (str(after) < str(before))


def by_period(before: object, after: object, _currency: str) -> int:
    """Durations; ``never``, as undoing has it, is the shortest."""
    first, second = _length(before), _length(after)
    return 0 if first is None or second is None else _sign(first, second)


def _length(value: object) -> int | None:
    if value == "never":
        return 0
    try:
        period = parse_period(str(value))
    except ValueError:
        return None
    return period_days(period) * DAY_MS + period.elapsed_ms % DAY_MS


def by_expiry(before: object, after: object, currency: str) -> int:
    """How long points live: ``never`` is the longest; rules of two kinds can't be told apart."""
    if "never" in (before, after):
        return 1 if after == "never" else -1
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return 0
    for key in ("after", "idle"):
        if key in before and key in after and _rest(before, key) == _rest(after, key):
            return by_period(before[key], after[key], currency)
    return 0


def _rest(value: dict[str, object], key: str) -> dict[str, object]:
    return {name: item for name, item in value.items() if name != key}


def by_pending(before: object, after: object, currency: str) -> int:
    """How long points wait: ``none`` is the shortest."""
    if "none" in (before, after):
        return -1 if after == "none" else 1
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        return by_period(before.get("for"), after.get("for"), currency)
    return 0


def by_limit(before: object, after: object, currency: str) -> int:
    """How much a limit leaves, where window and kind stay."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return by_count(before, after, currency)
    for key in ("times", "amount"):
        if key in before and key in after and _rest(before, key) == _rest(after, key):
            return by_count(before[key], after[key], currency)
    return 0


def by_give(before: object, after: object, currency: str) -> int:
    """What a rule gives, where it is one effect that differs in its amount alone."""
    if not (isinstance(before, list) and isinstance(after, list)):
        return 0
    pairs = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    if len(before) != len(after) or len(pairs) != 1:
        return 0
    first, second = pairs[0]
    for key, compare in _WAYS:
        if key in first and key in second and _rest(first, key) == _rest(second, key):
            return compare(first[key], second[key], currency)
    return 0


_WAYS: Final = (
    ("add", by_count),
    ("rate", by_decimal),
    ("percent", by_decimal),
    ("multiply", by_decimal),
    ("times", by_count),
    ("for", by_period),
)
"""Amounts of effects: the more, the better."""


def by_entry(before: object, after: object, currency: str) -> int:
    """What entering a tier gives; more of one for less of another: who knows."""
    first, second = _sums(before), _sums(after)
    signs = {
        by_count(first.get(what, 0), second.get(what, 0), currency) for what in {*first, *second}
    }
    signs.discard(0)
    return signs.pop() if len(signs) == 1 else 0


def _sums(entries: object) -> dict[str, int]:
    """How many there are of each unit, reward, or whatever else is given."""
    sums: dict[str, int] = {}
    for entry in filter(None, entries if isinstance(entries, list) else []):
        key = next((key for key in ("add", "times") if isinstance(entry.get(key), int)), "")
        what = str(sorted((name, str(said)) for name, said in entry.items() if name != key))
        sums[what] = sums.get(what, 0) + (entry[key] if key else 1)
    return sums


def by_multiplier(before: object, after: object, currency: str) -> int:
    """Multipliers; who has none has one."""
    return by_decimal(before or "1", after or "1", currency)


def by_supply(before: object, after: object, currency: str) -> int:
    """How many there are; without a number, without end."""
    if before is None or after is None:
        return (after is None) - (before is None)
    return by_count(before, after, currency)


def by_budget(before: object, after: object, currency: str) -> int:
    """What a campaign may give, where both are of one kind."""
    first, second = (None if each == "unlimited" else each for each in (before, after))
    if first is None or second is None:
        return by_supply(first, second, currency)
    if isinstance(first, dict) and isinstance(second, dict):
        for key in first.keys() & second.keys():
            return by_money(first[key], second[key], currency)
    return 0


def by_members(before: object, after: object, _currency: str) -> int:
    """Lists of names: more of the same."""
    if not (isinstance(before, list) and isinstance(after, list)):
        return 0
    return (set(before) < set(after)) - (set(after) < set(before))


def by_worth(before: object, after: object, _currency: str) -> int:
    """A rule that comes or goes: one that multiplies by less than one takes something away."""
    sign, rule = (1, after) if before is None else (-1, before)
    return sign * _worth(rule)


def _worth(rule: object) -> int:
    """1 for a rule that gives, -1 for one that only makes less of it, 0 for who knows."""
    gives = rule.get("give") if isinstance(rule, dict) else None
    less = [_is_less(effect) for effect in gives or []]
    return 1 if not any(less) else -1 if all(less) else 0


def _is_less(effect: dict[str, object]) -> bool:
    return "multiply" in effect and by_decimal("1", effect["multiply"], "") < 0
