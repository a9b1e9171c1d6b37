"""A store of a small project after three runs, and the output of `scenario state` for it. Expects nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.output_schema import fitting
from tests.reports.why.stage import Line, answer, at, make

GREETING = """
scenario: greeting
status: live
purpose: marketing
trigger: {event: started}
goal: {event: bought, within: 30d, ends: bought}
states:
  hello: {send: {email: hello}, after: {1d at 10:00: reminder}}
  reminder: {send: {email: reminder}, after: {2d: nudge}}
  nudge: {send: {push: nudge}, update: {points: 1}, end: done}
"""
BIRTHDAY = """
scenario: birthday
status: live
purpose: marketing
trigger:
  - {date: contact.birthday, at: "09:00", every: year}
  - {segment: buyer}
states:
  gift: {send: {email: gift}, end: given}
"""
METRICS = """
metrics:
  purchases: {count: bought, within: 365d}
segments:
  buyer: metric.purchases > 0
"""
PHONE = "+33612345678"
CONTACTS = f"""contact_id,email,email_optin,push_token,push_optin,timezone,birthday
ana,ana@example.com,true,t1,true,Europe/Paris,1990-06-01
ben,ben@example.com,false,,,Europe/Paris,
eva,eva@example.com,true,t2,true,America/New_York,1985-12-24
{PHONE},tel@example.com,true,,,Europe/Paris,
"""
DAYS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    ("2025-03-04", (
        ("ana", "2025-03-03 10:00", "started"), ("ben", "2025-03-03 11:00", "started"),
        ("eva", "2025-03-03 12:00", "bought"), (PHONE, "2025-03-03 13:00", "started"),
    )),
    ("2025-03-05", (("ana", "2025-03-04 12:00", "bought"), ("eva", "2025-03-04 20:00", "started"))),
    ("2025-03-06", (("ben", "2025-03-09 12:00", "started"),)),
)  # fmt: skip


def build(folder: Path) -> Path:
    """The project's folder, with the store `crm.db` in it after a run for each day."""
    folder.mkdir(parents=True, exist_ok=True)
    make(folder, GREETING, BIRTHDAY, log=(), contacts=CONTACTS, metrics=METRICS)
    for number, (until, log) in enumerate(DAYS, 1):
        feed(folder, f"day{number}.jsonl", log)
        code, _, err = run(folder, until, f"day{number}.jsonl")
        assert code == 0, err
    return folder


def feed(folder: Path, name: str, log: tuple[Line, ...]) -> None:
    """Writes a file of events."""
    lines = [
        {"contact_id": contact, "timestamp": at(when), "event": event, "properties": dict(*properties)}
        for contact, when, event, *properties in log
    ]
    (folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def run(folder: Path, until: str, events: str, *options: str) -> tuple[int, str, str]:
    """A run over the store."""
    return answer(
        "run", "--project", str(folder), "--state", str(folder / "crm.db"), "--until", until,
        "--events", str(folder / events), "--contacts", str(folder / "data" / "contacts.csv"), "--workers", "1", "-q",
        *options,
    )  # fmt: skip


def state(*arguments: str) -> tuple[int, str, str]:
    """`scenario state` with the store of the current folder."""
    return answer("state", *arguments, "--state", "crm.db")


def document(name: str, text: str) -> dict[str, Any]:
    """The JSON of a command, checked against its schema."""
    return fitting(name, text)
