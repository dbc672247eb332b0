"""A launch from files: wrong lines are named and nothing is sent, right ones count once."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.domain.instants import parse_instant
from dev.importing.__main__ import main
from dev.importing.rows import FileRow, read_file
from dev.importing.sending import ATTEMPTS_MAX, Unsent, sender
from dev.local_gateway import LocalGateway
from dev.local_server import HOST, running
from tests.builders import TEA
from tests.routes.session import Session, open_session

NOW = parse_instant("2026-11-21T12:00:00Z")
SINCE = "2019-05-01T00:00:00Z"
FILES = {
    "customers": f"id,joined_at,email,tags\n501,{SINCE},kim@example.com,vip|old\n502,{SINCE},,\n",
    "balances": "customer_id,unit,points,expires_at\n501,points,120,\n"
    "502,points,7,2030-01-01T00:00:00Z\n",
    "orders": "order_id,customer_id,paid_at,net,refunded,posted_before\n"
    f"o1,501,{SINCE},40.00,,points:180\no2,502,{SINCE},9.50,2.00,\no1,501,{SINCE},140.00,,\n",
}
ORDER = "order_id,customer_id,paid_at,net"
WORDS = ("--url", "https://api.example", "--shop", "tea")


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        launch = {"orders": "qualify_only", "balances": "import"}
        opened.admin("PUT", "/program", {**TEA, "launch": launch})
        yield opened


def written(folder: Path, **files: str) -> list[str]:
    """The files of a launch, as arguments."""
    words: list[str] = [*WORDS]
    for kind, text in (files or FILES).items():
        path = folder / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        words += [f"--{kind}", str(path)]
    return words


def door(shop: Session) -> Any:
    def send(kind: str, rows: Sequence[FileRow]) -> Any:
        body: Any = shop.admin("POST", "/imports", {kind: [row.told for row in rows]}).json()
        return body["items"]

    return send


def nobody(kind: str, rows: Sequence[FileRow]) -> Any:
    raise AssertionError(f"{len(rows)} {kind} were sent")


def test_a_launch_counts_once_however_often_it_is_sent(
    shop: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = written(tmp_path)
    assert main(words, door(shop)) == 0
    first = shop.get("/members/external:501")
    assert first["points"]["points"]["available"] == 120
    assert first["order_count"] == 1
    assert "2 of 2 orders" in capsys.readouterr().err
    assert main(words, door(shop)) == 0
    assert shop.get("/members/external:501") == first
    assert "2 replayed" in capsys.readouterr().err


def test_a_check_sends_nothing(tmp_path: Path) -> None:
    assert main([*written(tmp_path), "--check"], nobody) == 0


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("balances", "customer_id,unit\n1,points\n", "line 1, points: this column is missing"),
        ("customers", f"id,joined_at,mail\n1,{SINCE},a\n", "line 1, mail: unknown column"),
        ("customers", f"id,id,joined_at\n1,1,{SINCE}\n", "line 1, id: this column is there twice"),
        ("customers", f"id,joined_at\n1,{SINCE},x\n", "line 2: more cells than columns"),
        ("customers", "id,joined_at\n1,yesterday\n", "line 2, joined_at:"),
        ("customers", f"id,joined_at\n1,{SINCE}\n,{SINCE}\n", "line 3, id:"),
        ("balances", "customer_id,unit,points\n1,points,many\n", "line 2, points:"),
        ("balances", "customer_id,unit,points\n1,points,0\n", "line 2, points:"),
        ("balances", "customer_id,unit,points\n1,a,3\n2,a,3\n1,a,4\n",
         "line 4, id: line 2 is called 1:a, too"),
        ("orders", f"{ORDER}\no,1,{SINCE},x\n", "line 2, net: no number: x"),
        ("orders", f"{ORDER},line_id\no,1,{SINCE},1,a\no,1,{SINCE},1,a\n",
         "line 2, line_id:"),
        ("orders", f"{ORDER},tags\no,1,{SINCE},1,\no,1,{SINCE},1,{'x' * 200}\n",
         "line 3, tags:"),
        ("orders", f"{ORDER},posted_before\no,1,{SINCE},1,points\n",
         "line 2, posted_before:"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_its_column_and_nothing_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, text: str, said: str
) -> None:
    assert main(written(tmp_path, **{kind: text}), nobody) == 1
    assert said in capsys.readouterr().err


def test_of_many_wrong_lines_the_first_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "customer_id,unit,points\n" + "".join(f"{row},points,no\n" for row in range(60))
    assert main(written(tmp_path, balances=text), nobody) == 1
    assert "and 10 more" in capsys.readouterr().err


def test_what_the_shop_refuses_or_ignores_is_told_by_its_line(
    shop: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = {name: FILES[name].replace("502", "999") for name in ("balances", "orders")}
    assert main(written(tmp_path, customers=FILES["customers"], **unknown), door(shop)) == 1
    told = capsys.readouterr().err
    assert "balances.csv: line 3: refused: member_unknown" in told
    assert "orders.csv: line 3: ignored: not_a_member" in told


def test_many_rows_are_sent_in_calls_that_the_door_takes(tmp_path: Path) -> None:
    calls: list[int] = []

    def send(kind: str, rows: Sequence[FileRow]) -> Any:
        calls.append(len(rows))
        return [{"status": "recorded"}] * len(rows)

    rows = "".join(f"{number},{SINCE}\n" for number in range(250))
    assert main(written(tmp_path, customers=f"id,joined_at\n{rows}"), send) == 0
    lines = "".join(f"{number // 400},1,{SINCE},1\n" for number in range(1_600))
    assert main(written(tmp_path, orders=f"{ORDER}\n{lines}"), send) == 0
    assert calls == [100, 100, 50, 2, 2]
    assert main(written(tmp_path, customers="id,joined_at\n"), send) == 0


def test_a_file_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--orders", str(tmp_path / "gone.csv")], nobody) == 1
    assert "gone.csv" in capsys.readouterr().err
    for words in (WORDS, (*WORDS, "--orders", "o.csv", "--currency", "ZZZ")):
        with pytest.raises(SystemExit):
            main(list(words))


def test_it_goes_over_http_and_says_why_it_stops(
    shop: Session,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running(LocalGateway(app)) as server:
        words = written(tmp_path)
        words[1] = f"http://{HOST}:{server.server_port}"
        monkeypatch.delenv("LAUREL_KEY", raising=False)
        assert main(words) == 1
        assert "put a key" in capsys.readouterr().err
        monkeypatch.setenv("LAUREL_KEY", "wrong")
        assert main(words) == 1
        assert "stopped: 401" in capsys.readouterr().err
        monkeypatch.setenv("LAUREL_KEY", shop.key("points"))
        assert main(words) == 0


def test_nothing_is_sent_in_clear() -> None:
    for url in ("http://api.example", "ftp://api.example", "api.example"):
        with pytest.raises(Unsent, match="https"):
            sender(url, "tea", "key", print)


def test_who_does_not_answer_is_asked_again_a_while(tmp_path: Path) -> None:
    waits: list[float] = []
    said: list[str] = []
    send = sender("http://127.0.0.1:9", "tea", "key", said.append, waits.append)
    with pytest.raises(Unsent, match="no answer"):
        send("customers", ())
    assert len(waits) == len(said) == ATTEMPTS_MAX


def test_a_row_knows_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(FILES["orders"], encoding="utf-8")
    rows, wrong = read_file(path, "orders", "USD", NOW)
    assert ([row.lines for row in rows], wrong) == ([(2, 4), (3,)], [])
