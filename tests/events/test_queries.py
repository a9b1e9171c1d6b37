"""A query is one SELECT, and reads only what the command line or the project names."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events import external_exports
from scenario_cli.events.errors import ExportError
from scenario_cli.events.inputs import find_files
from scenario_cli.model.export import ANYWHERE, Access
from tests.rows import rows

SECRET = "a secret of somebody else"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with exports, and with links to a file outside it that must not be read."""
    outside, folder = tmp_path / "outside", tmp_path / "pro[j]ect"
    for directory in (outside, folder / "data/deep", folder / ".git"):
        directory.mkdir(parents=True)
    for secret in (outside / "secret.csv", folder / ".git/config.csv"):
        secret.write_text(f"a\n{SECRET}\n")
    for number, name in enumerate(["a", "b", "deep/c", "o'clock", "é"]):
        (folder / f"data/{name}.csv").write_text(f"a\n{number}\n")
    (folder / "link").symlink_to(outside)
    (folder / "linked").mkdir()
    (folder / "linked/l.csv").symlink_to(outside / "secret.csv")
    (folder / "linked/key.csv").symlink_to("../.git/config.csv")
    (folder / "tricky").mkdir()
    (folder / "tricky/a::b.csv").symlink_to(outside / "secret.csv")
    duckdb.execute(f"COPY (SELECT 5 AS a) TO '{folder}/data/p.parquet'")
    (folder / "data/j.jsonl").write_text('{"a": 6}\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # paths start at the project's folder
    return folder


def read_rows(folder: Path, *events: str, query: str | None = None, access: Access = ANYWHERE) -> list[Any]:
    workspace = folder.parent / "work"
    workspace.mkdir(exist_ok=True)
    for old_file in workspace.iterdir():
        old_file.unlink()
    (file,), _ = find_files(events, workspace, query, access)
    reader = "read_parquet" if file.format == "parquet" else "read_csv"
    return duckdb.execute(f"SELECT * FROM {reader}(?)", [str(file.path)]).fetchall()


def of_project(folder: Path, query: str) -> list[Any]:
    return read_rows(folder, query=query, access=Access(str(folder), positions={query: "project.yaml:3:10"}))


@rows(
    ("query", "expected"),
    [
        ("SELECT * FROM 'data/a.csv'", [(0,)]),
        ("FROM 'data/a.csv'", [(0,)]),
        ('FROM "data/a.csv" AS x SELECT x.a + 1', [(1,)]),
        ("WITH x AS (FROM 'data/a.csv') SELECT * FROM x;", [(0,)]),
        ("SELECT 'é', a FROM 'data/é.csv' -- a comment", [("é", 4)]),
        (
            "(SELECT a FROM read_csv('data/a.csv', header = true)) UNION ALL FROM 'data/p.parquet' ORDER BY a",
            [(0,), (5,)],
        ),
        ("FROM 'data/[ab].csv' ORDER BY a", [(0,), (1,)]),
        ("SELECT count(*) FROM read_csv('data/**/*.csv')", [(5,)]),
        ("FROM read_csv(['data/a.csv', 'data/o''clock.csv']) ORDER BY a", [(0,), (3,)]),
        ("FROM 'data/j.jsonl'", [(6,)]),
        ("SELECT (SELECT max(a) FROM 'data/b.csv') FROM range(1)", [(1,)]),
        ("SELECT unnest([1, 2])", [(1,), (2,)]),
        ("VALUES (1)", [(1,)]),
        ("FROM '{folder}/data/a.csv'", [(0,)]),
    ],
)
def test_a_query_of_the_project_reads_files_of_its_folder(project: Path, query: str, expected: list[Any]) -> None:
    assert of_project(project, query.replace("{folder}", str(project))) == expected


NOT_ONE_SELECT = [
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE x",
    "SELECT 1;;; SET threads = 1",
    "SELECT 1 /* ; */; ATTACH 'x.db'",
    "COPY (SELECT 1) TO '{out}'",
    "SELECT 1) TO '{out}' (FORMAT csv); COPY (SELECT 1",
    "SELECT 1) TO '{out}' --",
    "SELECT 1\n) TO '{out}' (FORMAT csv) --",
    "FROM 'data/a.csv') TO '{out}' (FORMAT csv); /*",
    "(SELECT 1); COPY (SELECT 1) TO '{out}'",
    "ATTACH '{out}' AS o",
    "DETACH memory",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1:9'",
    "LOAD httpfs",
    "LOAD '{out}'",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "SET threads = 1",
    "SET VARIABLE x = 1",
    "RESET threads",
    "USE memory",
    "EXPORT DATABASE '{out}'",
    "IMPORT DATABASE '{out}'",
    "CALL pragma_version()",
    "CREATE TABLE x AS SELECT 1",
    "CREATE TEMP MACRO f(x) AS x",
    "CREATE SECRET (TYPE s3)",
    "INSERT INTO x VALUES (1)",
    "WITH x AS (INSERT INTO y VALUES (1) RETURNING *) SELECT * FROM x",
    "WITH x AS (DELETE FROM y RETURNING *) FROM x",
    "SELECT * FROM (WITH x AS (UPDATE y SET a = 1 RETURNING *) FROM x)",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "DESCRIBE SELECT 1",
    "SUMMARIZE SELECT 1",
    "SHOW TABLES",
    "SELECT * FROM (SHOW ALL TABLES)",
    "FROM (DESCRIBE SELECT 1)",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "VACUUM",
    "CHECKPOINT",
    "BEGIN",
    "",
    "-- nothing",
    ";",
    "\u037e SELECT 1",  # a Greek question mark, which looks like a semicolon
    "SELECT 1\u037e DROP TABLE x",
    "SELECT 1; -- \u2028 DROP TABLE x\nSELECT 2",
    "\u200bSELECT 1; SELECT 2",
    "SELECT 1 \\; DROP",
    "PIVOT (SELECT 1 AS a) ON a USING sum(a)",
    "/* SELECT */ DROP TABLE x",
    "\0SELECT 1; DROP TABLE x",
]


@rows(("query", "owner"), [(query, owner) for query in NOT_ONE_SELECT for owner in ("project", "command line")])
def test_a_query_is_one_select(project: Path, query: str, owner: str) -> None:
    out = project / "written"
    query = query.format(out=out)
    with pytest.raises(ExportError) as error:
        read_rows(project, query=query, access=Access(str(project)) if owner == "project" else ANYWHERE)
    assert error.value.hint
    assert not out.exists()


REACHING = [
    "FROM '/etc/passwd'",
    "FROM '/etc/passwd.csv'",
    "FROM '../outside/secret.csv'",
    "FROM 'data/../../outside/secret.csv'",
    "FROM '{outside}/secret.csv'",
    "FROM '{folder}/../outside/secret.csv'",
    "FROM 'link/secret.csv'",
    "FROM 'link/*.csv'",
    "FROM '*/secret.csv'",
    "FROM 'linked/l.csv'",
    "FROM 'linked/*.csv'",
    "FROM 'linked/key.csv'",
    "FROM '.git/config.csv'",
    "FROM '.*/config.csv'",
    "FROM '*/../../outside/*.csv'",
    "FROM '~/secret.csv'",
    "FROM read_csv('~')",
    "FROM read_csv('/etc/passwd')",
    "FROM \"read_csv\"('/etc/passwd')",
    "FROM system.main.read_csv('/etc/passwd')",
    "FROM READ_CSV_AUTO('/etc/passwd')",
    "FROM read_csv(['data/a.csv', '/etc/passwd'])",
    "FROM read_csv('/etc' || '/passwd')",
    "FROM read_csv(concat('/etc', '/passwd'))",
    "FROM read_csv(['data/a.csv', '/etc' || '/passwd'])",
    "FROM read_csv(list_concat(['data/a.csv'], ['/etc/passwd']))",
    "FROM read_csv(E'\\x2fetc\\x2fpasswd')",
    "FROM read_csv($$/etc/passwd$$)",
    "FROM read_csv(getvariable('x'))",
    "FROM read_csv((SELECT '/etc/passwd'))",
    "FROM read_csv(?)",
    "FROM read_text('/etc/passwd')",
    "FROM read_text('data/a.csv')",
    "FROM read_blob('/etc/passwd')",
    "FROM glob('/etc/*')",
    "FROM sniff_csv('/etc/passwd')",
    "FROM parquet_scan('http://127.0.0.1:9/x.parquet')",
    "FROM 'http://127.0.0.1:9/x.csv'",
    "FROM 's3://bucket/x.parquet'",
    "FROM 'file:///etc/passwd'",
    "FROM 'file://{outside}/secret.csv'",
    "FROM read_csv('file:{outside}/secret.csv')",
    "FROM parquet_metadata('data/p.parquet')",
    "FROM parquet_schema('/etc/passwd')",
    "FROM read_duckdb('x.db')",
    "FROM 'x.db'",
    "FROM 'x.xlsx'",
    "FROM query('FROM ''/etc/passwd''')",
    "FROM query('FROM query(''SELECT 1'')')",
    "FROM query_table('{outside}/secret.csv')",
    "FROM query_table(['{outside}/secret.csv'])",
    "SELECT getenv('HOME')",
    "SELECT current_setting('temp_directory')",
    "SELECT main.current_setting('temp_directory')",
    "SELECT 'temp_directory'.current_setting()",
    "SELECT list_transform(['temp_directory'], x -> current_setting(x))",
    "SELECT [current_setting(x) FOR x IN ['temp_directory']]",
    "SELECT 1 ORDER BY (SELECT current_setting('temp_directory'))",
    "SELECT 1 WHERE EXISTS (FROM '/etc/passwd')",
    "SELECT 1 HAVING (SELECT count(*) FROM read_text('/etc/passwd')) > 0",
    "WITH x AS (SELECT 1) SELECT * FROM x, LATERAL (FROM read_text('/etc/passwd'))",
    "WITH RECURSIVE x AS (SELECT 1 UNION ALL FROM read_text('/etc/passwd')) FROM x",
    "FROM (VALUES ('/etc/passwd')) AS t(p), read_csv(t.p)",
    "FROM duckdb_secrets()",
    "FROM duckdb_settings()",
    "FROM duckdb_extensions()",
    "FROM duckdb_logs",
    "FROM pg_catalog.pg_settings",
    "FROM pg_settings",
    "FROM information_schema.tables",
    "FROM sqlite_master",
    "FROM pragma_version()",
    "FROM pragma_database_list",
    "FROM which_secret('s3://x', 's3')",
    "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "FROM st_read('/etc/passwd')",
    "FROM read_xlsx('/etc/passwd')",
    "FROM postgres_scan('host=127.0.0.1', 'public', 'x')",
    "FROM sqlite_scan('/etc/x.db', 'x')",
    "FROM project",  # variables of the program are not tables
    "FROM workspace",
    "FROM rows",
    "SELECT pg_sleep(1000)",
    "SELECT sleep_ms(1000)",
    "FROM read_csv('data/a.csv', nothing = (SELECT content FROM read_text('/etc/passwd')))",
    "SELECT a FROM 'data/a.csv' UNION FROM '/etc/passwd.csv'",
    'WITH "/etc/passwd" AS (SELECT 1) SELECT * FROM (FROM "/etc/passwd"), (FROM \'../outside/secret.csv\')',
    "SELECT * FROM (SELECT 1) x, (WITH \"{outside}/secret.csv\" AS (SELECT 1) SELECT 2) y, '{outside}/secret.csv'",
    "FROM 'data/a.csv\0'",
    "FROM '\0'",
]


@rows("query", REACHING)
def test_a_query_of_the_project_reaches_nothing_else(
    project: Path, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(project.parent / "outside"))
    query = query.replace("{outside}", str(project.parent / "outside")).replace("{folder}", str(project))
    with pytest.raises(ExportError) as error:
        of_project(project, query)
    assert error.value.hint
    assert error.value.message.startswith("project.yaml:3:10: ") or "cannot be carried out" in error.value.message
    assert SECRET not in str(error.value)
    assert "root:" not in str(error.value)


def test_a_query_nested_too_deeply_is_refused(project: Path) -> None:
    for query in (
        f"SELECT {'(' * 5_000}1{')' * 5_000}",
        *(f"SELECT {'[' * levels}1{']' * levels}" for levels in (350, 900)),
        *("SELECT 1" + " + 1" * operators for operators in (350, 9_000)),
    ):
        with pytest.raises(ExportError, match=r"nested too deeply|Max expression depth"):
            of_project(project, query)


def test_a_sum_of_two_hundred_terms_is_not_a_deep_query(project: Path) -> None:
    assert of_project(project, "SELECT 1" + " + 1" * 199 + " AS total") == [(200,)]


def test_a_query_of_the_project_that_does_not_end_is_stopped(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_exports, "_MOST_SECONDS_OF_A_QUERY", 0.2)
    with pytest.raises(ExportError, match="takes more than"):
        of_project(project, "SELECT max(hash(a.range + b.range)) FROM range(1_000_000_000) a, range(1_000) b")


def test_a_query_of_the_command_line_reads_anywhere_and_writes_nowhere(project: Path) -> None:
    secret = project.parent / "outside/secret.csv"
    assert read_rows(project, query=f"FROM '{secret}'") == [(SECRET,)]
    assert read_rows(project, query=f"SELECT a FROM read_csv('{secret.parent}' || '/secret.csv')") == [(SECRET,)]


def test_a_project_may_be_let_outside(project: Path) -> None:
    access = Access(str(project), outside=True)
    assert read_rows(project, query="FROM '../outside/*.csv'", access=access) == [(SECRET,)]
    assert read_rows(project, query="FROM 'data/a.csv'", access=access) == [(0,)]


def test_an_extension_is_not_installed_in_silence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(project.parent / "home"))
    for query in ("FROM 'https://127.0.0.1:9/x.csv'", "FROM st_read('x')", "FROM read_xlsx('x.xlsx')"):
        with pytest.raises(ExportError, match="extension") as error:
            read_rows(project, query=query)
        assert "install_extension" in str(error.value)
    for address in ("postgresql://127.0.0.1:9/x", "s3://bucket/x.csv"):
        with pytest.raises(ExportError, match="which is not installed") as error:
            read_rows(project, address)
        assert "install_extension" in str(error.value)
    assert not list((project.parent / "home").rglob("*.duckdb_extension*"))


