"""The time machine on files: what it reads, what it refuses, and that parts change nothing."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.past_members import PastMember
from dev.replay import spool
from dev.replay.__main__ import main
from dev.replay.orders_csv import order_of, orders_by_member
from tests.builders import TEA

HEAD = "order_id,customer_id,paid_at,net,refunded,refunded_at,gift_card,tags,currency"


def _file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def _program(folder: Path, name: str, document: dict[str, Any]) -> str:
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def _words(folder: Path, orders: Path, out: str, *more: str) -> list[str]:
    rule = TEA["earn"][0]
    double = {**TEA, "earn": [{**rule, "give": [{**rule["give"][0], "rate": "2"}]}]}
    live, draft = _program(folder, "a.json", TEA), _program(folder, "b.json", double)
    given = ["--orders", str(orders), "--live", live, "--draft", draft]
    return [*given, "--out", str(folder / out), *more]


def _orders(folder: Path, count: int = 40) -> Path:
    rows = (
        f"o{number},c{number % 7},2026-{number % 9 + 1:02}-03T10:00:00Z,{number}.50,,,,,"
        for number in range(count)
    )
    return _file(folder, *rows)


def test_it_writes_a_report_and_tells_its_progress(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_words(tmp_path, _orders(tmp_path), "r.json", "--workers", "1")) == 0
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert sum(report["live"]["orders"]) == 40
    assert len(report["draft_hash"]) == 64
    assert "part 1 of 1: 40 orders" in capsys.readouterr().err


def test_many_parts_in_many_processes_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = _orders(tmp_path)
    assert main(_words(tmp_path, orders, "one.json", "--workers", "1")) == 0
    monkeypatch.setattr(spool, "PART_BYTES", 600)
    assert main(_words(tmp_path, orders, "many.json", "--workers", "2")) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "many.json").read_bytes()


def test_a_budget_that_runs_out_is_the_same_in_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = _orders(tmp_path)
    rules = [{"id": "more", "on": "order.paid", "give": [{"multiply": "2", "unit": "points"}]}]
    spring = {"id": "spring", "rules": rules, "budget": {"points": 100}}
    for workers, size in (("1", 2_000_000), ("2", 600)):
        monkeypatch.setattr(spool, "PART_BYTES", size)
        words = _words(tmp_path, orders, f"{workers}.json", "--workers", workers)
        _program(tmp_path, "b.json", {**TEA, "campaigns": [spring]})
        assert main(words) == 0
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()
    report = json.loads((tmp_path / "1.json").read_text(encoding="utf-8"))
    assert "budgets_ran_out" in report["notes"]
    assert "round 2" in capsys.readouterr().err


def test_it_writes_a_page_unless_json_is_asked_for(tmp_path: Path) -> None:
    assert main(_words(tmp_path, _orders(tmp_path), "r.html", "--workers", "1")) == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_return_after_the_last_order_is_in_the_report(tmp_path: Path) -> None:
    orders = _file(tmp_path, "o1,c1,2026-01-03T10:00:00Z,99.00,99.00,2026-04-02T00:00:00Z,,,")
    assert main(_words(tmp_path, orders, "r.json", "--workers", "1")) == 0
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["live"]["revenue_minor"] == [9_900, 0, 0, -9_900]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("o1,c1,2026-01-03,1.00,,,,,", "line 2, paid_at: a time needs a zone"),
        ("o1,c1,2926-01-03T10:00:00Z,1.00,,,,,", "line 2, paid_at: more than five minutes"),
        ("o1,c1,2026-01-03T10:00:00Z,one,,,,,", "line 2, net: no number: one"),
        ("o1,c1,2026-01-03T10:00:00Z,99999999999999999,,,,,", "line 2, net: Expected `int` <="),
        ("o1,c1,2026-01-03T10:00:00Z,5,60,,,,", "line 2, refunded: more than the net"),
        ("o1,c1,2026-01-03T10:00:00Z,5,5,2025-01-03T10:00:00Z,,,", "line 2, refunded_at: before"),
        ("o1,c1,2026-01-03T10:00:00Z,5,5,2926-01-03T10:00:00Z,,,", "refunded_at: more than five"),
        ("o1,c1,2026-01-03T10:00:00Z,5,,,maybe,,", "line 2, gift_card: yes or empty: maybe"),
        ("o1,c1,2026-01-03T10:00:00Z,5,,,,,EUR", "line 2, currency: neither program has a rate"),
        ("o1,c1,2026-01-03T10:00:00Z,1.001,,,,,", "too many places"),
        ("o1,c1,2026-01-03T10:00:00Z,-1,,,,,", "below 0"),
        ("o1,c1,2026-01-03T10:00:00Z,NaN,,,,,", "no number"),
        ("o1,c1,2026-01-03T10:00:00Z,1.00,1.00,soon,,,", "refunded_at"),
        ("o1,c1,2026-01-03T10:00:00Z,1.00,,,,,ABC", "line 2, currency: unknown currency ABC"),
        ("o1", "too few cells"),
        (f"o1,c1,2026-01-03T10:00:00Z,1.00{',' * 6}02-30", "line 2, birthday: 02-30"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, said: str
) -> None:
    head = f"{HEAD},birthday" if "birthday" in said else HEAD
    orders = _file(tmp_path, row, head=head)
    assert main(_words(tmp_path, orders, "r.json", "--workers", "1")) == 1
    assert said in capsys.readouterr().err


def test_a_file_without_orders_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_words(tmp_path, _file(tmp_path), "r.json")) == 1
    assert "no orders" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("order_id,customer_id,paid_at", "line 1, net: this column is missing"),
        (f"{HEAD},colour", "line 1, colour: unknown column"),
        (f"{HEAD},net", "line 1, net: this column is there twice"),
        (HEAD.replace(",", ";"), "line 1: columns are parted by commas"),
    ],
)
def test_columns_are_known_once_and_none_that_matters_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str, said: str
) -> None:
    assert main(_words(tmp_path, _file(tmp_path, head=head), "r.json")) == 1
    assert said in capsys.readouterr().err


def test_every_mistake_of_a_file_is_told_at_once_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(spool, "PART_BYTES", 60)
    rows = [f"o{place},c{place},2026-01-03T10:00:00Z,{place}.00,,,,," for place in range(9)]
    rows[3] = rows[3].replace("c3", "c8").replace("o3", "o1")
    rows[5] = rows[5].replace("5.00", "five")
    assert main(_words(tmp_path, _file(tmp_path, *rows), "r.json", "--workers", "1")) == 1
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "line 5, customer_id: order o1 is of c1, too (line 3)",
        "line 7, net: no number: five",
    ]
    assert not (tmp_path / "r.json").exists()


def test_guests_are_nobody_and_a_mark_of_the_bytes_is_no_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = _orders(tmp_path)
    guests = "".join(f"g{place},,2026-03-03T10:00:00Z,50.00,,,,,\n" for place in range(12))
    orders.write_text("\ufeff" + orders.read_text(encoding="utf-8") + guests, encoding="utf-8")
    assert main(_words(tmp_path, orders, "r.json", "--workers", "1")) == 0
    said = capsys.readouterr().err
    assert "40 rows, 40 orders of 7 customers; left out: 12 rows of guests" in said
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert sum(report["live"]["orders"]) == 40


def test_bytes_of_another_encoding_and_programs_of_two_currencies_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = _file(tmp_path, "o1,c\xe9,2026-01-03T10:00:00Z,1.00,,,,,")
    orders.write_bytes(orders.read_text(encoding="utf-8").encode("latin-1"))
    words = _words(tmp_path, orders, "r.json")
    assert main(words) == 1
    assert "orders.csv is not UTF-8; save it as CSV UTF-8" in capsys.readouterr().err
    other = json.dumps(TEA).replace("USD", "EUR")
    (tmp_path / "b.json").write_text(other, encoding="utf-8")
    assert main(words) == 1
    assert "two currencies: live USD, draft EUR" in capsys.readouterr().err


def test_a_program_that_is_not_valid_is_refused_with_its_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = _words(tmp_path, _orders(tmp_path), "r.json")
    _program(tmp_path, "b.json", {**TEA, "colour": "red"})
    assert main(words) == 1
    assert "$.colour" in capsys.readouterr().err
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    assert main(words) == 1


def test_rows_of_one_order_are_its_lines() -> None:
    text = [
        HEAD,
        "o1,c1,2026-01-03T10:00:00Z,10.00,4.00,2026-02-01T00:00:00Z,,tea|sale,",
        "o2,c2,2026-01-03T10:00:00Z,1.00,,,,,",
        "o1,c1,2026-01-03T10:00:00Z,5.00,,,yes,,",
    ]
    found = dict(orders_by_member(csv.DictReader(text), "USD"))
    assert sorted(found) == ["c1", "c2"]
    (order,) = found["c1"]
    assert isinstance(order, PastOrder)
    first, second = order.state.lines
    assert (first.net, first.tags, second.net, second.gift_card) == (
        1_000,
        ("tea", "sale"),
        500,
        True,
    )
    assert [part.lines[0].net for part in order.refunds] == [400]


def test_money_has_the_places_of_its_currency() -> None:
    row = {"order_id": "1", "customer_id": "c", "paid_at": "2026-01-03T10:00:00Z", "net": "500"}
    assert order_of([row], "JPY").state.lines[0].net == 500
    assert order_of([row], "USD").state.lines[0].net == 50_000


def test_arguments_have_bounds(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(_words(tmp_path, tmp_path, "r.json", "--spend", "101"))

    with pytest.raises(SystemExit):
        main(_words(tmp_path, tmp_path, "nowhere/r.json"))


def test_pauses_of_a_file_are_told_by_who_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders, month = _orders(tmp_path), "2026-03-01T00:00:00Z/2026-04-01T00:00:00Z"
    earlier = "2026-02-03T10:00:00Z/2026-02-03T10:00:01Z"
    more = ("--workers", "1", "--paused", month, "--paused", earlier)
    assert main(_words(tmp_path, orders, "r.json", *more)) == 0
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["live"]["unearned"] == report["draft"]["unearned"] == {"paused": 10}
    assert [each["since"][:7] for each in report["pauses"]] == ["2026-02", "2026-03"]
    for wrong in ("2026-03-01T00:00:00Z", "soon/later", "/".join(reversed(month.split("/")))):
        with pytest.raises(SystemExit):
            main(_words(tmp_path, orders, "r.json", "--paused", wrong))
    words = _words(tmp_path, orders, "r.json", "--paused", month)
    with pytest.raises(SystemExit):
        main(["--shop", "tea", *words[2:]])
    assert "the pauses of a shop are known" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_words(tmp_path, tmp_path / "none.csv", "r.json")) == 1
    assert "none.csv" in capsys.readouterr().err


def test_birthdays_of_a_file_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "order_id,customer_id,paid_at,net,birthday"
    rows = (
        f"o{month},c{month % 2},2026-0{month}-03T10:00:00Z,10.00,{('', '1990-05-09')[month % 2]}"
        for month in range(1, 9)
    )
    monkeypatch.setattr(spool, "ROWS_TOLD", 4)
    words = _words(tmp_path, _file(tmp_path, *rows, head=head), "r.json", "--workers", "1")
    cake = {"id": "cake", "on": "member.birthday", "give": [{"add": 100, "unit": "points"}]}
    _program(tmp_path, "b.json", {**TEA, "earn": [*TEA["earn"], cake]})
    assert main(words) == 0
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["left_out"] == []
    live, draft = (
        sum(next(each for each in report[side]["units"] if each["habit"] == "one")["issued"])
        for side in ("live", "draft")
    )
    assert draft - live == 100
    assert "read: 4 rows" in capsys.readouterr().err


def test_a_birthday_is_told_with_a_year_or_without() -> None:
    base = {"order_id": "1", "customer_id": "c", "paid_at": "2026-01-03T10:00:00Z", "net": "5"}
    for told in ("1990-02-29", "02-29"):
        ((_, past),) = orders_by_member([{**base, "birthday": told}], "USD")
        assert past[1] == PastMember("c", birthday="02-29")
