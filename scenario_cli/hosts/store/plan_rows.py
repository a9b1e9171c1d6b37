"""Rows of the outbox as a run made them, as a plan's file has them. Marks those that were dropped since as stale."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.model.plan_row import COLUMNS
from scenario_cli.model.store_facts import OutboxEntry

STATUSES = ("pending", "attempting", "handed", "failed", "stale", "withdrawn", "dropped", "update")
_NAMES = {column.name for column in COLUMNS if column.required}


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected rows of an outbox: by runs, scenarios, statuses; all of them if nothing is named."""

    runs: Sequence[int] = ()
    scenarios: Sequence[str] = ()
    statuses: Sequence[str] = ()


def rows_of(store: Store, selection: Selection) -> Iterator[OutboxEntry]:
    """The rows, by contact, and for each contact in their order of creation. Raises `StoreError` if the run does not
    exist.
    """
    for row, *life in _selected(store, selection):
        run, status, answer, changed_at = life
        yield OutboxEntry(run, _plan_row(row, status), status, answer, changed_at)


def plan_lines(store: Store, selection: Selection) -> Iterator[str]:
    """The rows as lines of JSON, as `rows_of` has them."""
    for row, _, status, *_ in _selected(store, selection):
        text = json.dumps(_plan_row(row, status), ensure_ascii=False) if status == "stale" else row
        yield f"{text}\n"


def _selected(store: Store, selection: Selection) -> Iterator[tuple[Any, ...]]:
    conditions: list[str] = []
    values: list[Any] = []
    for run in selection.runs:
        if store.value("SELECT 1 FROM runs WHERE id = ?", (run,)) is None:
            last = store.value("SELECT max(id) FROM runs")
            raise StoreError(
                f"{store.path} has no run {run}",
                f"its runs are 1 to {last}" if last is not None else "there is no run yet",
            )
    if selection.runs:
        conditions.append(f"run IN ({', '.join('?' * len(selection.runs))})")
        values += selection.runs
    if selection.statuses:
        conditions.append(f"status IN ({', '.join('?' * len(selection.statuses))})")
        values += selection.statuses
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    rows = store.execute(
        f"SELECT row, run, status, answer, changed_at FROM outbox {where}ORDER BY contact, id", tuple(values)
    )
    for row in rows:
        if not selection.scenarios or read_row(row[0])["scenario"] in selection.scenarios:
            yield row


def read_row(row: str) -> dict[str, Any]:
    """A row as the run made it. Raises `StoreError` if it is damaged."""
    try:
        values = json.loads(row)
    except (ValueError, TypeError):
        values = None
    if not isinstance(values, dict) or not values.keys() >= _NAMES:
        raise StoreError("a row of the outbox is damaged", "find all damaged parts with 'scenario state check'")
    return values


def _plan_row(row: str, status: str) -> dict[str, Any]:
    """The row of a plan: a row that was too late for delivery is a dropped row."""
    values = read_row(row)
    return values | {"status": "dropped", "reason": "stale"} if status == "stale" else values


def plan_head(store: Store, selection: Selection) -> dict[str, Any]:
    """The sources of a file of rows: the store, its runs, and the selection of rows."""
    from importlib.metadata import version

    from scenario_cli.engine.identity import written

    runs = [
        (run, until)
        for run, until in store.execute("SELECT id, until FROM runs ORDER BY id")
        if not selection.runs or run in selection.runs
    ]
    return {
        "format_version": 1,
        "tool": version("scenario-cli"),
        "project": store.meta("project"),
        "store": store.path.name,
        "runs": [{"run": run, "until": written(until)} for run, until in runs],
        "scenarios": list(selection.scenarios),
        "statuses": list(selection.statuses),
    }
