"""A staged log: contacts streamed in order, whole or in parts, by any number of processes. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from scenario_cli.events import database
from scenario_cli.events.decoding import COLUMNS, Row, event_reader, groups, known_since, profile_reader
from scenario_cli.events.errors import translated
from scenario_cli.events.sizes import most_bytes, texts_sql
from scenario_cli.events.slots import Layout
from scenario_cli.events.zones import zone
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.export import ReadReport

# As many rows as the database makes at a time: more, and they no longer fit the processor's caches.
_BATCH = 2_048


@dataclass(frozen=True, slots=True)
class ContactRange:
    """Contacts from `first` (included) to `end` (not included); None is not a bound. `rows` is an estimate."""

    first: str | None
    end: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class StagedLog:
    """The sorted log: its file, the use of its columns, and the report on its reading.

    `timezone` is the clock of dates without a zone in the contacts table. `left_out` counts the contacts of the export
    that are not streamed; if there are some, `rows_left` is the number of streamed events. It `has_links` if it was
    asked to keep the export's links of anonymous ids.
    """

    path: Path
    report: ReadReport
    events: Layout
    people: Layout
    timezone: str = "UTC"
    left_out: int = 0
    rows_left: int | None = None
    has_links: bool = False

    @property
    def rows(self) -> int:
        """The number of events to stream."""
        return self.report.used if self.rows_left is None else self.rows_left

    def ranges(self, parts: int) -> list[ContactRange]:
        """Divides the contacts, in order, into at most `parts` ranges of about equal work."""
        if parts == 1:
            return [ContactRange(None, None, self.rows)]
        with self._opened() as con:
            sizes = {name: _count(con, name) for name in ("events", "people")}
            table = max(sizes, key=lambda name: sizes[name])
            rows = sizes["events"] + sizes["people"]
            cuts = sorted({sizes[table] * part // parts for part in range(1, parts)})
            listed = ", ".join(map(str, cuts)) or "NULL"
            cuts_found = con.execute(f"SELECT DISTINCT contact FROM log.{table} WHERE rowid IN ({listed})").fetchall()
        bounds = [None, *sorted(contact for (contact,) in cuts_found if contact is not None), None]
        share = rows // (len(bounds) - 1)
        return [ContactRange(start, end, share) for start, end in pairwise(bounds)]

    def stream(
        self, part: ContactRange | None = None, events_alone: Collection[str] | None = None
    ) -> Iterator[ContactLog]:
        """The contacts of the log and of the contacts table, each once, in the binary order of their ids.

        If events are named, only these are read from the log, and only contacts who have one of them.
        """
        with self._opened() as con, con.cursor() as people_cursor:
            codes = None if events_alone is None else [self.events.events.index(name) for name in events_alone]
            events = groups(_batches(con, "events", self.events, part, codes))
            bound = _most_bytes(people_cursor, self.events, part)
            people = groups(_batches(people_cursor, "people", self.people, part))
            read_events = event_reader(self.events, bound)
            read_people = profile_reader(self.people)
            tz = zone(self.timezone)
            person = next(people, None)
            for contact, rows in events:
                while person is not None and person[0] < contact:
                    profile, changes = read_people(person[1])
                    yield ContactLog(person[0], profile, changes, [], True, known_since(profile, changes, tz))
                    person = next(people, None)
                listed = person is not None and person[0] == contact
                if person is not None and listed:
                    profile, changes = read_people(person[1])
                    person = next(people, None)
                else:
                    profile, changes = {}, []
                since = known_since(profile, changes, tz)
                yield ContactLog(contact, profile, changes, read_events(rows), listed, since)
            while person is not None:
                profile, changes = read_people(person[1])
                yield ContactLog(person[0], profile, changes, [], True, known_since(profile, changes, tz))
                person = next(people, None)

    def contacts(self) -> Iterator[list[str]]:
        """The ids of all contacts of the log and of the contacts table, some thousand at a time, in no order."""
        with self._opened() as con:
            ids = con.execute(
                "SELECT DISTINCT contact FROM "
                "(SELECT contact FROM log.events UNION ALL SELECT contact FROM log.people) WHERE contact IS NOT NULL"
            )
            while batch := ids.fetchmany(_BATCH):
                yield [contact for (contact,) in batch]

    def listed(self) -> Iterator[list[str]]:
        """The ids of those in the contacts table, some thousand at a time, in no order."""
        with self._opened() as con:
            ids = con.execute("SELECT DISTINCT contact FROM log.people")
            while batch := ids.fetchmany(_BATCH):
                yield [contact for (contact,) in batch]

    def broadcasts(self) -> Iterator[Event]:
        """The events that have no contact, in order."""
        with self._opened() as con:
            rows = con.execute(f"SELECT {_columns(self.events)} FROM log.events WHERE contact IS NULL").fetchall()
        yield from event_reader(self.events)(rows)

    def links(self) -> Iterator[list[tuple[str, int, str]]]:
        """The contact of each anonymous id from an instant on, some thousand at a time."""
        with self._opened() as con:
            rows = con.execute("SELECT anonymous, instant, contact FROM log.links ORDER BY anonymous, instant")
            while batch := rows.fetchmany(_BATCH):
                yield batch

    def aliases(self) -> list[tuple[str, int, str]]:
        """The replaced ids: each with the instant and the replacing id, in order of time."""
        with self._opened() as con:
            return con.execute("SELECT given_up, instant, kept FROM log.aliases ORDER BY instant, rowid").fetchall()

    @contextmanager
    def _opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            with database.streaming(self.path) as con:
                yield con
        except duckdb.Error as error:
            raise translated(error, "the staged log") from None


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM log.{table}").fetchall()[0][0])


def _columns(layout: Layout) -> str:
    return ", ".join((*COLUMNS, *layout.columns))


def _batches(
    con: duckdb.DuckDBPyConnection,
    table: str,
    layout: Layout,
    part: ContactRange | None,
    codes: Collection[int] | None = None,
) -> Iterator[list[Row]]:
    conditions, bounds = _within(part)
    if codes is not None:
        conditions += f" AND code IN ({', '.join(map(str, codes)) or 'NULL'})"
    # Without ORDER BY: the table is in order, and the scan keeps it.
    result = con.execute(f"SELECT {_columns(layout)} FROM log.{table} WHERE {conditions}", bounds)
    while batch := result.fetchmany(_BATCH):
        yield batch


def _within(part: ContactRange | None) -> tuple[str, list[str]]:
    """The condition of a part, and its values."""
    conditions, bounds = ["contact IS NOT NULL"], []
    if part is not None and part.first is not None:
        conditions.append("contact >= ?")
        bounds.append(part.first)
    if part is not None and part.end is not None:
        conditions.append("contact < ?")
        bounds.append(part.end)
    return " AND ".join(conditions), bounds


def _most_bytes(con: duckdb.DuckDBPyConnection, layout: Layout, part: ContactRange | None) -> int:
    """A bound on the size of one event of a part, so that events need not be measured; 0 if some are large."""
    conditions, bounds = _within(part)
    longest = con.execute(f"SELECT max({texts_sql(layout)}) FROM log.events WHERE {conditions}", bounds).fetchall()[0][
        0
    ]
    return most_bytes(layout, longest or 0)
