"""The three sentences: of an entry (for its member), of a document and of a trace row (for staff).

An entry's first explanation says what it was; the template is looked up by kind and code, by code,
then by kind alone, so an entry of any age has a sentence. Nothing personal is in one: order
numbers, reward names and words of the program, never a reason that staff typed.
"""

from chalicelib.domain.ledger import Entry, EntryKind, Explained
from chalicelib.domain.program.occasion import BIRTHDAY_PREFIX, ENTRY_PREFIX
from chalicelib.domain.program.rule_document import BIRTHDAY
from chalicelib.domain.wording.documents import document_sentence
from chalicelib.domain.wording.names import Names, action_name, names_of
from chalicelib.domain.wording.phrases import first_phrase
from chalicelib.domain.wording.traces import trace_sentence

__all__ = ["Names", "document_sentence", "entry_sentence", "names_of", "trace_sentence"]


def entry_sentence(entry: Entry, names: Names, locale: str) -> str:
    """What the member reads beside the entry's points. Never empty."""
    first = entry.explanation[0] if entry.explanation else Explained("")
    entered = _tier_entered(entry)
    values = {
        "order": str(first.parameters.get("order", "")),
        "reward": names.reward(str(first.parameters.get("reward", ""))),
        "rule": _rule_name(entry, names, locale),
        "action": action_name(str(first.parameters.get("action", "")), locale),
        "challenge": names.challenge(str(first.parameters.get("challenge", ""))),
        "badge": names.badge(str(first.parameters.get("badge", ""))),
        "tier": names.tier(entered or str(first.parameters.get("tier", ""))),
    }
    keys = (
        *_special(entry, first.code, entered),
        f"entry_{entry.kind}_{first.code}",
        f"entry_{first.code}",
        f"entry_{entry.kind}",
    )
    return first_phrase(keys, locale, values)


def _rule(entry: Entry) -> str:
    """The first rule that the explanation names; "" for none."""
    rules = (reason.parameters.get("rule") for reason in entry.explanation)
    return str(next((rule for rule in rules if rule), ""))


def _rule_name(entry: Entry, names: Names, locale: str) -> str:
    """What the rule is called; of what a tier gives on birthdays, the day itself."""
    rule = _rule(entry)
    is_of_tier = rule.startswith(BIRTHDAY_PREFIX)
    return action_name(BIRTHDAY, locale) if is_of_tier else names.rule(rule)


def _special(entry: Entry, code: str, entered: str) -> tuple[str, ...]:
    """Keys for what code and kind do not tell: a tier reached, an amount that shrank."""
    if code != "order":
        return ()
    if entry.kind is EntryKind.EARN and entered:
        return ("entry_order_tier",)
    moved = sum(sum(buckets.values()) for buckets in entry.qualifying.values())
    return ("entry_qualify_less",) if entry.kind is EntryKind.QUALIFY and moved < 0 else ()


def _tier_entered(entry: Entry) -> str:
    """``tier:group/tier`` of a tier that the entry was earned by entering; "" if none."""
    rules = (str(reason.parameters.get("rule", "")) for reason in entry.explanation)
    return next((rule for rule in rules if rule.startswith(ENTRY_PREFIX)), "")
