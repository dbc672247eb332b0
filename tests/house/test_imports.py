"""The directions of imports that import-linter cannot see.

It knows packages: not app.py, not parts of the standard library (``http.client`` is a client,
``http.HTTPStatus`` is not), not what a name is when it is made from text.
"""

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.house.tree import (
    ROOT,
    assert_none,
    dotted,
    imports_of,
    name_of,
    place,
    python_files,
    syntax_of,
    typing_only,
)

PURE_STDLIB = frozenset(
    {
        "base64", "bisect", "calendar", "collections", "contextlib", "copy", "dataclasses",
        "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "hmac",
        "ipaddress", "itertools", "json", "math", "operator", "re", "string", "textwrap", "types",
        "typing", "unicodedata", "zoneinfo",
    }
)  # fmt: skip
PURE_THIRD_PARTY = frozenset({"msgspec"})
AWS = frozenset({"boto3", "botocore", "pynamodb", "s3transfer"})
RUN_TIME = frozenset({"boto3", "botocore", "chalice", "msgspec", "pynamodb"})
HTTP_CLIENTS = ("aiohttp", "http.client", "httpx", "requests", "urllib.request", "urllib3")


ROUTES = ROOT / "chalicelib" / "routes"


def _root(name: str) -> str:
    return name.partition(".")[0]


def _violations(files: Iterable[Path], banned: Iterable[str]) -> list[str]:
    names = tuple(banned)
    return [
        f"{place(path, node)} imports {name}"
        for path in files
        for name, node in imports_of(path)
        if any(name == ban or name.startswith(ban + ".") for ban in names)
    ]


def test_domain_imports_itself_msgspec_and_pure_parts_of_the_standard_library() -> None:
    strangers = [
        f"{place(path, node)} imports {name}"
        for path in python_files("chalicelib/domain")
        for name, node in imports_of(path)
        if not name.startswith("chalicelib.domain.")
        and _root(name) not in PURE_STDLIB | PURE_THIRD_PARTY
    ]
    assert_none(strangers)


def test_only_storage_imports_aws() -> None:
    outside = [
        path
        for path in (*python_files("chalicelib"), ROOT / "app.py")
        if not name_of(path).startswith("chalicelib/storage/")
    ]
    assert_none(_violations(outside, AWS))


def test_only_outgoing_platform_modules_import_http_clients() -> None:
    outside = [
        path
        for path in python_files("chalicelib")
        if not (path.parent.name == "platforms" and path.stem.endswith("_api"))
    ]
    assert_none(_violations(outside, HTTP_CLIENTS))


def test_what_ships_imports_nothing_that_requirements_txt_does_not_name() -> None:
    known = RUN_TIME | sys.stdlib_module_names | {"chalicelib"}
    strangers = [
        f"{place(path, node)} imports {name}"
        for path in (*python_files("chalicelib"), ROOT / "app.py")
        for name, node in imports_of(path)
        if _root(name) not in known and node not in typing_only(path)
    ]
    assert_none(strangers)


def test_nothing_is_imported_by_a_name_made_at_run_time() -> None:
    calls = [
        place(path, node)
        for path in python_files("chalicelib")
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.Call)
        and dotted(node.func) in {"__import__", "importlib.import_module", "import_module"}
    ]
    assert_none(calls)


def test_app_imports_chalice_routes_and_jobs_alone() -> None:
    doors = ("chalice", "chalicelib.routes", "chalicelib.jobs")
    strangers = [
        name
        for name, _ in imports_of(ROOT / "app.py")
        if not any(name == door or name.startswith(door + ".") for door in doors)
    ]
    assert_none(strangers)


def test_current_request_is_read_in_one_file_of_routes() -> None:
    # Chalice's is one global for all threads: 309 of 480 concurrent answers used another
    # request's headers. Everybody else reads the ContextVar that this one file fills.
    readers = [
        (path, place(path, node))
        for path in (*python_files("chalicelib", "dev", "bench"), ROOT / "app.py")
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "current_request"
    ]
    assert_none(where for path, where in readers if not path.is_relative_to(ROUTES))
    assert len({path for path, _ in readers}) <= 1, readers


def test_every_module_that_ships_or_serves_says_what_it_is() -> None:
    silent = [
        name_of(path)
        for path in (*python_files("chalicelib", "dev", "bench"), ROOT / "app.py")
        if not ast.get_docstring(syntax_of(path))
    ]
    assert_none(silent)
