"""The report on the reading: counts, samples, misfits, notes, from the staged rows. Changes nothing."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from scenario_cli.events.formats.table import Table
from scenario_cli.events.slots import Item
from scenario_cli.events.staging_sql import BROKEN_LINE
from scenario_cli.events.staging_tables import Target
from scenario_cli.model.export import Absent, ContactsReport, Misfit, ReadReport, Sample, Unfilled, Unusable

_SAMPLES = 5
_EXCERPT = 120
_LISTED = 50


@dataclass(frozen=True, slots=True)
class UsableRows:
    """The usable rows of one event: their number, and the first and last instant."""

    rows: int
    first: int
    last: int

    def joined(self, other: UsableRows) -> UsableRows:
        """Those of two parts of an export."""
        return UsableRows(self.rows + other.rows, min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of staged rows of one kind: usable rows by event, other rows by reason, and whether any value
    misfits.
    """

    usable: dict[str, UsableRows]
    reasons: dict[str, int]
    has_misfits: bool


@dataclass(slots=True)
class Reading:
    """Facts about the files of one kind, apart from their staged rows.

    `present_properties` have a column in some file. `usable` are the usable rows by event, if the table
    is sorted already, and not all of them were staged.

    `counts` are those of the staged rows, None if not counted since the last change.

    `starts` are the numbers of rows staged before each file that was read, `tables` the files by number. `lost` rows
    were broken beyond staging, `samples` are the first of each file, `aside` all of them by file. With `identity` some
    rows can have only an anonymous id. `split` are the files that are tables of a warehouse: an event can be in several
    of them.
    """

    files: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    present_properties: frozenset[str] = frozenset()
    usable: dict[str, UsableRows] | None = None
    counts: Counts | None = None
    staged: int = 0
    lost: int = 0
    identity: bool = False
    split: frozenset[int] = frozenset()
    samples: list[tuple[int, Sample]] = field(default_factory=list)
    aside: dict[int, Path | tuple[Sample, ...]] = field(default_factory=dict)


def report(
    con: duckdb.DuckDBPyConnection, events: Target, log: Reading, people: Target, table: Reading | None
) -> ReadReport:
    """The report of the reading, after both tables are filled and sorted."""
    ids = f"SELECT contact FROM {_rows_table(events, log)} WHERE contact IS NOT NULL"
    if table is not None:
        ids += " UNION SELECT contact FROM people WHERE reason IS NULL"
    (contacts,) = _single_row(con, f"SELECT count(DISTINCT contact) FROM ({ids})")
    return whole_report(
        events.layout.events,
        counts(con, events, log).usable if log.usable is None else log.usable,
        _contacts_report(con, people, table) if table else None,
        files=log.files,
        rows=log.staged + log.lost,
        contacts=contacts,
        unusable=unusable(con, events, log),
        misfits=misfits(con, events, log, with_event_names=True),
        unfilled=_unfilled(con, events, log, with_event_names=True),
        notes=(*log.notes, *(table.notes if table else ())),
    )


def whole_report(
    wanted: Sequence[str],
    usable: Mapping[str, UsableRows],
    table: ContactsReport | None,
    *,
    files: tuple[str, ...],
    rows: int,
    contacts: int,
    unusable: tuple[Unusable, ...],
    misfits: tuple[Misfit, ...],
    unfilled: tuple[Unfilled, ...],
    notes: Iterable[str],
) -> ReadReport:
    """The report from the usable rows by event, and all else that was found."""
    wanted_counts = tuple((name, usable[name].rows if name in usable else 0) for name in wanted)
    other_names = sorted((name for name in usable if name not in wanted), key=lambda name: (-usable[name].rows, name))
    other_counts = [(name, usable[name].rows) for name in other_names]
    notes = list(notes)
    if table and table.repeated:
        repeated = "1 row gives" if table.repeated == 1 else f"{table.repeated} rows give"
        notes.append(f"contacts: {repeated} way to a later row of the same contact")
    return ReadReport(
        files=files,
        rows=rows,
        used=sum(count for _, count in wanted_counts),
        wanted=wanted_counts,
        unwanted=tuple(other_counts[:_LISTED]),
        unwanted_rest=sum(count for _, count in other_counts[_LISTED:]),
        contacts=contacts,
        first=min((rows_of_event.first for rows_of_event in usable.values()), default=None),
        last=max((rows_of_event.last for rows_of_event in usable.values()), default=None),
        unusable=unusable,
        misfits=misfits,
        absent=tuple(Absent(name, _similar(name, other_names)) for name, count in wanted_counts if not count),
        unfilled=unfilled,
        notes=tuple(dict.fromkeys(notes)),
        contacts_table=table,
    )


