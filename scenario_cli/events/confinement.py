"""Limits on the files and queries that a project may name, since a stranger may have written it. Reads no rows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scenario_cli.events.errors import ExportError

_HINT = "--allow-outside lets project.yaml name it; on the command line any file may be named"

# Nothing is fetched from the network unasked.
NO_EXTENSIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """`root` is the folder that paths of a query are relative to; where it is `closed`, nothing outside is read."""

    root: Path | None = None
    closed: bool = False

    def refuse_address(self, text: str) -> None:
        """Raises ExportError for an address, where the bounds are closed."""
        if self.closed and "://" in text:
            raise ExportError(f"exports in project.yaml name an address: {_without_password(text)}", _HINT)

    def refuse_outside(self, path: Path, shown: str) -> None:
        """Raises ExportError for a file outside the project's folder, also by a link."""
        if self.closed and self.root is not None and not path.resolve().is_relative_to(self.root.resolve()):
            raise ExportError(f"exports in project.yaml name a file outside the project's folder: {shown}", _HINT)

    @contextmanager
    def connection(self, workspace: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database to put a query to; within closed bounds it sees the project's folder alone."""
        with duckdb.connect(config=NO_EXTENSIONS) as con, chdir(self.root or Path.cwd()):
            if self.closed and self.root is not None:
                self._refuse_links()
                self.close(con, workspace, self.root.resolve())
            yield con

    def close(self, con: duckdb.DuckDBPyConnection, workspace: Path, *folders: Path) -> None:
        """Lets the connection reach these folders and the workspace alone."""
        if self.closed:
            allowed = [f"{folder}/" for folder in (*folders, workspace.resolve())]
            con.execute("SET temp_directory = ?", [str(workspace.resolve() / "spill")])
            con.execute("SET allowed_directories = ?", [allowed])
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")

    def _refuse_links(self) -> None:
        """A query names files by itself, and the database follows links."""
        root = self.root or Path()
        for folder, folders, files in os.walk(root):
            for name in (*folders, *files):
                path = Path(folder, name)
                if path.is_symlink():
                    self.refuse_outside(path, str(path))


OPEN = Bounds()


def one_select(query: str) -> str:
    """The query, if it is one SELECT for the database; raises ExportError for anything else."""
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        first = str(error).strip().split("\n")[0]
        raise ExportError(f"the query cannot be read: {first}", "try it in DuckDB first") from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise ExportError(f"a query is one SELECT, and this is {kinds}", "leave out everything but one SELECT")
    return statements[0].query.strip().rstrip(";")


def let_sqlite_only_read(con: sqlite3.Connection) -> None:
    """Refuses every action of a statement but reading."""
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}

    def judge(action: int, _first: str | None, second: str | None, *_: object) -> int:
        loads = action == sqlite3.SQLITE_FUNCTION and second in ("load_extension", "writefile", "readfile")
        return sqlite3.SQLITE_OK if action in allowed and not loads else sqlite3.SQLITE_DENY

    con.set_authorizer(judge)


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://***@{tail}" if at else url
