"""The one query that makes of a file's rows what is staged of them: judged, timed, typed. Runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scenario_cli.events.casts import Kind, basis_sql, can_misfit, cells_sql, parts_sql, text_sql
from scenario_cli.events.date_forms import FOUND_OUT, ZONED, ambiguous_sql, standard_sql
from scenario_cli.events.decimal_forms import rewritten_sql
from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.slots import Item, Layout
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.timestamps import (
    day_text_sql,
    form_sql,
    moment_text_sql,
    reading_sql,
    utc_sql,
    within_bounds_sql,
)
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS

BROKEN_LINE = "broken line"
SWAPPABLE = "date in which day and month could be swapped: --date-format day-first or month-first says which"

# The ids of a contact who is not known, or was known by another.
_IDS = ("anonymous", "previous")

# Exporters write these where nobody is known. As ids they would make one contact of all visitors.
_NO_ID = (
    "null", "none", "nil", "nan", "undefined", "<na>", "\\n", "(null)", "(none)", "(not set)", "[object object]",
)  # fmt: skip
# People and spreadsheets write these for the same; --keep-ids takes them for contacts.
_PLACEHOLDERS = (
    "na", "n/a", "n.a.", "#n/a", "#na", "#value!", "#ref!", "#name?", "-", "--", "\u2013", "\u2014", "?", "unknown",
    "(unknown)", "guest", "anonymous", "anon", "visitor", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
_LONGEST_PLACEHOLDER = 36
PLACEHOLDER = "contact id that stands for nobody, such as 'guest': --keep-ids takes it for a contact"


# Names of properties that hold ids: `order_id`, `cartId`, `sku`, `Invoice No`.
_ID_NAME = re.compile(
    r"(^|[\W_])(id|ids|key|code|no|nr|num|number|sku|ref|reference|token|uid|uuid|guid)$"
    r"|(?-i:[a-z](Id|ID|Key|Code|No|Nr|Number|Sku|SKU|Ref|Token)$)"
    r"|^(cart|basket|checkout|order|invoice|booking|ticket|product|item|customer|user|contact|subscription)$",
    re.IGNORECASE,
)


def is_id_name(name: str) -> bool:
    """True where the name says that the property holds an id.

    >>> [is_id_name(name) for name in ("cart_id", "Invoice No", "orderId", "version", "amount")]
    [True, True, True, False, False]
    """
    return bool(_ID_NAME.search(name))


@dataclass(frozen=True, slots=True)
class Target:
    """The table to fill. `moment` is the field with the instant; an `updated_at` may be missing.

    A row of a `profile` event, or of the contacts table, has a list of the attributes that it unsets.
    To `dedupe`, a fingerprint of each whole row is kept; for `identity`, what is known of anonymous ids.
    Where one `contact` is asked for, only its rows are sorted. `keys` are properties that hold ids. To
    `keep_ids` is to take what stands for nobody for a contact. Where an event may be `split` over several files, each
    usable row keeps its event's id.
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
        """True for the contacts table, where each column says something about every row."""
        return self.moment == "updated_at"


# Choosing a compression takes longer than writing the texts, and few of them compress well.
_TEXT = "VARCHAR USING COMPRESSION uncompressed"


# More than any file has: a row's place among those of all files is one number.
_MOST_LINES = 1 << 40

# A property that this file has: its number, the item, and where it is found.
Held = tuple[int, Item, tuple[Column, ...]]


def create_sql(target: Target) -> str:
    """The table of all rows, in the order of the files."""
    return (
        f"CREATE OR REPLACE TABLE {target.table} (file INTEGER, line BIGINT, reason VARCHAR, name VARCHAR,"
        f" misfit STRUCT(item INTEGER, example VARCHAR)[], seq HUGEINT, form TINYINT, {_column_definitions(target)}"
        f"{', fingerprint UBIGINT' if target.dedupe else ''}"
        f"{', anonymous VARCHAR, linked VARCHAR, previous VARCHAR' if target.identity else ''})"
    )


def create_log_sql(target: Target, *, straight: bool = False) -> str:
    """The table of the usable rows, to be sorted. What is filled `straight` from files also holds the misfits of
    its rows, each with the row's place among all rows of the files."""
    misfits = ", misfit STRUCT(item INTEGER, example VARCHAR)[], place BIGINT" if straight else ""
    return f"CREATE OR REPLACE TABLE log.{target.table} ({_column_definitions(target)}{misfits})"


