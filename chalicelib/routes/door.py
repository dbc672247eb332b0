"""A door: the routes of one audience in one file, declared one by one.

``Door(Audience.ADMIN)`` gives the decorators ``get``, ``post``, ``put``, ``patch`` and
``delete``; each registers the view with Chalice (through a blueprint that ``app.py`` mounts) and
in the list that OpenAPI and the tests read. The view stays the plain function that it is.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, TypeVar

from chalice.app import Blueprint, Response

from chalicelib.routes import admission
from chalicelib.routes.contract import (
    Audience,
    Contract,
    PathT,
    Route,
    View,
    declare,
)
from chalicelib.routes.responses import Cors

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
BodyT = TypeVar("BodyT")

_JSON: Final = "application/json"
_ANY: Final = "*/*"
_CORS: Final = Cors()

MEDIA_TYPES: Final[Mapping[Audience, tuple[str, ...]]] = {
    Audience.PUBLIC: (_JSON,),
    Audience.WEBHOOKS: (_ANY,),  # raw bytes: WooCommerce pings with a form
    Audience.STOREFRONT: (_JSON, "text/plain"),  # text/plain needs no preflight
    Audience.ADMIN: (_JSON,),
}
"""What a body may come as, by audience. Routes without a body take anything."""


class Door:
    """The routes of one audience; see the module."""

    def __init__(self, audience: Audience) -> None:
        """``blueprint`` is what ``app.py`` mounts."""
        self.audience = audience
        self.blueprint = Blueprint(__name__)

    def get(self, path: str, contract: Contract[BodyT]) -> "Decorator[BodyT, PathT]":
        """Declare what only reads."""
        return self._declared("GET", path, contract)

    def post(self, path: str, contract: Contract[BodyT]) -> "Decorator[BodyT, PathT]":
        """Declare what adds or does something."""
        return self._declared("POST", path, contract)

    def put(self, path: str, contract: Contract[BodyT]) -> "Decorator[BodyT, PathT]":
        """Declare what replaces the whole."""
        return self._declared("PUT", path, contract)

    def patch(self, path: str, contract: Contract[BodyT]) -> "Decorator[BodyT, PathT]":
        """Declare what changes parts."""
        return self._declared("PATCH", path, contract)

    def delete(self, path: str, contract: Contract[BodyT]) -> "Decorator[BodyT, PathT]":
        """Declare what removes."""
        return self._declared("DELETE", path, contract)

    def _declared(
        self, method: Method, path: str, contract: Contract[BodyT]
    ) -> "Decorator[BodyT, PathT]":
        def decorate(view: View[BodyT, PathT]) -> View[BodyT, PathT]:
            route = Route(method, path, self.audience, contract, view)
            declare(route)
            self._mount(route)
            return view

        return decorate

    def _mount(self, route: Route) -> None:
        def handler(**_: str) -> Response:
            # The path values are read from the context, where they are decoded.
            return admission.answer(route)

        media_types = MEDIA_TYPES[self.audience] if route.takes_json else (_ANY,)
        self.blueprint.route(
            route.path,
            methods=[route.method],
            name=route.template,
            content_types=list(media_types),
            cors=_CORS,
        )(handler)


Decorator: TypeAlias = Callable[[View[BodyT, PathT]], View[BodyT, PathT]]
