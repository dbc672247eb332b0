"""Admin: the program document. Read, check, publish, and its versions."""

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.publish_program import check_program, publish_program
from chalicelib.operations.view_program import list_program_versions, view_program_version
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import JsonObject
from chalicelib.routes.responses import ProblemItem, problem_items
from chalicelib.security.scopes import Scope
from chalicelib.storage.programs import PublishedVersion

door = Door(Audience.ADMIN)


class ProgramView(msgspec.Struct, frozen=True):
    """A version of the program: the document with its defaults written out."""

    version: int
    since: str  # live from then on
    published_by: str
    program: dict[str, object]


class VersionView(msgspec.Struct, frozen=True):
    """One row of the list of versions."""

    version: int
    since: str
    published_by: str


class PublishedView(msgspec.Struct, frozen=True):
    """What was published."""

    version: int
    warnings: tuple[ProblemItem, ...]


class CheckedView(msgspec.Struct, frozen=True):
    """Everything that is wrong, or worth a thought."""

    errors: tuple[ProblemItem, ...]
    warnings: tuple[ProblemItem, ...]


def _view(version: PublishedVersion) -> ProgramView:
    document = msgspec.json.decode(version.document, type=dict[str, object])
    return ProgramView(version.version, iso(version.since), version.published_by, document)


def _answer(version: PublishedVersion | Refusal) -> Outcome:
    return version if isinstance(version, Refusal) else Answer(_view(version))


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
    return _answer(view_program_version(call.table, shop, 0))


@door.put(
    "/v1/admin/shops/{shop}/program",
    Contract(
        JsonObject,
        PublishedView,
        "Publish a program now; the same document again is the same version",
        scope=Scope.PROGRAM,
        refusals=(RefusalCode.PROGRAM_INVALID,),
    ),
)
def put_program(call: Call[JsonObject], shop: str) -> Outcome:
    """Publish the document."""
    published = publish_program(call.table, shop, call.body, (call.actor, call.now))
    if isinstance(published, Refusal):
        return published
    view = PublishedView(published.version, problem_items(published.warnings))
    return Answer(view, target=f"version:{published.version}")


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
    checked = check_program(call.table, shop, call.body)
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
    versions, next_start = found
    views = tuple(VersionView(v.version, iso(v.since), v.published_by) for v in versions)
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
    is_number = version.isascii() and version.isdigit() and len(version) <= 6  # noqa: PLR2004
    if not is_number or int(version) < 1:
        return Refusal(RefusalCode.VERSION_UNKNOWN, "There is no such version.")
    return _answer(view_program_version(call.table, shop, int(version)))
