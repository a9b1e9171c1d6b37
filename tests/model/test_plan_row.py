"""The columns of a plan, compared with each format: the JSON Schema, CSV and Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.hosts.plan_files import finish, write_lines
from scenario_cli.model.plan_row import COLUMNS, PlanRow, row_values
from scenario_cli.shipped import shipped
from tests.rows import rows

ROW = PlanRow(
    kind="update", contact_id="ana", scenario="cart", version="1", journey_id="j", state="scored",
    send_at="2025-03-03T09:00:00.000000Z", send_at_local="2025-03-03T10:00:00+01:00", status="sent",
    because=[{"at": "2025-03-03T09:00:00.000000Z", "what": "cart_updated", "state": "scored"}],
    attribute="points", before=None, after={"sum": 15, "since": "2025-03-03"},
)  # fmt: skip


def row_schema() -> dict[str, Any]:
    text = (shipped("schemas") / "plan.output.schema.json").read_text(encoding="utf-8")
    row: dict[str, Any] = json.loads(text)["definitions"]["row"]
    return row


def test_the_json_schema_of_a_row_has_the_columns_of_a_row_in_their_order() -> None:
    schema = row_schema()
    names = [column.name for column in COLUMNS]
    assert list(schema["properties"]) == schema["required"] == names
    assert list(row_values(ROW)) == names


@rows("column", COLUMNS, ids=lambda column: column.name)
def test_the_json_schema_lets_a_column_be_empty_where_a_row_may(column: Any) -> None:
    entry = row_schema()["properties"][column.name]
    if "enum" in entry:
        types = {"null" if value is None else "string" for value in entry["enum"]}
    else:
        types = set(entry["type"] if isinstance(entry.get("type"), list) else [entry.get("type", "null")])
    assert ("null" in types) is not column.required
    assert ("string" in types) is (column.type == "text")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_has_the_columns_of_a_row_with_their_types(ending: str, tmp_path: Path) -> None:
    lines, target = tmp_path / "lines", tmp_path / f"plan.{ending}"
    write_lines([ROW], lines)
    finish(lines, target, {})
    with duckdb.connect() as database:
        options = ", all_varchar = true" if ending == "csv" else ""
        result = database.execute(f"SELECT * FROM read_{ending}(?{options})", [str(target)])
        described = [(name, str(kind)) for name, kind, *_ in result.description or ()]
        (cells,) = result.fetchall()
    # Values without a column type are JSON in a table, and text in CSV.
    json_type = "JSON" if ending == "parquet" else "VARCHAR"
    assert described == [(column.name, json_type if column.type == "json" else "VARCHAR") for column in COLUMNS]
    values = row_values(ROW)
    for column, cell in zip(COLUMNS, cells, strict=True):
        value = values[column.name]
        assert (json.loads(cell) if column.type == "json" and cell is not None else cell) == value