def sort_sql(target: Target) -> str:
    """Fills it in the order in which it is streamed; where one contact is asked for, with that one's rows and nobody's.

    A table's rowid is its insertion order, which is that of the files: the last resort between ties.
    """
    wanted = "reason IS NULL AND code IS NOT NULL"
    if target.contact is not None:
        wanted += f" AND (contact IS NULL OR contact = {text_literal(target.contact)})"
    return (
        f"INSERT INTO log.{target.table} SELECT {sorted_columns(target)} FROM {target.table} WHERE {wanted}"
        " ORDER BY contact NULLS FIRST, instant NULLS FIRST, seq NULLS LAST, rowid"
    )


def straight_sql(target: Target, parts: Sequence[str]) -> str:
    """Fills it from files, given the queries for their wanted rows, in the same order."""
    placed = f"SELECT *, file * {_MOST_LINES} + line AS place FROM ({' UNION ALL '.join(parts)})"
    return (
        f"INSERT INTO log.{target.table} SELECT {sorted_columns(target)}, misfit,"
        f" CASE WHEN misfit IS NOT NULL THEN place END FROM ({placed})"
        " ORDER BY contact NULLS FIRST, instant NULLS FIRST, seq NULLS LAST, place"
    )


def sorted_columns(target: Target) -> str:
    """The columns that a sorted table has in any case."""
    return ", ".join(("contact", "code", "instant", "event_id", "nulls", *target.layout.columns))


def _column_definitions(target: Target) -> str:
    slots = (f", {name} {_TEXT if kind == 'VARCHAR' else kind}" for name, kind in target.layout.columns.items())
    return f"contact {_TEXT}, code INTEGER, instant BIGINT, event_id {_TEXT}, nulls VARCHAR[]" + "".join(slots)


def insert_sql(target: Target, file: int | str, rows: Rows, found: Resolved) -> str:
    """Every row of the file becomes one row: wanted, unwanted (its name and instant alone), or unusable.

    `file` is its number, or the column of the relation that has it.
    """
    return f"INSERT INTO {target.table} {rows_sql(target, file, rows, found)}"


