"""The table of aggregates, compared with the schema."""

from __future__ import annotations

import json
from pathlib import Path

from scenario_cli.model.metrics import AGGREGATES

SCHEMA = Path(__file__).parents[2] / "schemas" / "metrics.schema.json"


def test_the_schema_knows_the_aggregates_of_the_table_and_what_each_needs() -> None:
    forms = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]["metric"]["anyOf"]
    required = [set(form["required"]) for form in forms if not {"value", "bins"} & set(form["required"])]
    table = [{name, "of"} if kind.needs_value else {name} for name, kind in AGGREGATES.items()]
    assert sorted(map(sorted, required)) == sorted(map(sorted, table))
