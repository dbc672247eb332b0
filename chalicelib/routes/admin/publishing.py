"""Admin: from a draft to a version. Save, publish now or at a time, withdraw, roll back."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.domain.limits import NOTE_LENGTH_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.drafting import Seen
from chalicelib.operations.edit_draft import DraftFound, drop_draft, save_draft, view_draft
from chalicelib.operations.publish_draft import (
    PublishWish,
    publish_draft,
    roll_back,
    withdraw_version,
)
from chalicelib.operations.publish_program import Published
from chalicelib.operations.view_program import view_program_version
from chalicelib.operations.write_pages import refresh_pages
from chalicelib.routes.admin.programs import (
    VersionView,
    version_number,
    version_view,
)
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
from chalicelib.routes.parsing import (
    DRAFT_HASH,
    JsonObject,
    ReasonOrNothing,
    instant_or,
    value_invalid,
)
from chalicelib.routes.responses import ProblemItem, problem_items
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

Note = Annotated[str, Meta(max_length=NOTE_LENGTH_MAX)]
Codes = Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=64)]

_PUBLISHING = (
    RefusalCode.PROGRAM_INVALID,
    RefusalCode.VERSION_SCHEDULED,
    RefusalCode.WARNINGS_UNACCEPTED,
)


class DraftView(msgspec.Struct, frozen=True):
    """The draft with everything that is wrong with it."""

    draft_hash: str
    base_version: int
    outdated: bool  # another version went live since: save it again on the new base
    saved_by: str
    saved_at: str
    errors: tuple[ProblemItem, ...]
    warnings: tuple[ProblemItem, ...]
    program: JsonObject


class PublishRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which draft, from when, and what is agreed to."""

    draft_hash: Annotated[str, Meta(pattern=DRAFT_HASH)]
    effective_from: str = ""  # ISO 8601; "" for now
    note: Note = ""
    accept: Codes = ()  # codes of warnings
    force_reason: ReasonOrNothing = ""


class EditionView(msgspec.Struct, frozen=True):
    """What was published, and from when."""

    version: int
    since: str
    warnings: tuple[ProblemItem, ...]


class RollbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when, and what is agreed to."""

    effective_from: str = ""
    note: Note = ""
    accept: Codes = ()
    force_reason: ReasonOrNothing = ""


@door.get(
    "/v1/admin/shops/{shop}/program/draft",
    Contract(
        NoBody,
        DraftView,
        "Read the draft of the next version",
        scope=Scope.READ,
        refusals=(RefusalCode.DRAFT_UNKNOWN,),
    ),
)
def get_draft(call: Call[NoBody], shop: str) -> Outcome:
    """The draft, checked against the live version."""
    return _draft_answer(view_draft(call.table, shop, call.now))


@door.put(
    "/v1/admin/shops/{shop}/program/draft",
    Contract(
        JsonObject,
        DraftView,
        "Save the draft; it may have errors",
        scope=Scope.PROGRAM,
        query=(
            QueryParameter(
                "base_version",
                "the version that was live for its editor; not given: the draft's own",
            ),
            QueryParameter("draft_hash", "the draft that its editor had read, if there was one"),
        ),
        refusals=(RefusalCode.DRAFT_OUTDATED,),
    ),
)
def put_draft(call: Call[JsonObject], shop: str) -> Outcome:
    """Save what was written, unless somebody saved something else meanwhile."""
    told = call.query.get("base_version", "")
    base = version_number(told)
    if told and not base and told != "0":
        return value_invalid("$query.base_version", "Write the number of a version, or 0.")
    seen = Seen(base if told else None, call.query.get("draft_hash", ""))
    return _draft_answer(save_draft(call.table, shop, call.body, seen, (call.actor, call.now)))


@door.delete(
    "/v1/admin/shops/{shop}/program/draft",
    Contract(
        NoBody,
        None,
        "Throw the draft away",
        scope=Scope.PROGRAM,
        status=204,
        query=(QueryParameter("draft_hash", "only if the draft is still this one"),),
        refusals=(RefusalCode.DRAFT_OUTDATED,),
    ),
)
def delete_draft(call: Call[NoBody], shop: str) -> Outcome:
    """Remove the draft; none is as good."""
    refusal = drop_draft(call.table, shop, call.query.get("draft_hash", ""))
    return refusal or Answer()


@door.post(
    "/v1/admin/shops/{shop}/program/publish",
    Contract(
        PublishRequest,
        EditionView,
        "Publish the draft, now or at a time; again: the version that it became",
        scope=Scope.PROGRAM,
        refusals=(RefusalCode.DRAFT_UNKNOWN, RefusalCode.DRAFT_OUTDATED, *_PUBLISHING),
    ),
)
def post_publish(call: Call[PublishRequest], shop: str) -> Outcome:
    """Publish the draft of that hash."""
    wish = _wish(call, call.body)
    if isinstance(wish, Refusal):
        return wish
    published = publish_draft(call.table, shop, call.body.draft_hash, wish)
    return _edition_answer(call, shop, published)


@door.post(
    "/v1/admin/shops/{shop}/program/versions/{version}/rollback",
    Contract(
        RollbackRequest,
        EditionView,
        "Publish an earlier version anew, with the same checks",
        scope=Scope.PROGRAM,
        refusals=(RefusalCode.VERSION_UNKNOWN, *_PUBLISHING),
    ),
)
def post_rollback(call: Call[RollbackRequest], shop: str, version: str) -> Outcome:
    """A new version with an old document."""
    wish = _wish(call, call.body)
    if isinstance(wish, Refusal):
        return wish
    published = roll_back(call.table, shop, version_number(version), wish)
    return _edition_answer(call, shop, published)


@door.post(
    "/v1/admin/shops/{shop}/program/versions/{version}/withdraw",
    Contract(
        NoBody,
        VersionView,
        "Withdraw a scheduled version before it starts",
        scope=Scope.PROGRAM,
        refusals=(RefusalCode.VERSION_UNKNOWN, RefusalCode.VERSION_NOT_WITHDRAWABLE),
    ),
)
def post_withdraw(call: Call[NoBody], shop: str, version: str) -> Outcome:
    """Take it back; its number is not used again."""
    number = version_number(version)
    done = withdraw_version(call.table, shop, number, (call.actor, call.now))
    if isinstance(done, Refusal):
        return done
    refresh_pages(call.table, shop, call.now)
    found = view_program_version(call.table, shop, number, call.now)
    if isinstance(found, Refusal):
        return found
    return Answer(version_view(*found, call.now), target=f"version:{number}")


def _edition_answer(
    call: Call[PublishRequest] | Call[RollbackRequest], shop: str, published: Published | Refusal
) -> Outcome:
    if isinstance(published, Refusal):
        return published
    refresh_pages(call.table, shop, call.now)
    warnings = problem_items(published.warnings)
    view = EditionView(published.version, iso(published.since), warnings)
    target = f"version:{published.version}"
    return Answer(view, replayed=published.replayed, target=target, reason=call.body.force_reason)


def _wish(
    call: Call[PublishRequest] | Call[RollbackRequest], said: PublishRequest | RollbackRequest
) -> PublishWish | Refusal:
    start = instant_or(said.effective_from, "$.effective_from", 0)
    if isinstance(start, Refusal):
        return start
    return PublishWish(
        note=said.note,
        accept=frozenset(said.accept),
        force_reason=said.force_reason,
        effective_from=start,
        actor=call.actor,
        now=call.now,
    )


def _draft_answer(found: DraftFound | Refusal) -> Outcome:
    if isinstance(found, Refusal):
        return found
    draft, checked = found.draft, found.checked
    view = DraftView(
        draft_hash=draft.hash,
        base_version=draft.base_version,
        outdated=draft.base_version != found.live_version,
        saved_by=draft.saved_by,
        saved_at=iso(draft.saved_at),
        errors=problem_items(checked.errors),
        warnings=problem_items(checked.warnings),
        program=msgspec.json.decode(draft.document, type=JsonObject),
    )
    return Answer(view, target="draft")
