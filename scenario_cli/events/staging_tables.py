"""The tables that are filled of an export's rows, and the SQL that makes and sorts them. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scenario_cli.events.slots import Layout
from scenario_cli.events.sql_text import text_literal


@dataclass(frozen=True, slots=True)
class Target:
    """The table to fill. `moment` is the field with the instant; an `updated_at` can be missing.

    A row of a `profile` event, or of the contacts table, has a list of the attributes that it unsets. To `dedupe`, a
    fingerprint of each whole row is kept; for `identity`, the links of anonymous ids. If one `contact` is requested,
    only its rows are sorted. `keys` are properties that hold ids. With `keep_ids`, an id that means nobody counts as a
    contact. If an event can be `split` over several files, each usable row keeps its event's id.
    """

    table: str
    layout: Layout
    timezone: str
    broadcast: frozenset[str] = frozenset()
    profile: frozenset[str] = frozenset()
    moment: Literal["timestamp", "updated_at"] = "timestamp"
    dedupe: bool = False
    identity: bool = False
    contact: str | None = None
    keys: frozenset[str] = frozenset()
    keep_ids: bool = False
    split: bool = False

    @property
    def is_table(self) -> bool:
        """True for the contacts table, whose columns each have a value for every row."""
        return self.moment == "updated_at"


# Choosing a compression takes longer than writing the texts, and few of them compress well.
_TEXT = "VARCHAR USING COMPRESSION uncompressed"


# More than any file has: a row's place among those of all files is one number.
_MOST_LINES = 1 << 40


def create_sql(target: Target) -> str:
    """The table of all rows, in the order of the files."""
    return (
        f"CREATE OR REPLACE TABLE {target.table} (file INTEGER, line BIGINT, reason VARCHAR, name VARCHAR,"
        " misfit STRUCT(item INTEGER, example VARCHAR)[], seq HUGEINT, form TINYINT,"
        f" {column_definitions(target.layout)}"
        f"{', fingerprint UBIGINT' if target.dedupe else ''}"
        f"{', anonymous VARCHAR, linked VARCHAR, previous VARCHAR' if target.identity else ''})"
    )


def create_log_sql(target: Target, *, straight: bool = False) -> str:
    """The table of the usable rows, to be sorted. If filled `straight` from files, it also holds the misfits of its
    rows, each with the row's place among all rows of the files.
    """
    misfits = ", misfit STRUCT(item INTEGER, example VARCHAR)[], place BIGINT" if straight else ""
    return f"CREATE OR REPLACE TABLE log.{target.table} ({column_definitions(target.layout)}{misfits})"


def sort_sql(target: Target) -> str:
    """Fills the table in the order of streaming. For a single contact it takes the rows of that contact and rows
    without a contact.

    A table's rowid is its insertion order, which is that of the files: the last resort between ties.
    """
    condition = "reason IS NULL AND code IS NOT NULL"
    if target.contact is not None:
        condition += f" AND (contact IS NULL OR contact = {text_literal(target.contact)})"
    return (
        f"INSERT INTO log.{target.table} SELECT {sorted_columns(target.layout)} FROM {target.table} WHERE {condition}"
        " ORDER BY contact NULLS FIRST, instant NULLS FIRST, seq NULLS LAST, rowid"
    )


def straight_sql(target: Target, parts: Sequence[str]) -> str:
    """Fills it from files, given the queries for their wanted rows, in the same order."""
    placed = f"SELECT *, file * {_MOST_LINES} + line AS place FROM ({' UNION ALL '.join(parts)})"
    return (
        f"INSERT INTO log.{target.table} SELECT {sorted_columns(target.layout)}, misfit,"
        f" CASE WHEN misfit IS NOT NULL THEN place END FROM ({placed})"
        " ORDER BY contact NULLS FIRST, instant NULLS FIRST, seq NULLS LAST, place"
    )


def sorted_columns(layout: Layout) -> str:
    """The columns that a sorted table has in any case."""
    return ", ".join(("contact", "code", "instant", "event_id", "nulls", *layout.columns))


def column_definitions(layout: Layout) -> str:
    """The same columns with their types."""
    slots = (f", {name} {_TEXT if kind == 'VARCHAR' else kind}" for name, kind in layout.columns.items())
    return f"contact {_TEXT}, code INTEGER, instant BIGINT, event_id {_TEXT}, nulls VARCHAR[]" + "".join(slots)
