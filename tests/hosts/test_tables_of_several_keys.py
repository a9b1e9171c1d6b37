"""Look-ups in tables with keys of several columns: from every file format, in conditions and in templates."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from scenario_cli.cli.main import run
from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.project import load_project

ROWS = """
    ('lyon', 7, DATE '2025-01-01', 3.5, 'old'),
    ('lyon', 7, DATE '2025-02-01', 4, 'new'),
    ('lyon', 8, DATE '2025-01-01', NULL, 'other'),
    (NULL, 7, DATE '2025-01-01', 9, 'nowhere'),
    ('paris', 7, DATE '2025-01-01', 5, 'twice'),
    ('paris', 7, DATE '2025-01-01', 6, 'last')
"""
SCENARIO = """\
scenario: one
trigger: {event: started}
states:
  a:
    choose:
      lookup('stock', trigger.store, trigger.sku).name == 'new': b
      else: {end: other}
  b: {send: {email: offer}, end: done}
"""
TEMPLATE = (
    "{{ lookup('stock', trigger.store, trigger.sku).name }} {{ lookup('stock', 'paris', 7).left_over }}"
    " {{ lookup('stock', trigger.store, 9).name | default('none', true) }}"
)


def write(folder: Path, ending: str, key: str = "[store, sku]", valid: str = ", valid_from: since") -> Path:
    (folder / "templates").mkdir()
    file = folder / f"stock.{ending}"
    kind = "PARQUET" if ending in ("parquet", "pq") else "CSV"
    with duckdb.connect() as con:
        query = f"SELECT * FROM (VALUES {ROWS}) t(store, sku, since, left_over, name)"
        con.execute(f"COPY ({query}) TO '{file}' (FORMAT {kind})")
    texts = {
        "project.yaml": "project: shop\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n"
        f"tables: {{stock: {{file: stock.{ending}, key: {key}{valid}}}}}\n",
        "events.yaml": "profile: {email: string}\nevents:\n  started:\n    properties:\n"
        "      store: {type: string, examples: [lyon]}\n      sku: {type: integer, examples: [7]}\n",
        "one.yaml": SCENARIO,
        "templates/offer.email.j2": f"---\nsubject: Offer\n---\n{TEMPLATE}",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def instant(day: int) -> int:
    return (20_089 + day) * 86_400_000_000  # since 1970; day 0 is 1 January 2025


@pytest.mark.parametrize("ending", ["csv", "parquet", "pq"])
def test_rows_are_found_by_all_parts_of_their_key(ending: str, tmp_path: Path) -> None:
    table = load_tables(load_project(write(tmp_path, ending)).project)["stock"]

    def name(*key: object, day: int = 60) -> object:
        row = table.look_up(key, instant(day))
        return row and row["name"]

    assert name("lyon", 7) == "new"
    assert name("lyon", 7, day=10) == "old"
    assert name("lyon", "7") == name("lyon", 7.0) == "new"  # a number and its text are the same key
    assert name("paris", 7) == "last"  # the last row of those valid from the same instant
    assert name("lyon", 9) is name("lyon", None) is name(None, 7) is name("7", "lyon") is None
    assert name("lyon", 7, day=-1) is None
    other = table.look_up(("lyon", 8), instant(60))
    assert other is not None
    assert "left_over" not in other


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_without_instants_the_last_row_of_a_key_counts(ending: str, tmp_path: Path) -> None:
    table = load_tables(load_project(write(tmp_path, ending, valid="")).project)["stock"]
    row = table.look_up(("lyon", 7), instant(-999))
    assert row is not None
    assert row["name"] == "new"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_template_looks_up_by_several_values(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "one", "--project", str(write(tmp_path, ending))]) == 0
    assert "\nnew 6 none\n" in capsys.readouterr().out.replace("6.0", "6")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("[store, store]", "the key of table 'stock' is store, store"),
        ("[store, sku, store]", "the key of table 'stock' is store, sku, store"),
        ("[store, shelf]", "table 'stock' has no column 'shelf'"),
    ],
)
def test_a_key_names_each_of_its_columns_once(key: str, message: str, tmp_path: Path) -> None:
    findings = load_project(write(tmp_path, "csv", key)).findings
    assert [finding.message for finding in findings if finding.code == "REF020"] == [message]


def test_a_column_that_a_parquet_file_lacks_stops_the_run(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, "parquet", "[store, shelf]")).project
    with pytest.raises(ExportError, match="table 'stock' has no column 'shelf'"):
        load_tables(project)


def test_a_file_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    folder = write(tmp_path, "csv")
    project = load_project(folder).project
    file = folder / "stock.csv"
    before = file.read_text(encoding="utf-8")
    for text in (before, before.replace("new", "now"), before):
        file.write_text(text, encoding="utf-8")
        row = load_tables(project)["stock"].look_up(("lyon", 7), instant(60))
        assert row is not None
        assert row["name"] == ("new" if text == before else "now")


@pytest.mark.parametrize("arguments", ["'lyon'", "'lyon', 7, 8"])
def test_a_lookup_in_a_template_gives_a_value_for_each_column(arguments: str, tmp_path: Path) -> None:
    folder = write(tmp_path, "csv")
    (folder / "templates" / "offer.email.j2").write_text(
        f"---\nsubject: A\n---\n{{{{ lookup('stock', {arguments}) }}}}"
    )
    (fault,) = (finding for finding in load_project(folder).findings if finding.severity == "error")
    assert (fault.code, fault.span.line) == ("EXP007", 4)
    assert "has the key store and sku" in fault.message
