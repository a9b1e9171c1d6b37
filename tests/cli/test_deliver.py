"""`scenario deliver` as a user runs it: its texts, its exit codes, and the outbox afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.hosts.deliver.stage import Inbox, fill, mail_server, statuses
from tests.output_schema import fitting

PROJECT = """project: shop
timezone: Europe/Paris
channels: {email: {address: contact.email, consent: true}, sms: {consent: true}, call: {}}
run: {state: crm.db}
"""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


@pytest.fixture
def shop(tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two mails and a text message in the outbox."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "project.yaml").write_text(PROJECT)
    (tmp_path / "events.yaml").write_text("profile: {email: string}\nevents: {order_completed: {}}\n")
    (tmp_path / "delivery.yaml").write_text(inbox.yaml() + "  sms: {file: {path: 'out/{date}.jsonl'}}\n")
    (tmp_path / "out").mkdir()
    now = time.time_ns() // 1000
    fill(
        tmp_path / "crm.db", {"send_at": now}, {"send_at": now, "address": "bo@example.com"},
        {"send_at": now, "channel": "sms", "address": "+33612345678"},
    )  # fmt: skip
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["deliver", *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def document(text: str) -> dict[str, Any]:
    return fitting("deliver", text)


def test_a_delivery_hands_over_everything_and_exits_0(
    shop: Path, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys)
    (file,) = (shop / "out").iterdir()
    assert (code, err) == (0, "")
    assert out == f"email  2 handed over\nsms    1 handed over\n       {file}\n"
    assert inbox.recipients == ["ana@example.com", "bo@example.com"]
    assert call(capsys) == (0, "email  nothing waiting\nsms    nothing waiting\n", "")


def test_failed_messages_are_listed_with_masked_addresses(
    shop: Path, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox.answers["RCPT bo@example.com"] = ["550 <bo@example.com> unknown"]
    code, out, _ = call(capsys, "--only", "email")
    assert code == 1
    assert out == (
        "email  1 handed over, 1 failed\n"
        "\n"
        "failed: email to b***@example.com, message m2: 550 <b***@example.com> unknown\n"
    )
    assert statuses(shop / "crm.db") == {"m1": "handed", "m2": "failed", "m3": "pending"}


def test_the_same_as_json_and_with_addresses_where_asked(
    shop: Path, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox.answers["RCPT bo@example.com"] = ["550 <bo@example.com> unknown"]
    fill(shop / "crm.db", {"channel": "call", "send_at": time.time_ns() // 1000})
    code, out, _ = call(capsys, "--format", "json", "--show-data")
    values = document(out)
    assert code == 1
    assert not values["complete"]
    assert values["channels"][0]["troubles"] == [
        {"message_id": "m2", "address": "bo@example.com", "fate": "failed", "answer": "550 <bo@example.com> unknown"}
    ]
    assert values["channels"][1]["handed"] == 1
    assert values["unreachable"] == [{"channel": "call", "waiting": 1}]


def test_a_dry_delivery_sends_and_writes_nothing(shop: Path, inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    fill(shop / "crm.db", {"send_at": 0})
    content = (shop / "crm.db").read_bytes()
    code, out, _ = call(capsys, "--dry", "--limit", "2")
    assert code == 1  # one message would be stale
    assert out == "email  2 would be sent, 1 would be stale\nsms    1 would wait\n"
    assert (shop / "crm.db").read_bytes() == content
    assert not (shop / "crm.db.deliver.lock").exists()
    assert inbox.mails == []
    assert list((shop / "out").iterdir()) == []


def test_a_rehearsal_sends_to_one_address_and_leaves_all_messages_waiting(
    shop: Path, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(capsys, "--to", "me@example.com")
    assert (code, out) == (0, "email  2 sent\n")
    assert inbox.recipients == ["me@example.com"] * 2
    assert "Subject: [to: bo@example.com] Your basket" in inbox.texts[1]
    assert set(statuses(shop / "crm.db").values()) == {"pending"}


def test_the_time_after_which_a_message_is_stale_is_the_command_line_s_or_the_project_s(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(shop / "crm.db", {"send_at": time.time_ns() // 1000 - 7_200_000_000, "message_id": "old"})
    assert "1 would be stale" in call(capsys, "--dry")[1]
    assert "stale" not in call(capsys, "--dry", "--stale", "3h")[1]
    (shop / "project.yaml").write_text(PROJECT.replace("crm.db", "crm.db, stale: 1d"))
    assert "stale" not in call(capsys, "--dry")[1]
    assert call(capsys)[0] == 0
    assert statuses(shop / "crm.db")["old"] == "handed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "emial"], "--only: delivery.yaml has no channel 'emial'\n  did you mean 'email'?"),
        (["--state", "none.db"], "the store none.db does not exist\n  create one with 'scenario run --state FILE'"),
        (["--state", "project.yaml"], "project.yaml is damaged or not a store"),
        (["--dry", "--watch"], "--watch cannot be combined"),
        (["--dry", "--to", "me@example.com"], "--dry and --to cannot be combined"),
        (["--every", "10s"], "--every needs --watch"),
        (["--stale", "soon"], "--stale: 'soon' is not a duration"),
        (["--format", "xml"], "--format cannot be 'xml'"),
    ],
)
def test_a_delivery_that_cannot_begin_is_an_error_with_a_reason(
    arguments: list[str], message: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"scenario: {message}")


def test_a_project_without_delivery_yaml_is_an_error_with_a_remedy(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "delivery.yaml").unlink()
    code, _, err = call(capsys)
    assert code == 2
    assert err.startswith("scenario: the project has no delivery.yaml")


def test_no_store_is_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "project.yaml").write_text(PROJECT.replace("run: {state: crm.db}\n", ""))
    code, _, err = call(capsys)
    assert code == 2
    assert err.startswith("scenario: no store is given")


def test_a_store_outside_the_project_is_named_on_the_command_line_alone(
    shop: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other_store = tmp_path_factory.mktemp("elsewhere") / "crm.db"
    fill(other_store, {"send_at": time.time_ns() // 1000})
    (shop / "project.yaml").write_text(PROJECT.replace("crm.db", str(other_store)))
    code, _, err = call(capsys)
    assert code == 2
    assert "is outside the project's folder" in err
    assert call(capsys, "--state", str(other_store))[0] == 0


def test_a_project_with_errors_delivers_nothing(shop: Path, inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "delivery.yaml").write_text(inbox.yaml().replace("from:", "form:"))
    code, _, err = call(capsys)
    assert code == 2
    assert "unknown key 'form'" in err
    assert inbox.mails == []


def test_watching_runs_until_it_is_stopped_and_finishes_started_messages(shop: Path, inbox: Inbox) -> None:
    watching = subprocess.Popen(
        [sys.executable, "-m", "scenario_cli.cli.main", "deliver", "--watch", "--every", "1s", "--only", "email"],
        cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while len(inbox.mails) < 2:
        assert watching.poll() is None
        time.sleep(0.01)
    fill(shop / "crm.db", {"send_at": time.time_ns() // 1000, "address": "cy@example.com"})
    while len(inbox.mails) < 3:
        assert watching.poll() is None
        time.sleep(0.01)
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate(timeout=20)
    assert (watching.returncode, err) == (143, "stopped after the message in progress\n")
    assert out.startswith("email  2 handed over\n")
    assert statuses(shop / "crm.db") == {"m1": "handed", "m2": "handed", "m3": "pending", "m4": "handed"}
