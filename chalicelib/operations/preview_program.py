"""What the widget shows to somebody made up, by the draft or a version. Writes nothing."""

import msgspec

from chalicelib.domain.card import Holding, full_card
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.outcome import InvariantBroken, Refusal
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import Json
from chalicelib.domain.program.presentation import choose_locale, present
from chalicelib.domain.trying import made_up_member
from chalicelib.domain.views import CardView
from chalicelib.operations.try_program import MADE_UP, program_knowing
from chalicelib.storage.table import Table


class PreviewWish(msgspec.Struct, frozen=True):
    """By which program, for whom, in which language, and when."""

    program: int  # diff_program.DRAFT, LIVE or a number
    facts: MemberFacts
    name: str
    locale: str  # "" for the program's first
    now: Instant


class Preview(msgspec.Struct, frozen=True):
    """What a widget takes as its ``data``: what the member has, and what the program is."""

    card: CardView
    program: Json


def preview_program(table: Table, shop: str, wish: PreviewWish) -> Preview | Refusal:
    """The card and the program as ``wish`` asks for them."""
    program = program_knowing(table, shop, (wish.program, wish.facts), wish.now)
    if isinstance(program, Refusal):
        return program
    compiled, facts = compile_program(program, max(wish.program, 0)), wish.facts
    locale = choose_locale(wish.locale, "", program)
    account = made_up_member(MADE_UP, facts, program.timezone, wish.now).account
    if account is None:
        raise InvariantBroken("somebody made up has an account")
    profile = Profile(MADE_UP, locale=facts.locale, country=facts.country, tags=facts.tags)
    holding = Holding(
        member=MADE_UP,
        account=account,
        program=compiled,
        locale=locale,
        now=wish.now,
        profile=profile,
        name=wish.name,
    )
    return Preview(full_card(holding), present(compiled, locale, wish.now))