def rows_sql(target: Target, file: int | str, rows: Rows, found: Resolved, *, wanted_alone: bool = False) -> str:
    """The rows, with the columns of the staged table in order; of `wanted_alone` the usable ones.

    The layers, innermost first: what the file has; each value's basis; readings; cells and misfits.
    """
    layout = target.layout
    source, found = _with_computed_fields(rows, found)
    moment = found.fields.get(target.moment)
    places = [found.values.get(item.property, ()) for item in layout.items]
    held = [(number, item, _joined(places[number])) for number, item in enumerate(layout.items) if places[number]]
    raw = [
        f"{file} AS file, {rows.broken} AS broken, {rows.line} AS line",
        f"{_id(found.fields.get('contact_id'))} AS {'raw_contact' if target.identity else 'contact'}",
        f"{cleaned(found.fields.get('event'))} AS name",
        f"{_id(found.fields.get('event_id'))} AS event_id, {_text(found.fields.get('sequence'))} AS sequence",
        f"{_moment(moment)} AS moment, {_objects(found.fields.get('properties'))} AS objects",
        *(
            f"{_value(place, rows, _mark(item, found))} AS v{n}_{rank}"
            for n, item, found_at in held
            for rank, place in enumerate(found_at)
        ),
        *(f"{null} AS null{n}" for n, null in _unsetting(target, held, rows)),
        *([f"hash({', '.join(rows.content)}) AS fingerprint"] if target.dedupe else []),
        *(f"{_id(found.fields.get(f'{each}_id'))} AS raw_{each}" for each in _IDS if target.identity),
    ]
    codes = " ".join(f"WHEN {text_literal(event)} THEN {code}" for code, event in enumerate(layout.events))
    coded = [f"{f'CASE name {codes} END' if codes else 'NULL'} AS code", f"{_form(moment)} AS form"]
    coded += [f"{_known_id(target, f'raw_{each}')} AS {each}" for each in ("contact", *_IDS) if target.identity]
    based = [f"{_reading(moment)} AS reading", *(f"{_basis(*each, target.keys)} AS basis{each[0]}" for each in held)]
    has_one_reading = moment is None or is_typed(moment) or found.dates.get(target.moment) in FOUND_OUT
    has_zone = moment is None or found.dates.get(target.moment) == ZONED
    parted = [f"{'reading' if has_zone else utc_sql(target.timezone)} AS utc"]
    dated = [number for number, item, _ in held if item.declared in ("date", "datetime")]
    for number, item, found_at in held:
        if number in dated:
            standard = standard_sql(f"upper(basis{number})", target.timezone, found.dates.get(item.property))
            parted.append(f"{standard} AS when{number}")
        parts = parts_sql(_kinds(found_at), item.declared, f"basis{number}")
        if parts is not None:
            parted += [f"{parts[0]} AS double{number}", f"{parts[1]} AS whole{number}"]
    celled = [f"{within_bounds_sql('utc')} AS instant"]
    formed = [f"{form_sql(f'when{number}')} AS form{number}" for number in dated]
    for number, item, found_at in held:
        if number in dated:
            celled.append(f"{_date_cell(number, item)} AS s_{number}")
            continue
        parts = (f"double{number}", f"whole{number}")
        cells = cells_sql(_kinds(found_at), item.declared, f"basis{number}", parts)
        celled += [f"{sql} AS {cell}_{number}" for cell, sql in cells.items()]
    judged = [
        f"{_reason(target, has_one_reading=has_one_reading)} AS reason",
        *(f"{_misfit(*each)} AS misfit{each[0]}" for each in held if can_misfit(each[1].declared)),
    ]
    source = f"SELECT {', '.join(raw)} FROM {source} AS source"
    if wanted_alone:
        source = f"SELECT * FROM ({source}) WHERE {_among('name', map(text_literal, layout.events))}"
    if moment is not None and not is_typed(moment):
        standard = standard_sql("moment", target.timezone, found.dates.get(target.moment))
        source = f"SELECT * REPLACE ({standard} AS moment) FROM ({source})"
    for layer in (coded, based, parted, formed, celled, judged):
        if layer:
            source = f"SELECT *, {', '.join(layer)} FROM ({source})"
    usable, wanted = "reason IS NULL", "reason IS NULL AND code IS NOT NULL"
    # Any row of the contact who is asked for shows that the contact exists.
    whose = wanted if target.contact is None else f"({wanted} OR contact = {text_literal(target.contact)})"
    columns = [
        "file, line, reason",
        f"CASE WHEN {usable} THEN name END AS name",
        f"{_misfits([(number, len(at)) for number, item, at in held if can_misfit(item.declared)])} AS misfit",
        f"CASE WHEN {wanted} THEN TRY_CAST(sequence AS HUGEINT) END AS seq, CASE WHEN {usable} THEN form END AS form",
        f"CASE WHEN {whose}{_not_broadcast(target)} THEN contact END AS contact",
        f"CASE WHEN {usable} THEN code END AS code, CASE WHEN {usable} THEN instant END AS instant",
        f"CASE WHEN {usable if target.split else wanted} THEN event_id END AS event_id",
        f"{_nulls(target, held, rows)} AS nulls",
        *(f"{_slot(column, held)} AS {column}" for column in layout.columns),
        *(["fingerprint"] if target.dedupe else []),
        *(_id_columns(usable) if target.identity else []),
    ]
    return f"SELECT {', '.join(columns)} FROM ({source}){f' WHERE {usable}' if wanted_alone else ''}"


def _with_computed_fields(rows: Rows, found: Resolved) -> tuple[str, Resolved]:
    """The relation with a column for each field that has to be worked out: what follows names it several times,
    and an expression inside CASE is worked out as often as it is written."""
    computed = {
        field: place
        for field, place in found.fields.items()
        if "(" in place.sql and place.kind in ("text", "json") and field != "properties"
    }
    if not computed:
        return rows.relation, found
    columns = ", ".join(f"{text_sql(place.kind, place.sql)} AS raw_{field}" for field, place in computed.items())
    fields = {
        field: Column(f"raw_{field}", "text") if field in computed else place for field, place in found.fields.items()
    }
    return f"(SELECT *, {columns} FROM {rows.relation})", replace(found, fields=fields)


def _id_columns(usable: str) -> tuple[str, str, str]:
    """The anonymous id; the contact, where the row links it to another id; and the id that an alias gives up."""
    return (
        f"CASE WHEN {usable} THEN anonymous END",
        f"CASE WHEN {usable} AND (anonymous IS NOT NULL OR previous IS NOT NULL) THEN contact END",
        f"CASE WHEN {usable} THEN previous END",
    )


