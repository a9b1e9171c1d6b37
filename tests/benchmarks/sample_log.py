"""The log of the shipped sample for any number of contacts, as Parquet: thirteen months, about 37 events a contact.

`python -m tests.benchmarks.sample_log CONTACTS FOLDER` writes `events/*.parquet` and `contacts.parquet`. A contact is
the same in every log, so the first thousand are those of the sample. Contacts are written a thousand at a time, so
that memory does not grow with their number; 10,000 take about a minute.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from tests.benchmarks.timing import number
from tests.sample.diary import Event
from tests.sample.generate import BEGIN, END, SEED, live, timestamp
from tests.sample.people import PROFILE_COLUMNS, Person, make_person
from tests.sample.stories import announcements

_CONTACTS_A_FILE = 1_000
_EVENTS = {"event_id": "VARCHAR", "contact_id": "VARCHAR", "event": "VARCHAR", "timestamp": "VARCHAR",
           "properties": "JSON"}  # fmt: skip
_PEOPLE = {"contact_id": "VARCHAR"} | dict.fromkeys(PROFILE_COLUMNS, "VARCHAR") | {
    name: "BOOLEAN" for name in PROFILE_COLUMNS if name.endswith("_optin")
}  # fmt: skip


def make(contacts: int, folder: Path) -> tuple[Path, Path]:
    """Returns the folder of the events and the contacts table; keeps existing files."""
    events, people = folder / "events", folder / "contacts.parquet"
    if people.exists():
        return events, people
    events.mkdir(parents=True, exist_ok=True)
    _write(_rows(announcements()), events / "all.parquet", _EVENTS)
    known_people = folder / "known"
    known_people.mkdir(exist_ok=True)
    for first in range(1, contacts + 1, _CONTACTS_A_FILE):
        numbers = range(first, min(first + _CONTACTS_A_FILE, contacts + 1))
        persons = [make_person(Random(f"{SEED}/person/{each}"), each) for each in numbers]
        name = f"{first:09}.parquet"
        lives = (event for person in persons for event in _life(person))
        _write(_rows(lives), events / name, _EVENTS)
        _write(_people(persons), known_people / name, _PEOPLE)
    duckdb.execute(f"COPY (FROM read_parquet('{known_people}/*.parquet')) TO '{people}' (FORMAT parquet)")
    return events, people


def _life(person: Person) -> list[Event]:
    events = [event for event in live(person) if BEGIN <= event.at < END]
    return sorted(events, key=lambda event: event.at)


def _rows(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    for place, event in enumerate(events):
        yield {
            "event_id": f"{event.contact_id or 'all'}-{place:06}",
            "contact_id": event.contact_id or None,
            "event": event.name,
            "timestamp": timestamp(event),
            "properties": event.properties,
        }


def _people(persons: Iterable[Person]) -> Iterator[dict[str, Any]]:
    return ({"contact_id": person.contact_id, **person.profile} for person in persons if person.is_known)


def _write(rows: Iterable[dict[str, Any]], path: Path, columns: dict[str, str]) -> None:
    """Writes rows by way of JSON lines: the database reads them faster than single rows."""
    lines = path.with_suffix(".jsonl")
    with lines.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    source = f"read_json('{lines}', format = 'newline_delimited', columns = {{{types}}})"
    duckdb.execute(f"COPY (FROM {source}) TO '{path}' (FORMAT parquet)")
    lines.unlink()


if __name__ == "__main__":
    make(number(sys.argv[1]), Path(sys.argv[2]))
