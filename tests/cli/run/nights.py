"""A small shop that runs every night over a store, for tests of `scenario run`. Expects nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from scenario_cli.hosts.store.database import opened

PROJECT = """
project: nights
timezone: Europe/Paris
channels:
  email: {address: contact.email, consent: contact.email_optin}
"""
EVENTS = """
profile:
  email: string
  email_optin: boolean
  country: string
events:
  signed_up: {properties: {source: string}}
  ordered: {properties: {total: number}}
  profile_updated: {profile: true}
"""
WELCOME = """
scenario: welcome
status: live
trigger: {event: signed_up}
goal: {event: ordered, within: 30d, ends: bought}
states:
  hello: {send: {email: welcome/hello}, after: {2d: reminder}}
  reminder: {send: {email: welcome/reminder}, after: {1d: {end: done}}}
"""
CONTACTS = "contact_id,email,email_optin,country\nada,ada@example.com,true,FR\nben,ben@example.com,true,DE\n"


class Nights:
    """The project, its drop folder, its store, and runs over it. A folder that has these already stays as it is."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = folder / "shop"
        self.drop = folder / "drop"
        self.store = folder / "crm.db"
        self.contacts = folder / "contacts.csv"
        self.capsys = capsys
        if self.drop.exists():
            return
        self.drop.mkdir(parents=True)
        self.write("project.yaml", PROJECT)
        self.write("events.yaml", EVENTS)
        self.write("welcome.yaml", WELCOME)
        for name in ("hello", "reminder"):
            self.write(
                f"templates/welcome/{name}.email.j2", f"---\nsubject: {name}\n---\n{name}, {{{{ contact.id }}}}\n"
            )
        self.contacts.write_text(CONTACTS, encoding="utf-8")
        self.happened("sunday.jsonl", ("ben", "2025-03-02T10:00:00+01:00", "ordered", {"total": 1}))

    def write(self, name: str, text: str) -> None:
        """Writes a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Changes a text in a file of the project."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def happened(self, file: str, *events: tuple[str, str, str, Mapping[str, Any]]) -> None:
        """Appends events to a file of the drop folder: contact, instant, name, properties. Each event gets its own
        id.
        """
        path = self.drop / file
        lines = [
            {"contact_id": contact, "timestamp": at, "event": name, "event_id": f"{contact}-{name}-{at}", **properties}
            for contact, at, name, properties in events
        ]
        with path.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)

    def command(self, until: str, *more: str) -> list[str]:
        """The command line of a run."""
        return [
            "run", "--project", str(self.root), "--state", str(self.store), "--events", str(self.drop),
            "--contacts", str(self.contacts), "--until", until, *more,
        ]  # fmt: skip

    def run(self, until: str, *more: str) -> tuple[int, str, str]:
        """Runs the command; gives the exit code and both streams."""
        self.capsys.readouterr()
        code = run(self.command(until, *more))
        streams = self.capsys.readouterr()
        return code, streams.out, streams.err

    def night(self, until: str, *more: str) -> dict[str, Any]:
        """The last run of a command that must succeed, as JSON."""
        code, out, error = self.run(until, "--format", "json", "-q", *more)
        assert code == 0, error
        return dict(json.loads(out)["runs"][-1])

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the outbox by contact, in order of origin, each with its status."""
        with opened(self.store, read_only=True) as store:
            with_status = store.execute("SELECT row, status FROM outbox ORDER BY contact, id").fetchall()
        return [{**json.loads(row), "outbox": status} for row, status in with_status]

    def sent(self) -> list[tuple[str, str, str]]:
        """The messages that were sent: contact, template, instant on the contact's clock to the minute."""
        return [
            (row["contact_id"], row["template"], row["send_at_local"][:16])
            for row in self.rows()
            if row["status"] == "sent"
        ]


class Begun:
    """Nights with the same beginning. They run once; for each test they are restored at the same path, because a store
    knows the files that it has read by their paths.
    """

    def __init__(self, folder: Path, begin: Callable[[Nights], object]) -> None:
        self.folder = folder / "nights"
        self.kept = folder / "kept"
        self.begin = begin

    def again(self, capsys: pytest.CaptureFixture[str]) -> Nights:
        if not self.kept.exists():
            self.begin(Nights(self.folder, capsys))
            self.folder.rename(self.kept)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.kept, self.folder)
        return Nights(self.folder, capsys)