def _known_id(target: Target, raw_id: str) -> str:
    return f"CASE WHEN NOT {_is_nobody(raw_id, () if target.keep_ids else (*_NO_ID, *_PLACEHOLDERS))} THEN {raw_id} END"


def _is_nobody(contact: str, listed: Sequence[str]) -> str:
    if not listed:
        return "false"
    among = _among(f"lower({contact})", map(text_literal, listed))
    return f"(length({contact}) <= {_LONGEST_PLACEHOLDER} AND {among})"


def cleaned(column: Column | None) -> str:
    """Without blanks around it, NULL if nothing is left."""
    return f"nullif(trimmed({_text(column)}), '')"


def _id(column: Column | None) -> str:
    """An id as it is compared: without blanks, a whole number without a fraction, an e-mail address in lower case."""
    return f"id_text({cleaned(column)})"


def _text(column: Column | None) -> str:
    return text_sql(column.kind, column.sql) if column else "CAST(NULL AS VARCHAR)"


def _objects(column: Column | None) -> str:
    """The `properties` column where it is text and so may fail to be JSON."""
    return column.sql if column and column.kind == "text" else "CAST(NULL AS VARCHAR)"


def is_typed(moment: Column | None) -> bool:
    """True for a timestamp that is an instant or a local reading in its file, and so is not read from a text."""
    return moment is not None and moment.kind in ("date", "local", "instant")


def _moment(column: Column | None) -> str:
    """The timestamp as it is, if it has a type of its own; else as text to be read."""
    if column is None:
        return "CAST(NULL AS VARCHAR)"
    return column.sql if is_typed(column) else f"upper({cleaned(column)})"


def _form(moment: Column | None) -> str:
    if moment is None:
        return "CAST(NULL AS TINYINT)"
    if not is_typed(moment):
        return form_sql("moment")
    return "1" if moment.kind == "instant" else "-1"


def _reading(moment: Column | None) -> str:
    if moment is None:
        return "CAST(NULL AS BIGINT)"
    # A database's infinity has no microseconds.
    return "CASE WHEN isfinite(moment) THEN epoch_us(moment) END" if is_typed(moment) else reading_sql("moment", "form")


def _joined(places: tuple[Column, ...]) -> tuple[Column, ...]:
    """Places of one kind as one that has the first value that is there: each place takes time to plan."""
    first = places[0]
    if len(places) == 1 or first.kind == "text" or len({(place.kind, place.nested) for place in places}) > 1:
        return places
    nulls = [f"coalesce({place.null}, false)" for place in places if place.null]
    value = f"coalesce({', '.join(place.sql for place in places)})"
    return (replace(first, sql=value, null=" OR ".join(nulls) or None),)


def _kinds(found: tuple[Column, ...]) -> list[Kind]:
    return [place.nested or place.kind for place in found]


def _values(number: int, found: tuple[Column, ...]) -> list[str]:
    return [f"v{number}_{rank}" for rank in range(len(found))]


def _mark(item: Item, found: Resolved) -> str | None:
    return found.decimals.get(item.property) if item.declared in ("integer", "number") else None


def _value(place: Column, rows: Rows, mark: str | None = None) -> str:
    """A value without blanks around it, a number with its decimal `mark` as programs write it; in a file of texts an
    empty one is missing."""
    value = place.sql
    if place.kind == "text":
        value = f"nullif(trimmed({value}), '')" if rows.untyped else f"trimmed({value})"
    return value if mark is None else rewritten_sql(place.nested or place.kind, value, mark)


def _basis(number: int, item: Item, found: tuple[Column, ...], keys: frozenset[str]) -> str:
    basis = basis_sql(_kinds(found), item.declared, _values(number, found))
    if item.declared == "string" and (item.property in keys or is_id_name(item.property)):
        basis = f"whole_text({basis})"
    return f"CASE WHEN {_among('code', item.events)} THEN {basis} END"


def _date_cell(number: int, item: Item) -> str:
    text, form = f"when{number}", f"form{number}"
    return day_text_sql(text, form) if item.declared == "date" else moment_text_sql(text, form, f"basis{number}")


