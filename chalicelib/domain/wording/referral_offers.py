"""What friends and advocates get, in words: for the page on which members share their link."""

import msgspec

from chalicelib.domain.program.changes import Kind
from chalicelib.domain.program.defaults import document_of
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.referral_document import ADVOCATE, FRIEND
from chalicelib.domain.wording.change_words import Context, value_text
from chalicelib.domain.wording.names import names_of


class OfferInWords(msgspec.Struct, frozen=True):
    """An offer: where it holds, and what each side gets; "" for nothing, or what has no words."""

    regions: tuple[str, ...]
    friend: str
    advocate: str


def offers_in_words(program: Program, locale: str) -> tuple[OfferInWords, ...]:
    """The offers of ``program`` in their order: the last is for everybody else."""
    written = document_of(program).get("referral")
    if program.referral is None or not isinstance(written, dict):
        return ()
    context = Context(names_of(program, locale), locale, program.locales[0])
    return tuple(
        OfferInWords(offer.regions, *(_side(raw, side, context) for side in (FRIEND, ADVOCATE)))
        for offer, raw in zip(program.referral.offers, written["offers"], strict=True)
    )


def _side(offer: dict[str, object], side: str, context: Context) -> str:
    """All but messages: those are no present."""
    given = offer.get(side)
    presents = [each for each in given if "message" not in each] if isinstance(given, list) else []
    return value_text(presents, Kind.GIVE, context)
