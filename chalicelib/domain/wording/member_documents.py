"""Documents that are about members more than about points, in plain words."""

from typing import assert_never

from chalicelib.domain.member_records import (
    Enrolment,
    Erasure,
    Merge,
    Pooling,
    Settlement,
    Transfer,
)
from chalicelib.domain.program.campaigns import HELD_OUT, HOLDOUT
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.referrals import Referral
from chalicelib.domain.wording.honours import honour_sentence, settlement_sentence
from chalicelib.domain.wording.names import Names, readable
from chalicelib.domain.wording.phrases import first_phrase, listed, phrase


def member_sentence(
    document: Transfer
    | Merge
    | Erasure
    | Enrolment
    | Pooling
    | Settlement
    | Progress
    | Badges
    | Referral,
    names: Names,
    locale: str,
) -> str:
    """What happened between members, campaigns, pools and causes. Never empty."""
    match document:
        case Transfer():
            key = "transfer_given" if document.member == document.giver else "transfer_received"
            points = names.points(document.points, document.unit, locale)
            return phrase(key, locale, {"points": points})
        case Merge():
            moved = (names.points(count, unit, locale) for unit, count in document.points.items())
            points = listed(tuple(moved), "comma", locale)
            return first_phrase(("merge_moved", "merge_nothing"), locale, {"points": points})
        case Erasure() | Referral():
            about = f"referral_{document.state}" if isinstance(document, Referral) else "erased"
            return phrase(about, locale)
        case Enrolment():
            is_of_program = document.id.startswith(f"{HOLDOUT}@")
            key = "enrolled_compared" if is_of_program else "enrolled"
            key = f"{key}_held_out" if document.arm == HELD_OUT else key
            return phrase(key, locale, {"campaign": readable(document.id)})
        case Pooling():
            points = names.points(abs(document.points), document.unit, locale)
            had = ("_points",) if document.points else ()
            keys = tuple(f"pooling_{document.kind}{suffix}" for suffix in (*had, ""))
            return first_phrase(keys, locale, {"points": points})
        case Settlement():
            return settlement_sentence(document, names, locale)
        case Progress() | Badges():
            return honour_sentence(document, names, locale)
        case _:
            assert_never(document)