def _misfit(number: int, item: Item, found: tuple[Column, ...]) -> str:
    if not can_misfit(item.declared):
        return "false"
    there = " OR ".join(f"{value} IS NOT NULL" for value in _values(number, found))
    empty = " AND ".join(f"{cell}_{number} IS NULL" for cell in item.columns)
    return f"({_among('code', item.events)} AND {empty} AND ({there}))"


def _misfits(numbered: list[tuple[int, int]]) -> str:
    """A list, only for the rows, as a rule very few, in which a value that is there has no cell."""
    unreadable = "(code IS NOT NULL AND objects IS NOT NULL AND NOT json_valid(objects))"
    conditions = [unreadable, *(f"misfit{number}" for number, _ in numbered)]
    entries = [f"CASE WHEN {unreadable} THEN {{'item': -1, 'example': left(objects, 200)}} END"]
    for number, count in numbered:
        values = ", ".join(f"CAST(v{number}_{rank} AS VARCHAR)" for rank in range(count))
        example = f"left(coalesce(CAST(basis{number} AS VARCHAR), {values}), 200)"
        entries.append(f"CASE WHEN misfit{number} THEN {{'item': {number}, 'example': {example}}} END")
    return (
        f"CASE WHEN reason IS NULL AND ({' OR '.join(conditions)}) THEN"
        f" list_filter([{', '.join(entries)}], lambda entry: entry IS NOT NULL) END"
    )


def _unsetting(target: Target, held: list[Held], rows: Rows) -> list[tuple[int, str]]:
    """Properties that a row of this file can set to null, each with SQL for whether it does.

    In a row of the contacts table an empty cell does so too, and in a value of another type its misfit.
    """
    codes = {target.layout.events.index(name) for name in target.profile}
    found = []
    for number, item, places in held:
        if not codes & set(item.events):
            continue
        nulls = [place.null or f"{_value(place, rows)} IS NULL" for place in places if place.null or target.is_table]
        if nulls or can_misfit(item.declared):
            found.append((number, " OR ".join(f"coalesce({null}, false)" for null in nulls) or "false"))
    return found


def _nulls(target: Target, held: list[Held], rows: Rows) -> str:
    codes = [target.layout.events.index(name) for name in target.profile]
    items = {number: (item, places) for number, item, places in held}
    entries = []
    for number, _ in _unsetting(target, held, rows):
        item, places = items[number]
        empty = " AND ".join(f"{value} IS NULL" for value in _values(number, places))
        concerned = _among("code", [code for code in codes if code in item.events])
        unset = f"(null{number} AND {empty})"
        if can_misfit(item.declared):
            # The old value must not outlive one that cannot be read: a withdrawn consent would stay given.
            unset = f"({unset} OR misfit{number})"
        entries.append(f"CASE WHEN {concerned} AND {unset} THEN {text_literal(item.property)} END")
    if not entries:
        return "NULL"
    listed = f"list_filter([{', '.join(entries)}], lambda name: name IS NOT NULL)"
    dated = " AND instant IS NOT NULL" if target.is_table else ""
    return f"CASE WHEN reason IS NULL AND {_among('code', sorted(codes))}{dated} THEN {listed} END"


def _slot(column: str, held: list[Held]) -> str:
    """The one cell that a row of its event can have there: the basis of any other is NULL."""
    cells = [f"{cell}_{number}" for number, item, _ in held for cell, name in item.columns.items() if name == column]
    return f"CASE WHEN reason IS NULL THEN coalesce({', '.join(cells)}) END" if cells else "NULL"


def _reason(target: Target, *, has_one_reading: bool) -> str:
    broadcast = _among("name", map(text_literal, sorted(target.broadcast)))
    needs_contact = f" AND NOT coalesce({broadcast}, false)" if target.broadcast else ""
    reserved = _among("name", map(text_literal, BUILT_IN_EVENTS))
    nobody = f"(contact IS NULL OR {_is_nobody('contact', () if target.keep_ids else _NO_ID)})"
    placeholder = "" if target.keep_ids or target.identity else (
        f" WHEN {_is_nobody('contact', _PLACEHOLDERS)}{needs_contact} THEN {text_literal(PLACEHOLDER)}"
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
    return f" AND NOT {_among('name', map(text_literal, sorted(target.broadcast)))}" if target.broadcast else ""


def _among(value: str, listed: Iterable[object]) -> str:
    return f"{value} IN ({', '.join(map(str, listed))})"
