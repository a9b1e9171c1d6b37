"""A delivery that is killed and run again: nobody receives a message twice by webhook, each is sent at most once by
mail and file, and no pending message is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scenario_cli.hosts.deliver import attempts
from scenario_cli.hosts.store.database import Store, opened
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.lock import locked
from tests.hosts.deliver.stage import Hook, Inbox, answers, fill, hand_over, statuses

MANY = 30


def killed_once(store: Path, text: str, is_time: Callable[[], bool]) -> None:
    """Begins a delivery in a process of its own, and kills it once `is_time` holds."""
    file = store.with_name("delivery.yaml")
    file.write_text(text, encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-m", "tests.hosts.deliver.killed", str(store), str(file)])
    while not is_time():
        assert process.poll() is None, "the delivery ended before it could be killed"
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_a_killed_delivery_by_webhook_writes_to_everybody_once(hook: Hook, store: Path) -> None:
    fill(store, *[{"channel": "push"}] * MANY)
    text = hook.yaml("    rate: 100/s\n")
    for number in (5, 20):
        killed_once(store, text, lambda number=number: len(hook.taken) >= number)  # type: ignore[misc]
    result = hand_over(store, text)
    assert set(statuses(store).values()) == {"handed"}
    assert set(hook.taken) == {f"m{number}" for number in range(1, MANY + 1)}  # repeated keys count once
    assert result.complete


def test_a_killed_delivery_by_mail_writes_to_everybody_at_most_once(inbox: Inbox, store: Path) -> None:
    fill(store, *[{"address": f"c{number}@example.com"} for number in range(MANY)])
    text = inbox.yaml("    rate: 100/s\n")
    for number in (5, 20):
        killed_once(store, text, lambda number=number: len(inbox.mails) >= number)  # type: ignore[misc]
    hand_over(store, text)
    sent = Counter(inbox.recipients)
    assert max(sent.values()) == 1
    status = Counter(statuses(store).values())
    assert set(status) <= {"handed", "failed"}
    assert status["failed"] <= 2  # messages on the way when it was killed
    assert len(sent) >= status["handed"] >= MANY - 2
    assert {result for _, ended, result, _ in answers(store) if result != "handed"} <= {"uncertain"}


class Killed(BaseException):
    """The end of a process without any clean-up."""


@pytest.mark.parametrize("when", ["before begin", "after begin", "before end", "after end"])
@pytest.mark.parametrize("channel", ["email", "push", "sms"])
def test_an_end_at_any_step_is_made_good(
    channel: str, when: str, inbox: Inbox, hook: Hook, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.parent / "out").mkdir()
    text = inbox.yaml() + hook.yaml().removeprefix("channels:\n") + "  sms: {file: {path: out/sms.jsonl}}\n"
    fill(store, {"channel": channel}, {"channel": channel})
    moment, name = when.split()
    step = getattr(attempts, name)

    def dying(opened: Store, *arguments: object) -> object:
        if moment == "before":
            raise Killed
        step(opened, *arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(attempts, name, dying)
        with pytest.raises(Killed):
            hand_over(store, text)
    result = hand_over(store, text)
    in_files = [line for file in store.parent.glob("out/*") for line in file.read_text(encoding="utf-8").splitlines()]
    received = [*inbox.texts, *hook.taken, *in_files]
    certain = channel == "push" or (channel == "sms" and name == "end") or when in ("before begin", "after end")
    assert len(received) == len(set(received))
    lost = 0 if certain else 2 if channel == "sms" else 1
    expected = 2 - lost + (1 if channel == "email" and when == "before end" else 0)
    assert len(received) == expected
    assert Counter(statuses(store).values()) == Counter({"handed": 2 - lost, "failed": lost}) - Counter()
    assert result.complete is (lost == 0)


def test_a_second_delivery_is_kept_out(inbox: Inbox, store: Path) -> None:
    fill(store, {})
    with locked(store, "deliver", role="deliver"), pytest.raises(StoreError, match=r"'scenario deliver' \(process"):
        hand_over(store, inbox.yaml())
    assert statuses(store) == {"m1": "pending"}


def test_a_delivery_waits_while_a_run_writes_and_takes_what_it_leaves(inbox: Inbox, store: Path) -> None:
    fill(store, {}, {})
    began, go_on = threading.Event(), threading.Event()

    def run() -> None:
        with locked(store, "run"):
            began.set()
            go_on.wait(10)

    runner = threading.Thread(target=run)
    runner.start()
    began.wait(10)
    delivery = threading.Thread(target=hand_over, args=(store, inbox.yaml()))
    delivery.start()
    time.sleep(0.1)
    assert inbox.mails == []
    go_on.set()
    delivery.join(20)
    runner.join(20)
    assert set(statuses(store).values()) == {"handed"}


def test_a_run_that_begins_while_messages_leave_waits_its_turn(inbox: Inbox, store: Path) -> None:
    fill(store, *[{}] * 300)
    file = store.with_name("delivery.yaml")
    file.write_text(inbox.yaml("    rate: 100/s\n"), encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-m", "tests.hosts.deliver.killed", str(store), str(file)])
    while len(inbox.mails) < 3:
        time.sleep(0.005)
    with locked(store, "run"), opened(store) as opened_store:
        opened_store.execute("UPDATE outbox SET status = 'withdrawn' WHERE status = 'pending'")
    assert process.wait(30) == 0
    status = Counter(statuses(store).values())
    assert status["withdrawn"] > 0
    assert status["handed"] == len(inbox.mails) == 300 - status["withdrawn"]
