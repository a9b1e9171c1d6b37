"""A row of a sending plan, and the columns that every format of a plan writes. Renders and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A message that left, will leave or was dropped, or an attribute of the profile that a journey changed.

    None is an empty cell. `send_at` and `send_at_local` are ISO 8601, in UTC and on the contact's clock; for a dropped
    message they are the instant of the drop. `subject`, `title`, `body` and `fields` are set only if a text was
    rendered, `unless` only in a scheduled row, `attribute`, `before` and `after` only in an `update`.
    """

    kind: Literal["message", "update"]
    message_id: str | None = None
    contact_id: str
    scenario: str
    version: str
    journey_id: str
    key: str | None = None
    state: str
    channel: str | None = None
    template: str | None = None
    locale: str | None = None
    variant: str | None = None
    purpose: str | None = None
    send_at: str
    send_at_local: str
    status: str
    reason: str | None = None
    detail: str | None = None
    address: str | None = None
    subject: str | None = None
    title: str | None = None
    body: str | None = None
    fields: Mapping[str, str] | None = None
    because: Sequence[Mapping[str, Any]]
    unless: Sequence[str] | None = None
    attribute: str | None = None
    before: Any = None
    after: Any = None


ColumnType = Literal["text", "json", "integer", "number", "boolean"]


class Column(NamedTuple):
    """A column of a file of rows: texts, JSON values of any shape, numbers or truth values; `required` if no row leaves
    it empty. A plan has texts and JSON values alone.

    In Parquet and Arrow texts and JSON values are strings, those of JSON marked as such; in CSV both are texts.
    """

    name: str
    type: ColumnType
    required: bool


def _columns() -> tuple[Column, ...]:
    types = {field.name: str(field.type) for field in fields(PlanRow)}
    return tuple(
        Column(
            name,
            "text" if type_.startswith(("str", "Literal")) else "json",
            not type_.endswith("| None") and type_ != "Any",
        )
        for name, type_ in types.items()
    )


# The columns in the order of files. The writers of files and the check of the JSON Schema use this table.
COLUMNS = _columns()


def row_values(row: PlanRow) -> dict[str, Any]:
    """The row as a JSON object, its keys in the order of the columns."""
    return {column.name: getattr(row, column.name) for column in COLUMNS}
