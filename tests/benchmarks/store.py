"""The cost of runs over a large store: `python -m tests.benchmarks.store [CONTACTS ...]`.

A store of the shipped library with this many contacts (1,000,000 if left out) is made from the thousand of the shipped
log: the log runs once, and each state is copied under other ids. Then these are measured, each in its own process:

- a run with 100,000 events of 50,000 contacts within half an hour;
- a run without events;
- a run at the tick of a weekly newsletter to all contacts with consent to mail;
- `scenario state`, one contact's state, and opening the store.

Processor time and MiB are the sums of all processes. `--folder` keeps the project and the stores.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from scenario_cli.hosts.store.database import Store, opened
from scenario_cli.shipped import shipped
from tests.benchmarks import projects
from tests.benchmarks.timing import cost, number, scenario
from tests.benchmarks.trees import tree_cost
from tests.proofs.shop import copied

EVENTS, PEOPLE = 100_000, 50_000
_LETTER_SENT, _AGAIN = "weekly newsletter to everybody", "nothing, after it"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_AT_ONCE = 20_000
_BEGINS = datetime(2025, 3, 3, 7, 0, tzinfo=UTC)  # a Monday after the log's end, 8 o'clock in Paris
_COPIED = ("meta", "dictionary", "programs", "fed", "runs", "inputs")

_NEWSLETTER = """
scenario: weekly
title: Weekly letter
status: live
trigger: {schedule: at 09:00 on mon}
audience: contact.email is not none and contact.email_optin
states:
  letter: {send: {email: newsletter/for_all}, end: sent}
