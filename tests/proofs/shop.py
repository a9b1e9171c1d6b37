"""A shop with an example of every kind of input of a run over a store: its project, and its files for each night."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

PROJECT = {
    "project.yaml": """
project: proofs
timezone: Europe/Paris
channels:
  email: {address: contact.email, consent: contact.email_optin}
""",
    "events.yaml": """
profile: {email: string, email_optin: boolean, country: string}
events:
  signed_up: {properties: {source: string}}
  ordered: {properties: {total: number}}
  announced: {broadcast: true, properties: {title: string}}
  profile_updated: {profile: true}
""",
    "metrics.yaml": "metrics:\n  spent: {sum: event.total, of: ordered, within: 30d}\n",
    "policy.yaml": "policy:\n  caps: [{max: 2, per: day}]\n  on_cap: drop\n",
    "welcome.yaml": """
scenario: welcome
status: live
trigger: {event: signed_up}
goal: {event: ordered, within: 30d, ends: bought}
states:
  hello: {send: {email: welcome/hello}, after: {2d: reminder}}
  reminder: {send: {email: welcome/reminder}, after: {1d: {end: done}}}
""",
    "thanks.yaml": """
scenario: thanks
status: live
trigger: {event: ordered}
while_running: parallel
states:
  thanks: {send: {email: thanks/order}, after: {6h: more}}
  more: {when: {metric.spent > 20: {end: rich}}, after: {3d: {end: poor}}}
""",
    "news.yaml": """
scenario: news
status: live
trigger: {event: announced}
audience: contact.country == 'FR'
states:
  tell: {send: {email: news/tell}, after: {1d: again}}
  again: {send: {email: news/again}, end: done}
""",
    "weekly.yaml": """
scenario: weekly
status: live
trigger: {schedule: at 09:00 on mon}
states:
  letter: {send: {email: weekly/letter}, end: sent}
""",
}
_WRITTEN = 1_740_000_000  # time of the files, always the same, so that they can be made again
TEMPLATES = ("welcome/hello", "welcome/reminder", "thanks/order", "news/tell", "news/again", "weekly/letter")


def make_project(root: Path) -> Path:
    """Writes the project into a folder."""
    root.mkdir(parents=True)
    for name, text in PROJECT.items():
        (root / name).write_text(text, encoding="utf-8")
    for name in TEMPLATES:
        path = root / "templates" / f"{name}.email.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\nsubject: {name}\n---\n{{{{ contact.id }}}} {{{{ metric.spent }}}}\n", encoding="utf-8")
    return root


class Drop:
    """The inputs of three nights, each with the earlier ones; makes an existing folder again.
    `people` are in the table or become known by their events; every third is new in the second night.
    """

    NIGHTS = ("2025-03-04", "2025-03-05T06:00", "2025-03-11")

    def __init__(self, folder: Path, people: int) -> None:
        self.folder = folder
        self.people = [f"p{number:03}" for number in range(people)]
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "drop").mkdir(parents=True)

    @property
    def options(self) -> list[str]:
        """The options of a command line for these inputs."""
        return ["--events", str(self.folder / "drop"), "--contacts", str(self.folder / "contacts.csv")]

    def until(self, night: int) -> Drop:
        """Drops the files of all nights up to this one: new files, a grown file, another contacts table, repeated
        events, events of later nights, and broadcasts."""
        for fill in (self._night0, self._night1, self._night2)[: night + 1]:
            fill()
        for path in self.folder.rglob("*.*"):
            os.utime(path, (_WRITTEN, _WRITTEN))
        return self

    def _night0(self) -> None:
        self._table(consent="true")
        for number, person in enumerate(self.people):
            if number % 3:
                self._happened("a.jsonl", person, f"2025-03-03T{8 + number % 9:02}:00:00Z", "signed_up", source="web")
            # The event lies after the first night, for some contacts after the second.
            self._happened("a.jsonl", person, f"2025-03-0{4 + number % 2}T12:00:00Z", "ordered", total=9)
        self._happened("b.jsonl", None, "2025-03-03T09:00:00Z", "announced", title="one")
        self._happened("b.jsonl", None, "2025-03-08T09:00:00Z", "announced", title="two")

    def _night1(self) -> None:
        self._table(consent="false")
        for number, person in enumerate(self.people):
            if number % 3 == 0:
                self._happened("a.jsonl", person, "2025-03-04T10:00:00Z", "signed_up", source="shop")
            if number % 4 == 1:  # a repetition in another file
                self._happened("c.jsonl", person, f"2025-03-0{4 + number % 2}T12:00:00Z", "ordered", total=9)
            if number % 4 == 2:  # late
                self._happened("c.jsonl", person, "2025-03-02T12:00:00Z", "ordered", total=30)
        self._happened("c.jsonl", "new", "2025-03-04T11:00:00Z", "signed_up", source="web")
        self._happened("c.jsonl", "newer", "2025-03-06T11:00:00Z", "signed_up", source="web")

    def _night2(self) -> None:
        for person in self.people[::2]:
            self._happened("d.jsonl", person, "2025-03-09T12:00:00Z", "ordered", total=12)

    def _table(self, consent: str) -> None:
        rows = [
            f"{person},{person}@example.com,{consent if number % 2 else 'true'},{'FR' if number % 5 else 'DE'}\n"
            for number, person in enumerate(self.people)
            if number % 7 != 6
        ]
        (self.folder / "contacts.csv").write_text(
            "contact_id,email,email_optin,country\n" + "".join(rows), encoding="utf-8"
        )

    def _happened(self, file: str, contact: str | None, at: str, event: str, **properties: object) -> None:
        row = {"contact_id": contact, "timestamp": at, "event": event, "event_id": f"{contact}-{event}-{at}"}
        with (self.folder / "drop" / file).open("a", encoding="utf-8") as out:
            out.write(json.dumps({**row, **properties}) + "\n")


def copied(store: Path, target: Path) -> Path:
    """Copies a store that no process has open, with its write-ahead log if it exists."""
    for suffix in ("", "-wal"):
        source = store.with_name(store.name + suffix)
        copy = target.with_name(target.name + suffix)
        copy.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, copy)
    return target
