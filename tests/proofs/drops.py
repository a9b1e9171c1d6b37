"""A random world as dropped files for successive runs: its log and its contacts table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.reference.projects import World, worlds, write_project

MICROSECOND = 1
_DAY = 86_400_000_000
_REMEMBERED = 29 * _DAY  # the store remembers event ids for 30 days from the event on
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOMEBODY = "zed"  # the log begins with this contact's only event

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cuts:
    """A world, the ends of its runs, and the files for each run: rows of the log, and the contacts table.

    `table`: a contacts table for one dry run with the same content as all the runs' tables.
    """

    world: World
    instants: tuple[int, ...]
    logs: tuple[tuple[Row, ...], ...]
    tables: tuple[tuple[Row, ...], ...]
    table: tuple[Row, ...]

    def __repr__(self) -> str:
        dropped = "\n".join(
            f"run {number} until {text(until)}\n" + "\n".join(f"  {row}" for row in (*log, "table", *table))
            for number, (until, log, table) in enumerate(zip(self.instants, self.logs, self.tables, strict=True))
        )
        return f"{self.world!r}\n{dropped}\ntable of the dry run\n" + "\n".join(f"  {row}" for row in self.table)


def text(instant: int) -> str:
    """An instant as text for exports and command lines."""
    return (_EPOCH + timedelta(microseconds=instant)).isoformat()


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Writes rows as JSON lines; no file if there are none."""
    if rows:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_world(root: Path, world: World) -> None:
    """Writes the world's project, with all its scenarios live."""
    files = {
        name: content if "scenario: " not in content or "status: " in content else f"status: live\n{content}"
        for name, content in world.files.items()
    }
    root.mkdir()
    write_project(root, files)


@st.composite
def cuts(draw: st.DrawFn) -> Cuts:
    """A world cut into some runs. An event comes in its run or sometimes in an earlier one, and can come twice."""
    world = draw(worlds())
    last = world.until + MICROSECOND
    inside = sorted({row["at"] for row in events_of(world)} - {last})
    dated = draw(st.booleans())
    # A row without a date counts after the events at the very end of the previous run.
    after = 0 if dated else MICROSECOND
    drawn = draw(st.lists(st.sampled_from(inside), min_size=1, max_size=3, unique=True))
    instants = sorted({*(at + after for at in drawn), last})
    logs: list[list[Row]] = [[] for _ in instants]
    for row in sorted(events_of(world), key=lambda row: int(row["at"])):
        run = _run_of(row["at"], instants)
        if run is None:
            continue
        early = draw(st.integers(0, run)) if draw(st.integers(0, 4)) == 0 else run
        logs[early].append(log_row(row))
        candidates = [
            number for number in range(early, len(instants)) if _clock(instants, number) < row["at"] + _REMEMBERED
        ]
        if row.get("event_id") is not None and candidates and draw(st.booleans()):
            logs[draw(st.sampled_from(candidates))].append(log_row(row))
    tables, table = _dated(draw, world, instants) if dated else _undated(world, instants)
    return Cuts(world, tuple(instants), tuple(map(tuple, logs)), tables, table)


def events_of(world: World) -> Iterator[dict[str, Any]]:
    yield {"contact_id": _SOMEBODY, "event": "clicked", "at": world.begins}
    for person in world.people:
        contact = person.log.contact_id
        for number, event in enumerate(person.own.events):
            # An event id names one event, so a world's repeated id becomes another event.
            event_id = None if event.event_id is None else f"{contact}-{event.event_id}-{number}"
            yield {
                **event.properties, "contact_id": contact, "event": event.name, "at": event.at, "event_id": event_id
            }  # fmt: skip
    for person in world.people:
        for event in person.broadcasts:
            yield {**event.properties, "contact_id": None, "event": event.name, "at": event.at}


def log_row(row: Row) -> Row:
    return {**{name: value for name, value in row.items() if name != "at"}, "timestamp": text(row["at"])}


def _clock(instants: Sequence[int], run: int) -> int:
    return instants[run - 1] if run else 0


def _run_of(at: int, instants: Sequence[int]) -> int | None:
    return next((number for number, until in enumerate(instants) if at <= until), None)


def _listed(world: World) -> Iterator[tuple[dict[str, Any], Sequence[tuple[int, Mapping[str, Any]]]]]:
    """The first row of each contact in the table, and its changes."""
    for person in world.people:
        log = person.log
        if log.listed:
            since = {} if log.known_since is None else {"known_since": text(log.known_since)}
            yield {"contact_id": log.contact_id, **log.profile, **since}, log.changes


def _dated(
    draw: st.DrawFn, world: World, instants: Sequence[int]
) -> tuple[tuple[tuple[Row, ...], ...], tuple[Row, ...]]:
    """Tables with `updated_at`: complete from the first run on, or each with the changes until its run."""
    whole = draw(st.booleans())
    rows: list[Row] = []
    tables: list[list[Row]] = [[] for _ in instants]
    for first, changes in _listed(world):
        own = [(0, first)] + [
            (at, {"contact_id": first["contact_id"], **row, "updated_at": text(at)}) for at, row in changes
        ]
        rows += [row for _, row in own]
        for table, until in zip(tables, instants, strict=True):
            table += [row for at, row in own if whole or at <= until]
    return tuple(map(tuple, tables)), tuple(rows)


def _undated(world: World, instants: Sequence[int]) -> tuple[tuple[tuple[Row, ...], ...], tuple[Row, ...]]:
    """Tables without `updated_at`, and the same changes for a dry run, dated to the beginning of each run's span."""
    rows: list[Row] = []
    tables: list[list[Row]] = [[] for _ in instants]
    for first, changes in _listed(world):
        rows.append(first)
        before: dict[str, Any] = dict(first)
        for number, table in enumerate(tables):
            clock = _clock(instants, number)
            values = dict(first)
            for at, row in changes:
                if number and at <= clock:
                    values |= row
            values = {name: value for name, value in values.items() if value is not None}
            changed = {name: values.get(name) for name in (*values, *before) if values.get(name) != before.get(name)}
            if changed:
                rows.append({"contact_id": first["contact_id"], **changed, "updated_at": text(clock)})
            table.append(values)
            before = values
    return tuple(map(tuple, tables)), tuple(rows)