"""
_LETTER = "---\nsubject: This week\n---\n<p>{{ contact.first_name or 'Hello' }}, this is new at Maison Vanneau.</p>\n"


def identifier(place: int) -> str:
    """An id as long as those of the shipped log."""
    text = ""
    for _ in range(4):
        place, digit = divmod(place, len(_DIGITS))
        text = _DIGITS[digit] + text
    return f"c{text}"


def make_project(folder: Path) -> Path:
    """The shipped library with a weekly newsletter."""
    root = projects.library(folder)
    (root / "weekly.yaml").write_text(_NEWSLETTER, encoding="utf-8")
    (root / "templates" / "newsletter" / "for_all.email.j2").write_text(_LETTER, encoding="utf-8")
    return root


def make_base(project: Path, store: Path) -> None:
    """Makes a store by a run over the shipped log."""
    data = shipped("scenarios") / "data"
    options = ["--events", str(data / "events.jsonl.gz"), "--contacts", str(data / "contacts.csv")]
    cost(_run(project, store, 0, *options))


def make_store(base: Path, target: Path, contacts: int) -> None:
    """Makes a store with another's states, copied for `contacts` contacts."""
    target.unlink(missing_ok=True)
    with opened(base, read_only=True) as source, opened(target, create=True) as store:
        with store.transaction():
            store.execute("DELETE FROM meta")
            for table in _COPIED:
                rows = source.execute(f"SELECT * FROM {table}").fetchall()
                if rows:
                    store.execute_many(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            states = source.execute("SELECT contact, state, next_due, listed FROM contacts").fetchall()
            times = contacts / len(states)
            rows = source.execute("SELECT run, scenario, definition, state, kind, count FROM totals").fetchall()
            store.execute_many(
                "INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?)", [(*row[:5], int(row[5] * times)) for row in rows]
            )
        unpacked = source.states.unpacked
        plain = [(contact, unpacked(state), due, listed) for contact, state, due, listed in states]
        for first in range(0, contacts, _AT_ONCE):
            _copy(store, plain, range(first, min(first + _AT_ONCE, contacts)))


def _copy(store: Store, states: list[tuple[str, bytes, int | None, bytes | None]], places: range) -> None:
    def rows() -> Iterator[tuple[str, bytes, int | None, bytes | None]]:
        for place in places:
            contact, state, due, listed = states[place % len(states)]
            name = identifier(place)
            yield name, store.states.packed(state.replace(contact.encode(), name.encode())), due, listed

    with store.transaction():
        store.execute_many("INSERT INTO contacts (contact, state, next_due, listed) VALUES (?, ?, ?, ?)", rows())


def make_events(target: Path, contacts: int) -> None:
    """Writes events of some of the contacts within half an hour: events of the shipped log at other times."""
    random = Random(contacts)
    with gzip.open(shipped("scenarios") / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as log:
        happened = [row for line in log for row in (json.loads(line),) if row["contact_id"]]
    people = [identifier(place) for place in random.sample(range(contacts), min(PEOPLE, contacts))]
    target.parent.mkdir(exist_ok=True)
    with target.open("w", encoding="utf-8") as out:
        for place in range(EVENTS):
            at = _BEGINS + timedelta(seconds=1_790 * place / EVENTS)
            row = {**random.choice(happened), "event_id": f"new-{place}", "contact_id": people[place % len(people)]}
            out.write(json.dumps({**row, "timestamp": at.isoformat().replace("+00:00", "Z")}) + "\n")


def _run(project: Path, store: Path, minutes: int, *more: str) -> list[str]:
    until = (_BEGINS + timedelta(minutes=minutes)).isoformat()
    return scenario("run", "--project", str(project), "--state", str(store), "--until", until, "-q", *more)


def measure(contacts: int, folder: Path, newsletter: bool) -> None:
    """Makes the store, runs all measurements and prints a table."""
    base, whole, store = folder / "base.db", folder / f"store{contacts}.db", folder / "store.db"
    project = folder / "library"
    if not base.exists():
        make_project(folder)
        make_base(project, base)
    if not whole.exists():
        make_store(base, whole, contacts)
    drop = folder / f"drop{contacts}"
    if not drop.exists():
        make_events(drop / "events.jsonl", contacts)
    copied(whole, store)
    with opened(store, read_only=True) as opened_store:
        stored_bytes = opened_store.value("SELECT sum(length(state) + coalesce(length(listed), 0)) FROM contacts")
    print(
        f"\n{contacts:,} contacts: {whole.stat().st_size / contacts:,.0f} bytes each on the disk, of which state and"
        f" row of the table {stored_bytes / contacts:,.0f}"
    )
    print(f"{'':<44} {'processor':>12} {'time':>11} {'MiB':>7} {'contacts':>10} {'rows':>9}")
    events = ("--events", str(drop))
    opening = "import sys, pathlib\nfrom scenario_cli.hosts.store.database import opened\n"
    opening += "with opened(pathlib.Path(sys.argv[1])) as store: print(store.clock)"
    state = ("--project", str(project), "--state", str(store))
    measured = (
        (f"{EVENTS:,} events of {min(PEOPLE, contacts):,} contacts", _run(project, store, 30, *events)),
        ("nothing", _run(project, store, 31, *events)),
        (_LETTER_SENT, _run(project, store, 61, *events)),
        (_AGAIN, _run(project, store, 62, *events)),
        ("scenario state", scenario("state", *state)),
        ("scenario state contact", scenario("state", "contact", identifier(1), *state)),
        ("opening the store", ["-c", opening, str(store)]),
    )
    for label, command in measured:
        if not newsletter and label in (_LETTER_SENT, _AGAIN):
            continue
        spent = tree_cost(command, {"TMPDIR": str(folder)})
        found_count, rows = _done(store) if command[2] == "run" else ("", "")
        print(
            f"{label:<44} {spent.processor:>10,.1f} s {spent.seconds:>9,.1f} s {spent.peak:>7,.0f} {found_count:>10}"
            f" {rows:>9}",
            flush=True,
        )
    print(f"{store.stat().st_size / 2**20:,.0f} MiB on the disk at the end")


def _done(store: Path) -> tuple[str, str]:
    """The numbers of contacts that the last run processed, and of rows that it added to the outbox."""
    with opened(store, read_only=True) as last:
        run = last.value("SELECT max(id) FROM runs")
        contacts_read = last.value("SELECT sum(count) FROM totals WHERE run = ? AND kind = 'input: contacts'", (run,))
        rows = last.value("SELECT count(*) FROM outbox WHERE run = ?", (run,))
    return f"{contacts_read or 0:,}", f"{rows:,}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        prog="python -m tests.benchmarks.store",
    )
    parser.add_argument("contacts", nargs="*", type=number, default=[1_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-newsletter", action="store_true", help="to a million contacts it takes half an hour")
    arguments = parser.parse_args()
    with nullcontext(arguments.folder) if arguments.folder else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for contacts in arguments.contacts:
            measure(contacts, folder, not arguments.no_newsletter)


if __name__ == "__main__":
    main()
