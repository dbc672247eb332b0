"""Admin: members, what is known of them, and what the books say of them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.events import normalised_email
from chalicelib.domain.limits import TAGS_MAX
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.explain_document import explain_document, list_documents
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.list_entries import list_entries
from chalicelib.operations.manage_members import change_profile, list_members, view_member
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.locating import member_missing
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
from chalicelib.routes.parsing import Birthday, Country, Email, Id, LocaleWish, Name, Source
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


Tags = Annotated[tuple[Id, ...], Meta(max_length=TAGS_MAX)]
Absent = msgspec.UnsetType


class MemberRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer who becomes a member by hand."""

    external_id: Id
    source: Source = "main"
    email: Email | Absent = msgspec.UNSET
    email_verified: bool = False
    name: Name | Absent = msgspec.UNSET
    locale: LocaleWish = ""
    country: Country = ""
    tags: Tags = ()
    birthday: Birthday = ""
    consent: bool = False


class ProfileChangeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is absent stays."""

    email: Email | Absent = msgspec.UNSET
    email_verified: bool | Absent = msgspec.UNSET
    name: Name | Absent = msgspec.UNSET
    locale: LocaleWish | Absent = msgspec.UNSET
    country: Country | Absent = msgspec.UNSET
    tags: Tags | Absent = msgspec.UNSET
    birthday: Birthday | Absent = msgspec.UNSET
    consent: bool | Absent = msgspec.UNSET


@door.get(
    "/v1/admin/shops/{shop}/members",
    Contract(
        NoBody,
        ListView[shapes.AdminMemberView],
        "List members in order of joining; a filtered page may be short and not the last",
        scope=Scope.READ,
        is_list=True,
        query=(
            QueryParameter("email", "only members with this e-mail address"),
            QueryParameter("tier", "only members who hold this tier now"),
        ),
    ),
)
def get_members(call: Call[NoBody], shop: str) -> Outcome:
    """List members."""
    email = call.query.get("email", "")
    filters = (normalised_email(email) or email, call.query.get("tier", ""), call.now)
    found = list_members(call.table, shop, (call.page.limit, call.page.start), filters)
    if isinstance(found, Refusal):
        return found
    views = tuple(
        shapes.member_view(call.table, found.shop, record, call.now) for record in found.records
    )
    return Answer(call.page_of(views, found.next_start))


@door.post(
    "/v1/admin/shops/{shop}/members",
    Contract(
        MemberRequest,
        shapes.AdminMemberView,
        "Make a customer a member; a member already is answered 200",
        scope=Scope.MEMBERS,
        status=201,
        is_once=True,
        refusals=(RefusalCode.PROGRAM_NOT_LIVE, RefusalCode.NOT_IN_ROLLOUT),
    ),
)
def post_member(call: Call[MemberRequest], shop: str) -> Outcome:
    """Join on a customer's behalf."""
    said = call.body
    told = {
        name: value
        for name in said.__struct_fields__
        if (value := getattr(said, name)) is not msgspec.UNSET
    }
    told["email"] = normalised_email(str(told.get("email", "")))
    profile = msgspec.convert(told, Profile)
    joined = join_program(call.table, JoinCommand(shop, profile, call.now, call.wall_now))
    if isinstance(joined, Refusal):
        return joined
    return _member(call, shop, joined.loaded.member, replayed=joined.replayed)


@door.get(
    "/v1/admin/shops/{shop}/members/{member}",
    Contract(
        NoBody,
        shapes.AdminMemberView,
        "Read a member, by id or `external:<customer id>`",
        scope=Scope.READ,
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def get_member(call: Call[NoBody], shop: str, member: str) -> Outcome:
    """Read a member."""
    return _member(call, shop, member)


@door.patch(
    "/v1/admin/shops/{shop}/members/{member}",
    Contract(
        ProfileChangeRequest,
        shapes.AdminMemberView,
        "Change what is known of a member",
        scope=Scope.MEMBERS,
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def patch_member(call: Call[ProfileChangeRequest], shop: str, member: str) -> Outcome:
    """Change the profile; the books are not touched."""
    said = call.body
    changes = {
        name: value
        for name in said.__struct_fields__
        if (value := getattr(said, name)) is not msgspec.UNSET
    }
    if "email" in changes:
        changes["email"] = normalised_email(str(changes["email"]))
    changed = change_profile(call.table, shop, member, changes, call.now)
    if isinstance(changed, Refusal):
        return changed
    known, record = changed
    return Answer(shapes.member_view(call.table, known, record, call.now), target=record.member)


@door.get(
    "/v1/admin/shops/{shop}/members/{member}/entries",
    Contract(
        NoBody,
        ListView[shapes.EntryView],
        "List a member's entries, newest first",
        scope=Scope.READ,
        is_list=True,
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def get_entries(call: Call[NoBody], shop: str, member: str) -> Outcome:
    """The journal as it is kept, hashes included."""
    found = list_entries(call.table, shop, member, (call.page.limit, call.page.start))
    if isinstance(found, Refusal):
        return found
    entries, next_start = found
    return Answer(call.page_of(tuple(shapes.entry_view(entry) for entry in entries), next_start))


@door.get(
    "/v1/admin/shops/{shop}/members/{member}/documents",
    Contract(
        NoBody,
        ListView[shapes.DocumentView],
        "List a member's documents, newest first; orders that gave nothing come first",
        scope=Scope.READ,
        is_list=True,
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def get_documents(call: Call[NoBody], shop: str, member: str) -> Outcome:
    """What the member's entries came from."""
    found = list_documents(call.table, shop, member, (call.page.limit, call.page.start), call.now)
    if isinstance(found, Refusal):
        return found
    views = tuple(shapes.document_view(document) for document in found.documents)
    return Answer(call.page_of(views, found.next_start))


@door.get(
    "/v1/admin/shops/{shop}/members/{member}/documents/{document}",
    Contract(
        NoBody,
        shapes.DocumentView,
        "Read a document, such as `order:main:1001`",
        scope=Scope.READ,
        refusals=(RefusalCode.MEMBER_UNKNOWN, RefusalCode.DOCUMENT_UNKNOWN),
        locate=member_missing,
    ),
)
def get_document(call: Call[NoBody], shop: str, member: str, document: str) -> Outcome:
    """The document as it is kept."""
    found = explain_document(call.table, shop, member, (document, "en"), call.now)
    return found if isinstance(found, Refusal) else Answer(shapes.document_view(found))


@door.get(
    "/v1/admin/shops/{shop}/members/{member}/explain/{document}",
    Contract(
        NoBody,
        shapes.ExplainView,
        "Explain a document: why it moved what it moved",
        scope=Scope.READ,
        query=(QueryParameter("locale", "language of the sentences: en, hu or fa"),),
        refusals=(RefusalCode.MEMBER_UNKNOWN, RefusalCode.DOCUMENT_UNKNOWN),
        locate=member_missing,
    ),
)
def get_explanation(call: Call[NoBody], shop: str, member: str, document: str) -> Outcome:
    """The sentence, and every step that led to it."""
    locale = call.query.get("locale", "en")
    found = explain_document(call.table, shop, member, (document, locale), call.now)
    return found if isinstance(found, Refusal) else Answer(shapes.explain_view(found))


def _member(
    call: Call[MemberRequest] | Call[NoBody], shop: str, member: str, *, replayed: bool = False
) -> Outcome:
    found = view_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    known, record = found
    view = shapes.member_view(call.table, known, record, call.now)
    return Answer(view, replayed=replayed, target=record.member)
