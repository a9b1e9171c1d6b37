"""`scenario results --state`: the delivered messages of a store's outbox."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.cli.test_outputs import checked

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
CONTACTS = [f"c{number:02}" for number in range(30)]
BUYERS = CONTACTS[::2]

PROJECT = {
    "project.yaml": """project: shop
timezone: UTC
currency: EUR
channels:
  sms: {address: contact.phone, consent: true, cost: 0.5}
messages:
  clicked: {event: visit, id: message}
  unsubscribed: {event: stopped, channel: sms}
""",
    "policy.yaml": "policy: {}\n",
    "events.yaml": """profile: {phone: string}
events:
  seen: {}
  bought: {properties: {total: number}}
  visit: {properties: {message: string}}
  stopped: {}
""",
    "delivery.yaml": "channels: {sms: {file: {path: 'out/{date}.jsonl'}}}\n",
    "offer.yaml": """scenario: offer
status: live
trigger: {event: seen}
holdout: 40%
goal: {event: bought, within: 7d, value: event.total, ends: bought}
states:
  thinking: {after: {1d: offered}}
  offered: {send: {sms: offer}, after: {7d: {end: silent}}}
""",
    "templates/offer.sms.j2": "Hello\n",
}


def lines(rows: list[tuple[str, float, str, dict[str, Any]]]) -> str:
    return "".join(
        json.dumps({"contact_id": contact, "event": event, "timestamp": (START + timedelta(days=at)).isoformat(),
                    "properties": properties}) + "\n"
        for contact, at, event, properties in rows
    )  # fmt: skip


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store after ten days: each contact should get a text after the first, and half of them bought after the third.
    It is made once and restored for each test at the same path, because it knows the files that it has read by their
    paths.
    """
    folder = tmp_path_factory.getbasetemp() / "results_of_a_store"
    stored = folder.with_name("results_of_a_store_kept")
    if not stored.exists():
        folder.mkdir()
        with contextlib.chdir(folder):
            make(folder)
        folder.rename(stored)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stored, folder)
    monkeypatch.chdir(folder)
    return folder


def make(folder: Path) -> None:
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "out").mkdir()
    contacts = "".join(f"{name},+336123456{number:02}\n" for number, name in enumerate(CONTACTS))
    (folder / "contacts.csv").write_text(f"contact_id,phone\n{contacts}", encoding="utf-8")
    entries: list[tuple[str, float, str, dict[str, Any]]] = [(name, 0, "seen", {}) for name in CONTACTS]
    (folder / "first.jsonl").write_text(lines(entries), encoding="utf-8")
    call("run", "--state", "crm.db", "--events", "first.jsonl", "--contacts", "contacts.csv", "--until", "2025-03-05")
    call("deliver", "--state", "crm.db", "--stale", "9000d")
    sent = of_store("SELECT contact, message_id FROM outbox WHERE status = 'handed' ORDER BY contact")
    rows: list[tuple[str, float, str, dict[str, Any]]] = [(name, 3, "bought", {"total": 10}) for name in BUYERS]
    rows += [(contact, 2, "visit", {"message": name}) for contact, name in sent[:3]]
    rows += [(sent[0][0], 2, "visit", {"message": sent[0][1]}), (sent[0][0], 2.5, "visit", {"message": "m-unknown"})]
    rows += [(sent[1][0], 4, "stopped", {}), ("c99", 5, "stopped", {})]
    (folder / "second.jsonl").write_text(lines(rows), encoding="utf-8")
    call("run", "--state", "crm.db", "--events", "second.jsonl", "--contacts", "contacts.csv", "--until", "2025-03-13")


def call(*arguments: str) -> None:
    assert run([*arguments, "-q", "--output", "told.txt"]) == 0


def results(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["results", "--state", "crm.db", "-q", "--format", "json", *options]) == 0
    return checked("results", capsys.readouterr().out)


def of_store(statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect("crm.db")) as store, store:
        return store.execute(statement).fetchall()


def outbox() -> dict[str, list[str]]:
    rows = of_store("SELECT status, contact FROM outbox ORDER BY contact")
    return {status: [contact for row_status, contact in rows if row_status == status] for status, _ in rows}


