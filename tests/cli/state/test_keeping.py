"""Copies of a store, all data of a person in it, and the data left after a contact was forgotten: a hash."""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from scenario_cli.hosts.store.lock import locked
from tests.cli.state.stage import PHONE, document, feed, run, state
from tests.reports.why.stage import answer


def holds(folder: Path, text: str) -> bool:
    """Whether a text is in the store's file or in the files that belong to it."""
    return any(text.encode() in path.read_bytes() for path in folder.glob("crm.db*"))


def test_a_forgotten_contact_is_gone_from_the_file(own_store: Path) -> None:
    assert holds(own_store, "ben@example.com")
    code, out, err = state("forget", "ben")
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "erased: 1 contact, 1 journey running, 2 rows of the outbox, 0 attempts, 1 input kept for later runs" in text
    assert "day1.jsonl, contacts.csv, day2.jsonl, day3.jsonl" in text
    assert not holds(own_store, "ben")
    values = document("state", state("--format", "json")[1])
    assert (values["contacts"], values["forgotten"], values["kept"]) == (3, 1, 0)
    assert sum(count["count"] for count in values["journeys"]) == 2
    assert [run["entered"] for run in values["runs"]] == [4, 2, 0]
    assert state("check")[0] == 0


def test_an_old_file_does_not_restore_a_forgotten_contact(own_store: Path) -> None:
    assert state("forget", "ben", PHONE)[0] == 0
    table = own_store / "data" / "contacts.csv"
    table.write_text(table.read_text(encoding="utf-8") + "zoe,zoe@example.com,true,,,,\n", encoding="utf-8")
    feed(own_store, "again.jsonl", (("ben", "2025-03-06 11:00", "started"), ("ana", "2025-03-06 12:00", "started")))
    code, out, err = run(own_store, "2025-03-07", "again.jsonl", "--format", "json")
    assert code == 0, err
    (result,) = json.loads(out)["runs"]
    assert (result["forgotten"], result["events"]["taken"]) == (2, 1)
    assert not holds(own_store, "ben")
    assert document("state", state("--format", "json")[1])["runs"][-1]["forgotten"] == 2
    code, _, err = state("contact", "ben")
    assert (code, err) == (2, "scenario: ben was forgotten; crm.db has no data about them\n")
    assert state("check")[0] == 0


def test_a_new_salt_does_not_restore_forgotten_contacts(own_store: Path) -> None:
    assert state("forget", "ben")[0] == 0
    with (own_store / "project.yaml").open("a", encoding="utf-8") as project:
        project.write("salt: other\n")
    feed(own_store, "again.jsonl", (("ben", "2025-03-06 11:00", "started"),))
    code, out, err = run(own_store, "2025-03-07", "again.jsonl", "--accept-new-salt", "--format", "json")
    assert code == 0, err
    assert json.loads(out)["runs"][0]["forgotten"] == 1
    assert not holds(own_store, "ben")


def test_an_unknown_contact_is_an_error(own_store: Path) -> None:
    code, out, _ = state("forget", "bem", "--format", "json")
    values = document("state-forget", out)
    assert (code, values["unknown"], values["contacts"]) == (1, ["bem"], 0)
    code, out, _ = state("forget", "bem", "ana")
    assert code == 1
    assert "bem is not in the store" in out
    assert "erased: 1 contact" in out


def test_no_contact_is_forgotten_before_an_unfinished_run_is_finished(own_store: Path) -> None:
    with sqlite3.connect("crm.db") as database:
        database.execute("INSERT INTO runs (began, clock, until, head) VALUES ('then', 1, 2, '{}')")
    database.close()
    code, _, err = state("forget", "ben")
    assert code == 2
    assert "run 4 was interrupted" in err
    assert holds(own_store, "ben@example.com")


def test_commands_that_change_a_store_stop_while_a_run_holds_it(own_store: Path) -> None:
    with locked(own_store / "crm.db", "run"):
        for command in (("forget", "ben"), ("backup", "copy.db"), ("check",), ("rows", "--out", "rows.jsonl")):
            code, _, err = state(*command)
            assert code == 2, command
            assert "'scenario run' (process " in err
        values = document("state", state("--format", "json")[1])
        assert values["working"]["command"] == "run"
        assert "'scenario run' (process" in state()[1]
    assert document("state", state("--format", "json")[1])["working"] is None


def test_a_run_that_holds_the_file_is_named(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_cli.hosts.store.database.PATIENCE", 0.05)
    with locked(own_store / "crm.db", "run"):
        run_ = sqlite3.connect("crm.db", isolation_level=None)
        run_.execute("PRAGMA locking_mode = EXCLUSIVE")
        run_.execute("PRAGMA journal_mode = WAL")
        run_.execute("BEGIN IMMEDIATE")
        code, _, err = state()
        run_.close()
    assert code == 2
    assert "'scenario run' (process" in err
    assert "is writing to crm.db" in err


def test_all_data_of_a_contact_are_written(own_store: Path) -> None:
    with sqlite3.connect("crm.db") as database:
        database.execute("INSERT INTO attempts (outbox, began, ended, result) SELECT id, 1, 2, 'ok' FROM outbox")
    database.close()
    code, out, err = state("export", "ben")
    assert (code, err) == (0, "")
    values = json.loads(out)
    assert values["profile"]["email"] == "ben@example.com"
    assert [journey["state"] for journey in values["journeys"]] == ["reminder"]
    stored = values["stored"]
    assert stored["contacts_table"]["email"] == "ben@example.com"
    assert [entry["content"]["name"] for entry in stored["kept"]] == ["started"]
    assert [row["row"]["state"] for row in stored["outbox"]] == ["hello", "reminder"]
    assert [attempt["result"] for row in stored["outbox"] for attempt in row["attempts"]] == ["ok", "ok"]
    (own_store / "out").mkdir()
    assert state("export", PHONE, "--out", "out") == (0, "", "wrote out/contact-_33612345678.json\n")
    assert json.loads((own_store / "out" / "contact-_33612345678.json").read_text())["contact_id"] == PHONE
    assert state("export", "ben", "--out", "ben.json", "-q")[0] == 0
    assert json.loads((own_store / "ben.json").read_text(encoding="utf-8")) == values


def test_a_copy_is_whole(own_store: Path) -> None:
    code, out, _ = state("backup", "copy.db", "--format", "json")
    assert code == 0
    assert document("state-backup", out)["size"] == (own_store / "copy.db").stat().st_size
    assert [path.name for path in own_store.glob("copy.db*")] == ["copy.db"]
    assert "checked" in state("backup", "copy.db")[1]
    before, after = (answer("state", "--state", name, "--format", "json")[1] for name in ("crm.db", "copy.db"))
    size = json.loads(before)["size"]
    assert {**json.loads(after), "store": "crm.db", "size": size} == json.loads(before)
    assert answer("state", "check", "--state", "copy.db")[0] == 0


def test_a_full_disk_of_a_copy_is_named(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(sqlite3.Connection):
        def backup(self, *_: object, **__: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Full))
    code, _, err = state("backup", "copy.db")
    assert (code, err) == (2, "scenario: cannot write 'copy.db': No space left on device\n")
    assert list(own_store.glob("copy.db*")) == []


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("crm.db", "'crm.db' is the store itself"),
        ("nowhere/copy.db", "folder 'nowhere' does not exist"),
        ("data", "cannot write 'data': it is a folder"),
    ],
)
def test_a_copy_that_cannot_be_written_is_refused(target: str, message: str, shared_store: Path) -> None:
    code, _, err = state("backup", target)
    assert code == 2
    assert message in err
