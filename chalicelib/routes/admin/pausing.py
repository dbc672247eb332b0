"""Admin: pause the program, and let it go on."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.domain.limits import NOTE_LENGTH_MAX
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.operations.pause_program import PauseFound, pause_program, resume_program
from chalicelib.routes.contract import Answer, Audience, Call, Contract, NoBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


class PauseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to stand still."""

    what: Literal["earning", "all"]
    note: Annotated[str, Meta(max_length=NOTE_LENGTH_MAX)] = ""


class PauseView(msgspec.Struct, frozen=True):
    """The pause that lasts; all null and empty while there is none."""

    paused: str | None
    since: str | None
    note: str
    by: str


@door.post(
    "/v1/admin/shops/{shop}/program/pause",
    Contract(
        PauseRequest,
        PauseView,
        "Pause earning, or earning and redeeming; refunds go on",
        scope=Scope.PROGRAM,
    ),
)
def post_pause(call: Call[PauseRequest], shop: str) -> Outcome:
    """Let a pause begin."""
    what = Paused(call.body.what)
    pause = Pause(what, call.now, note=call.body.note, by=call.actor)
    return _pause_answer(pause_program(call.table, shop, pause))


@door.post(
    "/v1/admin/shops/{shop}/program/resume",
    Contract(NoBody, PauseView, "End the pause", scope=Scope.PROGRAM),
)
def post_resume(call: Call[NoBody], shop: str) -> Outcome:
    """Let the program go on."""
    return _pause_answer(resume_program(call.table, shop, call.now))


def _pause_answer(found: PauseFound | Refusal) -> Outcome:
    if isinstance(found, Refusal):
        return found
    pause = found.pause
    view = PauseView(None, None, "", "")
    if pause is not None:
        view = PauseView(pause.what.value, iso(pause.since), pause.note, pause.by)
    return Answer(view, replayed=found.replayed)