def test_messages_are_those_that_were_handed_over(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = results(capsys)
    handed = outbox()["handed"]
    (offer,) = report["scenarios"]
    (message,) = offer["messages"]
    assert (report["source"], report["store"]) == ("outbox", "crm.db")
    assert (report["from"], report["until"]) == ("2025-03-03T09:00:00+00:00", "2025-03-13T00:00:00+00:00")
    assert (offer["journeys"], offer["reached"], offer["sent"]) == (30, len(handed), {"sms": len(handed)})
    assert (message["state"], message["template"]) == ("offered", "offer")
    assert (message["clicked"], message["unsubscribed"]) == (3, 1)
    assert message["credited"] == len({*handed} & {*BUYERS})
    assert offer["value_per_1000_messages"] == pytest.approx(10_000 * message["credited"] / len(handed))
    assert offer["return"] == pytest.approx(10 * message["credited"] / (0.5 * len(handed)))
    assert report["joined"]["outbox"] == {status: len(contacts) for status, contacts in outbox().items()}
    assert report["joined"]["sent"] == {"read": len(handed), "joined": len(handed), "elsewhere": 0}
    assert {(each["kind"], each["reason"]) for each in report["joined"]["unjoined"]} == {
        ("clicked", "not_sent"), ("unsubscribed", "long_after"),
    }  # fmt: skip


def test_held_out_contacts_got_nothing_and_the_difference_is_the_messages(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (comparison,) = results(capsys, "--workers", "2")["comparisons"]
    written, held_out = comparison["groups"]
    assert (written["contacts"], written["written"]) == (len(outbox()["handed"]), len(outbox()["handed"]))
    assert (held_out["contacts"], held_out["written"]) == (len(outbox()["dropped"]), 0)
    assert comparison["draw_kept_to"] is True
    assert comparison["incremental_conversions"]["estimate"] == pytest.approx(
        comparison["difference"]["estimate"] * written["contacts"]
    )
    assert run(["results", "--state", "crm.db", "-q"]) == 0
    text = capsys.readouterr().out
    assert "The messages are those of the store's outbox that were handed over" in text
    assert "crm.db: dropped" in text


def test_messages_that_were_not_handed_over_are_not_counted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of_store("UPDATE outbox SET status = 'failed' WHERE status = 'handed'")
    report = results(capsys)
    assert report["scenarios"][0]["sent"] == {}
    assert report["joined"]["outbox"]["failed"] > 0


def test_a_log_can_be_named_and_must_be_if_its_files_are_gone(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    as_read = results(capsys)
    named = ["--events", "first.jsonl", "--events", "second.jsonl", "--contacts", "contacts.csv"]
    assert results(capsys, *named)["scenarios"] == as_read["scenarios"]
    Path("first.jsonl").unlink()
    assert run(["results", "--state", "crm.db", "-q"]) == 2
    errors = capsys.readouterr().err
    assert "first.jsonl" in errors
    assert "name the events with --events" in errors


def again(*files: str) -> None:
    inputs = [word for file in files for word in ("--events", file)]
    call("run", "--state", "crm.db", *inputs, "--contacts", "contacts.csv", "--until", "2025-03-13")


def copied(*names: str) -> None:
    """Files with the content of the first export, as a drop folder gets them; a run takes note of them."""
    more = lines([("c98", 6, "stopped", {})])
    for name in names:
        content = Path("first.jsonl").read_text(encoding="utf-8")
        Path(name).write_text(content if name == "copy.jsonl" else content + more, encoding="utf-8")
        again("first.jsonl", name, "second.jsonl")


def renamed() -> None:
    Path("first.jsonl").rename("renamed.jsonl")
    again("renamed.jsonl", "second.jsonl")


def grown_under_another_name() -> None:
    copied("grown.jsonl")
    Path("first.jsonl").unlink()


@pytest.mark.parametrize(
    ("changed", "rows"),
    [
        (renamed, 0),
        (lambda: copied("copy.jsonl"), 0),
        (lambda: copied("grown.jsonl"), 1),
        (lambda: copied("copy.jsonl", "grown.jsonl"), 1),
        (grown_under_another_name, 1),
    ],
    ids=["renamed", "copied", "grown_copy", "copied_twice", "grown_under_another_name"],
)
def test_each_row_that_the_runs_have_read_counts_once(
    shop: Path, capsys: pytest.CaptureFixture[str], changed: Callable[[], None], rows: int
) -> None:
    before = results(capsys)
    changed()
    after = results(capsys)
    assert after["scenarios"] == before["scenarios"]
    assert after["log"]["rows"] == before["log"]["rows"] + rows


def test_a_file_that_changed_since_the_runs_is_an_error(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("second.jsonl").write_text(lines([("c98", 6, "stopped", {})]), encoding="utf-8")
    capsys.readouterr()
    assert run(["results", "--state", "crm.db", "-q"]) == 2
    errors = capsys.readouterr().err
    assert "second.jsonl" in errors
    assert "has changed since" in errors
    assert "name the events with --events" in errors


def test_every_file_that_is_gone_or_has_changed_is_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("first.jsonl").unlink()
    Path("second.jsonl").write_text(lines([("c98", 6, "stopped", {})]), encoding="utf-8")
    capsys.readouterr()
    assert run(["results", "--state", "crm.db", "-q"]) == 2
    errors = capsys.readouterr().err
    assert "first.jsonl, which does not exist any more\n" in errors
    assert "second.jsonl has changed since the runs of crm.db read it\n" in errors


def test_several_sources_are_read_as_the_project_declares(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    as_read = results(capsys)
    second = Path("second.jsonl").rename("renamed.jsonl")
    text = second.read_text(encoding="utf-8").replace('"contact_id"', '"user"')
    second.write_text(text, encoding="utf-8")
    sources = "[{events: first.jsonl}, {events: renamed.jsonl, map: {contact_id: user}}]"
    exports = f"{{contacts: contacts.csv, sources: {sources}}}"
    project = Path("project.yaml")
    project.write_text(f"{project.read_text(encoding='utf-8')}exports: {exports}\n", encoding="utf-8")
    assert results(capsys)["scenarios"] == as_read["scenarios"]


def test_a_store_that_is_none_stops(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["results", "--state", "nowhere.db", "-q"]) == 2
    assert "nowhere.db" in capsys.readouterr().err
