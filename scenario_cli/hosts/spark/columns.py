"""The columns of the rows that Spark shuffles, and of the plan: their names and Spark's types.

A shuffled row is a row of the events (`kind` 1) or of the contacts table (0), with the columns of a sorted log; or it
has the facts about a piece (2) of the side `role`, and no contact. `sequence`, `tie`, `file` and `row` put rows of one
instant in order.
"""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.events.slots import Layout
from scenario_cli.model.plan_row import COLUMNS as PLAN_COLUMNS

PEOPLE, EVENTS, FACTS = 0, 1, 2

_TYPES = {"VARCHAR": "string", "BIGINT": "long", "DOUBLE": "double", "BOOLEAN": "boolean"}

_PLACED = {
    "kind": "tinyint", "file": "int", "row": "long", "tie": "string", "sequence": "decimal(38,0)",
}  # fmt: skip
_SORTED = {
    "contact": "string", "code": "int", "instant": "long", "event_id": "string", "nulls": "array<string>",
}  # fmt: skip

# Within a contact: its rows of the contacts table before its events, those without an instant first.
ORDER = ("contact", "kind", "instant", "sequence", "tie", "file", "row")
LAST = ("sequence", "tie")  # rows without these come after those with them


def shuffled(events: Layout, people: Layout) -> Mapping[str, str]:
    """The columns with their types. Those of properties have a letter for their side before their name."""
    own = {
        f"{prefix}_{name}": _TYPES[kind]
        for prefix, layout in (("e", events), ("p", people))
        for name, kind in layout.columns.items()
    }
    return {**_PLACED, **_SORTED, **own, "role": "tinyint", "facts": "binary"}


def prefixed(layout: Layout, prefix: str) -> list[str]:
    """The columns of one side's properties, in the order of the layout."""
    return [f"{prefix}_{name}" for name in layout.columns]


def plan() -> Mapping[str, str]:
    """The columns of a plan's rows: texts, and JSON values as texts."""
    return {column.name: "string" for column in PLAN_COLUMNS}


def schema(columns: Mapping[str, str]) -> str:
    """The columns as Spark reads a schema from a text."""
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())