def counts(con: duckdb.DuckDBPyConnection, target: Target, reading: Reading) -> Counts:
    """The counts of the staged rows. One query answers what most exports are asked: planning takes longer than
    counting.
    """
    if reading.counts is None:
        usable: dict[str, UsableRows] = {}
        reasons: Counter[str] = Counter()
        has_misfits = False
        for name, reason, rows, first, last, misfits in con.execute(
            "SELECT name, reason, count(*), min(instant), max(instant), count(misfit)"
            f" FROM {target.table} GROUP BY name, reason"
        ).fetchall():
            has_misfits |= bool(misfits)
            if reason is None:
                usable[name] = UsableRows(rows, first, last)
            else:
                reasons[reason] += rows
        reading.counts = Counts(usable, dict(reasons), has_misfits)
    return reading.counts


def _rows_table(target: Target, reading: Reading) -> str:
    """The table with the wanted rows of all contacts."""
    return target.table if reading.usable is None else f"log.{target.table}"


def _contacts_report(con: duckdb.DuckDBPyConnection, people: Target, table: Reading) -> ContactsReport:
    used, changes, undated, distinct = _single_row(
        con,
        "SELECT count(*), count(instant), count(*) FILTER (instant IS NULL),"
        " count(DISTINCT contact) FILTER (instant IS NULL) FROM people WHERE reason IS NULL",
    )
    return ContactsReport(
        files=table.files,
        rows=table.staged + table.lost,
        used=used,
        repeated=undated - distinct,
        changes=changes,
        unusable=unusable(con, people, table),
        misfits=misfits(con, people, table, with_event_names=False),
        unfilled=_unfilled(con, people, table, with_event_names=False),
    )


def unusable(con: duckdb.DuckDBPyConnection, target: Target, reading: Reading) -> tuple[Unusable, ...]:
    """The unusable rows by reason, the most frequent first; samples in the order of the export."""
    reasons = Counter(counts(con, target, reading).reasons)
    rows = _first_unusable(con, target) if reasons else []
    reasons[BROKEN_LINE] += reading.lost
    samples: dict[str, list[tuple[int, Sample]]] = {BROKEN_LINE: list(reading.samples)}
    for file in sorted({row[0] for row in rows}):
        table = reading.tables[file]
        for reason, line, text in located(table, reading.starts[file], [row[1:] for row in rows if row[0] == file]):
            samples.setdefault(reason, []).append((file, Sample(table.file.label, line, shortened(text))))
    rejects = []
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        if count:
            # Within a file the line decides, whether the row was staged or set aside.
            ordered = sorted(samples.get(reason, ()), key=lambda pair: (pair[0], pair[1].line or 0))
            rejects.append(Unusable(reason, count, tuple(sample for _, sample in ordered[:_SAMPLES])))
    return tuple(rejects)


def _first_unusable(con: duckdb.DuckDBPyConnection, target: Target) -> list[tuple[int, str, int | None, int]]:
    """File, reason, line and number of the first rows of each reason, in the order of the export."""
    return con.execute(
        f"SELECT file, reason, line, number FROM (SELECT *, rowid AS number,"
        f" row_number() OVER (PARTITION BY reason ORDER BY rowid) AS rank FROM {target.table}"
        f" WHERE reason IS NOT NULL) WHERE rank <= {_SAMPLES} ORDER BY number"
    ).fetchall()


