"""The program as static files: what a CDN serves when nobody asks us.

::

    shops/<id>/program.json                    which version is live, and which is next and when
    shops/<id>/program.<version>.<locale>.json one version in one language: never changes

The pointer names the next version with its start, so a reader switches at the very moment by
itself, whenever the files are written. Nothing here is personal, and nothing depends on it.
"""

import msgspec

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.defaults import Json
from chalicelib.domain.program.presentation import present

FOREVER_CACHED = "public, max-age=31536000, immutable"
SHORTLY_CACHED = "public, max-age=60"


class Page(msgspec.Struct, frozen=True):
    """One file."""

    name: str
    body: bytes  # JSON
    cache_control: str


def version_pages(shop: str, program: CompiledProgram) -> tuple[Page, ...]:
    """One file for each language of the version."""
    return tuple(
        Page(
            f"shops/{shop}/{_file(program, locale)}",
            msgspec.json.encode(present(program, locale)),
            FOREVER_CACHED,
        )
        for locale in program.program.locales
    )


def pointer_page(
    shop: str, live: CompiledProgram, waiting: tuple[CompiledProgram, Instant] | None
) -> Page:
    """The file that says which of the others to read."""
    following: Json | None = None
    if waiting is not None:
        following = {**_named(waiting[0]), "since": iso(waiting[1])}
    body: Json = {"shop": shop, **_named(live), "next": following}
    return Page(f"shops/{shop}/program.json", msgspec.json.encode(body), SHORTLY_CACHED)


def _named(program: CompiledProgram) -> Json:
    locales = program.program.locales
    return {
        "version": program.version,
        "locales": list(locales),
        "files": {locale: _file(program, locale) for locale in locales},
    }


def _file(program: CompiledProgram, locale: str) -> str:
    return f"program.{program.version}.{locale}.json"
