"""The report on what was read: counts, samples, misfits, notes, from the staged rows. Changes nothing."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
class Seen:
    """The usable rows of one event: how many, and the first and the last instant."""

    rows: int
    first: int
    last: int


@dataclass(slots=True)
class Reading:
    """Facts about the files of one kind besides their staged rows.

    `held` are the properties that some file has a place for. `seen` are the usable rows by event, where the table
    is sorted already, and not all of them were staged.

    `starts` are the numbers of rows staged before each file that was read, `tables` the files by number.
    `lost` rows were broken beyond staging, `samples` are the first of each file, `aside` all of them by file.
    With `identity` some rows may bear an anonymous id alone. `split` are the files that are tables of a warehouse: an
    event may stand in several of them.
    """

    files: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    seen: dict[str, Seen] | None = None
    staged: int = 0
    lost: int = 0
    identity: bool = False
    split: frozenset[int] = frozenset()
    samples: list[tuple[int, Sample]] = field(default_factory=list)
    aside: dict[int, Path | tuple[Sample, ...]] = field(default_factory=dict)


def report(
    con: duckdb.DuckDBPyConnection, events: Target, log: Reading, people: Target, table: Reading | None
) -> ReadReport:
    """All of it, after both tables are filled and sorted."""
    seen = _seen(con) if log.seen is None else log.seen
    wanted = tuple((name, seen[name].rows if name in seen else 0) for name in events.layout.events)
    found = sorted(
        (name for name in seen if name not in events.layout.events), key=lambda name: (-seen[name].rows, name)
    )
    others = [(name, seen[name].rows) for name in found]
    (contacts,) = _single_row(
        con,
        f"SELECT count(*) FROM (SELECT contact FROM {_wanted(events, log)} WHERE contact IS NOT NULL"
        " UNION SELECT contact FROM people WHERE reason IS NULL)",
    )
    contacts_report = _contacts_report(con, people, table) if table else None
    notes = [*log.notes, *(table.notes if table else ())]
    if contacts_report and contacts_report.repeated:
        rows = "1 row gives" if contacts_report.repeated == 1 else f"{contacts_report.repeated} rows give"
        notes.append(f"contacts: {rows} way to a later row of the same contact")
    return ReadReport(
        files=log.files,
        rows=log.staged + log.lost,
        used=sum(count for _, count in wanted),
        wanted=wanted,
        unwanted=tuple(others[:_LISTED]),
        unwanted_rest=sum(count for _, count in others[_LISTED:]),
        contacts=contacts,
        first=min((each.first for each in seen.values()), default=None),
        last=max((each.last for each in seen.values()), default=None),
        unusable=unusable(con, events, log),
        misfits=misfits(con, events, named=True),
        absent=tuple(Absent(name, _near(name, found)) for name, count in wanted if not count),
        unfilled=_unfilled(con, events, log, named=True),
        notes=tuple(dict.fromkeys(notes)),
        contacts_table=contacts_report,
    )


def _seen(con: duckdb.DuckDBPyConnection) -> dict[str, Seen]:
    rows = con.execute(
        "SELECT name, count(*), min(instant), max(instant) FROM events WHERE reason IS NULL GROUP BY name"
    ).fetchall()
    return {name: Seen(*facts) for name, *facts in rows}


def _wanted(target: Target, reading: Reading) -> str:
    """The table with the wanted rows of all contacts."""
    return target.table if reading.seen is None else f"log.{target.table}"


def _contacts_report(con: duckdb.DuckDBPyConnection, people: Target, table: Reading) -> ContactsReport:
    used, changes, plain, distinct = _single_row(
        con,
        "SELECT count(*), count(instant), count(*) FILTER (instant IS NULL),"
        " count(DISTINCT contact) FILTER (instant IS NULL) FROM people WHERE reason IS NULL",
    )
    return ContactsReport(
        files=table.files,
        rows=table.staged + table.lost,
        used=used,
        repeated=plain - distinct,
        changes=changes,
        unusable=unusable(con, people, table),
        misfits=misfits(con, people, named=False),
        unfilled=_unfilled(con, people, table, named=False),
    )


def unusable(con: duckdb.DuckDBPyConnection, target: Target, reading: Reading) -> tuple[Unusable, ...]:
    """By reason, the most frequent first; samples in the order of the export."""
    counts = Counter(
        dict(con.execute(f"SELECT reason, count(*) FROM {target.table} WHERE reason IS NOT NULL GROUP BY 1").fetchall())
    )
    counts[BROKEN_LINE] += reading.lost
    rows = con.execute(
        f"SELECT file, reason, line, number FROM (SELECT *, rowid AS number,"
        f" row_number() OVER (PARTITION BY reason ORDER BY rowid) AS rank FROM {target.table}"
        f" WHERE reason IS NOT NULL) WHERE rank <= {_SAMPLES} ORDER BY number"
    ).fetchall()
    samples: dict[str, list[tuple[int, Sample]]] = {BROKEN_LINE: list(reading.samples)}
    for file in sorted({row[0] for row in rows}):
        table = reading.tables[file]
        for reason, line, text in located(table, reading.starts[file], [row[1:] for row in rows if row[0] == file]):
            samples.setdefault(reason, []).append((file, Sample(table.file.shown, line, shortened(text))))
    found = []
    for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count:
            # Within a file the line decides, whether the row was staged or set aside.
            ordered = sorted(samples.get(reason, ()), key=lambda each: (each[0], each[1].line or 0))
            found.append(Unusable(reason, count, tuple(sample for _, sample in ordered[:_SAMPLES])))
    return tuple(found)


def located(table: Table, start: int, rows: Sequence[tuple[str, int | None, int]]) -> Iterator[tuple[str, int, str]]:
    """Reason, line and text of rows, given in order as reason, line (None: to be counted out) and number."""
    by_line = any(line is not None for _, line, _ in rows)
    ordinals = [number - start + 1 if line is None else line for _, line, number in rows]
    lines = table.find_lines(ordinals, by_line=by_line)
    place = next(lines, None)
    for (reason, _, _), ordinal in zip(rows, ordinals, strict=True):
        if place is not None and place[0] == ordinal:
            yield reason, place[1], place[2]
            place = next(lines, None)
        else:
            yield reason, ordinal, ""


def shortened(text: str) -> str:
    """At most 120 characters, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"


