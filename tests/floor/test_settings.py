"""Settings: read once, right or refused by name."""

import ast
from pathlib import Path

import pytest
from msgspec.structs import fields

from chalicelib import settings
from chalicelib.settings import VARIABLES, SettingInvalid, Settings, read

RIGHT = {
    "LAUREL_TABLE": "laurel-prod",
    "LAUREL_OPERATOR_KEY_SHA256": "a" * 64,
    "LAUREL_KMS_KEY_ID": "arn:aws:kms:eu-central-1:1:key/ab-cd",
    "LAUREL_DYNAMODB_ENDPOINT": "http://127.0.0.1:8001/",
    "LAUREL_PUBLIC_URL": "https://api.example/v/",
    "LAUREL_PAGES_BUCKET": "my-pages.example",
    "LAUREL_REPLAY_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/replays",
    "AWS_REGION": "eu-central-1",
}


def test_every_variable_is_read_into_its_setting() -> None:
    assert read(RIGHT) == Settings(
        table_name="laurel-prod",
        operator_key_sha256="a" * 64,
        kms_key_id="arn:aws:kms:eu-central-1:1:key/ab-cd",
        dynamodb_endpoint="http://127.0.0.1:8001",
        public_url="https://api.example/v",
        region="eu-central-1",
        pages_bucket="my-pages.example",
        replay_queue_url="https://sqs.eu-central-1.amazonaws.com/123456789012/replays",
    )
    assert set(RIGHT) == set(VARIABLES)
    assert len(fields(Settings)) == len(VARIABLES)


def test_what_is_absent_or_empty_is_usual() -> None:
    assert read({}) == read(dict.fromkeys(RIGHT, " ")) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LAUREL_TABLE", "a b"),
        ("LAUREL_TABLE", "x"),
        ("LAUREL_OPERATOR_KEY_SHA256", "my-own-key"),
        ("LAUREL_OPERATOR_KEY_SHA256", "A" * 64),
        ("LAUREL_KMS_KEY_ID", "key; drop"),
        ("LAUREL_DYNAMODB_ENDPOINT", "127.0.0.1:8001"),
        ("LAUREL_DYNAMODB_ENDPOINT", "ftp://a"),
        ("LAUREL_PUBLIC_URL", "https://user:password@a.example"),
        ("LAUREL_PUBLIC_URL", "https://a.example?x=1"),
        ("LAUREL_PUBLIC_URL", "https://"),
        ("LAUREL_PAGES_BUCKET", "My Bucket"),
        ("LAUREL_REPLAY_QUEUE_URL", "laurel-replays"),
        ("AWS_REGION", "mars"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name_and_without_its_value(
    name: str, value: str
) -> None:
    with pytest.raises(SettingInvalid, match=name) as caught:
        read({**RIGHT, name: value})
    assert "password" not in str(caught.value)
    assert "my-own-key" not in str(caught.value)


def test_settings_in_use_are_everybodys_until_the_block_ends() -> None:
    outside = settings.current()
    with settings.use(Settings(table_name="one")), settings.use(Settings(table_name="two")) as two:
        assert settings.current() is two
    assert settings.current() is outside


def test_every_variable_that_the_module_reads_is_told() -> None:
    tree = ast.parse(Path(settings.__file__).read_text())
    read_names = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("LAUREL_", "AWS_"))
    }
    assert read_names == set(VARIABLES)
    assert all(meaning.endswith(".") for meaning in VARIABLES.values())
