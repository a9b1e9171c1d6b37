"""Numbers with decimal commas and groups of digits: read if their column makes the mark clear, never guessed."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events import straight
from scenario_cli.events.inspect import inspect
from scenario_cli.events.staged import StagedLog
from scenario_cli.model.decimal_marks import remedy
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, write

WANTED: dict[str, dict[str, str | None]] = {"bought": {"total": "number", "pieces": "integer"}}

# The texts of a column, and the number read from each; None if it does not fit.
COLUMNS: list[tuple[list[str], list[float | None]]] = [
    (["19,90", "7", "1.234", "1.234,50", "1.234.567"], [19.9, 7, 1234, 1234.5, 1234567]),
    (["1 234,50", "1\u00a0234", "-12,5", "+3,0", "12 345 678,9"], [1234.5, 1234, -12.5, 3, 12345678.9]),
    (["0,125", "1,234"], [0.125, 1.234]),
    (["1234,500", "1,234"], [1234.5, 1.234]),
    (["1,234.50", "1,234", "5", "1,234,567"], [1234.5, 1234, 5, 1234567]),
    (["19.90", "1,234", "1.234"], [19.9, 1234, 1.234]),
    (["1'234.50", "1\u2019234"], [1234.5, 1234]),
    (["1 234", "56"], [1234, 56]),
    (["1,234", "5", "2.345"], [None, 5, 2.345]),
    (["19,90", "19.90", "1,234"], [None, 19.9, None]),
    (["1.234", "2.345"], [1.234, 2.345]),
    (["12,34,56", "1,2", "1 23", "12,5 EUR"], [None, 1.2, None, None]),
]


def content(texts: list[str], kind: str, folder: Path) -> bytes:
    return contents({"total": texts}, kind, folder)


def contents(columns: dict[str, list[str]], kind: str, folder: Path) -> bytes:
    """An export with these columns; a column with fewer texts has empty rows at the end."""
    cells = list(zip_longest(*columns.values(), fillvalue=None))
    values = [{name: text for name, text in zip(columns, row, strict=True) if text is not None} for row in cells]
    rows = [{"contact_id": "a", "event": "bought", "timestamp": n} for n in range(1, len(values) + 1)]
    if kind == "csv":
        lines = [";".join(map(str, (*row.values(), *(properties.get(name, "") for name in columns)))) + "\n"
                 for row, properties in zip(rows, values, strict=True)]  # fmt: skip
        return (";".join(("contact_id", "event", "timestamp", *columns)) + "\n" + "".join(lines)).encode()
    if kind == "nested":
        records = [
            {**row, **dict.fromkeys(columns), "properties": properties}
            for row, properties in zip(rows, values, strict=True)
        ]
    else:
        records = [{**row, **properties} for row, properties in zip(rows, values, strict=True)]
    text = "".join(json.dumps(line) + "\n" for line in records)
    if kind != "parquet":
        return text.encode()
    (folder / "made.jsonl").write_text(text)
    types = "".join(f", {name}: 'VARCHAR'" for name in ("contact_id", "event", *columns))
    read = f"SELECT * FROM read_json('{folder}/made.jsonl', columns={{timestamp: 'BIGINT'{types}}})"
    duckdb.execute(f"COPY ({read}) TO '{folder}/made.parquet'")
    return (folder / "made.parquet").read_bytes()


def totals(log: StagedLog) -> list[Any]:
    return [event.properties.get("total") for each in log.stream() for event in each.events]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "nested", "parquet"])
def test_a_column_settles_how_its_numbers_are_read(read: Read, tmp_path: Path, kind: str) -> None:
    suffix = {"nested": "jsonl"}.get(kind, kind)
    named = {f"total{number}": column for number, column in enumerate(COLUMNS)}
    export = contents({name: texts for name, (texts, _) in named.items()}, kind, tmp_path)
    (contact,) = read({f"e.{suffix}": export}, {"bought": dict.fromkeys(named, "number")}).stream()
    for name, (texts, expected) in named.items():
        assert [event.properties.get(name) for event in contact.events][: len(texts)] == expected, texts


def test_a_note_explains_how_a_column_is_read(read: Read) -> None:
    log = read({"e.csv": content(["19,90", "1.234"], "csv", Path())}, WANTED)
    (note,) = log.report.notes
    assert note.endswith("e.csv: total such as '19,90' is read with a decimal comma")
    assert log.report.misfits == ()


def test_misfits_of_an_ambiguous_column_come_with_a_remedy(read: Read) -> None:
    for texts in (["1,234", "5"], ["19,90", "19.90"]):
        (misfit,) = read({"e.csv": content(texts, "csv", Path())}, WANTED).report.misfits
        assert "--decimal total=comma or --decimal total=point" in remedy(misfit.property, "number", misfit.example)


def test_an_option_decides_how_a_column_is_read(read: Read) -> None:
    export = {"e.csv": content(["1,234", "1.234", "5"], "csv", Path())}
    for stated in ("total", ""):
        assert totals(read(export, WANTED, decimals={stated: "comma"})) == [1.234, 1234, 5]
        assert totals(read(export, WANTED, decimals={stated: "point"})) == [1234, 1.234, 5]
    assert totals(read(export, WANTED, decimals={"other": "comma"})) == [None, 1.234, 5]


def test_a_file_that_settles_nothing_follows_the_others(read: Read) -> None:
    files = {"a.csv": content(["1.234"], "csv", Path()), "b.csv": content(["12,50"], "csv", Path())}
    log = read(files, WANTED)
    assert totals(log) == [1234, 12.5]
    (note,) = log.report.notes
    assert "b.csv and 1 more file: total such as '12,50'" in note


def test_numbers_of_json_keep_their_point_beside_texts_with_commas(read: Read) -> None:
    rows = [{"contact_id": "a", "event": "bought", "timestamp": n, "total": total}
            for n, total in enumerate([1.234, "1.234", "19,90"], 1)]  # fmt: skip
    assert totals(read({"e.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}, WANTED)) == [1.234, 1234, 19.9]


def test_whole_numbers_and_the_contacts_table_too(read: Read) -> None:
    export = "contact_id;event;timestamp;pieces\na;bought;1;1.234,00\na;bought;2;1.234\na;bought;3;1,5\n"
    log = read({"e.csv": export}, WANTED, contacts={"p.csv": "contact_id;points\na;1.234,5\n"},
               attributes={"points": "number"})  # fmt: skip
    (contact,) = log.stream()
    assert [event.properties.get("pieces") for event in contact.events] == [1234, 1234, None]
    assert contact.profile == {"points": 1234.5}


def test_large_parquet_files_too(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "large.parquet"
    rows = (
        "SELECT 'c' || n AS contact_id, 'bought' AS event, n AS timestamp, n || ',5' AS total FROM range(1, 30000) r(n)"
    )
    duckdb.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet)")
    log = read({"e.parquet": file.read_bytes()}, WANTED)
    assert log.report.misfits == () and log.report.used == 29_999
    assert file.stat().st_size > straight.LEAST_BYTES
    assert sum(totals(log)) == sum(range(1, 30000)) + 29_999 / 2


def test_inspect_finds_the_type_where_all_values_are_numbers(tmp_path: Path) -> None:
    columns = [
        (["19,90", "1.234"], "number"), (["1,234.50", "7"], "number"), (["1 234", "5"], "integer"),
        (["1,234", "5"], "string"), (["19,90", "many"], "string"), (["19,90", "19.90"], "string"),
    ]  # fmt: skip
    named = {f"column{number}": column for number, column in enumerate(columns)}
    export = contents({name: texts for name, (texts, _) in named.items()}, "csv", tmp_path)
    inspection = inspect(ExportOptions((write(tmp_path, "e.csv", export),)), tmp_path / "work")
    kinds = {facts.name: facts.kinds for facts in inspection.events[0].properties}
    for name, (_, kind) in named.items():
        assert (kind in kinds[name]) and ("string" in kinds[name]) == (kind == "string")
        assert any(f"{name} such as" in note and "is read" in note for note in inspection.notes) == (kind != "string")


def test_lines_of_an_order_are_added_up_by_their_column(read: Read) -> None:
    head = "contact_id;event;timestamp;order_id;total;price\n"
    lines = [("o1", "19,90", "1,5"), ("o1", "1.234", "2"), ("o2", "5", "3")]
    export = head + "".join(f"a;bought;1;{order};{total};{price}\n" for order, total, price in lines)
    types_by_event = {"bought": {"total": "number", "items": "array"}}
    first, second = (event.properties for each in read({"e.csv": export}, types_by_event, group="order_id").stream()
                     for event in each.events)  # fmt: skip
    assert (first["total"], second["total"]) == (1253.9, 5)
    assert [item["price"] for item in first["items"]] == [1.5, 2]
    (event,) = read({"e.csv": head + "a;bought;1;o1;1,234;1\na;bought;1;o1;2;1\n"}, types_by_event, group="order_id",
                    decimals={"total": "comma"}).stream()  # fmt: skip
    assert event.events[0].properties["total"] == 3.234


def test_a_number_that_is_too_large_has_no_decimal_mark_to_name() -> None:
    assert remedy("stock", "integer", "9223372036854775808") == ""
