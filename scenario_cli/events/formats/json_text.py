"""JSON lines, JSON arrays and JSON objects one after the other. Gives columns as JSON texts."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import duckdb

from scenario_cli.events.errors import translated
from scenario_cli.events.formats.table import Column, JsonPicks, Relation, Rows, json_path, numbered, pair_of_json
from scenario_cli.events.inputs import COMPRESSIONS, InputFile
from scenario_cli.events.json_array import copy_elements
from scenario_cli.events.lines import head_lines, latin1_note, lines_of, utf8_copy
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.export import Sample

Layout = Literal["newline_delimited", "array", "unstructured"]

_SAMPLED = 1_000

# Lists and objects inside one another. Readers of JSON give up at some thousand.
DEEPEST = 200
_OPENINGS = "length(json) - length(replace(replace(json, '[', ''), '{', ''))"
# The pattern is slow, and hardly any row is as long and has as many brackets.
_TOO_DEEP = (
    f"CASE WHEN strlen(json) > {2 * DEEPEST} THEN CASE WHEN {_OPENINGS} > {DEEPEST}"
    f" THEN regexp_matches(json, '(?:[\\[{{][^\\]}}]*){{{DEEPEST}}}') ELSE false END ELSE false END"
)


@dataclass(slots=True)
class JsonTable:
    file: InputFile
    names: tuple[str, ...]
    layout: Layout
    con: duckdb.DuckDBPyConnection
    picks: JsonPicks = field(default_factory=lambda: JsonPicks(trusted="json"))
    unnamed: tuple[str, ...] = ()
    # The complete elements of a file that breaks off, as JSON lines.
    elements: InputFile | None = None
    # The texts of all its objects, if these are few and the database reads each; and the paths in them, once known.
    texts: tuple[str, ...] = ()
    paths: frozenset[tuple[str, ...]] | None = None

    def know_paths(self) -> None:
        """Finds the keys that a small file has no value for: planning a query for missing keys takes longer than
        reading the file.
        """
        self.paths = _paths(self.texts) if self.texts else None

    def column(self, name: str) -> Column | None:
        if name in self.names and not self._reaches_inside(name):
            return self.picks.pick("json", name)
        # A key that the first objects lack is looked for in all of them: few can have it.
        for keys in ([name], name.split(".")):
            if (name in self.names and len(keys) > 1) or self._has_key(*keys):
                return self.picks.pick("json", *keys)
        return None

    def optional(self, name: str) -> Column | None:
        return self.reach((name,))

    def inside(self, name: str, key: str) -> Column | None:
        outer = [name] if name in self.names and not self._reaches_inside(name) else name.split(".")
        return self.reach((*outer, key))

    def reach(self, keys: tuple[str, ...]) -> Column | None:
        # A number can also be an index in a list.
        is_listed = self.paths is not None and not any(key.isdigit() for key in keys)
        return None if is_listed and keys not in (self.paths or ()) else self.picks.pick("json", *keys)

    def encoded(self, keys: tuple[str, ...], key: str) -> Column | None:
        return self.picks.pick(f"json_extract_string(json, {text_literal(json_path(*keys))})", key)

    def paired(self, keys: tuple[str, ...], key: str) -> Column | None:
        pairs = self.picks.pick("json", *keys).sql
        return pair_of_json(f"CASE WHEN json_type({pairs}) = 'ARRAY' THEN {pairs} END", key)

    def rows(self) -> Rows:
        return self._rows(self.file, self.layout)

    @property
    def shape(self) -> Hashable | None:
        return ("json", self.file.compression) if self.layout == "newline_delimited" else None

    def rows_of(self, files: Sequence[InputFile], first: int) -> Rows:
        paths, number = numbered(files, first)
        source = source_sql(self.file, self.layout, f"{paths}, filename=true")
        relation = Relation(f"json, {number}", source, self.picks)
        return replace(self._rows(self.file, self.layout), relation=relation)

    def mended(self, workspace: Path, *, refused: bool) -> Rows | None:
        if not refused:
            # Broken lines can be lines in another encoding.
            if not any(line.foreign for line in lines_of(self.file)):
                return None
            copy, foreign = utf8_copy(self.file, workspace)
            self.file = copy
            return replace(self._rows(copy, self.layout), notes=(latin1_note(copy, foreign or 1),))
        if self.layout == "newline_delimited":
            return None
        copy = replace(self.file, path=workspace / f"{self.file.path.name}.elements.jsonl", compression="none")
        broken_end = copy_elements(lines_of(self.file), copy.path, in_array=self.layout == "array")
        if broken_end is None:
            self.elements = copy
            return self._rows(copy, "newline_delimited")
        self.elements = copy
        line, text = broken_end
        note = f"{self.file.label} is incomplete at line {line}: the JSON ends early, and the rest is lost"
        rows = self._rows(copy, "newline_delimited")
        return replace(rows, lost=1, samples=(Sample(self.file.label, line, text),), notes=(note,))

    def find_lines(self, ordinals: Sequence[int], *, by_line: bool) -> Iterator[tuple[int, int, str]]:
        if self.layout != "newline_delimited":
            yield from self._find_elements(ordinals)
            return
        remaining = iter(ordinals)
        next_ordinal = next(remaining, None)
        number = 0
        for line in lines_of(self.file):
            if next_ordinal is None:
                return
            if line.text.strip():
                number += 1
                if number == next_ordinal:
                    yield number, line.number, line.text
                    next_ordinal = next(remaining, None)

    def _find_elements(self, ordinals: Sequence[int]) -> Iterator[tuple[int, int, str]]:
        """The elements of an array by their numbers, because usually none begins a line."""
        file = self.elements or self.file
        layout: Layout = "newline_delimited" if self.elements else self.layout
        numbered = f"SELECT row_number() OVER () AS number, json FROM {source_sql(file, layout)}"
        rows = self.con.cursor().execute(
            f"SELECT number, json FROM ({numbered}) WHERE number IN (SELECT unnest(?)) ORDER BY number",
            [list(ordinals)],
        )
        while batch := rows.fetchmany(1_000):
            for number, text in batch:
                yield number, number, text or ""

    def _rows(self, file: InputFile, layout: Layout) -> Rows:
        broken = f"(json IS NULL OR left(json, 1) <> '{{' OR {_TOO_DEEP})"
        return Rows(Relation("json", source_sql(file, layout), self.picks), ("json",), broken=broken)

    def _reaches_inside(self, name: str) -> bool:
        return "." in name and name.partition(".")[0] in self.names

    def _has_key(self, *keys: str) -> bool:
        has_key = f"json_extract(json, {text_literal(json_path(*keys))}) IS NOT NULL"
        source = source_sql(self.file, self.layout)
        try:
            rows = self.con.execute(f"SELECT 1 FROM {source} WHERE {has_key} LIMIT 1").fetchall()
        except duckdb.Error as error:
            if self.layout != "newline_delimited":
                return False
            raise translated(error, self.file.label) from None
        return bool(rows)


def open_table(con: duckdb.DuckDBPyConnection, file: InputFile, expected: tuple[str, ...]) -> JsonTable:
    """The file with its layout and the keys, also dotted ones, of its first objects."""
    layout = _layout(head_lines(file))
    names: dict[str, None] = {}
    rows: list[tuple[str | None]]
    is_sound = True
    try:
        rows = con.execute(f"SELECT json FROM {source_sql(file, layout)} LIMIT {_SAMPLED}").fetchall()
    except duckdb.Error as error:
        if layout == "newline_delimited" or "alformed" not in str(error):
            raise translated(error, file.label) from None
        rows = [(text,) for text in _first_values(file)]
        # An object that opens but never closes is a broken line, not an object over several lines.
        layout = layout if rows or layout == "array" else "newline_delimited"
        is_sound = False
    values = [parsed(text) for (text,) in rows]
    complete = is_sound and len(rows) < _SAMPLED and None not in values
    texts = tuple(text or "" for (text,) in rows) if complete else ()
    if not any(text for (text,) in rows):
        # The database returns nothing for lines in another encoding, which are repaired later.
        values = [parsed(text) for text in head_lines(file)[:_SAMPLED]]
    for value in values:
        if isinstance(value, dict):
            for key, inner in value.items():
                names.setdefault(key)
                if isinstance(inner, dict):
                    names.update(dict.fromkeys(f"{key}.{innermost}" for innermost in inner))
    return JsonTable(file, tuple(names), layout, con, texts=texts)


def is_line_by_line(file: InputFile) -> bool:
    """Whether the file holds one value per line."""
    return _layout(head_lines(file)) == "newline_delimited"


def _paths(texts: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Every path of keys in the objects. If an object has a key twice, both values are searched."""
    paths: set[tuple[str, ...]] = set()
    for text in texts:
        waiting: list[tuple[tuple[str, ...], Any]] = [((), json.loads(text, object_pairs_hook=_Pairs))]
        while waiting:
            above, value = waiting.pop()
            if isinstance(value, _Pairs):
                waiting += [((*above, key), inner) for key, inner in value.pairs]
                paths.update((*above, key) for key, _ in value.pairs)
    return frozenset(paths)


