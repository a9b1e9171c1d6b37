"""The interface of every format to the staging: columns by name, as SQL over one relation. Reads no rows."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from scenario_cli.events.casts import Kind
from scenario_cli.events.inputs import InputFile
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.export import Sample


@dataclass(frozen=True, slots=True)
class Column:
    """SQL for a value of one row, and its kind, with its SQL `type` if the kind has several.

    `null` is SQL for whether the row has an explicit null; None if its format has none. `nested` is the kind of a JSON
    text that need not be examined, because the file gives it that type. `pick` is the place of the value in a JSON
    text, if it is the whole value there.
    """

    sql: str
    kind: Kind
    null: str | None = None
    nested: Literal["array", "object"] | None = None
    pick: Pick | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A place in a JSON text: SQL for the text, NULL if it is not JSON, and the path."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A relation to read, and SQL for the facts about its rows.

    `line` is NULL if it must be looked up in the file. `content` are the columns that distinguish rows. `number` is the
    row's number in its file, counted from 1, in a format whose columns can be read apart; None in any other. `untyped`
    rows hold texts alone, and an empty text is a missing value. `lost` rows are those already set aside, `samples` the
    first of them, `aside` a file with all of them as JSON lines, each a pair of line number and text.
    """

    relation: Relation
    content: tuple[str, ...]
    broken: str = "false"
    line: str = "NULL"
    number: str | None = None
    untyped: bool = False
    lost: int = 0
    samples: tuple[Sample, ...] = ()
    aside: Path | None = None
    notes: tuple[str, ...] = ()


class Table(Protocol):
    """One opened file. `names` are its columns as a person sees them, `unnamed` the first row of a file
    that names none."""

    @property
    def file(self) -> InputFile: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def unnamed(self) -> tuple[str, ...]: ...

    @property
    def picks(self) -> JsonPicks: ...

    @property
    def shape(self) -> Hashable | None:
        """Files of equal shape are read in one query; None: always by itself."""

    def column(self, name: str) -> Column | None:
        """The column of that name, or the value inside a column that a dotted name reaches."""

    def optional(self, name: str) -> Column | None:
        """The column of exactly that name, which a row need not have."""

    def inside(self, name: str, key: str) -> Column | None:
        """The value at that key of the objects in that column."""

    def reach(self, keys: tuple[str, ...]) -> Column | None:
        """The value at the end of that path, from a column inwards; a row need not have it."""

    def encoded(self, keys: tuple[str, ...], key: str) -> Column | None:
        """The value at that key of the objects that the path leads to as texts."""

    def paired(self, keys: tuple[str, ...], key: str) -> Column | None:
        """The value of that key in the lists of `{key, value}` that the path leads to, as GA4 writes them."""

    def rows(self) -> Rows:
        """The relation to read, once every column has been requested."""

    def rows_of(self, files: Sequence[InputFile], first: int) -> Rows:
        """The rows of several files of this shape; `scenario_file` is the number of each, counted from `first`."""

    def mended(self, workspace: Path, *, refused: bool) -> Rows | None:
        """Another way to read it after the database `refused` it, or found broken rows; None if there is none."""

    def find_lines(self, ordinals: Sequence[int], *, by_line: bool) -> Iterator[tuple[int, int, str]]:
        """Number, line and text of the records of those numbers, counted from 1 (`by_line`: of those lines).

        `ordinals` ascend, and the results have the same order. A record without its own line has its number as line.
        """


def json_path(*keys: str) -> str:
    """The path as the database reads it: a JSON pointer if a key has characters that its usual paths cannot hold.

    >>> json_path("a", "b.c"), json_path("", "it/s")
    ('$."a"."b.c"', '//it~1s')
    """
    if any(not key or '"' in key or "\\" in key for key in keys):
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    return "$" + "".join(f'."{key}"' for key in keys)


