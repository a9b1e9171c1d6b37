"""An export to the facts about it: its events, their properties, volumes and times. Judges nothing."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from scenario_cli.events import database, duplicates, facts_sql, identity, reporting
from scenario_cli.events.casts import can_misfit
from scenario_cli.events.discover import Found, discover
from scenario_cli.events.errors import translated
from scenario_cli.events.nested import nested_facts
from scenario_cli.events.order_lines import order_line_notes
from scenario_cli.events.parts import ROW, log_parts, table_parts
from scenario_cli.events.rejects import write_rejects
from scenario_cli.events.shared_addresses import USUAL_REACHES, shared_address_notes
from scenario_cli.events.slots import Item, Layout, lay_out
from scenario_cli.events.staging import ROWS, Progress, fill, tidy
from scenario_cli.events.staging_sql import Target
from scenario_cli.events.two_sides import matching_note, outsized_note
from scenario_cli.events.zones import zone
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.inspection import DAY, EventFacts, Inspection, PropertyFacts, ValueKind, Windows

# The recent window, and the one before it, which is shorter where the export is; see `Windows`.
RECENT_DAYS, BEFORE_DAYS, LEAST_BEFORE_DAYS = 7, 28, 7

FEW_VALUES = 50  # up to so many distinct values are listed
_COUNTED_EXACTLY = 500_000  # rows
_SAMPLED = 500
_EXAMPLES = 5
_LONGEST = 60
_MOST_QUERIES = 3_000  # for values and examples of single properties

_ORDERED = ("integer", "number", "date", "datetime")

Types = Mapping[str, str | None]


def inspect(
    options: ExportOptions,
    workspace: Path,
    progress: Progress | None = None,
    declared: Mapping[str, Types] | None = None,
    attributes: Types | None = None,
    broadcast: Collection[str] = (),
) -> Inspection:
    """Reads the exports and tells what they hold.

    `declared` are events with the declared types of their properties: values that do not fit are counted.
    `attributes` likewise are those of the contacts table. What is not declared is read as it is. Rows of `broadcast`
    events need no contact id.
    Raises ExportError for what stops the job.
    """
    zone(options.timezone)
    workspace.mkdir(parents=True, exist_ok=True)
    con = database.staging(workspace / ROWS, workspace)
    try:
        found, target, reading = _staged(con, "events", options, declared or {}, workspace, progress, broadcast)
        if options.group is None:
            reading.notes.extend(order_line_notes(con, target))
        if note := outsized_note(con, "events"):
            reading.notes.append(note)
        windows = _windows(con)
        for macro in facts_sql.macros(found.typed):
            con.execute(macro)
        events = _events(con, target, options.timezone, windows)
        table, people, read_people = None, None, None
        if options.contacts:
            known, people, read_people = _staged(con, "people", options, {ROW: attributes or {}}, workspace, progress)
            for macro in facts_sql.macros(known.typed):
                con.execute(macro)
            table = replace(_events(con, people, options.timezone, None)[0], name="contacts", days=())
            sides = [("people", people.layout, (0,))]
            reading.notes.extend(shared_address_notes(con, sides, options.reaches or USUAL_REACHES))
            if note := matching_note(con, "events", "people"):
                reading.notes.append(note)
        clock = con.execute(facts_sql.clock_sql("events", options.timezone)).fetchall()
        span = con.execute("SELECT min(instant), max(instant), count(DISTINCT contact) FROM events").fetchall()[0]
        others = con.execute(
            "SELECT name, count(*) AS n FROM events WHERE reason IS NULL AND code IS NULL GROUP BY name"
            " ORDER BY n DESC, name"
        ).fetchall()
        unusable = reporting.unusable(con, target, reading)
        if options.rejects:
            kinds = ((target, reading), (people, read_people)) if people and read_people else ((target, reading),)
            write_rejects(con, Path(options.rejects), kinds)
        estimated = not is_small(con, "events")
        people_unusable = reporting.unusable(con, people, read_people) if people and read_people else ()
    except duckdb.Error as error:
        raise translated(error, "the export") from None
    finally:
        con.close()
        tidy(workspace)
    hours = [0] * 24
    forms: dict[str, int] = {}
    for hour, form, count, _ in clock:
        hours[hour] += count
        forms[facts_sql.FORMS[form]] = forms.get(facts_sql.FORMS[form], 0) + count
    return Inspection(
        files=reading.files,
        timezone=options.timezone,
        rows=reading.staged + reading.lost,
        contacts=span[2],
        events=tuple(sorted(events, key=lambda event: (-event.rows, event.name))),
        others=tuple(others),
        first=span[0],
        last=span[1],
        unusable=unusable,
        forms=forms,
        hours=tuple(hours),
        midnight=sum(row[3] for row in clock),
        windows=windows,
        typed=found.typed,
        estimated=estimated,
        own_clock=found.own_clock,
        unfilled=_unfilled(found, events),
        notes=tuple(dict.fromkeys(reading.notes)),
        contacts_table=table,
        contacts_unusable=people_unusable,
    )


def _staged(
    con: duckdb.DuckDBPyConnection,
    table: str,
    options: ExportOptions,
    declared: Mapping[str, Types],
    workspace: Path,
    progress: Progress | None,
    broadcast: Collection[str] = (),
) -> tuple[Found, Target, reporting.Reading]:
    """The files of one kind in their table, with everything in them."""
    people = table == "people"
    if progress:
        progress("looking for events and properties", 0, None)
    found = discover(con, table_parts(options, {}) if people else log_parts(options, {}), workspace)
    wanted = found.wanted(declared)
    target = Target(
        table, lay_out(wanted), options.timezone, frozenset(broadcast), frozenset({ROW} if people else ()),
        moment="updated_at" if people else "timestamp", dedupe=options.dedupe and not people, keep_ids=options.keep_ids,
    )  # fmt: skip
    parts = table_parts(options, wanted.get(ROW, {})) if people else log_parts(options, wanted)
    reading = fill(con, target, parts, workspace, progress)
    if cut := found.cut():
        reading.notes.append(cut)
    if not people and options.dedupe:
        duplicates.leave_out(con, target)
    if reading.identity:
        reading.notes.extend(identity.attribute(con, target, backward=options.identity == "backward"))
    return found, target, reading


def _windows(con: duckdb.DuckDBPyConnection) -> Windows | None:
    ((first, last),) = con.execute("SELECT min(instant), max(instant) FROM events WHERE code IS NOT NULL").fetchall()
    if first is None or last - first < (RECENT_DAYS + LEAST_BEFORE_DAYS) * DAY:
        return None
    recent_from = last - RECENT_DAYS * DAY
    return Windows(recent_from, max(recent_from - BEFORE_DAYS * DAY, first - 1))


def _unfilled(found: Found, events: Sequence[EventFacts]) -> tuple[str, ...]:
    filled = {facts.name for event in events for facts in event.properties}
    return tuple(sorted({*found.columns, *(key for _, key in found.keys)} - filled))


@dataclass(frozen=True, slots=True)
class _Cell:
    """One column of one event, as `facts_sql.cells_sql` answers."""

    filled: int
    distinct: int
    first: int | None
    last: int | None
    smallest: str | None
    largest: str | None
    recent: int
    before: int


def _events(con: duckdb.DuckDBPyConnection, target: Target, timezone: str, windows: Windows | None) -> list[EventFacts]:
    layout, table = target.layout, target.table
    columns = list(layout.columns)
    days: dict[int, list[tuple[str, int]]] = {}
    for code, day, count in con.execute(facts_sql.days_sql(table, timezone)).fetchall():
        days.setdefault(code, []).append(((date(1970, 1, 1) + timedelta(days=day)).isoformat(), count))
    repeats = {row[0]: row[1:] for row in con.execute(facts_sql.repeats_sql(table, columns)).fetchall()}
    misfits = {(misfit.event, misfit.property): misfit for misfit in reporting.misfits(con, target, named=True)}
    properties = _Properties(con, target, windows)
    found: list[EventFacts] = []
    for code, rows, contacts, first, last, recent, before in con.execute(
        facts_sql.events_sql(table, windows)
    ).fetchall():
        name = layout.events[code]
        facts = []
        for one in properties.of(code):
            misfit = misfits.get((name, one.name))
            facts.append(replace(one, misfits=misfit.count, misfit=misfit.example) if misfit else one)
        duplicates, repeated_ids = repeats[code]
        found.append(EventFacts(
            name, rows, contacts, tuple(one for one in facts if one.filled or one.misfits), first, last,
            tuple(days.get(code, ())), duplicates, repeated_ids, recent, before,
        ))  # fmt: skip
    return found or [EventFacts(ROW, 0, 0, ())] if table == "people" else found


def is_small(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """True where counting distinct values exactly takes little time."""
    ((rows,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows) <= _COUNTED_EXACTLY


class _Properties:
    """The properties of a staged table's events; what all events are asked for at once is asked once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, target: Target, windows: Windows | None) -> None:
        self.con = con
        self.table = target.table
        self.layout: Layout = target.layout
        self.cells: dict[tuple[int, str], _Cell] = {}
        self.kinds: dict[tuple[int, str], dict[ValueKind, int]] = {}
        self.asked = 0
        self.ends = dict(
            con.execute(
                f"SELECT code, max(instant) FROM {target.table} WHERE code IS NOT NULL GROUP BY code"
            ).fetchall()
        )
        columns = list(self.layout.columns)
        exact = is_small(con, self.table)
        if not columns:
            return
        for code, *values in con.execute(facts_sql.cells_sql(self.table, columns, windows, exact=exact)).fetchall():
            for number, column in enumerate(columns):
                width = facts_sql.CELL_WIDTH
                self.cells[code, column] = _Cell(*values[number * width : (number + 1) * width])
        for column in columns:
            if column.startswith(("j", "s")):
                for code, kind, count in con.execute(facts_sql.kinds_sql(self.table, column)).fetchall():
                    self.kinds.setdefault((code, column), {})[kind] = count

    def of(self, code: int) -> list[PropertyFacts]:
        items = [item for item in self.layout.items if code in item.events]
        names = [column for item in items for column in item.columns.values()]
        sample: list[tuple[Any, ...]] = []
        if names:
            sample = self.con.execute(facts_sql.sample_sql(self.table, code, names, _SAMPLED)).fetchall()
        at = {column: place for place, column in enumerate(names)}
        return [self._property(code, item, [_seen(row, item, at) for row in sample]) for item in items]

    def _property(self, code: int, item: Item, sample: list[Any]) -> PropertyFacts:
        columns = list(item.columns.values())
        cells = [cell for column in columns if (cell := self.cells.get((code, column))) and cell.filled]
        if not cells:
            return PropertyFacts(item.property, 0, {}, 0)
        plain = item.declared is None or not can_misfit(item.declared) or item.declared in ("array", "object")
        filled = sum(cell.filled for cell in cells)
        distinct = sum(cell.distinct for cell in cells)
        values: list[tuple[str, int]] = []
        if distinct <= FEW_VALUES + 5 and self._is_detailed():
            query = facts_sql.values_sql(self.table, code, columns, FEW_VALUES + 1)
            # In JSON the text "1" and the number 1 are shown alike, and so are one value.
            counts: Counter[str] = Counter()
            for value, count in self.con.execute(query).fetchall():
                counts[_shown(value, plain)] += count
            values = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            if len(values) > FEW_VALUES:
                values = []
        examples = [_shown(value, plain) for value in sample if value is not None]
        if not examples and self._is_detailed():
            query = facts_sql.example_sql(self.table, code, columns, _EXAMPLES)
            examples = [_shown(value, plain) for (value,) in self.con.execute(query).fetchall()]
        last = max(cell.last for cell in cells if cell.last is not None) if any(c.last for c in cells) else None
        since = 0
        if last is not None and last != self.ends.get(code) and self._is_detailed():
            ((since,),) = self.con.execute(facts_sql.rows_since_sql(self.table, code, last)).fetchall()
        kinds: dict[ValueKind, int] = {}
        for column in columns:
            kinds.update(self.kinds.get((code, column), {}))
        return PropertyFacts(
            item.property, filled,
            {kind: kinds[kind] for kind in facts_sql.KINDS if kind in kinds},
            len(values) or min(distinct, filled),
            tuple(values),
            tuple(dict.fromkeys(examples))[:_EXAMPLES],
            *self._bounds(code, item, cells, kinds),
            first=min((cell.first for cell in cells if cell.first is not None), default=None),
            last=last,
            rows_since=since,
            recent=sum(cell.recent for cell in cells),
            before=sum(cell.before for cell in cells),
            nested=nested_facts([value for value in sample if value is not None]) if plain else None,
        )  # fmt: skip

    def _is_detailed(self) -> bool:
        """True as long as few enough queries for single properties were asked; past that only counts are given."""
        self.asked += 1
        return self.asked <= _MOST_QUERIES

    def _bounds(
        self, code: int, item: Item, cells: list[_Cell], kinds: Mapping[ValueKind, int]
    ) -> tuple[str | None, str | None]:
        """The smallest and largest of numbers and dates; of texts that says little."""
        if "j" in item.columns and set(kinds) and set(kinds) <= {"integer", "number"}:
            query = facts_sql.bounds_sql(self.table, code, item.columns["j"])
            ((smallest, largest),) = self.con.execute(query).fetchall()
            return smallest, largest
        if len(cells) != 1 or not ((set(kinds) and set(kinds) <= {"date", "datetime"}) or item.declared in _ORDERED):
            return None, None
        smallest, largest = cells[0].smallest, cells[0].largest
        return None if smallest is None else _shown(smallest, True), None if largest is None else _shown(largest, True)


def _seen(row: tuple[Any, ...], item: Item, at: Mapping[str, int]) -> Any:
    return next((value for column in item.columns.values() if (value := row[at[column]]) is not None), None)


def _shown(value: Any, is_json: bool) -> str:
    """A value as people read it, a long one cut."""
    text = str(value)
    if is_json and text.startswith('"'):
        with contextlib.suppress(ValueError):
            text = str(json.loads(text))
    elif isinstance(value, bool):
        text = "true" if value else "false"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
