"""The contacts table of a run: read as a whole, and only if it has changed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.staging import stage
from scenario_cli.hosts.store.inputs import same_inputs
from scenario_cli.model.export import ExportOptions
from tests.hosts.store.drops import Drop, line


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    (tmp_path / "people").mkdir()
    drop = Drop(tmp_path)
    drop.write("a.jsonl", line(1))
    return drop


def people(drop: Drop, name: str, *ids: str) -> Path:
    path = drop.folder / "people" / name
    path.write_text("contact_id,email\n" + "".join(f"{each},{each}@example.com\n" for each in ids))
    return path


def read(drop: Drop, *contacts: str) -> list[str]:
    """The names of the files of the table that a run reads."""
    inputs, options = drop.look(contacts=contacts or (str(drop.folder / "people"),))
    drop.readings += [reading.input for reading in inputs.readings]
    second_options = same_inputs(options, inputs.readings, drop.workspace())
    assert contents(second_options) == contents(inputs.options)
    return [Path(path).name for path in inputs.options.contacts] if inputs.options is not None else []


def contents(options: ExportOptions | None) -> list[bytes]:
    return [Path(path).read_bytes() for path in options.contacts] if options is not None else []


def test_a_table_is_read_again_when_it_has_changed(drop: Drop) -> None:
    people(drop, "a.csv", "ana")
    assert read(drop) == ["a.csv"]
    assert read(drop) == []
    people(drop, "a.csv", "ana", "ben")
    assert read(drop) == ["a.csv"]
    people(drop, "a.csv", "ana")
    assert read(drop) == ["a.csv"]


def test_a_table_of_several_files_is_read_as_a_whole(drop: Drop) -> None:
    people(drop, "a.csv", "ana")
    people(drop, "b.csv", "ben")
    assert read(drop) == ["a.csv", "b.csv"]
    people(drop, "b.csv", "carl")
    assert read(drop) == ["a.csv", "b.csv"]
    people(drop, "c.csv", "dora")
    assert read(drop) == ["a.csv", "b.csv", "c.csv"]
    (drop.folder / "people" / "a.csv").unlink()
    assert read(drop) == ["b.csv", "c.csv"]


def test_a_table_under_another_name_is_the_same(drop: Drop) -> None:
    first, second = people(drop, "a.csv", "ana"), people(drop, "b.csv", "ben")
    assert read(drop, str(first)) == ["a.csv"]
    assert read(drop, str(second)) == ["b.csv"]
    # The store no longer has the values that it read from this file long ago.
    assert read(drop, str(first)) == ["a.csv"]
    assert read(drop, str(first.rename(first.with_name("c.csv")))) == []
    assert drop.look(contacts=(str(first.with_name("c.csv")),))[0].readings == ()


def test_contacts_alone_can_be_staged(drop: Drop) -> None:
    path = people(drop, "a.csv", "ana")
    drop.run()
    inputs, _ = drop.look(contacts=(str(path),))
    assert inputs.options is not None
    assert inputs.options.events == ()
    log = stage(inputs.options, {"buy": {}}, {"email": "string"}, drop.workspace())
    assert [(each.contact_id, each.profile) for each in log.stream()] == [("ana", {"email": "ana@example.com"})]
    sources = (ExportOptions((str(drop.folder / "drop"),)),)
    inputs, _ = drop.look(contacts=(str(path),), sources=sources)
    assert inputs.options is not None
    assert stage(inputs.options, {"buy": {}}, {}, drop.workspace()).report.rows == 0


def test_a_table_of_a_database_is_compared_as_a_whole(drop: Drop) -> None:
    path = str(drop.folder / "crm.duckdb")
    with duckdb.connect(path) as con:
        con.execute("CREATE TABLE people AS SELECT 'ana' AS contact_id")
    assert len(read(drop, f"{path}::people")) == 1
    assert read(drop, f"{path}::people") == []
    with duckdb.connect(path) as con:
        con.execute("INSERT INTO people VALUES ('ben')")
    assert len(read(drop, f"{path}::people")) == 1


def test_a_run_that_was_cut_off_needs_the_same_table(drop: Drop) -> None:
    path = people(drop, "a.csv", "ana")
    inputs, options = drop.look(contacts=(str(path),))
    people(drop, "a.csv", "ben")
    with pytest.raises(ExportError, match="has changed since the unfinished run read it"):
        same_inputs(options, inputs.readings, drop.workspace())
