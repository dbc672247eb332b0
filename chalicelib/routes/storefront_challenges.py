"""Storefront: members say that they take part in a challenge."""

from collections.abc import Mapping

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.views import ChallengeView
from chalicelib.operations.view_card import CardQuery
from chalicelib.routes.contract import Answer, Audience, Call, Contract, NoBody, Outcome, TokenBody
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import LocaleWish

door = Door(Audience.STOREFRONT)


class TakePartRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which language the answer is."""

    locale: LocaleWish = ""


def challenge_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a challenge that nobody can take part in; see ``Contract.locate``."""
    from chalicelib.operations.take_part import joinable  # noqa: PLC0415 - as below

    query = CardQuery(path["shop"], call.customer, "", call.now, call.wall_now)
    return joinable(call.table, query, path["challenge"])


@door.post(
    "/v1/storefront/{shop}/challenges/{challenge}/join",
    Contract(
        TakePartRequest,
        ChallengeView,
        "Take part in a challenge from now on; who does already is answered 200",
        status=201,
        is_once=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.CHALLENGE_UNKNOWN,
            RefusalCode.PROGRAM_NOT_LIVE,
        ),
        locate=challenge_missing,
    ),
)
def post_taking_part(call: Call[TakePartRequest], shop: str, challenge: str) -> Outcome:
    """What was done before does not count; asking again changes nothing."""
    from chalicelib.operations.take_part import take_part  # noqa: PLC0415 - few programs ask for it

    query = CardQuery(shop, call.customer, call.body.locale, call.now, call.wall_now)
    done = take_part(call.table, query, challenge)
    if isinstance(done, Refusal):
        return done
    view, replayed = done
    return Answer(view, replayed=replayed)
