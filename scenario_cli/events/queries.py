"""Holds a query to one SELECT, and finds the files it names, by DuckDB's own reading of it. Runs no query."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from scenario_cli.events import database
from scenario_cli.events.errors import ExportError
from scenario_cli.events.sql_text import text_literal

_HINT = "write one SELECT, WITH ... SELECT or FROM ..., and nothing before or after it"
# The parts of a SELECT, as DuckDB calls them. A WITH can also hold an INSERT, UPDATE or DELETE.
_NODES = ("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE")
_CSV, _JSON, _PARQUET = "read_csv", "read_json_auto", "read_parquet"
_READERS = frozenset({
    _CSV, "read_csv_auto", "read_json", _JSON, "read_json_objects", "read_json_objects_auto", "read_ndjson",
    "read_ndjson_auto", "read_ndjson_objects", _PARQUET, "parquet_scan",
})  # fmt: skip
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat", "json_each", "json_tree"})
# Functions that reveal facts about the machine, run SQL from a text, or wait.
_NOT_ALLOWED = frozenset({
    "getenv", "current_setting", "getvariable", "current_query", "query", "query_table", "json_execute_serialized_sql",
    "json_serialize_plan", "pg_sleep", "sleep_ms", "write_log", "which_secret",
})  # fmt: skip
_ENDINGS = {".csv": _CSV, ".tsv": _CSV, ".json": _JSON, ".jsonl": _JSON, ".ndjson": _JSON, ".parquet": _PARQUET}

_MOST_LEVELS = 800  # of DuckDB's tree, in which an operator or a call adds up to three

# The files that a name in a query matches. Raises ExportError if they must not be read.
Resolve = Callable[[str], list[Path]]


def one_select(query: str) -> dict[str, Any]:
    """The tree of a query. Raises ExportError if it is anything but one SELECT."""
    with database.parsing() as con:
        try:
            statements = con.extract_statements(query)
        except duckdb.Error as error:
            raise ExportError(f"the query cannot be read: {_first_line(error)}", _HINT) from None
        if len(statements) != 1:
            content = f"{len(statements)} statements" if statements else "no statement"
            raise ExportError(f"the query is not one SELECT: it holds {content}", _HINT)
        ((text,),) = con.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
        kind = statements[0].type.name
    try:
        tree: dict[str, Any] = json.loads(text)
    except RecursionError:  # the limit differs between versions of Python
        raise _too_deep() from None
    if _is_deeper(tree, _MOST_LEVELS):
        raise _too_deep()
    if kind != "SELECT" or tree["error"]:
        raise ExportError(f"the query is not one SELECT, but {kind}", _HINT)
    for node in _nodes(tree):
        kind = str(node.get("type"))
        if ("cte_map" in node and kind not in _NODES) or kind == "SHOW_REF":
            raise ExportError(f"the query is not one SELECT: it holds {kind.partition('_')[0]}", _HINT)
    return tree


def with_files(query: str, tree: dict[str, Any], resolve: Resolve) -> tuple[str, list[Path]]:
    """The query with every file that it names written out in full, and these files.

    A name without a file in `resolve` stays unchanged.
    """
    edits: dict[int, tuple[int, str]] = {}
    files: list[Path] = []
    text_bytes = query.encode()
    for name, position, is_table in _names(tree):
        paths = resolve(name)
        if not paths:
            continue  # an address, or a table with a name like a file's
        token = _token(text_bytes, position, name)
        if token is None:
            raise ExportError(f"the query must name the file '{name}' directly", "write it in single quotes")
        files += paths
        listed = ", ".join(text_literal(str(path)) for path in paths)
        text = listed if len(paths) == 1 else f"[{listed}]"
        if is_table and len(paths) != 1:
            text = f"{_ENDINGS[_ending(name)]}({text})"
        edits[position] = (len(token), text)
    for position in sorted(edits, reverse=True):
        length, text = edits[position]
        text_bytes = text_bytes[:position] + text.encode() + text_bytes[position + length :]
    return text_bytes.decode(), files


def refuse_far_reaching(tree: dict[str, Any]) -> None:
    """Raises ExportError if a query uses anything but its files, its own tables and plain functions."""
    own_tables = {
        str(entry["key"]).lower() for node in _nodes(tree) for entry in (node.get("cte_map") or {}).get("map", ())
    }
    for node in _nodes(tree):
        function = str(node.get("function_name", "")).lower()
        if function in _NOT_ALLOWED:
            raise ExportError(f"the query cannot use {function}()", "remove it")
        if node.get("type") == "TABLE_FUNCTION":
            function_name = _function_name(node)
            if function_name not in _READERS | _TABLE_FUNCTIONS:
                raise ExportError(
                    f"the query cannot use {function_name}()",
                    f"it can read files by their names and with {', '.join(sorted(_READERS))}",
                )
            if function_name in _READERS and _named_files(node) is None:
                raise ExportError(
                    f"the query must name the files of {function_name}() directly",
                    f"write them as {function_name}('FILE') or {function_name}(['FILE', ...])",
                )
        if node.get("type") == "BASE_TABLE" and not _is_file(node) and _table_path(node)[-1].lower() not in own_tables:
            raise ExportError(
                f"the query reads '{'.'.join(_table_path(node))}', which is not a readable file",
                (f"files with these endings can be read by name: {', '.join(_ENDINGS)}, also with .gz or .zst added"),
            )


def _names(tree: dict[str, Any]) -> Iterator[tuple[str, int, bool]]:
    """Each file that the query names, the byte at which it does, and whether it is there as a table."""
    for node in _nodes(tree):
        if node.get("type") == "BASE_TABLE" and _is_file(node):
            yield _table_path(node)[0], node["query_location"], True
        elif node.get("type") == "TABLE_FUNCTION" and _function_name(node) in _READERS:
            for name, at in _named_files(node) or ():
                yield name, at, False


def _named_files(node: dict[str, Any]) -> list[tuple[str, int]] | None:
    """The files of a function that reads some, each with its place; None if it computes them."""
    arguments = _arguments(node["function"])
    if not arguments:
        return None
    argument = arguments[0]
    parts = _arguments(argument) if argument.get("function_name") == "list_value" else [argument]
    texts = [(_text(part), part.get("query_location", 0)) for part in parts]
    return (
        [(text, position) for text, position in texts if text is not None] if all(text for text, _ in texts) else None
    )


def _arguments(function: dict[str, Any]) -> list[dict[str, Any]]:
    arguments = function.get("arguments") or function.get("children") or []  # DuckDB 1 calls them children
    return [argument.get("expression", argument) for argument in arguments]


def _text(node: dict[str, Any]) -> str | None:
    """A constant that is a text; DuckDB 1 keeps it with its type."""
    literal, value = node.get("literal"), node.get("value")
    if node.get("class") != "CONSTANT":
        return None
    if isinstance(literal, dict):
        return literal.get("text") if literal.get("kind") == "STRING" else None
    constant = value.get("value") if isinstance(value, dict) else None
    return constant if isinstance(constant, str) else None


def _function_name(node: dict[str, Any]) -> str:
    return str(node["function"].get("function_name", "")).lower()


def _table_path(node: dict[str, Any]) -> list[str]:
    parts = (node.get(key) for key in ("catalog_name", "schema_name", "table_name"))
    return [str(part) for part in parts if part] or [""]


def _is_file(node: dict[str, Any]) -> bool:
    """Whether DuckDB would read a file of this name, judged by its ending."""
    path = _table_path(node)
    return len(path) == 1 and _ending(path[0]) in _ENDINGS


def _ending(name: str) -> str:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _token(query: bytes, position: int, name: str) -> bytes | None:
    """The name as it is in the query, with its quotes."""
    for quote in ("'", '"'):
        token = f"{quote}{name.replace(quote, quote * 2)}{quote}".encode()
        if query.startswith(token, position):
            return token
    return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a tree. A query can be nested deeper than Python calls itself."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
        waiting.extend(_children(value))


def _too_deep() -> ExportError:
    return ExportError("the query is nested too deeply", "take it apart with WITH")


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [child for part in layer for child in _children(part)]
    return bool(layer)


def _children(part: Any) -> Iterable[Any]:
    if isinstance(part, dict):
        return part.values()
    return part if isinstance(part, list) else ()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]
