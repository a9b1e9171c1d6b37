"""Writes the sending tool's report on two scenarios of the sample: `python -m tests.sample.messages`.

The tool carried out the plan of a replay of the sample log, holdouts included, and reported every message. The log
itself has no sendings, but the opens of some of these messages; opens of the others are in the report. Write it again
after a change of the sample log or of one of the two scenarios.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scenario_cli.cli.main import run
from tests.sample.generate import PROJECT, compress

SCENARIOS = ("promotion_affinity", "key_dates")
OPENED_IN_LOG = ("key_dates/announcement", "key_dates/offer")
OPENS = {"email": 0.31, "push": 0.07}
CLICKS = {"email": 0.14, "push": 0.6}  # share of opened messages; a tap on a push opens the shop
FAIL = 0.012  # share of messages that the tool never sent, because the address no longer existed
TRIALS = 3  # messages to ourselves, with a name that no scenario has


def main() -> None:
    write_messages(PROJECT, plan_rows(PROJECT))


def write_messages(project: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Writes `data/messages.jsonl.gz` into the project's folder."""
    events = sorted(reported(rows), key=lambda event: (event["timestamp"], event["event_id"]))
    text = "".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in events)
    (project / "data" / "messages.jsonl.gz").write_bytes(compress(text.encode()))


def plan_rows(project: Path) -> list[dict[str, Any]]:
    """The scenarios' sent messages to contacts in a dry run of the whole project."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.jsonl"
        options = ["--project", str(project), "--plan", str(plan), "--output", str(Path(folder) / "summary.txt"), "-q"]
        assert run(["dry-run", *SCENARIOS, *options]) == 0
        rows = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["kind"] == "message" and row["status"] == "sent" and row["channel"] in OPENS]


def reported(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The tool's reported events: a sending for each message, and reactions that the log does not have."""
    for row in rows:
        name = row["message_id"]
        if _draw("fail", name) < FAIL:
            continue
        message = {"message_id": name, "template": row["template"]}
        sent = datetime.fromisoformat(row["send_at"]) + timedelta(seconds=int(20 + 400 * _draw("queue", name)))
        yield _event(row["contact_id"], "message_sent", sent, {**message, "channel": row["channel"]})
        if row["template"] not in OPENED_IN_LOG:
            yield from _reactions(row["contact_id"], row["channel"], sent, message)
    for number in range(TRIALS):
        at = datetime.fromisoformat(f"2024-03-{11 + number:02}T08:30:00+00:00")
        message = {"message_id": f"trial-{number}", "template": "promotion/trial", "channel": "email"}
        yield _event("c0001", "message_sent", at, message)


def _reactions(contact: str, channel: str, sent: datetime, message: dict[str, str]) -> Iterator[dict[str, Any]]:
    name = message["message_id"]
    if _draw("open", name) >= OPENS[channel]:
        return
    opened = sent + timedelta(minutes=int(4 + 2_400 * _draw("late", name) ** 3))
    yield _event(contact, "email_opened", opened, message)
    if _draw("click", name) < CLICKS[channel]:
        clicked = opened + timedelta(seconds=int(5 + 90 * _draw("soon", name)))
        yield _event(contact, "email_clicked", clicked, {**message, "link": "https://www.example.com/shop"})


def _event(contact: str, name: str, at: datetime, properties: dict[str, str]) -> dict[str, Any]:
    return {
        "event_id": f"{properties['message_id']}-{name}",
        "contact_id": contact,
        "event": name,
        "timestamp": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "properties": properties,
    }


def _draw(*parts: str) -> float:
    """A number from 0 to 1, always the same for the same parts."""
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big") / 2**64


if __name__ == "__main__":
    main()
