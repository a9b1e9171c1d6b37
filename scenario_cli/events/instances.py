"""Instances of the database, each reused when it is idle: starting one takes longer than reading a small export. Knows
no tables.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from scenario_cli.events.sql_text import text_literal

# By process, since the threads of an instance do not survive a fork, and by the function that creates them.
_idle: dict[tuple[int, Callable[[], duckdb.DuckDBPyConnection]], list[duckdb.DuckDBPyConnection]] = {}


@contextmanager
def borrowed_connection(
    begin: Callable[[], duckdb.DuckDBPyConnection], spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an instance that nobody else uses; `begin` makes a new one, in memory, if none is idle.

    Data that does not fit into its memory goes to the folder `spill`. At the end the connection is closed together with
    its temporary tables, and attached databases are detached from the instance.
    """
    idle = _idle.setdefault((os.getpid(), begin), [])
    instance = idle.pop() if idle else begin()
    con = instance.cursor()
    try:
        if spill is not None:
            con.execute(f"SET temp_directory = {text_literal(str(spill))}")
        yield con
    finally:
        con.close()
        # Once it has spilled, an instance keeps to that folder.
        has_spilled = spill is not None and spill.exists()
        if not has_spilled and _is_as_new(instance):
            idle.append(instance)
        else:
            instance.close()


def _is_as_new(instance: duckdb.DuckDBPyConnection) -> bool:
    """Detaches attached databases; False after an error that made the instance unusable."""
    attached = "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'"
    try:
        for (name,) in instance.execute(attached).fetchall():
            instance.execute(f"DETACH {name}")
    except duckdb.Error:
        return False
    return True
