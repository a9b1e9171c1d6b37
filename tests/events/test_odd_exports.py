"""Exports with many files, many columns, odd names and deep values are inspected like any others."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_cli.events import discover
from scenario_cli.events.inspect import inspect
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.inspection import Inspection

FIELDS = ("contact_id", "event", "timestamp")
KNOWN = {*FIELDS, "event_id", "sequence", "properties", "anonymous_id", "previous_id"}


def row(event: str, properties: dict[str, Any], contact: str = "c") -> dict[str, Any]:
    return {"contact_id": contact, "event": event, "timestamp": "2025-03-01T10:00:00Z", "properties": properties}


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


def look(path: Path, work: Path, **plan: Any) -> Inspection:
    return inspect(ExportOptions((str(path),)), work, **plan)


ODD = ["", 'a"b', "a.b", "$", "a[0]", "x\ny", "*", "b\\c", "~/", "'q'", "é", "A" * 10_000, "code", "json", "# x", "? y"]


@pytest.mark.parametrize("flat", [False, True], ids=["in properties", "as columns"])
def test_a_key_of_json_may_be_any_text(flat: bool, tmp_path: Path) -> None:
    rows = [row("e", dict.fromkeys(ODD, 1)), row("e", {ODD[0]: 2})]
    if flat:
        rows = [{**{field: each[field] for field in FIELDS}, **each["properties"]} for each in rows]
    (event,) = look(lines(tmp_path / "log.jsonl", rows), tmp_path / "work").events
    assert {each.name: each.filled for each in event.properties} == {**dict.fromkeys(ODD, 1), "": 2}


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=3, max_size=9, unique=True),
    event=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)
def test_names_are_data_in_json_lines(names: list[str], event: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("names")
    names = [name for name in names if name not in KNOWN]
    path = lines(folder / "log.jsonl", [row(f"e{event}e", dict.fromkeys(names, 1))])
    (facts,) = look(path, folder / "work").events
    assert facts.name == f"e{event}e"
    assert {each.name for each in facts.properties} == set(names)
    declared = {facts.name: dict.fromkeys(names, "string")}
    (typed,) = look(path, folder / "typed", declared=declared).events
    assert [each.filled for each in typed.properties] == [1] * len(names)
    assert stage(ExportOptions((str(path),)), declared, {}, folder / "staged").report.used == 1


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(lambda text: f"x{text}x"),
        min_size=3, max_size=9, unique_by=str.lower,
    )
)  # fmt: skip
def test_names_are_data_in_csv_and_parquet(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("columns")
    path = folder / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*FIELDS, *names])
        writer.writerow(["c", "e", "2025-03-01T10:00:00Z", *("1" for _ in names)])
    columns = ", ".join('1 AS "' + name.replace('"', '""') + '"' for name in names)
    table = folder / "log.parquet"
    fields = "'c' AS contact_id, 'e' AS event, TIMESTAMP '2025-03-01 10:00:00' AS timestamp"
    duckdb.execute(f"COPY (SELECT {fields}, {columns}) TO '{table}' (FORMAT parquet)")
    for number, export in enumerate((path, table)):
        for declared in ({}, {"e": dict.fromkeys(names, "string")}):
            (facts,) = look(export, folder / f"work{number}{len(declared)}", declared=declared).events
            assert {each.name for each in facts.properties} == set(names)


def test_a_column_declared_as_text_may_hold_numbers_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("contact_id,event,timestamp,ref\nc,e,2025-03-01,12\nc,e,2025-03-02,13\n")
    (event,) = look(path, tmp_path / "work", declared={"e": {"ref": "string"}}).events
    assert [(each.name, each.filled, each.smallest) for each in event.properties] == [("ref", 2, None)]


def test_a_row_that_is_nested_too_deep_is_the_only_one_lost(tmp_path: Path) -> None:
    deep = '{"contact_id": "c", "event": "e", "timestamp": "2025-03-01", "x": ' + "[" * 5000 + "]" * 5000 + "}\n"
    flat = json.dumps(row("e", {"x": [1]})) + "\n"
    for number, text in enumerate((flat + deep + flat, deep + flat + flat)):
        path = tmp_path / f"log{number}.jsonl"
        path.write_text(text)
        inspection = look(path, tmp_path / f"work{number}")
        assert (inspection.used, [(each.reason, each.count) for each in inspection.unusable]) == (
            2,
            [("broken line", 1)],
        )
        staged = stage(ExportOptions((str(path),)), {"e": {"x": None}}, {}, tmp_path / f"staged{number}")
        assert [each.count for each in staged.report.unusable] == [1]
        assert len(list(staged.stream())) == 1


def test_small_files_with_other_properties_each_are_one_log(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    for number in range(30):
        lines(folder / f"{number:02}.jsonl", [row(f"e{number}", {f"p{number}": number, "total": 1})])
    export = look(folder, tmp_path / "work")
    assert {event.name: [each.name for each in event.properties] for event in export.events} == {
        f"e{number}": [f"p{number}", "total"] for number in range(30)
    }
    assert all(each.rows_since == 0 for event in export.events for each in event.properties)


def test_properties_past_the_limit_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "MOST_PROPERTIES", 5)
    path = tmp_path / "wide.csv"
    names = [f"x{number}" for number in range(60)]
    path.write_text(",".join((*FIELDS, *names)) + "\nc,e,2025-03-01," + ",".join("1" * 40) + "," * 20 + "\n")
    export = look(path, tmp_path / "work")
    (event,) = export.events
    assert (len(event.properties), event.more) == (5, 35)
    assert export.unfilled == tuple(sorted(names[40:]))
