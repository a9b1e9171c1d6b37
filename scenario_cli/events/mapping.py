"""Finds the column for each of our fields, and words the error if there is none. Reads no rows."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from scenario_cli.events.errors import ExportError
from scenario_cli.events.formats.table import Column, Table
from scenario_cli.events.inputs import COMPRESSIONS, SUFFIXES
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.diagnostic import did_you_mean, nearest

# Common names of our fields in exports, the likeliest first; compared without case and punctuation.
_USUAL: dict[str, tuple[str, ...]] = {
    "contact_id": (
        "user_id",
        "customer_id",
        "contact_id",
        "distinct_id",
        "client_id",
        "person_id",
        "profile_id",
        "subscriber_id",
        "member_id",
        "user",
        "customer",
        "contact",
        "user_pseudo_id",
        "anonymous_id",
        "id",
        "email",
    ),
    "event": ("event", "event_type", "event_name", "name", "action", "type", "behavior", "page", "activity"),
    "timestamp": (
        "timestamp",
        "event_time",
        "event_timestamp",
        "time",
        "ts",
        "date",
        "datetime",
        "created_at",
        "occurred_at",
        "event_date",
        "order_date",
    ),
}


# Means the name of the file when a column is mapped.
_FILE_NAME = "@filename"


@dataclass(frozen=True, slots=True)
class Need:
    """The names to look for: our fields, those of them that a file must have, and properties.

    `option` is the command-line option that maps. If rows are grouped by the column `group`, `sums` are the numeric
    properties, and `decimals` their stated decimal marks. `properties_by_file` has the known properties of files by
    label.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    properties: tuple[str, ...]
    mapping: Mapping[str, str]
    option: str
    group: str | None = None
    sums: frozenset[str] = frozenset()
    decimals: Mapping[str, str] = dataclasses.field(default_factory=dict)
    properties_by_file: Mapping[str, Collection[str]] = dataclasses.field(default_factory=dict)

    def of_file(self, label: str) -> Need:
        """Without the properties that the file is known not to have."""
        if label not in self.properties_by_file:
            return self
        own_properties = self.properties_by_file[label]
        return dataclasses.replace(self, properties=tuple(name for name in self.properties if name in own_properties))

    def expected(self) -> tuple[str, ...]:
        """The column names that a file must have."""
        names = (self.mapping.get(field, field) for field in self.required)
        columns = (name for name in names if not _is_constant(name) and not name.startswith(_FILE_NAME))
        return tuple(name.partition(".")[0] for name in columns)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The places of the needed columns in one file. A property has several places, looked at in turn.

    `missing` are mapped columns that this file lacks; another file can have them. `dates` are the formats of dates by
    field and property, `decimals` the decimal marks of numbers by property (empty if blanks alone group digits), if one
    is stated or the file proves it.
    """

    fields: Mapping[str, Column]
    values: Mapping[str, tuple[Column, ...]]
    missing: Mapping[str, str]
    dates: Mapping[str, str] = dataclasses.field(default_factory=dict)
    decimals: Mapping[str, str] = dataclasses.field(default_factory=dict)


def resolve(table: Table, need: Need) -> Resolved:
    """The places, or an ExportError that names the columns the file has and the option to type."""
    fields: dict[str, Column] = {}
    missing_fields: list[str] = []
    missing: dict[str, str] = {}
    for field in need.required:
        column = mapped_column(table, need.mapping.get(field, field))
        if column is None:
            missing_fields.append(field)
        else:
            fields[field] = column
    if missing_fields:
        raise _lacking(table, need, missing_fields)
    for field in need.optional:
        mapped = need.mapping.get(field)
        # Ids of nobody are searched only if a file has them, because it costs time for every row.
        if mapped is None and field in ("anonymous_id", "previous_id") and field not in table.names:
            continue
        column = mapped_column(table, mapped) if mapped else table.optional(field)
        if column is not None:
            fields[field] = column
        elif mapped:
            missing[field] = mapped
    values: dict[str, tuple[Column, ...]] = {}
    for name in need.properties:
        mapped = need.mapping.get(name)
        if mapped:
            column = mapped_column(table, mapped)
            values[name] = (column,) if column else ()
            if column is None:
                missing[name] = mapped
        else:
            candidates = (table.inside(need.mapping.get("properties", "properties"), name), table.optional(name))
            values[name] = tuple(candidate for candidate in candidates if candidate is not None)
    return Resolved(fields, values, missing)


def refuse_unknown_columns(tables: list[Table], resolved: list[Resolved], need: Need) -> None:
    """An ExportError for a mapped column that exists in no file."""
    names = sorted({name for table in tables for name in table.names})
    for field in sorted({field for resolution in resolved for field in resolution.missing}):
        if all(field in resolution.missing for resolution in resolved):
            column = resolved[0].missing[field]
            files = tables[0].file.label if len(tables) == 1 else f"none of the {len(tables)} files"
            verb = "has no" if len(tables) == 1 else "has a"
            hint = did_you_mean(column, names, "its columns" if len(tables) == 1 else "their columns")
            meant = field if field in names else nearest(column, names) or "COLUMN"
            raise ExportError(
                f"{files} {verb} column '{column}' (for {field})", f"{hint}\nmap it: {need.option} {field}={meant}"
            )


def _is_constant(name: str) -> bool:
    return len(name) >= 2 and name[0] == name[-1] == "'"


def mapped_column(table: Table, name: str) -> Column | None:
    """The column of that name, a constant in single quotes, or `@filename`."""
    if _is_constant(name):
        return Column(text_literal(name[1:-1]), "text")
    if name == _FILE_NAME or name.startswith(f"{_FILE_NAME}:"):
        return Column(
            text_literal(_file_name(table.file.label, name.removeprefix(_FILE_NAME).removeprefix(":"))), "text"
        )
    return table.column(name)


def _file_name(label: str, pattern: str) -> str:
    """The file's name without folder and endings, or the part of it that `*` in the pattern matches."""
    path = PurePath(label)
    for endings in (COMPRESSIONS, SUFFIXES):
        path = path.with_suffix("") if path.suffix.lower() in endings else path
    name = path.name
    if not pattern:
        return name
    before, star, after = pattern.partition("*")
    match = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", name) if star else None
    if match is None:
        raise ExportError(
            f"the name of {label} does not fit the pattern '{pattern}'",
            f"write one * for the event, such as {_FILE_NAME}:export_*",
        )
    return match[1]


