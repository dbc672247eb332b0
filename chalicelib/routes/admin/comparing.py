"""Admin: what a draft changes, in words, what members are told of it, and what they will see."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain import views
from chalicelib.domain.calendar import local_date
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.routes.admin.programs import DRAFT_NAME, VersionName, version_named
from chalicelib.routes.admin.trying import FactsRequest, made_up
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import JsonObject, LocaleWish, instant_or, value_invalid
from chalicelib.security.scopes import Scope

if TYPE_CHECKING:
    from chalicelib.operations.diff_program import Compared

door = Door(Audience.ADMIN)

_TWO = (
    QueryParameter("from", "`live` (default), `draft` or the number of a version"),
    QueryParameter("to", "`draft` (default), `live` or the number of a version"),
)
_REFUSALS = (
    RefusalCode.DRAFT_UNKNOWN,
    RefusalCode.VERSION_UNKNOWN,
    RefusalCode.PROGRAM_INVALID,
)
_EFFECTIVE_FROM = "when it holds, if not when the version starts; of what is not published, today"
_EFFECTIVE_PATH = "$query.effective_from"
LIVE_NAME = "live"


class ChangeView(msgspec.Struct, frozen=True):
    """One change. ``affected`` counts members who hold it, or open codes; null: not counted."""

    code: str
    path: str
    bearing: Annotated[str, Meta(pattern="^(advantage|disadvantage|unclear|neutral)$")]
    subject: dict[str, str]
    before: object
    after: object
    sentence: str
    affected: int | None


class CountedView(msgspec.Struct, frozen=True):
    """How many members were looked at, and whether these were all."""

    members: int
    complete: bool


class DiffView(msgspec.Struct, frozen=True):
    """Every change, in the order of the document."""

    changes: tuple[ChangeView, ...]
    disadvantages: int  # changes that are bad for members, or may be
    counted: CountedView | None


class AnnouncementView(msgspec.Struct, frozen=True):
    """The announcement in one language."""

    locale: str
    title: str
    sentences: tuple[str, ...]
    left_out: tuple[str, ...]


class AnnouncementsView(msgspec.Struct, frozen=True):
    """The announcement in every language of the program."""

    announcements: tuple[AnnouncementView, ...]


def _which(call: Call[NoBody], name: str, usual: str) -> int | Refusal:
    told = call.query.get(name, usual)
    number = version_named(told)
    if not number and told != LIVE_NAME:
        return value_invalid(f"$query.{name}", "Write `live`, `draft` or the number of a version.")
    return number


@door.get(
    "/v1/admin/shops/{shop}/program/diff",
    Contract(
        NoBody,
        DiffView,
        "Compare two versions in words, from the live one to the draft by default",
        scope=Scope.READ,
        query=(
            *_TWO,
            QueryParameter("locale", "language of the sentences"),
            QueryParameter("affected", "`true`: count members, up to 2,000 of them"),
        ),
        refusals=_REFUSALS,
    ),
)
def get_diff(call: Call[NoBody], shop: str) -> Outcome:
    """Every change with its sentence, and whom it touches."""
    from chalicelib.domain.program.affected import touched  # noqa: PLC0415 - only who compares
    from chalicelib.domain.program.changes import Bearing  # noqa: PLC0415
    from chalicelib.domain.wording.changes import change_sentence  # noqa: PLC0415

    found = _compared(call, shop)
    if isinstance(found, Refusal):
        return found
    locale = call.query.get("locale", "en")
    crowd = found.crowd
    changes = tuple(
        ChangeView(
            code=change.code,
            path=change.path,
            bearing=change.bearing.value,
            subject=change.subject,
            before=change.before,
            after=change.after,
            sentence=change_sentence(change, found.versions, locale),
            affected=touched(change, crowd) if crowd else None,
        )
        for change in found.changes
    )
    bad = (Bearing.DISADVANTAGE, Bearing.UNCLEAR)
    counted = CountedView(crowd.members, crowd.is_complete) if crowd else None
    return Answer(DiffView(changes, sum(each.bearing in bad for each in changes), counted))


@door.get(
    "/v1/admin/shops/{shop}/program/announcement",
    Contract(
        NoBody,
        AnnouncementsView,
        "What members are to be told of changed terms, in every language of the program",
        scope=Scope.READ,
        query=(*_TWO, QueryParameter("effective_from", _EFFECTIVE_FROM)),
        refusals=_REFUSALS,
    ),
)
def get_announcement(call: Call[NoBody], shop: str) -> Outcome:
    """Title and sentences, of changes that concern members alone."""
    from chalicelib.domain.wording.changes import announcement  # noqa: PLC0415 - as above

    told = instant_or(call.query.get("effective_from", ""), _EFFECTIVE_PATH, 0)
    if isinstance(told, Refusal):
        return told
    found = _compared(call, shop)
    if isinstance(found, Refusal):
        return found
    day = _first_day(found, told, call.now)
    if isinstance(day, Refusal):
        return day
    made = (
        announcement(found.changes, found.versions, (locale, day))
        for locale in found.versions.after.locales
    )
    views = (
        AnnouncementView(each.locale, each.title, each.sentences, each.left_out) for each in made
    )
    return Answer(AnnouncementsView(tuple(views)))


class PreviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who looks at the widget, at some time, by some program."""

    program: VersionName = DRAFT_NAME
    at: str = ""  # ISO 8601; "" for now
    name: Annotated[str, Meta(max_length=200)] = ""
    facts: FactsRequest | None = None
    locale: LocaleWish = ""