def test_the_views_of_a_database_read_no_other_file(project: Path) -> None:
    database, secret = str(project / "x.duckdb"), project.parent / "outside/secret.csv"
    with duckdb.connect(database) as con:
        con.execute(f"CREATE VIEW events AS FROM read_csv('{secret}')")
        con.execute("CREATE TABLE own AS SELECT 1 AS a")
    with pytest.raises(ExportError, match="reads a file or address that it does not name") as error:
        read_rows(project, database)
    assert "--allow-outside" in str(error.value)
    assert read_rows(project, database, access=Access(outside=True)) == [(SECRET,)]
    assert read_rows(project, f"{database}::own") == [(1,)]
    named = f"SELECT own.a, b.a FROM own, '{project}/data/a.csv' AS b"
    assert read_rows(project, database, query=named) == [(1, 0)]


@pytest.mark.parametrize(
    "query",
    [
        "ATTACH '{out}' AS o",
        "VACUUM INTO '{out}'",
        "INSERT INTO log VALUES (1)",
        "PRAGMA journal_mode = wal",
        "SELECT 1; SELECT 2",
        "SELECT load_extension('{out}')",
        "WITH x AS (SELECT 1) DELETE FROM log",
        "CREATE TEMP TABLE x (a)",
    ],
)
def test_sqlite_only_reads(project: Path, query: str) -> None:
    path, out = str(project / "x.sqlite"), project / "written"
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE log (a TEXT)")
    con.commit()
    con.close()
    with pytest.raises(ExportError, match="cannot be read"):
        read_rows(project, path, query=query.format(out=out))
    assert not out.exists()
    assert read_rows(
        project, path, query="SELECT strftime('%Y', '2025-01-02') AS a, `a` AS b FROM (SELECT 1 AS a)"
    ) == [(2025, 1)]