def _lacking(table: Table, need: Need, missing_fields: list[str]) -> ExportError:
    quoted = ", ".join(
        f"'{need.mapping[field]}' (for {field})" if field in need.mapping else f"'{field}'" for field in missing_fields
    )
    message = f"{table.file.label} has no column{'s' if len(missing_fields) > 1 else ''} {quoted}"
    columns = [name for name in table.names if name and name.count(".") == 0]
    if table.unnamed:
        cells = [f"{name} ({_cut(value)})" for name, value in zip(columns, table.unnamed, strict=False)]
        listed = f"it has no header line; its columns, with the first row: {', '.join(cells[:30])}"
    else:
        more = f" and {len(columns) - 30} more" if len(columns) > 30 else ""
        listed = f"its columns: {', '.join(columns[:30])}{more}"
    used = {need.mapping[field] for field in need.required if field in need.mapping}
    lines = [listed]
    options = []
    for field in missing_fields:
        guess = None if table.unnamed else _guess(field, need.mapping.get(field), table.names, used)
        if guess is not None:
            used.add(guess)
        options.append(f"{need.option} {field}={guess or 'COLUMN'}")
    # What is mapped for another export, such as the project's own, and has our name here.
    others = [field for field in (*need.optional, *need.properties) if field in need.mapping and field in table.names]
    options += [
        f"{need.option} {field}={field}" for field in others if mapped_column(table, need.mapping[field]) is None
    ]
    lines.append(f"map them: {' '.join(options)}")
    if "event" in missing_fields and "event=COLUMN" in options[missing_fields.index("event")]:
        lines.append(f"or, if every row is the same event: {need.option} \"event='order_completed'\"")
    return ExportError(message, "\n".join(lines))


def _guess(field: str, stated: str | None, names: Iterable[str], used: set[str]) -> str | None:
    """The column that is probably the field: a column with a name like the written one, else a usual name."""
    free = [name for name in names if name and name not in used]
    if stated is not None and (close := _close(stated, free)):
        return close
    for usual in _USUAL.get(field, ()):
        # Names inside objects (`properties.distinct_id`) come after the plain ones.
        for name in sorted(free, key=lambda name: name.count(".")):
            if _letters_and_digits(name.rpartition(".")[2]) == _letters_and_digits(usual):
                return name
    usual_elsewhere = {
        _letters_and_digits(usual) for other_field, listed in _USUAL.items() if other_field != field for usual in listed
    }
    return _close(field, [name for name in free if _letters_and_digits(name) not in usual_elsewhere])


def _close(name: str, names: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.7)
    return close[0] if close else None


def _cut(value: str) -> str:
    return value if len(value) <= 20 else f"{value[:19]}…"


def _letters_and_digits(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
