"""One module for each format of export; the table of them. Reads no rows itself."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from scenario_cli.events.formats import delimited, json_text, parquet
from scenario_cli.events.formats.table import Table
from scenario_cli.events.inputs import FormatName, InputFile

Opener = Callable[[duckdb.DuckDBPyConnection, InputFile, tuple[str, ...]], Table]

FORMATS: dict[FormatName, Opener] = {
    "delimited": delimited.open_table,
    "json": json_text.open_table,
    "parquet": parquet.open_table,
}
