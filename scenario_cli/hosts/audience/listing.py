"""A contact of an audience as a row: the channels that reach it, its segments, and its metrics."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scenario_cli.model.json_value import json_value
from scenario_cli.model.plan_row import Column, ColumnType

CONTACT, REACHED, SEGMENT, METRIC = "contact_id", "reachable_", "segment_", "metric_"

# The types of values by those of JSON Schema.
_OF_SCHEMA: Mapping[str, ColumnType] = {
    "integer": "integer", "number": "number", "boolean": "boolean", "string": "text", "date": "text",
    "datetime": "text", "array": "json", "object": "json",
}  # fmt: skip
_LARGEST = 1 << 63  # the first whole number that is too large for a column of whole numbers

# The types of the values that a metric has had.
MetricTypes = dict[str, set[ColumnType]]


def row_of(
    contact_id: str,
    reached: Iterable[tuple[str, bool]],
    segments: Iterable[tuple[str, bool]],
    metrics: Iterable[tuple[str, Any]],
    types: MetricTypes,
) -> str:
    """The row as a line of JSON; adds the types of its values to `types`."""
    row: dict[str, Any] = {CONTACT: contact_id}
    row |= {REACHED + name: answer for name, answer in reached}
    row |= {SEGMENT + name: answer for name, answer in segments}
    for name, value in metrics:
        written = row[METRIC + name] = json_value(value)
        if written is not None:
            types.setdefault(name, set()).add(_type_of(written))
    return json.dumps(row, ensure_ascii=False) + "\n"


def columns(
    channels: Iterable[str], segments: Iterable[str], metrics: Mapping[str, str | None], types: MetricTypes
) -> tuple[Column, ...]:
    """The columns of a list. A metric has its known type, else the type of its values."""
    return (
        Column(CONTACT, "text", True),
        *(Column(REACHED + name, "boolean", True) for name in channels),
        *(Column(SEGMENT + name, "boolean", True) for name in segments),
        *(Column(METRIC + name, _joined(type_, types.get(name, set())), False) for name, type_ in metrics.items()),
    )


def _joined(declared: str | None, observed: set[ColumnType]) -> ColumnType:
    types = observed | ({_OF_SCHEMA[declared]} if declared is not None and declared in _OF_SCHEMA else set())
    if len(types) < 2:
        return next(iter(types), "text")
    return "number" if types == {"integer", "number"} else "json"


def _type_of(value: Any) -> ColumnType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -_LARGEST <= value < _LARGEST else "json"
    if isinstance(value, float):
        return "number"
    return "text" if isinstance(value, str) else "json"


def first_rows(lines: Path, most: int) -> Sequence[Mapping[str, Any]]:
    """The first rows of a file of JSON lines."""
    with lines.open(encoding="utf-8") as file:
        return [json.loads(line) for line, _ in zip(file, range(most), strict=False)]
