"""Random projects and logs, composed of small texts, so that a counterexample reads like a project.

Every construct of the language can occur; nothing that a validator refuses.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from scenario_cli.engine.tables import Table, Tables
from scenario_cli.language.project import load_project
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.project import Project
from tests.choices import choice
from tests.engine.worlds import moment
from tests.reference.interpreter import known_from
from tests.reference.strategies.logs import BEGINS, logs
from tests.reference.strategies.metrics import metrics
from tests.reference.strategies.plan import (
    BROADCAST,
    EVENTS_YAML,
    MINUTE,
    PLACES,
    PLACES_CSV,
    PROJECT_YAML,
    SCENARIOS,
    SENDS,
)
from tests.reference.strategies.policies import policies
from tests.reference.strategies.scenarios import GROUPS, scenarios


class Person(NamedTuple):
    """A contact's log with broadcasts, and the instant at which it becomes known (None: by its first event)."""

    log: ContactLog
    known_at: int | None

    @property
    def own(self) -> ContactLog:
        """The log as the engine reads it: without broadcasts, which come separately."""
        log, events = self.log, [event for event in self.log.events if event.name != BROADCAST]
        return ContactLog(log.contact_id, log.profile, log.changes, events, log.listed, log.known_since)

    @property
    def broadcasts(self) -> list[Event]:
        return [event for event in self.log.events if event.name == BROADCAST]

    def __repr__(self) -> str:
        log = self.log
        inputs = [(event.at, repr(event)) for event in log.events]
        inputs += [(at, f"Row({at}, {dict(attributes)})") for at, attributes in log.changes]
        listing = "".join(f"\n  {line}" for _, line in sorted(inputs, key=lambda each: each[0]))
        return f"{log.contact_id} {dict(log.profile)}, known at {self.known_at}{listing}"


class World(NamedTuple):
    """A project as files, some contacts, and three instants: beginning of the log, end of the replay, first entries."""

    files: Mapping[str, str]
    people: tuple[Person, ...]
    begins: int
    until: int
    start: int | None = None

    def __repr__(self) -> str:
        shown = {name: text for name, text in self.files.items() if "status: archived" not in text}
        files = "\n".join(f"# {name}\n{text.strip()}" for name, text in shown.items())
        people = "\n".join(map(repr, self.people))
        return f"\n{files}\n\n{people}\nfrom {self.start} until {self.until}\n"


# Never runs; other scenarios name it.
SPARE = """
scenario: {name}
status: archived
trigger: {{event: stopped}}
states: {{one: {{send: {{push: {{template: m/a, tags: [promo]}}}}, end: stopped}}}}
"""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    names = SCENARIOS[: draw(choice((1, 2, 2, 3)))]
    groups = draw(choice(GROUPS))
    rivals = len(names) > 1 and draw(st.integers(0, 3)) == 0
    files = {
        f"{name}.yaml": draw(scenarios(name, [each for each in names if each != name], groups, rivals))
        for name in names
    }
    if "second" not in names:
        files["second.yaml"] = SPARE.format(name="second")
    files["spare.yaml"] = SPARE.format(name="spare")
    files["metrics.yaml"] = draw(metrics())
    files["policy.yaml"] = draw(policies())
    files["project.yaml"] = PROJECT_YAML.format(
        timezone=draw(choice(("Europe/Paris", "UTC", "America/New_York"))),
        salt=draw(choice(("pepper", "salt", "thyme"))),
        clock=draw(choice(("0 6 * * *", "30 2 * * *", "0 6 * * mon"))),
    )
    begin = moment(draw(choice(BEGINS)))
    contact_logs = [draw(logs(name, begin)) for name in ("ana", "bea", "cem")[: draw(st.integers(1, 3))]]
    instants = [event.at for log in contact_logs for event in log.events]
    # Another contact's event can come first.
    begins = min([*instants, begin]) - draw(choice((0, 0, 3_000))) * MINUTE
    people = tuple(draw(_person(log, begins)) for log in contact_logs)
    last = max(at for person in people for at in _instants(person.log))
    start = draw(choice((None, None, None, None, begin + 60 * MINUTE, begin + 3_000 * MINUTE)))
    return World(files, people, begins, last + draw(choice((0, 60, 5_000, 90_000))) * MINUTE, start)


@st.composite
def _person(draw: st.DrawFn, log: ContactLog, begins: int) -> Person:
    """A contact from the contacts table, with or without the instant at which it is known, or just from its events."""
    if not log.profile and not log.changes and log.events and draw(st.booleans()):
        return Person(log, None)
    among = [at + ahead * MINUTE for at in _instants(log) for ahead in (-1, 0)]
    log.listed = True
    log.known_since = draw(choice((None, None, None, begins - 3_000 * MINUTE, *among)))
    return Person(log, known_from(log, begins, (BROADCAST,)))


def _instants(log: ContactLog) -> list[int]:
    return [event.at for event in log.events] + [at for at, _ in log.changes]


@dataclass(frozen=True)
class Made:
    project: Project
    tables: Tables
    findings: tuple[str, ...]


def write_project(root: Path, files: Mapping[str, str]) -> None:
    """Writes a world's project, with the plan and the templates of every world."""
    for name, text in (("events.yaml", EVENTS_YAML), ("places.csv", PLACES_CSV), *files.items()):
        (root / name).write_text(text, encoding="utf-8")
    for name, channels in SENDS.items():
        for channel in channels:
            template = root / "templates" / f"{name}.{channel}.j2"
            template.parent.mkdir(parents=True, exist_ok=True)
            template.write_text("---\nsubject: Hello\n---\nHello\n", encoding="utf-8")


@lru_cache(maxsize=512)
def _load(files: tuple[tuple[str, str], ...]) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, dict(files))
        loaded = load_project(root, errors_only=True)
        tables = {name: Table(rows) for name, rows in PLACES.items()}
    return Made(
        loaded.project,
        tables,
        tuple(f"{finding.code} {finding.message}" for finding in loaded.findings if finding.severity == "error"),
    )


def made_if_sound(files: Mapping[str, str]) -> Made | None:
    """Reads the project of these files and its tables; None if it has errors."""
    made = _load(tuple(files.items()))
    return None if made.findings else made


def made_of(world: World) -> Made:
    """Reads the world's project and its tables; it must have no errors."""
    made = _load(tuple(world.files.items()))
    assert not made.findings, made.findings
    return made
