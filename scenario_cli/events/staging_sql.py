"""The query that turns a file's rows into staged rows: judged, timed, typed. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scenario_cli.events.casts import text_sql
from scenario_cli.events.date_forms import SETTLED_FORMS, ZONED, ambiguous_sql, bare_sql, kinds_of, standard_sql
from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.nobody import NO_ID, PLACEHOLDER, PLACEHOLDERS, is_nobody
from scenario_cli.events.raw_values import RawValues
from scenario_cli.events.sql_text import among, text_literal
from scenario_cli.events.staging_tables import Target
from scenario_cli.events.timestamps import Kinds, form_sql, reading_sql, utc_sql, within_bounds_sql
from scenario_cli.events.unset_sql import nulls_sql, profile_codes, unset_columns
from scenario_cli.events.value_groups import ValueGroup, value_groups
from scenario_cli.events.value_sql import (
    basis_columns,
    cell_columns,
    form_columns,
    misfit_columns,
    misfits_sql,
    part_columns,
    slot_sql,
    value_columns,
)
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS

BROKEN_LINE = "broken line"
SWAPPABLE = "date with unclear order of day and month: choose with --date-format day-first or month-first"

# The ids of a contact who is not known, or was known by another.
_IDS = ("anonymous", "previous")


def insert_sql(target: Target, file: int | str, rows: Rows, resolved: Resolved) -> str:
    """Every row of the file becomes one row: wanted, unwanted (only its name and instant), or unusable.

    `file` is its number, or the column of the relation that has it.
    """
    return f"INSERT INTO {target.table} {rows_sql(target, file, rows, resolved)}"


def rows_sql(target: Target, file: int | str, rows: Rows, resolved: Resolved, *, wanted_alone: bool = False) -> str:
    """The rows, with the columns of the staged table in order; of `wanted_alone` the usable ones.

    The layers, innermost first: the needed parts of the file; its ids in the form for comparison, and the timestamp in
    a standard form; the event; the values of its properties; each value's basis; readings; cells; misfits.
    """
    layout = target.layout
    groups = value_groups(layout.items, resolved, target.keys)
    raw_values = RawValues(groups, profile_codes(target))
    needed = raw_values.needed_columns()
    source, resolved = _with_computed_fields(rows, resolved, needed)
    moment = resolved.fields.get(target.moment)
    raw = [
        f"{file} AS file, {rows.broken} AS broken, {rows.line} AS line",
        f"{cleaned(resolved.fields.get('contact_id'))} AS {'raw_contact' if target.identity else 'contact'}",
        f"{cleaned(resolved.fields.get('event'))} AS name",
        f"{cleaned(resolved.fields.get('event_id'))} AS event_id",
        f"{_text(resolved.fields.get('sequence'))} AS sequence",
        f"{_moment(moment)} AS moment, {_objects(resolved.fields.get('properties'))} AS objects",
        *needed,
        *([f"hash({', '.join(rows.content)}) AS fingerprint"] if target.dedupe else []),
        *(f"{cleaned(resolved.fields.get(f'{id_kind}_id'))} AS raw_{id_kind}" for id_kind in _IDS if target.identity),
    ]
    standard = _compared_ids(target, resolved)
    date_format = resolved.dates.get(target.moment)
    kinds = kinds_of(date_format)
    has_one_reading = moment is None or is_typed(moment) or date_format in SETTLED_FORMS
    if not has_one_reading:
        standard.append(f"{standard_sql('moment', 'bare_moment', date_format)} AS moment")
    codes = " ".join(f"WHEN {text_literal(event)} THEN {code}" for code, event in enumerate(layout.events))
    coded = [f"{f'CASE name {codes} END' if codes else 'NULL'} AS code", f"{_form(moment, kinds)} AS form"]
    coded += [
        f"{_known_id(target, f'raw_{id_kind}')} AS {id_kind}" for id_kind in ("contact", *_IDS) if target.identity
    ]
    read = [f"{_reading(moment, kinds)} AS reading", *raw_values.picked_columns()]
    has_zone = moment is None or date_format == ZONED
    listed = [f"{'reading' if has_zone else utc_sql(target.timezone)} AS utc", *raw_values.list_columns()]
    valued = [f"{within_bounds_sql('utc')} AS instant", *value_columns(groups, untyped=rows.untyped)]
    judged = [f"{_reason(target, has_one_reading=has_one_reading)} AS reason", *misfit_columns(groups)]
    source = f"SELECT {', '.join(raw)} FROM {source} AS source"
    if wanted_alone:
        source = f"SELECT * FROM ({source}) WHERE {among('name', map(text_literal, layout.events))}"
    if not has_one_reading:
        source = f"SELECT *, {bare_sql('moment', target.timezone)} AS bare_moment FROM ({source})"
    if standard:
        source = f"SELECT * REPLACE ({', '.join(standard)}) FROM ({source})"
    based = [*basis_columns(groups), *unset_columns(target, groups)]
    parted = part_columns(groups, target.timezone)
    for layer in (coded, read, listed, valued, based, parted, form_columns(groups), cell_columns(groups), judged):
        if layer:
            source = f"SELECT *, {', '.join(layer)} FROM ({source})"
    columns = _staged_columns(target, groups)
    return f"SELECT {', '.join(columns)} FROM ({source}){' WHERE reason IS NULL' if wanted_alone else ''}"


def _staged_columns(target: Target, groups: list[ValueGroup]) -> list[str]:
    """The columns of the staged table, in order."""
    usable, is_wanted = "reason IS NULL", "reason IS NULL AND code IS NOT NULL"
    # Any row of the wanted contact shows that the contact exists.
    has_contact = is_wanted if target.contact is None else f"({is_wanted} OR contact = {text_literal(target.contact)})"
    return [
        "file, line, reason",
        f"CASE WHEN {usable} THEN name END AS name",
        f"{misfits_sql(groups)} AS misfit",
        f"CASE WHEN {is_wanted} THEN TRY_CAST(sequence AS HUGEINT) END AS seq",
        f"CASE WHEN {usable} THEN form END AS form",
        f"CASE WHEN {has_contact}{_not_broadcast(target)} THEN contact END AS contact",
        f"CASE WHEN {usable} THEN code END AS code, CASE WHEN {usable} THEN instant END AS instant",
        f"CASE WHEN {usable if target.split else is_wanted} THEN event_id END AS event_id",
        f"{nulls_sql(target, groups)} AS nulls",
        *(f"{slot_sql(column, groups)} AS {column}" for column in target.layout.columns),
        *(["fingerprint"] if target.dedupe else []),
        *(_id_columns(usable) if target.identity else []),
    ]


def _with_computed_fields(rows: Rows, resolved: Resolved, needed: Sequence[str]) -> tuple[str, Resolved]:
    """The relation of the needed parts, with a column for each computed field. Later layers name it several times, and
    an expression is planned, and inside CASE computed, each time.
    """
    fields_sql = (
        column.sql for field, column in resolved.fields.items() if field != "properties" or column.kind == "text"
    )
    relation = rows.relation.sql(*fields_sql, *needed)
    computed = {
        field: column
        for field, column in resolved.fields.items()
        if (column.kind == "json" or (column.kind == "text" and "(" in column.sql)) and field != "properties"
    }
    if not computed:
        return relation, resolved
    columns = ", ".join(
        f"{text_sql(column.kind, column.sql)} AS scenario_{field}" for field, column in computed.items()
    )
    fields = {
        field: Column(f"scenario_{field}", "text") if field in computed else column
        for field, column in resolved.fields.items()
    }
    return f"(SELECT *, {columns} FROM {relation})", replace(resolved, fields=fields)


def _compared_ids(target: Target, resolved: Resolved) -> list[str]:
    """Each id of the file in the form for comparison: a whole number without a fraction, an e-mail address in lower
    case.
    """
    columns = {"contact_id": "raw_contact" if target.identity else "contact", "event_id": "event_id"}
    if target.identity:
        columns |= {f"{id_kind}_id": f"raw_{id_kind}" for id_kind in _IDS}
    return [f"id_text({column}) AS {column}" for field, column in columns.items() if field in resolved.fields]


def _id_columns(usable: str) -> tuple[str, str, str]:
    """The anonymous id; the contact, if the row links it to another id; and the id that an alias replaces."""
    return (
        f"CASE WHEN {usable} THEN anonymous END",
        f"CASE WHEN {usable} AND (anonymous IS NOT NULL OR previous IS NOT NULL) THEN contact END",
        f"CASE WHEN {usable} THEN previous END",
    )


def _known_id(target: Target, raw_id: str) -> str:
    return f"CASE WHEN NOT {is_nobody(raw_id, () if target.keep_ids else (*NO_ID, *PLACEHOLDERS))} THEN {raw_id} END"


def cleaned(column: Column | None) -> str:
    """Without blanks around it, NULL if nothing is left."""
    return f"nullif(trimmed({_text(column)}), '')" if column else "CAST(NULL AS VARCHAR)"


def _text(column: Column | None) -> str:
    return text_sql(column.kind, column.sql) if column else "CAST(NULL AS VARCHAR)"


def _objects(column: Column | None) -> str:
    """The `properties` column if it is text and so can fail to be JSON."""
    return column.sql if column and column.kind == "text" else "CAST(NULL AS VARCHAR)"


def is_typed(moment: Column | None) -> bool:
    """True for a timestamp that is an instant or a local time in its file, so it is not read from a text."""
    return moment is not None and moment.kind in ("date", "local", "instant")


def _moment(column: Column | None) -> str:
    """The timestamp unchanged, if it has a type of its own; else as text to be read."""
    if column is None:
        return "CAST(NULL AS VARCHAR)"
    return column.sql if is_typed(column) else f"upper({cleaned(column)})"


def _form(moment: Column | None, kinds: Kinds) -> str:
    if moment is None:
        return "CAST(NULL AS TINYINT)"
    if not is_typed(moment):
        return form_sql("moment", kinds)
    return "1" if moment.kind == "instant" else "-1"


def _reading(moment: Column | None, kinds: Kinds) -> str:
    if moment is None:
        return "CAST(NULL AS BIGINT)"
    # A database's infinity has no microseconds.
    if is_typed(moment):
        return "CASE WHEN isfinite(moment) THEN epoch_us(moment) END"
    return reading_sql("moment", "form", kinds)


def _reason(target: Target, *, has_one_reading: bool) -> str:
    broadcast = among("name", map(text_literal, sorted(target.broadcast)))
    needs_contact = f" AND NOT coalesce({broadcast}, false)" if target.broadcast else ""
    reserved = among("name", map(text_literal, BUILT_IN_EVENTS))
    nobody = f"(contact IS NULL OR {is_nobody('contact', () if target.keep_ids else NO_ID)})"
    placeholder = "" if target.keep_ids or target.identity else (
        f" WHEN {is_nobody('contact', PLACEHOLDERS)}{needs_contact} THEN {text_literal(PLACEHOLDER)}"
    )  # fmt: skip
    if target.identity:
        nobody = "(contact IS NULL AND anonymous IS NULL)"
    no_time = " WHEN moment IS NULL THEN 'no timestamp'" if target.moment == "timestamp" else ""
    has_time = "" if target.moment == "timestamp" else "moment IS NOT NULL AND "
    unreadable = "'unreadable timestamp'"
    if not has_one_reading:
        unreadable = f"CASE WHEN {ambiguous_sql('moment')} THEN {text_literal(SWAPPABLE)} ELSE {unreadable} END"
    return (
        f"CASE WHEN broken THEN '{BROKEN_LINE}' WHEN {nobody}{needs_contact} THEN 'no contact id'{placeholder}"
        f" WHEN name IS NULL THEN 'no event name'{no_time}"
        f" WHEN {has_time}instant IS NULL THEN {unreadable}"
        f" WHEN {reserved} THEN 'event name that the executor reserves' END"
    )


def _not_broadcast(target: Target) -> str:
    return f" AND NOT {among('name', map(text_literal, sorted(target.broadcast)))}" if target.broadcast else ""