class PreviewView(msgspec.Struct, frozen=True):
    """What the widget takes as its `data`."""

    card: views.CardView
    program: JsonObject


@door.post(
    "/v1/admin/shops/{shop}/program/preview",
    Contract(
        PreviewRequest,
        PreviewView,
        "What the widget shows to somebody made up, such as a member of a tier",
        scope=Scope.READ,
        refusals=(
            RefusalCode.DRAFT_UNKNOWN,
            RefusalCode.VERSION_UNKNOWN,
            RefusalCode.PROGRAM_INVALID,
        ),
    ),
)
def post_preview(call: Call[PreviewRequest], shop: str) -> Outcome:
    """`widget.data = ` this shows it."""
    from chalicelib.operations.preview_program import (  # noqa: PLC0415 - rare
        PreviewWish,
        preview_program,
    )

    said = call.body
    somebody = made_up(said.facts, said.at, call.now)
    if isinstance(somebody, Refusal):
        return somebody
    facts, now = somebody
    wish = PreviewWish(version_named(said.program), facts, said.name, said.locale, now)
    found = preview_program(call.table, shop, wish)
    return found if isinstance(found, Refusal) else Answer(PreviewView(found.card, found.program))


def _first_day(found: "Compared", told: Instant, now: Instant) -> str | Refusal:
    """The first day of the new terms as the program's clocks show it, such as 2027-01-01."""
    zone = found.versions.after.timezone
    first, today = local_date(told or found.since or now, zone), local_date(now, zone)
    if told and first < today:
        detail = f"{first} is over: today is {today}."
        return value_invalid(_EFFECTIVE_PATH, detail, "value_out_of_range")
    return first.isoformat()


def _compared(call: Call[NoBody], shop: str) -> "Compared | Refusal":
    from chalicelib.operations.diff_program import DiffWish, diff_program  # noqa: PLC0415

    before, after = _which(call, "from", LIVE_NAME), _which(call, "to", DRAFT_NAME)
    if isinstance(before, Refusal):
        return before
    if isinstance(after, Refusal):
        return after
    told = call.query.get("affected", "false")
    if told not in ("true", "false"):
        return value_invalid("$query.affected", "Write true or false.")
    return diff_program(call.table, shop, DiffWish(before, after, told == "true", call.now))
