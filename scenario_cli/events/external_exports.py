"""Exports that are not local files: databases, queries and addresses, each copied into the workspace as one file.

The copy is then read like any other file. Nothing is written to a database.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import sqlite3
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path, PurePosixPath

import duckdb

from scenario_cli.events import queries
from scenario_cli.events.database import CONFINED, confine
from scenario_cli.events.errors import ExportError
from scenario_cli.events.narrowing import Since, inner
from scenario_cli.events.sql_text import name_literal, text_literal
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.export import Access
from scenario_cli.model.inside import HOW_TO_ALLOW

_QUERY = "query"  # the name in messages for a query without a database
IN_A_TABLE = "::"
_SECONDS = 60
_MOST_SECONDS_OF_A_QUERY = 600
# Nothing is fetched, and no variable of ours is a table.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
}

# The server's own tables are views in schemas of their own.
_TABLES_OF_SOURCE = """
  SELECT name FROM (
    SELECT database_name, schema_name, table_name AS name FROM duckdb_tables()
    UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal
  ) WHERE database_name = 'source' AND schema_name NOT IN ('information_schema', 'pg_catalog') ORDER BY name
"""


def is_database(text: str) -> bool:
    """Whether a text names a database, or a table in one."""
    address = text.partition(IN_A_TABLE)[0]
    return address.lower().startswith(("postgres://", "postgresql://")) or (
        "://" not in address and _database_kind(Path(address)) is not None
    )


def copied(
    text: str, query: str | None, workspace: Path, access: Access, since: Since | None = None
) -> list[tuple[Path, str]] | None:
    """The copies, each with its name in messages; None if the text names local files.

    A database can be followed by `::` and the name of a table; `since` narrows its rows. Raises ExportError for a
    source that cannot be reached, and for all but files if `access` is confined.
    """
    address, _, table = text.partition(IN_A_TABLE)
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme and access.confined_to is not None:
        raise refused(text, without_password(text), "an address", access)
    if scheme in ("postgres", "postgresql"):
        return [(_postgres(address, table, query, workspace, since), without_password(text))]
    kind = _database_kind(Path(address)) if not scheme else None
    if kind and access.confined_to is not None:
        raise refused(text, text, "a database", access)
    if kind == "duckdb":
        return [(_duckdb(address, table, query, workspace, access, since), text)]
    if kind == "sqlite":
        return [(_sqlite(address, table, query, workspace, since), text)]
    if query:
        raise ExportError(
            f"--query needs a database, but {text} is not one",
            "name a DuckDB or SQLite file or postgresql://..., or leave out --events and name files in the query:"
            f" SELECT * FROM '{text}'",
        )
    if table:
        raise ExportError(
            f"the database {address} does not exist", f"'{IN_A_TABLE}{table}' names a table in a database"
        )
    if scheme in ("http", "https"):
        return [(_downloaded(text, workspace), text)]
    if scheme in ("s3", "gs", "gcs", "r2"):
        return _from_bucket(text, scheme, workspace)
    if scheme:
        raise ExportError(f"{without_password(text)} cannot be read", "use postgresql, http, https, s3 or gs")
    return None


def refused(source: str, label: str, kind: str, access: Access) -> ExportError:
    """The refusal of a database or address that is in project.yaml."""
    return ExportError(
        f"{access.prefix(source)}'exports' cannot read {label}: it is {kind}",
        f"the exports of a project must be files in its folder; give this with --events\n{HOW_TO_ALLOW}",
    )


def queried(
    query: str, workspace: Path, access: Access, resolve: queries.Resolve, since: Since | None = None
) -> tuple[Path, str]:
    """The result of a query that names its own files.

    One of project.yaml reads files of the project's folder alone, unless `access` lets it lead outside.
    """
    confined = access.confined_to is not None
    try:
        tree = queries.one_select(query)
        if confined:
            queries.refuse_far_reaching(tree)
        resolved_query, files = queries.with_files(query, tree, resolve) if access.folder is not None else (query, [])
    except ExportError as error:
        prefix = "" if error.message.startswith(access.prefix(query)) else access.prefix(query)
        raise ExportError(f"{prefix}{error.message}", error.hint) from None
    with duckdb.connect(config=CONFINED if confined else _CONFIG) as con:
        allowed = [str(file) for file in files] if confined else None
        return _parquet(con, resolved_query, _QUERY, workspace, allowed, since), _QUERY


def _database_kind(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        return None
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else None


def _duckdb(address: str, table: str, query: str | None, workspace: Path, access: Access, since: Since | None) -> Path:
    """A database comes from anywhere: its views read no file that the query does not name."""
    try:
        con = duckdb.connect(address, read_only=True, config=_CONFIG if access.outside else CONFINED)
    except duckdb.Error as error:
        raise ExportError(
            f"{address} cannot be opened: {_first_line(error)}", "close the program that writes to it"
        ) from None
    with con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name"
                  " FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()]  # fmt: skip
        full_query = query or _whole_table(address, table, tables)
        resolved_query, files = queries.with_files(
            full_query, queries.one_select(full_query), lambda name: _files_here(name, access.folder)
        )
        allowed = None if access.outside else [str(file) for file in files]
        return _parquet(con, resolved_query, address, workspace, allowed, since)


def _files_here(name: str, folder: str | None) -> list[Path]:
    """The files of a name or pattern, from the folder or the current one; none if it is a table or an address."""
    path = Path(folder or Path.cwd(), name)
    if path.is_file() or not any(character in name for character in "*?["):
        return [path] if path.is_file() else []
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _sqlite(address: str, table: str, query: str | None, workspace: Path, since: Since | None) -> Path:
    """Reads a table by the standard library: no extension is needed, and the rows go to the file without passing our
    code.

    A query is in SQLite's own words, so SQLite itself limits it to reading.
    """
    target = _target(workspace, ".csv")
    try:
        con = sqlite3.connect(f"{Path(address).resolve().as_uri()}?mode=ro", uri=True)
        try:
            tables = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
                      " AND name NOT LIKE 'sqlite_%' ORDER BY 1")]  # fmt: skip
            con.set_authorizer(_reads_only)
            full_query = query or _whole_table(address, table, tables)
            rows = con.execute(_narrowed_in_sqlite(con, full_query, address, since) if since else full_query)
            with target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([column[0] for column in rows.description or ()])
                writer.writerows(rows)
        finally:
            con.close()
    except sqlite3.Error as error:
        raise ExportError(f"{address} cannot be read: {error}", "check the query, and that it is complete") from None
    return target


def _narrowed_in_sqlite(con: sqlite3.Connection, query: str, address: str, since: Since) -> str:
    """The query for the rows since then, in the order of the values: written down, numbers look like texts."""
    description = con.execute(f"SELECT * FROM {inner(query)} LIMIT 0").description
    column = since.column_of([name for name, *_ in description], address)
    name = name_literal(column)
    kinds = con.execute(f"SELECT typeof({name}) FROM {inner(query)} WHERE {name} IS NOT NULL LIMIT 1").fetchone()
    numbers: dict[str, str] = {}
    if kinds is not None and kinds[0] in ("integer", "real"):
        bounds = [bound for bound in (since.least, since.above, since.most) if bound is not None]
        numbers = {bound: f"CAST({text_literal(bound)} AS NUMERIC)" for bound in bounds}
    return f"{since.narrowed(query, column, numbers)} ORDER BY {name}"


def _reads_only(action: int, first: str | None, *_: str | None) -> int:
    """SQLite asks before it does anything: no file is attached or written, no setting changed."""
    reads = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
    asks_version = action == sqlite3.SQLITE_PRAGMA and first == "data_version"  # full-text tables do
    return sqlite3.SQLITE_OK if action in reads or asks_version else sqlite3.SQLITE_DENY


def _postgres(address: str, table: str, query: str | None, workspace: Path, since: Since | None) -> Path:
    label = without_password(address)
    if query:
        queries.one_select(query)
    with duckdb.connect(config=_CONFIG) as con:
        _load(con, "postgres", "PostgreSQL")
        try:
            con.execute(f"ATTACH {text_literal(address)} AS source (TYPE postgres, READ_ONLY)")
        except duckdb.Error as error:
            reason = _first_line(error).replace(address, label)
            raise ExportError(
                f"{label} cannot be reached: {reason}", "check host, name and password (PGPASSWORD)"
            ) from None
        con.execute("USE source")
        tables = [name for (name,) in con.execute(_TABLES_OF_SOURCE).fetchall()]
        return _parquet(con, query or _whole_table(label, table, tables), label, workspace, since=since)


def _downloaded(url: str, workspace: Path) -> Path:
    target = _target(workspace, _suffixes(url))
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
            length = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        raise ExportError(f"{url} answers {error.code} {error.reason}", "check the address") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ExportError(f"{url} cannot be reached: {reason}", "check the address and the network") from None
    if length is not None and target.stat().st_size != int(length):
        raise ExportError(f"{url} was cut off: {target.stat().st_size:,} of {int(length):,} bytes arrived", "try again")
    return target


def _from_bucket(url: str, scheme: str, workspace: Path) -> list[tuple[Path, str]]:
    if _suffixes(url).endswith(".zip"):
        raise ExportError(
            f"{url} is a ZIP archive, which can be read only from a file", "copy it here, then give the file"
        )
    with duckdb.connect(config=_CONFIG) as con:
        _load(con, "httpfs", f"{scheme}://")
        _create_secret(con, scheme)
        try:
            files = [file for (file,) in con.execute("SELECT file FROM glob(?) ORDER BY file", [url]).fetchall()]
            if not files:
                raise ExportError(f"no file matches {url}", "check bucket and pattern; nothing was read")
            return [(_fetched(con, file, workspace), file) for file in files]
        except duckdb.Error as error:
            hint = "check the address, and the keys in AWS_ACCESS_KEY_ID or GCS_KEY_ID and their secrets"
            raise ExportError(f"{url} cannot be read: {_first_line(error)}", hint) from None


def _fetched(con: duckdb.DuckDBPyConnection, url: str, workspace: Path) -> Path:
    suffixes = _suffixes(url)
    if suffixes.endswith((".parquet", ".pq")):
        target = _target(workspace, ".parquet")
        con.execute(f"COPY (SELECT * FROM read_parquet({text_literal(url)})) TO {text_literal(str(target))}")
        return target
    target = _target(workspace, re.sub(r"\.(gz|gzip|zst|zstd)$", "", suffixes))
    # Line by line, unchanged: unpacked, but neither parsed nor quoted.
    con.execute(
        f"COPY (SELECT line FROM read_csv({text_literal(url)}, auto_detect=false, columns={{'line': 'VARCHAR'}},"
        " delim='\x01', quote='', escape='', header=false, strict_mode=false, encoding='latin-1')) TO"
        f" {text_literal(str(target))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    )
    return target


def _create_secret(con: duckdb.DuckDBPyConnection, scheme: str) -> None:
    """The keys of the environment, as the tools of these clouds read them."""
    variable = os.environ.get
    if scheme == "s3" and (key := variable("AWS_ACCESS_KEY_ID")):
        endpoint = variable("AWS_ENDPOINT_URL")
        parts = {
            "KEY_ID": key, "SECRET": variable("AWS_SECRET_ACCESS_KEY"), "SESSION_TOKEN": variable("AWS_SESSION_TOKEN"),
            "REGION": variable("AWS_REGION") or variable("AWS_DEFAULT_REGION"),
            "ENDPOINT": endpoint.partition("://")[2] if endpoint else None,
            "URL_STYLE": "path" if endpoint else None,
        }  # fmt: skip
        options = "".join(f", {name} {text_literal(value)}" for name, value in parts.items() if value)
        no_ssl = ", USE_SSL false" if endpoint and endpoint.startswith("http://") else ""
        con.execute(f"CREATE SECRET (TYPE s3{options}{no_ssl})")
    elif scheme in ("gs", "gcs") and (key := variable("GCS_KEY_ID")):
        con.execute(
            f"CREATE SECRET (TYPE gcs, KEY_ID {text_literal(key)}, SECRET {text_literal(variable('GCS_SECRET', ''))})"
        )


def _load(con: duckdb.DuckDBPyConnection, extension: str, subject: str) -> None:
    try:
        con.load_extension(extension)
    except duckdb.Error as error:
        raise ExportError(
            f"{subject} needs DuckDB's extension '{extension}', which is not installed: {_first_line(error)}",
            f"{_install(extension)}\nor write what you need to a file, and give that",
        ) from None


def _install(extension: str) -> str:
    return f"with a network connection, run: python -c \"import duckdb; duckdb.install_extension('{extension}')\""


def _parquet(
    con: duckdb.DuckDBPyConnection,
    query: str,
    label: str,
    workspace: Path,
    allowed: list[str] | None = None,
    since: Since | None = None,
) -> Path:
    """The result of a query in a file. It can open the `allowed` files alone; None: any."""
    target = _target(workspace, ".parquet")
    con.execute("SET enable_progress_bar = false")
    con.execute(f"SET temp_directory = {text_literal(str(workspace / 'spill'))}")
    if allowed is not None:
        # The result is written under a temporary name before it gets the right one.
        paths = [*allowed, str(target), str(target.with_name(f"tmp_{target.name}"))]
        confine(con, paths)
    else:
        con.execute("SET lock_configuration = true")
    timer = threading.Timer(_MOST_SECONDS_OF_A_QUERY, con.interrupt)
    timer.daemon = True
    if allowed is not None:
        timer.start()
    try:
        if since is not None:
            description = con.execute(f"SELECT * FROM {inner(query)} LIMIT 0").description or ()
            query = since.narrowed(query, since.column_of([name for name, *_ in description], label))
        # A comment at the end of the query ends with its line.
        con.execute(f"COPY (\n{query.strip().rstrip(';')}\n) TO {text_literal(str(target))} (FORMAT parquet)")
    except duckdb.Error as error:
        raise _failed(error, "the query" if label == _QUERY else f"the query of {label}") from None
    finally:
        timer.cancel()
    return target


def _failed(error: duckdb.Error, query: str) -> ExportError:
    if isinstance(error, duckdb.InterruptException):
        return ExportError(f"{query} takes more than {_MOST_SECONDS_OF_A_QUERY / 60:.0f} minutes", "ask for less")
    if "disabled by configuration" in str(error):
        return ExportError(
            f"{query} reads a file or address that it does not name: {_first_line(error)}",
            ("name files in the query, in single quotes; if you trust the database, allow it with --allow-outside"),
        )
    extension = re.search(r"required extension '(\w+)|exists in the (\w+) extension", str(error))
    if extension is not None:
        name = extension[1] or extension[2]
        return ExportError(f"{query} needs DuckDB's extension '{name}', which is not installed", _install(name))
    return ExportError(f"{query} failed: {_first_line(error)}", "try it in DuckDB first")


def _whole_table(address: str, table: str, tables: list[str]) -> str:
    """The whole named table; else `events`, else the only table."""
    table_name = table or ("events" if "events" in tables else tables[0] if len(tables) == 1 else "")
    if not table_name:
        listed = f"its tables: {', '.join(tables[:30])}" if tables else "it has no table"
        raise ExportError(
            f"{address} needs the name of a table",
            f"{listed}\nname one: {address}{IN_A_TABLE}TABLE, or ask with --query 'SELECT ...'",
        )
    if "." not in table_name and table_name not in tables:
        raise ExportError(f"{address} has no table '{table_name}'", did_you_mean(table_name, tables, "its tables"))
    return f"SELECT * FROM {'.'.join(map(name_literal, table_name.split('.')))}"


def _target(workspace: Path, suffixes: str) -> Path:
    return workspace / f"copy-{len(list(workspace.glob('copy-*')))}{suffixes}"


def _suffixes(url: str) -> str:
    return "".join(PurePosixPath(urllib.parse.urlparse(url).path).suffixes[-2:]).lower()


def without_password(url: str) -> str:
    """An address as messages show it."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1@", url)


def _first_line(error: Exception) -> str:
    return re.sub(r"^[\w ]*Error: ", "", str(error).strip().split("\n")[0])[:300]
