"""The OpenAPI document tells every route that is mounted, and nothing else."""

from typing import Any

from app import app
from chalicelib.routes.contract import Audience, declared_routes
from chalicelib.routes.openapi import possible_refusals
from tests.routes.house import Client


def test_every_mounted_route_is_told_and_no_other(client: Client) -> None:
    told: Any = client.get("/v1/openapi.json", key="")
    documented = {
        (method.upper(), path) for path, methods in told["paths"].items() for method in methods
    }
    mounted = {(method, path) for path, methods in app.routes.items() for method in methods}
    declared = {(route.method, route.path) for route in declared_routes()}
    assert documented == mounted == declared


def test_the_document_holds_together(client: Client) -> None:
    told: Any = client.get("/v1/openapi.json")
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "https://laurel.example"}]
    schemas = told["components"]["schemas"]

    def refs(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [ref for value in node.values() for ref in refs(value)]
        return [ref for value in node for ref in refs(value)] if isinstance(node, list) else []

    assert refs(told)
    assert {ref.removeprefix("#/components/schemas/") for ref in refs(told)} <= schemas.keys()
    ids = [each["operationId"] for methods in told["paths"].values() for each in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_operation_names_its_problems_and_parameters(client: Client) -> None:
    told: Any = client.get("/v1/openapi.json")
    for route in declared_routes():
        operation = told["paths"][route.path][route.method.lower()]
        in_path = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert tuple(in_path) == route.parameters
        assert str(route.contract.status) in operation["responses"]
        described = " ".join(each["description"] for each in operation["responses"].values())
        for code in possible_refusals(route):
            assert f"`{code}`" in described
        if route.audience is Audience.ADMIN:
            assert operation["security"] == [{"apiKey": []}]
            assert {"401", "403"} <= operation["responses"].keys()


def test_every_view_and_path_agree_on_their_parameters() -> None:
    import inspect

    for route in declared_routes():
        names = list(inspect.signature(route.view).parameters)
        assert tuple(names[1:]) == route.parameters, route.template


def test_every_route_has_a_summary() -> None:
    assert [route.template for route in declared_routes() if not route.contract.summary] == []