def located(table: Table, start: int, rows: Sequence[tuple[str, int | None, int]]) -> Iterator[tuple[str, int, str]]:
    """Reason, line and text of rows, given in order as reason, line (None: to be counted out) and number."""
    by_line = any(line is not None for _, line, _ in rows)
    ordinals = [number - start + 1 if line is None else line for _, line, number in rows]
    lines = table.find_lines(ordinals, by_line=by_line)
    found_line = next(lines, None)
    for (reason, _, _), ordinal in zip(rows, ordinals, strict=True):
        if found_line is not None and found_line[0] == ordinal:
            yield reason, found_line[1], found_line[2]
            found_line = next(lines, None)
        else:
            yield reason, ordinal, ""


def repeated_columns(label: str, names: Sequence[str]) -> Iterator[str]:
    """A note on each column name that a file has more than once. Its later columns are not read."""
    for name, count in Counter(names).items():
        if name and count > 1:
            yield f"{label} has {'two' if count == 2 else count} columns '{name}'; only the first is read"


def shortened(text: str) -> str:
    """A text on one line of at most 120 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"


def misfits(
    con: duckdb.DuckDBPyConnection, target: Target, reading: Reading, *, with_event_names: bool
) -> tuple[Misfit, ...]:
    """The values that do not fit their declared type, by event and property."""
    if not counts(con, target, reading).has_misfits:
        return ()
    rows = con.execute(
        "SELECT code, entry.item, count(*), arg_min(entry.example, number) FROM (SELECT code, rowid AS number,"
        f" unnest(misfit) AS entry FROM {target.table} WHERE misfit IS NOT NULL AND code IS NOT NULL) GROUP BY 1, 2"
    ).fetchall()
    listed = []
    for code, number, count, example in rows:
        event = target.layout.events[code] if with_event_names else ""
        item: Item | None = target.layout.items[number] if number >= 0 else None
        name, declared = (item.property, item.declared or "") if item else ("properties", "object")
        listed.append(Misfit(event, name, declared, count, shortened(example)))
    return tuple(sorted(listed, key=lambda misfit: (misfit.event, misfit.property)))


def _unfilled(
    con: duckdb.DuckDBPyConnection, target: Target, reading: Reading, *, with_event_names: bool
) -> tuple[Unfilled, ...]:
    """Properties without a single value although their event comes: usually a missing column."""
    counts = filled(con, target, _rows_table(target, reading))
    return unfilled(counts, reading.names, with_event_names=with_event_names)


def filled(con: duckdb.DuckDBPyConnection, target: Target, table: str) -> dict[tuple[str, str], bool]:
    """Whether any row has a value for a property, by event that comes and property."""
    columns = list(target.layout.columns)
    counts_sql = ", ".join(("code", *(f"count({column})" for column in columns)))
    rows = con.execute(f"SELECT {counts_sql} FROM {table} WHERE code IS NOT NULL GROUP BY code").fetchall()
    return {
        (target.layout.events[code], item.property): any(cells[column] for column in item.columns.values())
        for code, *counts in rows
        for cells in [dict(zip(columns, counts, strict=True))]
        for item in target.layout.items
        if code in item.events
    }


def unfilled(
    filled: Mapping[tuple[str, str], bool], columns: Iterable[str], *, with_event_names: bool
) -> tuple[Unfilled, ...]:
    """The properties of `filled` that have no value anywhere, each with the columns of the export that resemble it."""
    names = list(columns)
    listed = [
        Unfilled(event if with_event_names else "", name, _similar(name, [other for other in names if other != name]))
        for (event, name), has_value in filled.items()
        if not has_value
    ]
    return tuple(sorted(listed, key=lambda gap: (gap.event, gap.property)))


def _similar(name: str, names: Iterable[str]) -> tuple[str, ...]:
    lowered = {candidate.lower(): candidate for candidate in names}
    return tuple(lowered[close] for close in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6))


def _single_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    (row,) = con.execute(query).fetchall()
    return tuple(row)
