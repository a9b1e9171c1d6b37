"""Connections to the staging databases, bounded in memory and kept from the network. Knows no tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb

from scenario_cli.events import casts, date_forms, decimal_forms, timestamps
from scenario_cli.events.instances import borrowed_connection
from scenario_cli.events.sql_text import text_literal

# The sort spills to the workspace when it needs more; a reader of the sorted log needs next to nothing.
STAGING_MEMORY = "512MB"
STREAMING_MEMORY = "512MB"
_SPILL = "spill"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "preserve_insertion_order": "true",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@contextmanager
def staging(workspace: Path, rows: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes, with the macros of the staging queries, in a file of the workspace or, without a file,
    in memory. Everything that it opened or attached is closed at the end.
    """
    with borrowed_connection(_begin_staging, workspace / _SPILL) as con:
        # Progress is shown by the caller's bar, never printed by the database.
        con.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        if rows is None:
            con.execute("PRAGMA enable_checkpoint_on_shutdown")
        else:
            # The rows go away with the connection: to write them out once more would be work for nothing. What is to
            # stay, in a database of its own, is written out by whoever fills it.
            con.execute("PRAGMA disable_checkpoint_on_shutdown")
            con.execute(f"ATTACH {text_literal(str(workspace / rows))} AS staged")
            con.execute("SET search_path = 'staged.main,memory.main'")
        yield con


def _begin_staging() -> duckdb.DuckDBPyConnection:
    threads = str(min(os.cpu_count() or 1, 8))
    con = duckdb.connect(config={**_CONFIG, "memory_limit": STAGING_MEMORY, "threads": threads})
    # The database makes a join of a long IN list, and a join does not keep the row order of the files.
    con.execute("SET disabled_optimizers = 'in_clause'")
    for macro in (*timestamps.MACROS, *casts.MACROS, *decimal_forms.MACROS):
        con.execute(macro)
    return con


def know_date_forms(con: duckdb.DuckDBPyConnection) -> None:
    """Adds the macros for dates of other forms, which few exports have: defining them takes as long as connecting."""
    try:
        con.execute("SELECT knows_date_forms()")
    except duckdb.CatalogException:
        for macro in (*date_forms.MACROS, "CREATE MACRO knows_date_forms() AS true"):
            con.execute(macro.replace("MACRO ", "MACRO IF NOT EXISTS memory.main.", 1))


@contextmanager
def streaming(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a sorted log, as `log`: several processes can hold one at once."""
    with borrowed_connection(_begin_streaming, path.parent / _SPILL) as con:
        con.execute(f"ATTACH {text_literal(str(path))} AS log (READ_ONLY)")
        con.execute("SET enable_progress_bar = false")
        yield con


def _begin_streaming() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={**_CONFIG, "memory_limit": STREAMING_MEMORY, "threads": "1"})


def parsing() -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection that only reads SQL."""
    return borrowed_connection(_begin_parsing)


def _begin_parsing() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=CONFINED)


# For connections that read untrusted files: nothing is fetched or loaded, and no variable of ours is a table.
CONFINED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "allow_persistent_secrets": "false",
}


def confine(con: duckdb.DuckDBPyConnection, allowed: Iterable[str]) -> None:
    """Lets the connection open only these files from now on, and change none of its settings."""
    con.execute(f"SET allowed_paths = [{', '.join(map(text_literal, allowed))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def comparable_id(con: duckdb.DuckDBPyConnection, contact: str) -> str:
    """A contact id in the form of the staged log: see `casts.MACROS`; `con` is a staging connection."""
    ((comparable,),) = con.execute("SELECT id_text(trimmed(?))", [contact]).fetchall()
    return str(comparable)
