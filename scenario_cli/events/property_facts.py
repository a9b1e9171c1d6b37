"""The facts about the properties of a staged table's events. Judges nothing.

All events share the columns of the table, so a query asks one column for all events, and some columns at once.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from scenario_cli.events import facts_sql
from scenario_cli.events.casts import can_misfit
from scenario_cli.events.facts_sql import Questions
from scenario_cli.events.nested import nested_facts
from scenario_cli.events.slots import Item
from scenario_cli.events.staging_tables import Target
from scenario_cli.model.inspection import PropertyFacts, ValueKind, Windows

FEW_VALUES = 50  # up to so many distinct values are listed
# Rows of an event that are checked one by one, and values of all events together.
_SAMPLED, _LEAST_SAMPLED, _MOST_SAMPLED_VALUES = 500, 10, 500_000
_EXAMPLES = 5
_LONGEST = 60
# Columns that one query asks for: with more it takes longer to plan than to run.
_AT_ONCE = 25

_ORDERED = ("integer", "number", "date", "datetime")

PropertyKey = tuple[int, tuple[str, ...]]  # an event by its number, and the columns of one of its properties


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


@dataclass(slots=True)
class _QueryResults:
    """The results of the queries, by event and column or columns."""

    cells: dict[tuple[int, str], _Cell] = field(default_factory=dict)
    kinds: dict[tuple[int, str], dict[ValueKind, int]] = field(default_factory=dict)
    samples: dict[PropertyKey, list[Any]] = field(default_factory=dict)
    values: dict[PropertyKey, list[tuple[Any, int]]] = field(default_factory=dict)
    examples: dict[PropertyKey, list[Any]] = field(default_factory=dict)
    bounds: dict[PropertyKey, tuple[str | None, str | None]] = field(default_factory=dict)
    since: dict[tuple[int, int], int] = field(default_factory=dict)

    def cells_of(self, code: int, item: Item) -> list[_Cell]:
        """The cells that hold something."""
        columns = item.columns.values()
        return [cell for column in columns if (cell := self.cells.get((code, column))) and cell.filled]

    def kinds_of(self, code: int, item: Item) -> dict[ValueKind, int]:
        kinds: dict[ValueKind, int] = {}
        for column in item.columns.values():
            kinds.update(self.kinds.get((code, column), {}))
        return kinds


def property_facts(
    con: duckdb.DuckDBPyConnection, target: Target, windows: Windows | None, codes: Sequence[int], *, exact: bool
) -> dict[int, list[PropertyFacts]]:
    """The properties of each event, by its number. Distinct values are counted `exact` or estimated."""
    layout, table = target.layout, target.table
    results = _QueryResults()
    _count_cells(con, table, list(layout.columns), windows, results, exact=exact)
    pairs = [(code, item) for item in layout.items for code in item.events if results.cells_of(code, item)]
    _sample(con, table, codes, layout.items, results)
    _ask_values(con, table, pairs, results)
    _ask_examples(con, table, pairs, results)
    _ask_bounds(con, table, pairs, results)
    _ask_rows_since(con, table, pairs, results)
    facts_by_code: dict[int, list[PropertyFacts]] = {}
    for code, item in pairs:
        facts_by_code.setdefault(code, []).append(_facts(code, item, results))
    for item in layout.items:
        for code in item.events:
            if not results.cells_of(code, item):
                facts_by_code.setdefault(code, []).append(PropertyFacts(item.property, 0, {}, 0))
    return {code: sorted(facts, key=lambda property_: property_.name) for code, facts in facts_by_code.items()}


def _count_cells(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    windows: Windows | None,
    results: _QueryResults,
    *,
    exact: bool,
) -> None:
    for chunk in _chunks(columns):
        for place, code, *values in con.execute(facts_sql.cells_sql(table, chunk, windows, exact=exact)).fetchall():
            results.cells[code, chunk[place]] = _Cell(*values)
    for chunk in _chunks([column for column in columns if column.startswith(("j", "s"))]):
        for place, code, kind, count in con.execute(facts_sql.kinds_sql(table, chunk)).fetchall():
            results.kinds.setdefault((code, chunk[place]), {})[kind] = count


def _sample(
    con: duckdb.DuckDBPyConnection, table: str, codes: Sequence[int], items: Sequence[Item], results: _QueryResults
) -> None:
    """The values of each event's first rows; of fewer rows if there are many properties."""
    by_event: dict[int, list[tuple[str, ...]]] = {}
    for item in items:
        for code in item.events:
            if results.cells_of(code, item):
                by_event.setdefault(code, []).append(tuple(item.columns.values()))
    total = max(sum(map(len, by_event.values())), 1)
    limit = max(min(_SAMPLED, _MOST_SAMPLED_VALUES // total), _LEAST_SAMPLED)
    for code in codes:
        column_groups = by_event.get(code, [])
        names = [column for columns in column_groups for column in columns]
        if not names:
            continue
        positions = {column: index for index, column in enumerate(names)}
        rows = con.execute(facts_sql.sample_sql(table, code, names, limit)).fetchall()
        for columns in column_groups:
            values = (
                next((row[positions[name]] for name in columns if row[positions[name]] is not None), None)
                for row in rows
            )
            results.samples[code, columns] = [value for value in values if value is not None]


def _ask_values(
    con: duckdb.DuckDBPyConnection, table: str, pairs: Sequence[tuple[int, Item]], results: _QueryResults
) -> None:
    """All values of the properties that have few."""
    groups = _grouped(
        (code, tuple(item.columns.values()))
        for code, item in pairs
        if sum(cell.distinct for cell in results.cells_of(code, item)) <= FEW_VALUES + 5
    )
    for group in groups:
        listed = list(group)
        for index, code, value, count in con.execute(facts_sql.values_sql(table, group, FEW_VALUES + 1)).fetchall():
            results.values.setdefault((code, listed[index]), []).append((value, count))


def _ask_examples(
    con: duckdb.DuckDBPyConnection, table: str, pairs: Sequence[tuple[int, Item]], results: _QueryResults
) -> None:
    without_samples = _grouped(
        (code, columns)
        for code, item in pairs
        if not results.samples.get((code, columns := tuple(item.columns.values())))
    )
    for group in without_samples:
        listed = list(group)
        for index, code, values in con.execute(facts_sql.examples_sql(table, group, _EXAMPLES)).fetchall():
            results.examples[code, listed[index]] = values


def _ask_bounds(
    con: duckdb.DuckDBPyConnection, table: str, pairs: Sequence[tuple[int, Item]], results: _QueryResults
) -> None:
    numbers = _grouped(
        (code, (item.columns["j"],))
        for code, item in pairs
        if "j" in item.columns and _are_numbers(results.kinds_of(code, item))
    )
    for group in numbers:
        listed = list(group)
        for index, code, smallest, largest in con.execute(facts_sql.bounds_sql(table, group)).fetchall():
            results.bounds[code, listed[index]] = (smallest, largest)


def _ask_rows_since(
    con: duckdb.DuckDBPyConnection, table: str, pairs: Sequence[tuple[int, Item]], results: _QueryResults
) -> None:
    lasts = {
        (code, last_row)
        for code, item in pairs
        if (last_row := _last_instant(results.cells_of(code, item))) is not None
    }
    if lasts:
        codes, instants = zip(*sorted(lasts), strict=True)
        earliest = dict(sorted(lasts, reverse=True))
        query = facts_sql.rows_since_sql(table, earliest)
        rows = con.execute(query, [list(codes), list(instants)]).fetchall()
        results.since = {(code, instant): count for code, instant, count in rows}


def _chunks(columns: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(columns), _AT_ONCE):
        yield columns[start : start + _AT_ONCE]


def _grouped(properties: Iterable[PropertyKey]) -> Iterator[Questions]:
    """The questions, grouped by their columns, some columns at a time."""
    questions: dict[tuple[str, ...], list[int]] = {}
    for code, columns in properties:
        questions.setdefault(columns, []).append(code)
    all_questions = list(questions.items())
    for start in range(0, len(all_questions), _AT_ONCE):
        yield dict(all_questions[start : start + _AT_ONCE])


def _facts(code: int, item: Item, results: _QueryResults) -> PropertyFacts:
    cells = results.cells_of(code, item)
    columns = tuple(item.columns.values())
    is_json = item.declared is None or not can_misfit(item.declared) or item.declared in ("array", "object")
    filled = sum(cell.filled for cell in cells)
    distinct = sum(cell.distinct for cell in cells)
    values = [(_value_text(value, is_json), count) for value, count in results.values.get((code, columns), ())]
    if len(values) > FEW_VALUES:
        values = []
    sample = results.samples.get((code, columns), [])
    examples = [_value_text(value, is_json) for value in sample or results.examples.get((code, columns), [])]
    last = _last_instant(cells)
    kinds = results.kinds_of(code, item)
    return PropertyFacts(
        item.property, filled,
        {kind: kinds[kind] for kind in facts_sql.KINDS if kind in kinds},
        len(values) or min(distinct, filled),
        tuple(values),
        tuple(dict.fromkeys(examples))[:_EXAMPLES],
        *_bounds(code, item, cells, kinds, results),
        first=min((cell.first for cell in cells if cell.first is not None), default=None),
        last=last,
        rows_since=results.since.get((code, last), 0) if last is not None else 0,
        recent=sum(cell.recent for cell in cells),
        before=sum(cell.before for cell in cells),
        nested=nested_facts(sample) if is_json else None,
    )  # fmt: skip


def _bounds(
    code: int, item: Item, cells: Sequence[_Cell], kinds: Mapping[ValueKind, int], results: _QueryResults
) -> tuple[str | None, str | None]:
    """The smallest and largest number or date; for texts they mean little."""
    if "j" in item.columns and _are_numbers(kinds):
        return results.bounds.get((code, (item.columns["j"],)), (None, None))
    if len(cells) != 1 or not ((set(kinds) and set(kinds) <= {"date", "datetime"}) or item.declared in _ORDERED):
        return None, None
    smallest, largest = cells[0].smallest, cells[0].largest
    return None if smallest is None else _value_text(smallest, True), None if largest is None else _value_text(
        largest, True
    )


def _are_numbers(kinds: Mapping[ValueKind, int]) -> bool:
    return bool(kinds) and set(kinds) <= {"integer", "number"}


def _last_instant(cells: Sequence[_Cell]) -> int | None:
    return max((cell.last for cell in cells if cell.last is not None), default=None)


def _value_text(value: Any, is_json: bool) -> str:
    """A value as people read it. A long one is cut."""
    text = str(value)
    if is_json and text.startswith('"'):
        with contextlib.suppress(ValueError):
            text = str(json.loads(text))
    elif isinstance(value, bool):
        text = "true" if value else "false"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