OUTSIDE = [
    "../outside/secret.csv",
    "/etc/passwd",
    "data/../../outside/secret.csv",
    "link",
    "link/secret.csv",
    "linked",
    "linked/l.csv",
    "linked/*",
    "tricky/*.csv",
    "*/secret.csv",
    "**/*.csv",
    "../*/secret.csv",
    ".git",
    ".git/config.csv",
    "linked/key.csv",
    "http://127.0.0.1:9/a.csv",
    "HTTPS://127.0.0.1:9/a.csv",
    "file:///etc/passwd",
    "s3://bucket/a.csv",
    "postgresql://127.0.0.1:9/shop",
    "ftp://127.0.0.1/a.csv",
    "x.duckdb",
    "x.duckdb::events",
    "x.sqlite",
    "../outside/x.duckdb::events",
    "/dev/stdin",
    "/proc/self/environ",
    "..",
    "data/\0.csv",
]


@rows("path", OUTSIDE)
def test_a_path_of_the_project_stays_in_its_folder(project: Path, path: str) -> None:
    if not (project / "x.duckdb").exists():
        with duckdb.connect(str(project / "x.duckdb")) as con:
            con.execute("CREATE TABLE events AS SELECT 1 AS a")
        sqlite3.connect(project / "x.sqlite").execute("CREATE TABLE log (a TEXT)").connection.close()
    text = path if "://" in path else str(project / path)
    with pytest.raises(ExportError) as error:
        read_rows(project, text, access=Access(str(project), positions={text: "project.yaml:2:11"}))
    assert error.value.message.startswith("project.yaml:2:11: 'exports' cannot read "), error.value.message
    assert "--allow-outside" in str(error.value)
    assert "SCENARIO_ALLOW_OUTSIDE=1" in str(error.value)
    assert SECRET not in str(error.value)


def test_a_path_that_ends_inside_is_read(project: Path) -> None:
    (project / "within").symlink_to("data")
    access = Access(str(project))
    (project / ".hidden").mkdir()
    (project / ".hidden/a.csv").write_text(f"a\n{SECRET}\n")
    for path in ("data/a.csv", "data/../data/a.csv", "within/a.csv", "dat*/a.csv", "**/a.csv"):
        assert read_rows(project, str(project / path), access=access) == [(0,)]