def misfits(con: duckdb.DuckDBPyConnection, target: Target, *, named: bool) -> tuple[Misfit, ...]:
    rows = con.execute(
        "SELECT code, entry.item, count(*), arg_min(entry.example, number) FROM (SELECT code, rowid AS number,"
        f" unnest(misfit) AS entry FROM {target.table} WHERE misfit IS NOT NULL AND code IS NOT NULL) GROUP BY 1, 2"
    ).fetchall()
    found = []
    for code, number, count, example in rows:
        event = target.layout.events[code] if named else ""
        item: Item | None = target.layout.items[number] if number >= 0 else None
        name, declared = (item.property, item.declared or "") if item else ("properties", "object")
        found.append(Misfit(event, name, declared, count, shortened(example)))
    return tuple(sorted(found, key=lambda each: (each.event, each.property)))


def _unfilled(con: duckdb.DuckDBPyConnection, target: Target, reading: Reading, *, named: bool) -> tuple[Unfilled, ...]:
    """Properties without a single value though their event is there: a missing column, as a rule."""
    columns = list(target.layout.columns)
    counted = ", ".join(("code", *(f"count({column})" for column in columns)))
    counts = con.execute(
        f"SELECT {counted} FROM {_wanted(target, reading)} WHERE code IS NOT NULL GROUP BY code"
    ).fetchall()
    found = []
    for code, *filled in counts:
        held = dict(zip(columns, filled, strict=True))
        for item in target.layout.items:
            if code in item.events and not any(held[column] for column in item.columns.values()):
                event = target.layout.events[code] if named else ""
                near = _near(item.property, [name for name in reading.names if name != item.property])
                found.append(Unfilled(event, item.property, near))
    return tuple(sorted(found, key=lambda each: (each.event, each.property)))


def _near(name: str, found: Iterable[str]) -> tuple[str, ...]:
    lowered = {other.lower(): other for other in found}
    return tuple(lowered[close] for close in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6))


def _single_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    (row,) = con.execute(query).fetchall()
    return tuple(row)
