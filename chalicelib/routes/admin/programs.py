"""Admin: the program document. Read, check, publish at once, and its versions."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.publish_program import check_program, publish_program
from chalicelib.operations.view_program import (
    list_program_versions,
    state_of,
    view_program_version,
)
from chalicelib.operations.write_pages import refresh_pages
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import VERSION_NAME, JsonObject, typed_reason
from chalicelib.routes.responses import ProblemItem, problem_items
from chalicelib.security.scopes import Scope
from chalicelib.storage.programs import PublishedVersion
from chalicelib.storage.shops import Shop

door = Door(Audience.ADMIN)

DRAFT_NAME = "draft"
VersionName = Annotated[str, Meta(pattern=VERSION_NAME)]


class VersionView(msgspec.Struct, frozen=True):
    """One row of the list of versions."""

    version: int
    since: str
    published_by: str
    state: str  # live, scheduled, withdrawn or past
    published_at: str | None
    note: str
    accepted: tuple[str, ...]  # codes of warnings
    force_reason: str
    replay: str | None  # of its draft: id of the newest when it was published
    rolled_back_to: int | None
    withdrawn_at: str | None
    withdrawn_by: str | None


class ProgramView(VersionView, frozen=True):
    """A version of the program: the document with its defaults written out."""

    program: dict[str, object]


class PublishedView(msgspec.Struct, frozen=True):
    """What was published."""

    version: int
    warnings: tuple[ProblemItem, ...]


class CheckedView(msgspec.Struct, frozen=True):
    """Everything that is wrong, or worth a thought."""

    errors: tuple[ProblemItem, ...]
    warnings: tuple[ProblemItem, ...]


def _answer(found: tuple[Shop, PublishedVersion] | Refusal, now: Instant) -> Outcome:
    if isinstance(found, Refusal):
        return found
    shop, version = found
    row = msgspec.structs.asdict(version_view(shop, version, now))
    document = msgspec.json.decode(version.document, type=dict[str, object])
    return Answer(ProgramView(**row, program=document))


def version_view(shop: Shop, version: PublishedVersion, now: Instant) -> VersionView:
    """``version`` as lists show it at ``now``."""
    about = version.about
    return VersionView(
        version=version.version,
        since=iso(version.since),
        published_by=version.published_by,
        state=state_of(shop, version, now).value,
        published_at=iso(about.published_at) if about.published_at else None,
        note=about.note,
        accepted=about.accepted,
        force_reason=about.force_reason,
        replay=about.replay or None,
        rolled_back_to=about.rolled_back_to or None,
        withdrawn_at=iso(about.withdrawn_at) if about.withdrawn_at else None,
        withdrawn_by=about.withdrawn_by or None,
    )


def version_number(text: str) -> int:
    """The number of a version as a path names it; 0 for what is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 6  # noqa: PLR2004
    return int(text) if is_number else 0


def version_named(told: str) -> int:
    """-1 for ``draft``, 0 for ``live`` and for what is no number, else the number."""
    return -1 if told == DRAFT_NAME else version_number(told)


@door.get(
    "/v1/admin/shops/{shop}/program",
    Contract(
        NoBody,
        ProgramView,
        "Read the live program",
        scope=Scope.READ,
        refusals=(RefusalCode.VERSION_UNKNOWN,),
    ),
)
def get_program(call: Call[NoBody], shop: str) -> Outcome:
    """Read the live program, its defaults written out."""
    return _answer(view_program_version(call.table, shop, 0, call.now), call.now)


@door.put(
    "/v1/admin/shops/{shop}/program",
    Contract(
        JsonObject,
        PublishedView,
        "Publish a program now; the same document again is the same version",
        scope=Scope.PROGRAM,
        query=(QueryParameter("force_reason", "why it may go over the program's own limits"),),
        refusals=(
            RefusalCode.PROGRAM_INVALID,
            RefusalCode.VERSION_SCHEDULED,
            RefusalCode.WARNINGS_UNACCEPTED,
        ),
    ),
)
def put_program(call: Call[JsonObject], shop: str) -> Outcome:
    """Publish the document."""
    reason = typed_reason(call.query.get("force_reason", ""), "$query.force_reason")
    if isinstance(reason, Refusal):
        return reason
    by = call.actor, call.now
    published = publish_program(call.table, shop, call.body, by, reason)
    if isinstance(published, Refusal):
        return published
    refresh_pages(call.table, shop, call.now)
    view = PublishedView(published.version, problem_items(published.warnings))
    return Answer(view, target=f"version:{published.version}", reason=reason)


@door.post(
    "/v1/admin/shops/{shop}/program/check",
    Contract(
        JsonObject,
        CheckedView,
        "Check a program without publishing it",
        scope=Scope.READ,
    ),
)
def post_program_check(call: Call[JsonObject], shop: str) -> Outcome:
    """Every error and warning, with its path."""
    checked = check_program(call.table, shop, call.body, call.now)
    if isinstance(checked, Refusal):
        return checked
    return Answer(CheckedView(problem_items(checked.errors), problem_items(checked.warnings)))


@door.get(
    "/v1/admin/shops/{shop}/program/versions",
    Contract(
        NoBody,
        ListView[VersionView],
        "List the versions of the program, newest first",
        scope=Scope.READ,
        is_list=True,
    ),
)
def get_program_versions(call: Call[NoBody], shop: str) -> Outcome:
    """List versions."""
    found = list_program_versions(call.table, shop, (call.page.limit, call.page.start))
    if isinstance(found, Refusal):
        return found
    known, versions, next_start = found
    views = tuple(version_view(known, version, call.now) for version in versions)
    return Answer(call.page_of(views, next_start))


@door.get(
    "/v1/admin/shops/{shop}/program/versions/{version}",
    Contract(
        NoBody,
        ProgramView,
        "Read one version of the program",
        scope=Scope.READ,
        refusals=(RefusalCode.VERSION_UNKNOWN,),
    ),
)
def get_program_version(call: Call[NoBody], shop: str, version: str) -> Outcome:
    """Read a version by its number."""
    number = version_number(version)
    if not number:
        return Refusal(RefusalCode.VERSION_UNKNOWN, "There is no such version.")
    return _answer(view_program_version(call.table, shop, number, call.now), call.now)
