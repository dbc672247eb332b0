"""OpenAPI 3.1, made from the declared routes and the types that they parse with.

Nothing is written twice: a route's contract gives its parameters, bodies, answers and refusals,
msgspec gives the schemas. The document is made at its first request and kept, so it costs nothing
at start. ``possible_refusals`` is also what the docs and the tests hold routes to.
"""

from collections import defaultdict
from functools import cache
from typing import Any, Final, TypeAlias

import msgspec

from chalicelib import settings
from chalicelib.domain.limits import IDEMPOTENCY_KEY_LENGTH_MAX, PAGE_SIZE_MAX
from chalicelib.domain.outcome import RefusalCode
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    Route,
    declared_routes,
)
from chalicelib.routes.door import MEDIA_TYPES, Door
from chalicelib.routes.parsing import PATH_ID, JsonObject, path_id_length_max
from chalicelib.routes.responses import PROBLEM_TYPE, STATUSES, ProblemView

Json: TypeAlias = dict[str, Any]

door = Door(Audience.PUBLIC)

_TEXT: Final[Json] = {"type": "string"}
_REF: Final = "#/components/schemas/{name}"
_SECURITY: Final[dict[Audience, list[Json]]] = {
    Audience.PUBLIC: [],
    Audience.WEBHOOKS: [],
    Audience.STOREFRONT: [{"storefrontToken": []}, {}],
    Audience.ADMIN: [{"apiKey": []}],
}
_SCHEMES: Final[Json] = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "`lrl_...`, or the operator key"},
    "storefrontToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "a JWT or compact token of the shop; it may come in the body as `token`",
    },
}
_BY_AUDIENCE: Final[dict[Audience, tuple[RefusalCode, ...]]] = {
    Audience.PUBLIC: (),
    Audience.WEBHOOKS: (RefusalCode.CONNECTION_UNKNOWN,),
    Audience.STOREFRONT: (RefusalCode.TOKEN_INVALID, RefusalCode.TOKEN_EXPIRED),
    Audience.ADMIN: (
        RefusalCode.KEY_INVALID,
        RefusalCode.SCOPE_MISSING,
        RefusalCode.VALUE_INVALID,
    ),
}


def possible_refusals(route: Route) -> tuple[RefusalCode, ...]:
    """Every code that ``route`` may answer with, its own and the framework's, in precedence."""
    codes = {RefusalCode.TOO_LARGE, RefusalCode.REQUEST_MALFORMED, RefusalCode.BUSY}
    codes |= set(route.contract.refusals)
    if "member" in route.parameters:
        codes.add(RefusalCode.MEMBER_ERASED)
    codes |= set(_BY_AUDIENCE[route.audience])
    if route.takes_json:
        codes |= {RefusalCode.MEDIA_TYPE_UNSUPPORTED, RefusalCode.VALUE_INVALID}
    if route.parameters and route.audience is not Audience.WEBHOOKS:
        codes |= {RefusalCode.VALUE_INVALID}
    if "shop" in route.parameters:
        codes |= {RefusalCode.SHOP_UNKNOWN}
    if route.contract.idempotent:
        codes |= {RefusalCode.IDEMPOTENCY_KEY_MISSING, RefusalCode.SAME_KEY_OTHER_REQUEST}
    if route.contract.is_list:
        codes |= {RefusalCode.CURSOR_INVALID, RefusalCode.VALUE_INVALID}
    return tuple(code for code in RefusalCode if code in codes)


def _types(routes: tuple[Route, ...]) -> list[Any]:
    """Every type that has a schema, once."""
    bodies = [route.contract.body for route in routes if route.takes_json]
    answers = [route.contract.answer for route in routes if route.contract.answer is not None]
    return list(dict.fromkeys([ProblemView, *bodies, *answers]))


def _path_schema(name: str) -> Json:
    longest = path_id_length_max(name)
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": PATH_ID}


def _parameters(route: Route) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
        for name in route.parameters
    ]
    found += [
        {"name": each.name, "in": "query", "description": each.meaning, "schema": _TEXT}
        for each in route.contract.query
    ]
    if route.contract.is_list:
        limit = {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": 50}
        found.append({"name": "limit", "in": "query", "schema": limit})
        found.append({"name": "cursor", "in": "query", "schema": _TEXT})
    if route.contract.idempotent:
        key = {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_LENGTH_MAX}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": key})
    return found


def _responses(route: Route, schemas: dict[Any, Json]) -> Json:
    done: Json = {"description": "Done"}
    if route.contract.answer is not None:
        done["content"] = {"application/json": {"schema": schemas[route.contract.answer]}}
    found: Json = {str(route.contract.status): done}
    if route.contract.idempotent or route.contract.is_once:
        found["200"] = {**done, "description": "Answered before: `Idempotent-Replayed: true`"}
    codes_by_status: dict[int, list[str]] = defaultdict(list)
    for code in possible_refusals(route):
        codes_by_status[STATUSES[code][0]].append(f"`{code}`")
    problem = {PROBLEM_TYPE: {"schema": schemas[ProblemView]}}
    for status, codes in sorted(codes_by_status.items()):
        found[str(status)] = {"description": ", ".join(codes), "content": problem}
    return found


def _operation(route: Route, schemas: dict[Any, Json]) -> Json:
    operation: Json = {
        "operationId": route.view.__name__,
        "summary": route.contract.summary,
        "tags": [route.audience.value],
        "parameters": _parameters(route),
        "security": _SECURITY[route.audience],
        "responses": _responses(route, schemas),
    }
    if route.contract.scope:
        operation["description"] = f"Needs the scope `{route.contract.scope}`."
    if route.takes_json:
        schema = schemas[route.contract.body]
        media_types = MEDIA_TYPES[route.audience]
        content = {media_type: {"schema": schema} for media_type in media_types}
        # No body stands for an empty object: what is missing in it is a 422 like any other.
        operation["requestBody"] = {"required": False, "content": content}
    elif route.audience is Audience.WEBHOOKS:
        operation["requestBody"] = {"content": {"*/*": {"schema": {}}}}
    return operation


def _free_schema(kind: type) -> Json:
    """The schema of ``object``: a value of a free document, of which nothing is said."""
    if kind is object:
        return {"description": "anything"}  # msgspec takes an empty schema for none
    raise NotImplementedError


@cache
def document(public_url: str) -> Json:
    """The OpenAPI document of every door that is mounted."""
    routes = declared_routes()
    types = _types(routes)
    found, components = msgspec.json.schema_components(
        types, schema_hook=_free_schema, ref_template=_REF
    )
    schemas = dict(zip(types, found, strict=True))
    paths: dict[str, Json] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Laurel", "version": "1", "license": {"name": "MIT"}},
        "servers": [{"url": public_url}],
        "paths": dict(paths),
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }


@door.get("/v1/openapi.json", Contract(NoBody, JsonObject, "Read this document"))
def get_openapi(_call: Call[NoBody]) -> Outcome:
    """Read the OpenAPI document."""
    headers = {"Cache-Control": "public, max-age=300"}
    return Answer(document(settings.current().public_url), headers=headers)


@door.get(
    "/v1/program.schema.json",
    Contract(NoBody, JsonObject, "Read the JSON Schema of the program document, for editors"),
)
def get_program_schema(_call: Call[NoBody]) -> Outcome:
    """Read the schema; editors ask without a key."""
    from chalicelib.domain.program.schema import program_schema  # noqa: PLC0415 - editors alone

    return Answer(program_schema(), headers={"Cache-Control": "public, max-age=3600"})
