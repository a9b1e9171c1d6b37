"""Rows of plans for comparison: Spark's, and those of a dry run on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet

from scenario_cli.cli.main import run


def in_order(rows: Iterable[Any]) -> list[tuple[str | None, ...]]:
    """Rows as texts in a fixed order, because Spark gives them in no order."""
    return sorted((tuple(None if cell is None else str(cell) for cell in row) for row in rows), key=str)


def local_rows(project: Path, folder: Path, *options: str) -> list[tuple[str | None, ...]]:
    """The rows that a dry run on this machine writes as Parquet."""
    plan = folder / "local.parquet"
    command = ["dry-run", "--project", str(project), *options, "--plan", str(plan), "-q"]
    assert run([*command, "--output", str(folder / "report.txt")]) == 0
    columns = [column.to_pylist() for column in pyarrow.parquet.read_table(plan).columns]
    return in_order(zip(*columns, strict=True))
