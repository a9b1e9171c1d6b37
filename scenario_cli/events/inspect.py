"""An export to the facts about it: its events, their volumes and times. Judges nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from scenario_cli.events import database, duplicates, facts_sql, identity, reporting, split_events
from scenario_cli.events.contact_facts import USUAL_FIELDS, contact_facts
from scenario_cli.events.decimals import settle_undeclared
from scenario_cli.events.discover import Discovery, Selection, discover
from scenario_cli.events.errors import translated
from scenario_cli.events.order_lines import order_line_notes
from scenario_cli.events.parts import ROW, log_parts, table_parts
from scenario_cli.events.property_facts import property_facts
from scenario_cli.events.rejects import write_rejects
from scenario_cli.events.shared_addresses import USUAL_REACHES, shared_address_notes
from scenario_cli.events.slots import lay_out
from scenario_cli.events.staging import ROWS, Progress, fill, tidy
from scenario_cli.events.staging_tables import Target
from scenario_cli.events.two_sides import contact_notes, outsized_note
from scenario_cli.events.zones import zone
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.inspection import DAY, ContactFacts, EventFacts, Inspection, Windows

# The recent window, and the one before it, which is shorter if the export is; see `Windows`.
RECENT_DAYS, BEFORE_DAYS, LEAST_BEFORE_DAYS = 7, 28, 7

_COUNTED_EXACTLY = 500_000  # rows

Types = Mapping[str, str | None]


def inspect(
    options: ExportOptions,
    workspace: Path,
    progress: Progress | None = None,
    declared: Mapping[str, Types] | None = None,
    attributes: Types | None = None,
    broadcast: Collection[str] = (),
) -> Inspection:
    """Reads the exports and shows their content.

    `declared` are events with the declared types of their properties: values that do not fit are counted. `attributes`
    likewise are those of the contacts table. Undeclared values are read unchanged. Rows of `broadcast` events need no
    contact id. Raises ExportError if the job cannot be done.
    """
    zone(options.timezone)
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        with database.staging(workspace, ROWS) as con:
            return _inspected(con, options, workspace, progress, declared or {}, attributes or {}, broadcast)
    except duckdb.Error as error:
        raise translated(error, "the export") from None
    finally:
        tidy(workspace)


def _inspected(
    con: duckdb.DuckDBPyConnection,
    options: ExportOptions,
    workspace: Path,
    progress: Progress | None,
    declared: Mapping[str, Types],
    attributes: Types,
    broadcast: Collection[str],
) -> Inspection:
    discovery, selection, target, reading = _staged(con, "events", options, declared, workspace, progress, broadcast)
    if options.group is None:
        reading.notes.extend(order_line_notes(con, target))
    if note := outsized_note(con, "events"):
        reading.notes.append(note)
    reading.notes.extend(contact_notes(con, "events", None))
    windows = _windows(con)
    for macro in facts_sql.macros(discovery.typed):
        con.execute(macro)
    events = _events(con, target, reading, options.timezone, windows, selection.more)
    people = _contacts_table(con, options, workspace, progress, attributes) if options.contacts else None
    if people is not None:
        reading.notes.extend(people.notes)
    hours, midnight, forms = _clock(con, options.timezone)
    ((first, last, contacts),) = con.execute(
        "SELECT min(instant), max(instant), count(DISTINCT contact) FROM events"
    ).fetchall()
    other_events = con.execute(
        "SELECT name, count(*) AS n FROM events WHERE reason IS NULL AND code IS NULL GROUP BY name"
        " ORDER BY n DESC, name"
    ).fetchall()
    if options.rejects:
        kinds = [(target, reading), *([(people.target, people.reading)] if people is not None else [])]
        write_rejects(con, Path(options.rejects), kinds)
    return Inspection(
        files=reading.files,
        timezone=options.timezone,
        rows=reading.staged + reading.lost,
        contacts=contacts,
        events=tuple(sorted(events, key=lambda event: (-event.rows, event.name))),
        others=tuple(other_events),
        first=first,
        last=last,
        unusable=reporting.unusable(con, target, reading),
        forms=forms,
        hours=hours,
        midnight=midnight,
        windows=windows,
        typed=discovery.typed,
        estimated=not is_small(con, "events"),
        own_clock=discovery.own_clock,
        unfilled=_unfilled(discovery, selection, events),
        notes=tuple(dict.fromkeys(reading.notes)),
        contacts_table=people.facts if people is not None else None,
        contacts_unusable=reporting.unusable(con, people.target, people.reading) if people is not None else (),
        reach=_reach(con, options, target, people.target if people is not None else None),
    )


def _reach(
    con: duckdb.DuckDBPyConnection, options: ExportOptions, log: Target, people: Target | None
) -> ContactFacts | None:
    """The facts about addresses and consents in the contacts table and in the events that change the profile."""
    fields = options.contact_fields or USUAL_FIELDS
    codes = tuple(code for code, name in enumerate(log.layout.events) if name in fields.events)
    sides = [(log.table, log.layout, codes)] if codes else []
    return contact_facts(con, [*sides, *([(people.table, people.layout, (0,))] if people is not None else [])], fields)


class _People(NamedTuple):
    """The contacts table: its content, how it was read, and notes on it, apart from the events."""

    target: Target
    reading: reporting.Reading
    facts: EventFacts
    notes: list[str]


def _contacts_table(
    con: duckdb.DuckDBPyConnection,
    options: ExportOptions,
    workspace: Path,
    progress: Progress | None,
    attributes: Types,
) -> _People:
    discovery, selection, people, reading = _staged(con, "people", options, {ROW: attributes}, workspace, progress)
    for macro in facts_sql.macros(discovery.typed):
        con.execute(macro)
    facts = replace(_events(con, people, reading, options.timezone, None, selection.more)[0], name="contacts", days=())
    notes = list(shared_address_notes(con, [("people", people.layout, (0,))], options.reaches or USUAL_REACHES))
    notes.extend(contact_notes(con, "events", "people"))
    return _People(people, reading, facts, notes)


def _clock(con: duckdb.DuckDBPyConnection, timezone: str) -> tuple[tuple[int, ...], int, dict[str, int]]:
    """The usable rows by local hour, those exactly at midnight, and the rows by how their timestamp is written."""
    hours, midnight = [0] * 24, 0
    forms: dict[str, int] = {}
    for hour, form, count, at_midnight in con.execute(facts_sql.clock_sql("events", timezone)).fetchall():
        hours[hour] += count
        midnight += at_midnight
        forms[facts_sql.FORMS[form]] = forms.get(facts_sql.FORMS[form], 0) + count
    return tuple(hours), midnight, forms


def _staged(
    con: duckdb.DuckDBPyConnection,
    table: str,
    options: ExportOptions,
    declared: Mapping[str, Types],
    workspace: Path,
    progress: Progress | None,
    broadcast: Collection[str] = (),
) -> tuple[Discovery, Selection, Target, reporting.Reading]:
    """Stages the files of one kind with all their content."""
    people = table == "people"
    if progress:
        progress("looking for events and properties", 0, None)
    discovery = discover(con, table_parts(options, {}) if people else log_parts(options, {}), workspace)
    selection = discovery.selection(declared)
    layout, profile = lay_out(selection.properties), frozenset({ROW} if people else ())
    target = Target(
        table, layout, options.timezone, frozenset(broadcast), profile,
        moment="updated_at" if people else "timestamp", dedupe=options.dedupe and not people, keep_ids=options.keep_ids,
    )  # fmt: skip
    properties = selection.properties
    parts = table_parts(options, properties.get(ROW, {})) if people else log_parts(options, properties)
    parts = [replace(part, need=replace(part.need, properties_by_file=selection.properties_by_file)) for part in parts]
    reading = fill(con, target, parts, workspace, progress)
    if not people and options.dedupe:
        duplicates.leave_out(con, target)
    if len(reading.split) > 1:
        split_events.join(con, target, reading.split)
    if reading.identity:
        reading.notes.extend(identity.attribute(con, target, backward=options.identity == "backward"))
    reading.counts = None
    if not discovery.typed:
        settle_undeclared(con, target, reading.notes)
    return discovery, selection, target, reading


def _windows(con: duckdb.DuckDBPyConnection) -> Windows | None:
    ((first, last),) = con.execute("SELECT min(instant), max(instant) FROM events WHERE code IS NOT NULL").fetchall()
    if first is None or last - first < (RECENT_DAYS + LEAST_BEFORE_DAYS) * DAY:
        return None
    recent_from = last - RECENT_DAYS * DAY
    return Windows(recent_from, max(recent_from - BEFORE_DAYS * DAY, first - 1))


def _unfilled(discovery: Discovery, selection: Selection, events: Sequence[EventFacts]) -> tuple[str, ...]:
    filled = {facts.name for event in events for facts in event.properties}
    return tuple(sorted({*discovery.columns, *(key for _, key in discovery.keys)} - filled - selection.cut))


def _events(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    reading: reporting.Reading,
    timezone: str,
    windows: Windows | None,
    omitted: Mapping[str, int],
) -> list[EventFacts]:
    layout, table = target.layout, target.table
    columns = list(layout.columns)
    days: dict[int, list[tuple[str, int]]] = {}
    for code, day, count in con.execute(facts_sql.days_sql(table, timezone)).fetchall():
        days.setdefault(code, []).append(((date(1970, 1, 1) + timedelta(days=day)).isoformat(), count))
    repeats = {row[0]: row[1:] for row in con.execute(facts_sql.repeats_sql(table, columns)).fetchall()}
    misfits = {
        (misfit.event, misfit.property): misfit
        for misfit in reporting.misfits(con, target, reading, with_event_names=True)
    }
    rows_by_event = con.execute(facts_sql.events_sql(table, windows)).fetchall()
    exact = is_small(con, table)
    properties = property_facts(con, target, windows, [row[0] for row in rows_by_event], exact=exact)
    events: list[EventFacts] = []
    for code, rows, contacts, first, last, recent, before in rows_by_event:
        name = layout.events[code]
        facts = []
        for property_ in properties.get(code, ()):
            misfit = misfits.get((name, property_.name))
            facts.append(replace(property_, misfits=misfit.count, misfit=misfit.example) if misfit else property_)
        duplicates, repeated_ids = repeats[code]
        events.append(EventFacts(
            name, rows, contacts, tuple(read for read in facts if read.filled or read.misfits), first, last,
            tuple(days.get(code, ())), duplicates, repeated_ids, recent, before, omitted.get(name, 0),
        ))  # fmt: skip
    return events or [EventFacts(ROW, 0, 0, ())] if table == "people" else events


def is_small(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """True if counting distinct values exactly takes little time."""
    ((rows,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows) <= _COUNTED_EXACTLY
