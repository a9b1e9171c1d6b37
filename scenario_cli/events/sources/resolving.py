"""Recognises the tool of a file, and finds our fields and the wanted properties in it. Reads no rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scenario_cli.events.casts import Kind, text_sql
from scenario_cli.events.errors import ExportError
from scenario_cli.events.formats.table import Column, Table
from scenario_cli.events.mapping import Need, Resolved, mapped_column
from scenario_cli.events.sources import BY_NAME, GENERIC, SOURCES
from scenario_cli.events.sources.source import Source, Sql, ValuePath
from scenario_cli.events.sources.warehouse import event_place, names_of
from scenario_cli.events.sql_text import text_literal

_BRACED = re.compile(r"\{([^{}]+)\}")
_OF_THE_PATH = "file:"


def source_of(table: Table, stated: str | None, need: Need) -> Source | None:
    """The stated tool; else the tool whose signs the file has, if its columns do not have our own names and are not
    mapped; None: read by the columns' names.
    """
    if stated is not None:
        return None if stated == GENERIC else BY_NAME[stated]
    names = set(table.names)
    # A single mapped field leaves the rest to the tool.
    if all(field in names for field in need.required) or all(field in need.mapping for field in need.required):
        return None
    return next((source for source in SOURCES if any(sign <= names for sign in source.signs)), None)


def resolve_source(table: Table, need: Need, source: Source) -> Resolved:
    """The places; an ExportError if the file has none of the columns of a field that it must have."""
    paths: dict[str, ValuePath] = {
        "contact_id": source.contact_id,
        "event": event_place(table, source),
        "timestamp": source.timestamp,
        "event_id": source.event_id,
        "anonymous_id": source.anonymous_id,
        "previous_id": source.previous_id,
    }
    fields: dict[str, Column] = {}
    missing_fields: list[str] = []
    missing: dict[str, str] = {}
    for field in dict.fromkeys((*need.required, *need.optional)):
        mapped = need.mapping.get(field)
        if mapped is not None:
            column = mapped_column(table, mapped)
            if column is None and field not in need.required:
                missing[field] = mapped
        else:
            column = _column(table, paths[field]) if field in paths else None
        if column is not None:
            fields[field] = column
        elif field in need.required:
            missing_fields.append(field)
    if "anonymous_id" in fields and "contact_id" in missing_fields:
        # No visitor has logged in: there are only anonymous ids.
        missing_fields.remove("contact_id")
    if missing_fields:
        raise _lacking(table, need, source, missing_fields, paths)
    values: dict[str, tuple[Column, ...]] = {}
    for name in need.properties:
        mapped = need.mapping.get(name)
        if mapped is None:
            values[name] = tuple(_property(table, name, need, source))
            continue
        column = mapped_column(table, mapped)
        values[name] = (column,) if column else ()
        if column is None:
            missing[name] = mapped
    return Resolved(fields, values, missing)


def _property(table: Table, name: str, need: Need, source: Source) -> Iterator[Column]:
    """The places of a property, the likeliest first."""
    mapped = need.mapping.get("properties")
    objects = (mapped,) if mapped else source.objects
    candidates: list[Column | None] = [
        table.reach((*_keys(object_name), name)) for object_name in expanded(table, objects)
    ]
    candidates += [
        table.encoded(_keys(object_name), name) for object_name in source.encoded if _has_column(table, object_name)
    ]
    candidates += [table.paired(_keys(object_name), name) for object_name in source.pairs]
    candidates.append(table.optional(source.prefix + name))
    candidates += [_reached(table, alias) for alias in source.renamed.get(name, ())]
    candidates += [table.reach((*_keys(object_name), name)) for object_name in expanded(table, source.behind)]
    yield from (column for column in candidates if column is not None)


def _column(table: Table, path: ValuePath) -> Column | None:
    if isinstance(path, Sql):
        return _expression(table, path)
    if not any(_has_column(table, name) for name in path):
        return None
    columns = [column for name in path if (column := _reached(table, name)) is not None]
    kinds: set[Kind] = {column.kind for column in columns}
    if len(kinds) == 1:
        sql = columns[0].sql if len(columns) == 1 else f"coalesce({', '.join(column.sql for column in columns)})"
        return Column(sql, kinds.pop())
    return Column(f"coalesce({', '.join(_text(column) for column in columns)})", "text")


def _expression(table: Table, template: Sql) -> Column | None:
    names = names_of(template)
    if names and not any(_has_column(table, name) for name in names):
        return None

    def text(match: re.Match[str]) -> str:
        column = _reached(table, match[1])
        return _text(column) if column else "CAST(NULL AS VARCHAR)"

    return Column(f"({_BRACED.sub(text, template.template)})", "text")


def _reached(table: Table, name: str) -> Column | None:
    if name.startswith(_OF_THE_PATH):
        value = _of_the_path(table, name)
        return Column(text_literal(value), "text") if value else None
    return table.reach(_keys(name))


def _of_the_path(table: Table, name: str) -> str | None:
    """The value of a folder such as `event_type=users.messages.email.Open`."""
    match = re.search(rf"(?:^|[/\\]){re.escape(name.removeprefix(_OF_THE_PATH))}=([^/\\]+)", table.file.label)
    return match[1] if match else None


def _text(column: Column) -> str:
    # An empty text is not a value: the next place is checked.
    return f"nullif({text_sql(column.kind, column.sql)}, '')"


def _has_column(table: Table, name: str) -> bool:
    """True if the file has the column, or the first column of the path."""
    if name.startswith(_OF_THE_PATH):
        return _of_the_path(table, name) is not None
    names = set(table.names)
    keys = _keys(name)
    if name in names:
        return True
    # Table names list two levels of objects, and one level of structured columns.
    return keys[0] in names and (
        ".".join(keys[:2]) in names or not any(column.startswith(f"{keys[0]}.") for column in names)
    )


def expanded(table: Table, objects: Iterable[str]) -> Iterator[str]:
    """The objects by name, including those that a `*` matches."""
    for name in objects:
        if not name.endswith("*"):
            yield name
            continue
        start = name.removesuffix("*")
        yield from (column for column in table.names if column.startswith(start) and "." not in column)


def _keys(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _lacking(
    table: Table, need: Need, source: Source, missing_fields: list[str], paths: dict[str, ValuePath]
) -> ExportError:
    looked_for = "; ".join(f"{field} in {_listed(need.mapping.get(field) or paths[field])}" for field in missing_fields)
    columns = [name for name in table.names if name and "." not in name][:30]
    return ExportError(
        f"{table.file.label} cannot be read as {source.title}: it has no {looked_for}",
        (
            f"its columns: {', '.join(columns)}\nmap it: "
            f"{' '.join(f'{need.option} {field}=COLUMN' for field in missing_fields)}\nor read it by column names: "
            f"--source {GENERIC}"
        ),
    )


def _listed(path: ValuePath | str) -> str:
    if isinstance(path, str):
        return f"'{path}'"
    return " or ".join(f"'{name}'" for name in dict.fromkeys(names_of(path)) if not name.startswith(_OF_THE_PATH))
