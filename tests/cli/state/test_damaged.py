"""Damaged stores: `state check` finds the damage, and other commands report the parts that they cannot read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest

from scenario_cli.hosts.store.encoding import decoded, encoded
from tests.cli.state.stage import document, state
from tests.reports.why.stage import answer


def findings() -> dict[str, list[str]]:
    """The findings of `state check`: the messages of each check."""
    code, out, err = state("check", "--format", "json")
    values = document("state-check", out)
    assert (code, err) == (1 if values["findings"] else 0, "")
    messages: dict[str, list[str]] = {}
    for finding in values["findings"]:
        messages.setdefault(finding["check"], []).append(finding["message"])
    return messages


def edit(*statements: str) -> None:
    with sqlite3.connect("crm.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def edit_state(contact: str, change: Callable[[bytes], bytes]) -> None:
    with sqlite3.connect("crm.db") as database:
        (data,) = database.execute("SELECT state FROM contacts WHERE contact = ?", (contact,)).fetchone()
        database.execute("UPDATE contacts SET state = ? WHERE contact = ?", (change(data), contact))
    database.close()


@pytest.mark.parametrize(
    ("statement", "check", "message"),
    [
        ("UPDATE contacts SET next_due = next_due + 1 WHERE contact = 'eva'", "next_due", "next_due is not"),
        ("UPDATE totals SET count = count + 1 WHERE kind = 'running'", "totals", "are counted"),
        ("DELETE FROM programs WHERE scenario = 'greeting'", "definitions", "journeys of greeting run on"),
        ("UPDATE outbox SET run = 9 WHERE id = 1", "outbox", "belongs to no run"),
        ("UPDATE outbox SET contact = 'zoe' WHERE id = 1", "outbox", "whom the store does not have"),
        ("UPDATE outbox SET row = substr(row, 9) WHERE id = 1", "outbox", "cannot be read"),
        ("UPDATE outbox SET status = 'attempting' WHERE id = 1", "attempts", "no attempt of it is open"),
        ("INSERT INTO attempts (outbox, began) VALUES (99, 1)", "attempts", "belongs to no message"),
        ("UPDATE inputs SET run = 9 WHERE id = 1", "inputs", "belongs to no run"),
        ("INSERT INTO totals VALUES (9, '', '', '', 'entered', 1)", "totals", "belongs to no run"),
        ("UPDATE meta SET value = value - 1 WHERE key = 'clock'", "clock", "not where the last run went to"),
        ("UPDATE kept SET at = 1", "kept", "is not after the clock"),
        ("UPDATE kept SET content = x'c1'", "kept", "cannot be read"),
        ("UPDATE contacts SET listed = x'c1' WHERE contact = 'ana'", "state", "last row of the contacts table"),
        ("UPDATE runs SET clock = clock + 1 WHERE id = 2", "runs", "does not begin at the end"),
        ("UPDATE runs SET ended = NULL WHERE id = 1", "runs", "was cut off, and another has ended"),
        ("UPDATE contacts SET state = x'' WHERE contact = 'ana'", "state", "the state cannot be read"),
    ],
)
def test_contradictions_in_a_store_are_findings(statement: str, check: str, message: str, own_store: Path) -> None:
    assert findings() == {}
    edit(statement)
    messages = findings()
    assert any(message in text for text in messages[check]), messages
    code, out, _ = state("check")
    assert code == 1
    assert message.split()[0] in out


@pytest.mark.parametrize("row", ["", "[1]", "{}"])
def test_a_damaged_row_of_the_outbox_ends_no_command_with_a_bug(row: str, own_store: Path) -> None:
    edit(f"UPDATE outbox SET row = '{row}'")
    for command in (("contact", "ana"), ("rows",), ("rows", "--scenario", "greeting"), ("export", "ana")):
        code, _, err = state(*command)
        assert (code, "a row of the outbox is damaged" in err) == (2, True), command


def test_a_state_of_another_contact_is_found(own_store: Path) -> None:
    edit("UPDATE contacts SET state = (SELECT state FROM contacts WHERE contact = 'ana') WHERE contact = 'eva'")
    assert "the state is another contact's" in findings()["state"]


def test_a_state_that_encodes_to_other_bytes_is_found(own_store: Path) -> None:
    edit_state("ana", lambda data: data[:1] + msgspec.msgpack.encode([*msgspec.msgpack.decode(data[1:]), None]))
    assert findings()["state"]


def test_a_state_that_the_definitions_cannot_go_on_with_is_found(own_store: Path) -> None:
    def elsewhere(data: bytes) -> bytes:
        values = decoded(data)
        values["journeys"][0]["state"] = "nowhere"
        return encoded(values)

    edit_state("eva", elsewhere)
    messages = findings()
    assert "the project's definitions cannot go on with the state" in messages["state"]
    assert len(messages["totals"]) == 2


@pytest.mark.parametrize("place", range(1, 400, 7))
def test_a_changed_byte_of_a_state_ends_no_command_with_a_bug(place: int, own_store: Path) -> None:
    edit_state(
        "eva",
        lambda data: (
            data[:place] + bytes((data[place] ^ 0x55,)) + data[place + 1 :] if place < len(data) else data[:-1]
        ),
    )
    findings()
    assert state("contact", "eva")[0] in (0, 2)


def test_examples_are_masked(own_store: Path) -> None:
    edit("UPDATE contacts SET next_due = 1")
    assert "+336******78" in state("check")[1]
    assert "+33612345678" in state("check", "--show-data")[1]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_damaged(share: float, own_store: Path) -> None:
    os.truncate("crm.db", int(Path("crm.db").stat().st_size * share) // 4096 * 4096)
    code, out, err = state("check")
    assert (code, "file" in out) == (1, True) if code == 1 else (2, False)
    assert code == 1 or "damaged" in err
    for command in ((), ("contact", "ana"), ("rows",), ("backup", "copy.db"), ("forget", "ana")):
        code, _, err = state(*command)
        assert code in (0, 2)
        assert code == 0 or "damaged" in err or "malformed" in err, err


@pytest.mark.parametrize("statement", ["UPDATE outbox SET row = CAST(x'7b6d696eff' AS TEXT)", "DROP TABLE outbox"])
def test_a_store_with_a_damaged_or_missing_table_is_damaged(statement: str, own_store: Path) -> None:
    edit(statement)
    for command in (("rows", "--out", "rows.jsonl"), ("export", "ana", "--out", "ana.json")):
        code, _, err = state(*command)
        assert (code, err.splitlines()[0]) == (2, "scenario: crm.db is damaged or not a store"), command
    assert "damaged" in " ".join(findings()["file"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_bytes(b"not a database at all" * 300), "damaged or not a store"),
        (lambda path: path.write_bytes(b""), "is empty, not a store"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE t (a)"), "is a database, but not a store"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: None, "the store other.db does not exist"),
    ],
)
def test_a_file_that_is_not_a_store_is_refused(make: Callable[[Path], object], message: str, own_store: Path) -> None:
    make(own_store / "other.db")
    for command in ((), ("check",), ("contact", "ana"), ("rows",), ("export", "ana"), ("forget", "ana")):
        code, out, err = answer("state", *command, "--state", "other.db")
        assert (code, out) == (2, ""), command
        assert message in err


def test_an_older_format_is_refused(own_store: Path) -> None:
    edit("UPDATE meta SET value = '0' WHERE key = 'format'")
    code, _, err = state()
    assert code == 2
    assert "crm.db has format 0, but this version reads format 1" in err


@contextmanager
def nothing_may_be_written(folder: Path) -> Iterator[None]:
    """Takes away the right to write to a folder; if the tests run as root, also changes the user for that time."""
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rights")
def test_a_store_where_nothing_may_be_written_is_read(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ((), ("check",), ("forget", "zoe")):  # the modules that they import cannot be read later
        state(*command)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy("crm.db", folder)
        monkeypatch.chdir(folder)
        with nothing_may_be_written(folder):
            code, out, err = state()
            assert (code, err) == (0, "")
            assert "contacts  4" in out
            assert state("check")[0] == 0
            code, _, err = state("forget", "ana")
            assert code == 2
            assert "crm.db.lock cannot be written" in err
        (folder / "crm.db-wal").write_bytes(b"changes")
        with nothing_may_be_written(folder):
            code, _, err = state()
        assert code == 2
        assert "crm.db-wal has the last changes of crm.db, and reading them needs write permission" in err
        monkeypatch.chdir(own_store)


def test_changes_that_a_full_disk_hides_are_named(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("disk I/O error")

    (own_store / "crm.db-wal").write_bytes(b"changes")
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Full))
    code, _, err = state()
    assert code == 2
    assert "crm.db-wal has the last changes of crm.db, and reading them needs space on its disk" in err
