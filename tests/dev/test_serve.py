"""``make serve``: an empty house with an operator key, on the engine that was asked for."""

import hashlib

import pytest

from chalicelib import settings
from dev.local_gateway import LocalGateway
from dev.serve import house_of, local_house, settings_of, table_in_use, tell_incidents
from tests.routes.house import Client, make_shop


def test_port_and_key_are_the_environments_or_made_up() -> None:
    told = house_of({"PORT": "8123", "LAUREL_OPERATOR_KEY": "mine"})
    assert (told.port, told.operator_key) == (8123, "mine")
    one, two = house_of({}), house_of({})
    assert one.port == 8000
    assert one.operator_key != two.operator_key


def test_the_settings_know_the_key_by_its_hash_alone() -> None:
    house = house_of({"PORT": "8123", "LAUREL_OPERATOR_KEY": "mine"})
    said = settings_of(house, {})
    assert said.operator_key_sha256 == hashlib.sha256(b"mine").hexdigest()
    assert said.public_url == "http://127.0.0.1:8123"
    kept = settings_of(house, {"LAUREL_PUBLIC_URL": "https://a.example/"})
    assert kept.public_url == "https://a.example"


def test_the_embedded_engine_serves_a_shop() -> None:
    with local_house({"LAUREL_OPERATOR_KEY": "mine"}) as house:
        from app import app

        client = Client(LocalGateway(app), house.operator_key)
        owner = make_shop(client)
        assert client.code("GET", "/v1/admin/shops/tea", key=owner) == "200"
        rows = client.get("/v1/admin/shops/tea/audit-log?limit=1", key=owner)
        assert rows["next_cursor"]


def test_another_engine_is_used_and_its_table_kept() -> None:
    from dev import engines

    with engines.ministack_server() as endpoint:
        said = settings.Settings(dynamodb_endpoint=endpoint)
        with settings.use(said), table_in_use(said) as table:
            assert table.load([("S#tea", "SHOP")]) == {}
        with settings.use(said), table_in_use(said) as table:  # it is there already
            assert table.load([("S#tea", "SHOP")]) == {}


def test_only_incidents_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell_incidents('{"kind":"request"}')
    tell_incidents('{"_aws":{}}')
    tell_incidents('{"kind":"incident","incident":"1"}')
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
