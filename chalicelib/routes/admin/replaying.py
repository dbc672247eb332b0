"""Admin: the time machine. Replay the shop's own history through the draft, and read the report."""

import base64
import hashlib
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.domain.limits import REPLAY_MEMBERS_A_REQUEST
from chalicelib.domain.outcome import Refusal, RefusalCode
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
from chalicelib.routes.parsing import DRAFT_HASH, JsonObject, value_invalid
from chalicelib.security.scopes import Scope

if TYPE_CHECKING:
    from chalicelib.storage.replays import Replay
    from chalicelib.storage.table import Table

# The replay's own modules, a dozen, are read by who replays: no order and no card needs them.

door = Door(Audience.ADMIN)

_HASH_LENGTH: Final = 64


class ReplayRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which draft; ``fresh``: once more from the beginning, also where there is a report."""

    draft_hash: Annotated[str, Meta(pattern=DRAFT_HASH)]
    fresh: bool = False


class ReplayView(msgspec.Struct, frozen=True):
    """How far a replay has come. ``report`` is null until it is finished."""

    id: str
    draft_hash: str
    live_version: int  # what the draft is held against
    phase: str  # learning, walking, finished
    percent: int  # of the phase under way
    members: int  # walked
    members_total: int  # in the list of members
    orders: int
    segments: int  # that the members, and household pools, are cut into; 0 until they are
    segments_done: int  # with the phase under way
    spend_share_millionths: int  # of what they could spend, a month: who seldom redeems
    started_by: str
    started_at: str
    finished_at: str | None
    report: JsonObject | None


@door.post(
    "/v1/admin/shops/{shop}/program/replay",
    Contract(
        ReplayRequest,
        ReplayView,
        "Replay the shop's history through the draft; again: go on with it",
        scope=Scope.PROGRAM,
        refusals=(
            RefusalCode.DRAFT_UNKNOWN,
            RefusalCode.DRAFT_OUTDATED,
            RefusalCode.PROGRAM_INVALID,
            RefusalCode.PROGRAM_NOT_LIVE,
        ),
    ),
)
def post_replay(call: Call[ReplayRequest], shop: str) -> Outcome:
    """Begin, or go on for some members; the job does the rest."""
    from chalicelib.operations.replay_program import (  # noqa: PLC0415 - said above
        ReplayWish,
        begin_replay,
        go_on,
    )
    from chalicelib.operations.replay_workers import call_workers  # noqa: PLC0415 - said above

    wish = ReplayWish(call.body.draft_hash, call.body.fresh, call.actor, call.now)
    begun = begin_replay(call.table, shop, wish)
    if isinstance(begun, Refusal):
        return begun
    replay = go_on(call.table, begun, _is_short, call.now)
    if begun.started_at == call.now or replay.revision > begun.revision:
        call_workers(replay)
    is_old = begun.phase == "finished"
    return Answer(_view(call.table, replay), replayed=is_old, target=f"replay:{replay.id}")


@door.get(
    "/v1/admin/shops/{shop}/program/replay",
    Contract(
        NoBody,
        ReplayView,
        "Read how far the replay of a draft has come, and its report",
        scope=Scope.READ,
        query=(
            QueryParameter("draft_hash", "of the draft; the one there is by default"),
            QueryParameter("format", "`json` (default), or `html` for a page, once it is finished"),
        ),
        refusals=(RefusalCode.REPLAY_UNKNOWN,),
    ),
)
def get_replay(call: Call[NoBody], shop: str) -> Outcome:
    """The replay as it stands."""
    from chalicelib.operations.replay_program import view_replay  # noqa: PLC0415 - said above

    draft_hash = call.query.get("draft_hash", "")
    is_hash = len(draft_hash) == _HASH_LENGTH and draft_hash.isascii() and draft_hash.isalnum()
    if draft_hash and not is_hash:
        return value_invalid("$query.draft_hash", "Write the hash of a draft: 64 hex digits.")
    wanted = call.query.get("format", "json")
    if wanted not in ("json", "html"):
        return value_invalid("$query.format", "Write json or html.")
    replay = view_replay(call.table, shop, draft_hash)
    if isinstance(replay, Refusal):
        return replay
    if wanted == "html" and replay.report is not None:
        return _page(call.table, replay)
    return Answer(_view(call.table, replay))


def _is_short(members: int) -> bool:
    return members < REPLAY_MEMBERS_A_REQUEST


def _page(table: "Table", replay: "Replay") -> Outcome:
    from chalicelib.operations.replay_segments import basis_of  # noqa: PLC0415 - said above
    from chalicelib.operations.replay_walks import customers_of  # noqa: PLC0415
    from chalicelib.routes.replay_page import report_page  # noqa: PLC0415
    from chalicelib.routes.replay_people import called_by  # noqa: PLC0415
    from chalicelib.routes.replay_style import STYLE  # noqa: PLC0415

    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    basis = basis_of(table, replay)
    programs = basis.live.program, basis.draft.program
    called = called_by(*programs, customers_of(table, replay))
    page = report_page(replay.report, called) if replay.report else ""
    return Answer(html=page, headers=headers)


def _view(table: "Table", replay: "Replay") -> ReplayView:
    from chalicelib.domain.replay.habits import spending_of_shop  # noqa: PLC0415 - said above
    from chalicelib.operations.replay_program import progress_of  # noqa: PLC0415

    progress = progress_of(table, replay)
    return ReplayView(
        id=replay.id,
        draft_hash=replay.draft_hash,
        live_version=replay.live_version,
        phase=replay.phase,
        percent=progress.percent,
        members=progress.members,
        members_total=progress.members_total,
        orders=progress.orders,
        segments=progress.segments,
        segments_done=progress.segments_done,
        spend_share_millionths=spending_of_shop(replay.habit),
        started_by=replay.started_by,
        started_at=iso(replay.started_at),
        finished_at=iso(replay.finished_at) if replay.finished_at else None,
        report=msgspec.to_builtins(replay.report) if replay.report else None,
    )
