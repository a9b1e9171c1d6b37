"""Connections to the staging databases, bounded in memory and kept from the network. Knows no tables."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from scenario_cli.events import casts, date_forms, decimal_forms, timestamps
from scenario_cli.events.sql_text import text_literal

# The sort spills to the workspace when it needs more; a reader of the sorted log needs next to nothing.
STAGING_MEMORY = "512MB"
STREAMING_MEMORY = "512MB"


def staging(path: Path, workspace: Path) -> duckdb.DuckDBPyConnection:
    """A connection that writes, with the macros that the staging queries use."""
    threads = str(min(os.cpu_count() or 1, 8))
    con = duckdb.connect(str(path), config=_config(workspace, STAGING_MEMORY, threads))
    # Progress is asked for by the caller's bar, never printed by the database.
    con.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    # It makes a join of a long IN list, and a join does not keep the order of rows, which is the files'.
    con.execute("SET disabled_optimizers = 'in_clause'")
    for macro in (*timestamps.MACROS, *casts.MACROS, *decimal_forms.MACROS):
        con.execute(macro)
    return con


def know_date_forms(con: duckdb.DuckDBPyConnection) -> None:
    """Adds the macros for dates of other forms, which few exports have: to define them takes as long as to connect."""
    for macro in date_forms.MACROS:
        con.execute(macro.replace("MACRO", "MACRO IF NOT EXISTS", 1))


def streaming(path: Path, workspace: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads only: several processes may hold one at once."""
    con = duckdb.connect(str(path), read_only=True, config=_config(workspace, STREAMING_MEMORY, "1"))
    con.execute("SET enable_progress_bar = false")
    return con


# For connections that read what a stranger wrote: nothing is fetched or loaded, and no variable of ours is a table.
CONFINED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "allow_persistent_secrets": "false",
}


def confine(con: duckdb.DuckDBPyConnection, allowed: Iterable[str]) -> None:
    """From now on the connection opens these files alone, and no setting of it can be changed."""
    con.execute(f"SET allowed_paths = [{', '.join(map(text_literal, allowed))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def comparable_id(con: duckdb.DuckDBPyConnection, contact: str) -> str:
    """A contact id as the staged log has it: see `casts.MACROS`; `con` is a staging connection."""
    ((comparable,),) = con.execute("SELECT id_text(trimmed(?))", [contact]).fetchall()
    return str(comparable)


def _config(workspace: Path, memory: str, threads: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": memory,
        "threads": threads,
        "temp_directory": str(workspace / "spill"),
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
