"""A piece of an export, as a cluster distributes it: its usable rows, unsorted, and the facts about it.

The rows come from the same query as those of an export that is read as a whole, with the columns of the same table.
Questions that only the whole export could answer are refused: the order of day and month, or whether a comma is a
decimal mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from scenario_cli.events import database, reporting
from scenario_cli.events.decimals import with_decimal_marks
from scenario_cli.events.decoding import COLUMNS
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.events.parts import Part
from scenario_cli.events.settling import open_part
from scenario_cli.events.sizes import texts_sql
from scenario_cli.events.staging import ROWS, fill_opened
from scenario_cli.events.staging_sql import BROKEN_LINE
from scenario_cli.events.staging_tables import Target
from scenario_cli.model.export import ContactsReport, Misfit, ReadReport, Unusable

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 10_000  # rows
_IDS = {"anonymous_id", "previous_id"}


@dataclass(slots=True)
class PieceFacts:
    """The facts about a piece, which add up over all pieces of an export.

    `usable` has the usable rows by event, wanted or not; `filled` states by event and property whether a row has a
    value; `longest` a bound on the bytes of the texts of one row.
    """

    rows: int = 0
    usable: dict[str, reporting.UsableRows] = field(default_factory=dict)
    undated: int = 0
    unusable: Counter[str] = field(default_factory=Counter)
    misfits: dict[tuple[str, str], Misfit] = field(default_factory=dict)
    filled: dict[tuple[str, str], bool] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    longest: int = 0

    def add(self, other: PieceFacts) -> None:
        """Adds the facts about another piece."""
        self.rows += other.rows
        self.undated += other.undated
        for event, rows in other.usable.items():
            self.usable[event] = self.usable[event].joined(rows) if event in self.usable else rows
        self.unusable.update(other.unusable)
        for key, misfit in other.misfits.items():
            count = misfit.count + (self.misfits[key].count if key in self.misfits else 0)
            self.misfits[key] = replace(self.misfits.get(key, misfit), count=count)
        for name, has_value in other.filled.items():
            self.filled[name] = has_value or self.filled.get(name, False)
        self.columns.update(other.columns)
        self.notes.update(other.notes)
        self.longest = max(self.longest, other.longest)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that has been read: the facts about it, and its rows while it is open."""

    facts: PieceFacts
    target: Target
    con: duckdb.DuckDBPyConnection

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The usable rows, wanted by some scenario: `PLACE` columns first, then those of a sorted log."""
        columns = ", ".join((*PLACE, *COLUMNS, *self.target.layout.columns))
        relation = self.con.sql(
            f"SELECT {columns} FROM (SELECT *, TRY_CAST(seq AS DECIMAL(38, 0)) AS sequence,"
            f" rowid AS place FROM {self.target.table}) WHERE reason IS NULL AND code IS NOT NULL ORDER BY place"
        )
        yield from relation.to_arrow_reader(_BATCH)


# Columns of a piece's rows that hold a row's position: its `sequence`, and its number in the piece from 0 on.
PLACE = ("sequence", "place")


@contextmanager
def read_piece(part: Part, target: Target, workspace: Path) -> Iterator[Piece]:
    """Reads the files of a part, which together are one piece.

    Raises `ExportError`, also if only the whole export could answer a question.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        with database.staging(workspace, ROWS) as con:
            yield _read(con, part, target, workspace)
    except duckdb.Error as error:
        raise translated(error, "the export") from None


def _read(con: duckdb.DuckDBPyConnection, part: Part, target: Target, workspace: Path) -> Piece:
    notes: list[str] = []
    unsettled: list[str] = []
    opened = open_part(con, part, target, workspace, notes, unsettled)
    if part.options.identity != "off" and any(_IDS & set(each.resolved.fields) for each in opened):
        raise ExportError(
            "only the whole export shows which contact an anonymous id belongs to",
            "give every row its contact first, or leave out rows without a contact with --identity off",
        )
    reading = fill_opened(con, target, opened, notes, workspace)
    with_decimal_marks(con, target, reading, opened, workspace, unsettled)
    if unsettled:
        raise ExportError(
            f"only the whole export could settle how this is read: {unsettled[0]}",
            "state it with --date-format or --decimal, or give the column its type first",
        )
    return Piece(_facts(con, target, reading), target, con)


def _facts(con: duckdb.DuckDBPyConnection, target: Target, reading: reporting.Reading) -> PieceFacts:
    usable = con.execute(
        "SELECT name, count(*), coalesce(min(instant), 0), coalesce(max(instant), 0), count(*) FILTER (instant IS NULL)"
        f" FROM {target.table} WHERE reason IS NULL GROUP BY name"
    ).fetchall()
    reasons = reporting.counts(con, target, reading).reasons
    ((longest,),) = con.execute(
        f"SELECT max({texts_sql(target.layout)}) FROM {target.table} WHERE code IS NOT NULL"
    ).fetchall()
    misfits = reporting.misfits(con, target, reading, with_event_names=True)
    return PieceFacts(
        rows=reading.staged + reading.lost,
        usable={name: reporting.UsableRows(count, first, last) for name, count, first, last, _ in usable},
        undated=sum(row[4] for row in usable),
        unusable=Counter({**reasons, **({BROKEN_LINE: reading.lost} if reading.lost else {})}),
        misfits={(misfit.event, misfit.property): misfit for misfit in misfits},
        filled=reporting.filled(con, target, target.table),
        columns=dict(reading.names),
        notes=dict.fromkeys(reading.notes),
        longest=longest or 0,
    )


def report_on_pieces(
    wanted: Sequence[str], events: PieceFacts, people: PieceFacts | None, contacts: int, repeated: int,
    files: Mapping[str, tuple[str, ...]],
) -> ReadReport:  # fmt: skip
    """The report on an export read in pieces; `files` by role, `events` and `contacts`.

    `contacts` and `repeated` rows of the contacts table are for the caller to count: one contact can be in many pieces.
    It has no samples of unusable rows: a piece does not know the lines of the export.
    """
    table = None
    if people is not None:
        table = ContactsReport(
            files=files["contacts"],
            rows=people.rows,
            used=sum(rows.rows for rows in people.usable.values()),
            repeated=repeated,
            changes=sum(rows.rows for rows in people.usable.values()) - people.undated,
            unusable=_unusable(people),
            misfits=tuple(replace(misfit, event="") for misfit in _in_order(people)),
            unfilled=reporting.unfilled(people.filled, people.columns, with_event_names=False),
        )
    return reporting.whole_report(
        wanted,
        events.usable,
        table,
        files=files["events"],
        rows=events.rows,
        contacts=contacts,
        unusable=_unusable(events),
        misfits=_in_order(events),
        unfilled=reporting.unfilled(events.filled, events.columns, with_event_names=True),
        notes=[*events.notes, *(people.notes if people else ())],
    )


def _unusable(facts: PieceFacts) -> tuple[Unusable, ...]:
    counts = sorted(facts.unusable.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Unusable(reason, count, ()) for reason, count in counts)


def _in_order(facts: PieceFacts) -> tuple[Misfit, ...]:
    return tuple(misfit for _, misfit in sorted(facts.misfits.items()))