def numbered(files: Sequence[InputFile], first: int) -> tuple[str, str]:
    """SQL for the list of the files' paths, and for a file's number, by its path in the column `filename`."""
    paths = f"[{', '.join(text_literal(str(file.path)) for file in files)}]"
    return paths, f"CAST(list_position({paths}, filename) + {first - 1} AS INTEGER) AS scenario_file"


# Columns for values in JSON texts, and for whether null is there; each ends in the numbers of text and path.
_VALUE, _NULL = "scenario_value", "scenario_null"
_PICKED = re.compile(rf"\b(?:{_VALUE}|{_NULL})(\d+)_(\d+)\b")

_PAIR_TYPES = ("string_value", "int_value", "double_value", "float_value", "bool_value")


def pair_of_json(pairs: str, key: str) -> Column:
    """The value of one key in a JSON text that is a list of pairs; the value has its type or is unchanged."""
    matches = f'list_filter(from_json({pairs}, \'[{{"key": "VARCHAR", "value": "JSON"}}]\'), lambda pair: pair.key = '
    value = f"{matches}{text_literal(key)})[1].value"
    # BigQuery writes 64-bit numbers as JSON texts.
    typed = ", ".join(
        f"nullif(json_extract({value}, '$.{name}'), 'null')"
        if name == "string_value"
        else f"json_extract_string({value}, '$.{name}')"
        for name in _PAIR_TYPES
    )
    sql = f"CASE WHEN json_type({value}) = 'OBJECT' THEN coalesce({typed}) ELSE nullif({value}, 'null') END"
    return Column(f"CAST({sql} AS VARCHAR)", "json")


@dataclass(slots=True)
class JsonPicks:
    """Paths wanted inside JSON texts, gathered so that every text is parsed once.

    `columns` goes from SQL for a JSON text to the paths into it. Texts other than the `trusted` one need not be JSON.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    trusted: str = ""

    def pick(self, text: str, *keys: str) -> Column:
        path = json_path(*keys)
        paths = self.columns.setdefault(text, [])
        if path not in paths:
            paths.append(path)
        place = f"{list(self.columns).index(text)}_{paths.index(path)}"
        return Column(f"{_VALUE}{place}", "json", f"{_NULL}{place}", pick=Pick(self._sound(text), path))

    def _sound(self, text: str) -> str:
        return text if text == self.trusted else f"CASE WHEN json_valid({text}) THEN {text} END"

    def select_sql(self, selected: str, source: str, needed: str) -> str:
        """The query for the `selected` columns of a source, and for the values in texts that the SQL `needed` names.
        Each is a column, since the macros that read it name it many times.
        """
        places = sorted({(int(text), int(rank)) for text, rank in _PICKED.findall(needed)})
        extracts, values = [], []
        for number, text in enumerate(self.columns):
            ranks = [rank for text_number, rank in places if text_number == number]
            if not ranks:
                continue
            paths = ", ".join(text_literal(self.columns[text][rank]) for rank in ranks)
            extracts.append(f"json_extract({self._sound(text)}, [{paths}]) AS scenario_pick{number}")
            for position, rank in enumerate(ranks, 1):
                value = f"CAST(scenario_pick{number}[{position}] AS VARCHAR)"
                values.append(f"nullif({value}, 'null') AS {_VALUE}{number}_{rank}")
                if f"{_NULL}{number}_{rank}" in needed:
                    values.append(f"{value} = 'null' AS {_NULL}{number}_{rank}")
        if not extracts:
            return f"SELECT {selected} FROM {source}"
        return f"SELECT *, {', '.join(values)} FROM (SELECT {selected}, {', '.join(extracts)} FROM {source})"


@dataclass(frozen=True, slots=True)
class Relation:
    """The selected columns of a source of rows, and the values that can be picked out of its JSON texts."""

    selected: str
    source: str
    picks: JsonPicks = field(default_factory=JsonPicks)

    def sql(self, *needed: str) -> str:
        """The relation for a query with this SQL: it includes the pickable values that the SQL names."""
        return f"({self.picks.select_sql(self.selected, self.source, ' '.join(needed))})"