class _Pairs:
    """A JSON object as written, including repeated keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def source_sql(file: InputFile, layout: Layout, paths: str | None = None) -> str:
    """The objects of the file, or of the files at those paths, which are packed like it."""
    ignore = ", ignore_errors=true" if layout == "newline_delimited" else ""
    # Some versions know no word for "not compressed" here; the name is then believed.
    has_suffix = file.path.suffix.lower() in COMPRESSIONS
    packed = f", compression='{file.compression}'" if file.compression != "none" or has_suffix else ""
    return f"read_json_objects({paths or text_literal(str(file.path))}, format='{layout}'{ignore}{packed})"


def _first_values(file: InputFile) -> list[str]:
    """The values that are complete within the first bytes of a file that the database refuses."""
    decoder = json.JSONDecoder()
    text = "\n".join(head_lines(file)).lstrip().removeprefix("[")
    values, position = [], 0
    try:
        while True:
            while text[position : position + 1] in (" ", "\n", "\t", ",") and position < len(text):
                position += 1
            _, end = decoder.raw_decode(text, position)
            values.append(text[position:end])
            position = end
    except (ValueError, RecursionError):
        return values


def _layout(lines: list[str]) -> Layout:
    filled = [line.strip() for line in lines if line.strip()][:2]
    if not filled:
        return "newline_delimited"
    if filled[0].startswith("["):
        # An array that is whole on the first of several lines is one value of many.
        return "newline_delimited" if len(filled) > 1 and parsed(filled[0]) is not None else "array"
    if parsed(filled[0]) is not None:
        return "newline_delimited"
    try:
        _, end = json.JSONDecoder().raw_decode(filled[0])
    except RecursionError:
        return "newline_delimited"
    except ValueError:
        # An object laid out over several lines continues with a key.
        is_laid_out = filled[0] == "{" or (filled[0][0] == "{" and len(filled) > 1 and filled[1][0] in '"}')
        return "unstructured" if is_laid_out else "newline_delimited"
    return "unstructured" if filled[0][end:].lstrip().startswith("{") else "newline_delimited"


def parsed(text: str | None) -> Any:
    """The JSON value, None if the text is not JSON or nested without end."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
