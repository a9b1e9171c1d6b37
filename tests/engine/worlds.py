"""Small worlds for tests of the engine: a scenario as YAML, a log, and the records as lines of plain facts.

A world is handled as every project is: files, `load_project`, `compile_program`, then the step. Expects nothing.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.rules import RULES
from scenario_cli.model.event import Event
from scenario_cli.model.records import (
    Asked,
    Converted,
    Ended,
    Entered,
    Held,
    Looked,
    Moved,
    Record,
    Refused,
    Updated,
    Warned,
)

UTC = ZoneInfo("UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

PARIS = "Europe/Paris"

PLAN = """
profile:
  email: string
  email_optin: boolean
  push_token: string
  push_optin: boolean
  phone: string
  sms_optin: boolean
  advisor: string
  timezone: string
  country: string
  points: number
  birthday: date
  renewal: datetime
  flag: {description: whatever comes}
  tags: array
events:
  started: &any
    properties:
      id: string
      n: number
      s: string
      d: date
      items: array
      cart: object
      message_id: string
      x: {description: whatever comes}
      y: {description: whatever comes}
  changed: *any
  clicked: *any
  bought: *any
  stopped: *any
  noted: *any
  profile_updated: {profile: true}
groups:
  begin: [started, noted]
  interest: [changed, clicked]
"""

PROJECT = """
project: world
timezone: {timezone}
channels:
  email: {{address: contact.email, consent: contact.email_optin}}
  push: {{address: contact.push_token, consent: contact.push_optin}}
  sms: {{address: contact.phone, consent: contact.sms_optin}}
  crm: {{}}
  ads: {{recipient: system, address: contact.email, consent: contact.email_optin}}
  desk: {{recipient: staff, address: contact.advisor, consent: contact.email_optin}}
"""

# A contact who can receive messages on every channel.
REACHABLE: Mapping[str, Any] = {
    "email": "ana@example.com",
    "email_optin": True,
    "push_token": "token",
    "push_optin": True,
    "phone": "+33600000000",
    "sms_optin": True,
    "timezone": PARIS,
}

# The time of an event, its name and its properties; `row` is a row of the contacts table.
Happening = tuple[str, str] | tuple[str, str, Mapping[str, Any]] | tuple[str, str, Mapping[str, Any], str]
ROW = "row"

_SENT = re.compile(r"\b(email|push|sms|crm|ads|desk): *([a-z_]+(?:/[a-z_]+)?)")
_LONG = re.compile(r"\b(email|push|sms|crm|ads|desk): *\{template: *([a-z_/]+)")


def moment(text: str, zone: str = PARIS) -> int:
    """`2025-03-03 10:00` as microseconds since 1970; on a local clock if the text has no offset."""
    read = datetime.fromisoformat(text)
    return ((read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))) - _EPOCH) // _MICROSECOND


def clock(at: int, zone: str = PARIS) -> str:
    """An instant as `2025-03-03 10:00` on a local clock; with seconds if they are not 0."""
    read = (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
    return read.strftime("%Y-%m-%d %H:%M" if not at % 60_000_000 else "%Y-%m-%d %H:%M:%S")


def load(*scenarios: str, timezone: str = PARIS, plan: str = PLAN, channels: str = "", metrics: str = "") -> Loaded:
    """The project of these scenarios, with a template for every message that they name."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, *scenarios, timezone=timezone, plan=plan, channels=channels, metrics=metrics)
        return load_project(root, errors_only=True)


def write_project(
    root: Path, *scenarios: str, timezone: str = PARIS, plan: str = PLAN, channels: str = "", metrics: str = ""
) -> None:
    """Writes the same project as files in a folder."""
    (root / "project.yaml").write_text(PROJECT.format(timezone=timezone) + channels, encoding="utf-8")
    (root / "events.yaml").write_text(plan, encoding="utf-8")
    if metrics:
        (root / "metrics.yaml").write_text(metrics, encoding="utf-8")
    for number, text in enumerate(scenarios):
        (root / f"s{number}.yaml").write_text(text, encoding="utf-8")
        for pattern in (_SENT, _LONG):
            for channel, name in pattern.findall(text):
                template = root / "templates" / f"{name}.{channel}.j2"
                template.parent.mkdir(parents=True, exist_ok=True)
                template.write_text("---\nsubject: Hello\n---\nHello\n", encoding="utf-8")


def unfit(loaded: Loaded) -> list[str]:
    """The reasons why a project cannot run. Findings of rules are left out: these tests also cover what a rule
    forbids.
    """
    ruled = {rule.code for rule in RULES}
    findings = (finding for finding in loaded.findings if finding.severity == "error" and finding.code not in ruled)
    return [f"{finding.code} {finding.message}" for finding in findings]


def errors(*scenarios: str, plan: str = PLAN) -> list[str]:
    """The errors that are found before the run."""
    return [
        f"{finding.code} {finding.message}"
        for finding in load(*scenarios, plan=plan).findings
        if finding.severity == "error"
    ]


@lru_cache(maxsize=256)
def program_of(
    *scenarios: str, timezone: str = PARIS, plan: str = PLAN, channels: str = "", metrics: str = ""
) -> Program:
    """A project compiled for a run; it must have no errors."""
    loaded = load(*scenarios, timezone=timezone, plan=plan, channels=channels, metrics=metrics)
    assert unfit(loaded) == []
    return compile_program(loaded.project)


@dataclass(frozen=True, slots=True)
class Story:
    """The records of one contact."""

    program: Program
    state: ContactState
    records: list[Record]
    zone: str

    @property
    def lines(self) -> list[str]:
        """Each record on its own line, without data warnings."""
        return [self.line(record) for record in self.records if not isinstance(record, Warned)]

    def line(self, record: Record) -> str:
        return f"{clock(record.at, self.zone)} {record_text(record)}"

    @property
    def texts(self) -> list[str]:
        """The lines without their times."""
        return [record_text(record) for record in self.records if not isinstance(record, Warned)]

    @property
    def sent(self) -> list[str]:
        """The messages that were sent, and those dropped with the reason."""
        return [self.line(message) for message in self.messages]

    @property
    def moved(self) -> list[str]:
        return [self.line(record) for record in self.records if isinstance(record, Moved)]

    @property
    def states(self) -> list[str]:
        """The states in the order in which they were entered."""
        return [record.target for record in self.records if isinstance(record, Moved)]

    @property
    def outcomes(self) -> list[str]:
        return [record.outcome for record in self.records if isinstance(record, Ended)]

    @property
    def refusals(self) -> list[str]:
        return [record.reason for record in self.records if isinstance(record, Refused)]

    @property
    def messages(self) -> list[Asked]:
        return [record for record in self.records if isinstance(record, Asked)]

    @property
    def conversions(self) -> list[Converted]:
        return [record for record in self.records if isinstance(record, Converted)]

    @property
    def entries(self) -> list[Entered]:
        return [record for record in self.records if isinstance(record, Entered)]

    @property
    def warnings(self) -> list[Warned]:
        return [record for record in self.records if isinstance(record, Warned)]

    @property
    def running(self) -> int:
        return sum(not journey.ended for journeys in self.state.journeys.values() for journey in journeys)

    def captured(self, name: str) -> Any:
        """The value that the contact's only journey captured under a name."""
        (journey,) = (journey for journeys in self.state.journeys.values() for journey in journeys)
        return journey.captures.get(name)


def record_text(record: Record) -> str:
    """A record in a few words."""
    match record:
        case Entered():
            return "entered" if record.key is None else f"entered {record.key}"
        case Refused():
            return f"refused {record.reason}"
        case Moved():
            return f"-> {record.target}" + (f" ({record.cause})" if record.cause else "")
        case Asked():
            return f"{record.channel} {record.template}" + (f" dropped {record.reason}" if record.reason else "")
        case Updated():
            return f"{record.attribute}: {record.before} -> {record.after}"
        case Held():
            return f"{record.channel} held ({record.why})"
        case Converted():
            return "converted" if record.value is None else f"converted {record.value}"
        case Ended():
            return f"end {record.outcome}"
        case Warned():
            return f"warned {record.place}: {record.detail}"
        case Looked():
            return f"looked at {record.condition}: {record.held}"


def run(
    scenario: str | Sequence[str],
    events: Sequence[Happening],
    contact: Mapping[str, Any] | None = None,
    until: str | None = None,
    plan: str = PLAN,
    *,
    zone: str = PARIS,
    timezone: str = PARIS,
    channels: str = "",
    metrics: str = "",
) -> Story:
    """Replays a contact's log up to `until`. Times are local in `zone`; the project's zone is `timezone`."""
    scenarios = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    program = program_of(*scenarios, timezone=timezone, plan=plan, channels=channels, metrics=metrics)
    state = new_contact(program, "ana", REACHABLE if contact is None else contact)
    records: list[Record] = []
    for happening in events:
        at, name = moment(happening[0], zone), happening[1]
        properties: Mapping[str, Any] = happening[2] if len(happening) > 2 else {}
        if name == ROW:
            records += change_profile(program, state, at, properties)
        else:
            event_id = happening[3] if len(happening) > 3 else None
            records += step(program, state, Event(name, at, properties, event_id))
    if until is not None:
        records += advance(program, state, moment(until, zone))
    return Story(program, state, records, zone)


def waiting(wait: str, more: str = "") -> str:
    """A scenario that waits once, then ends."""
    return f"""
scenario: waits
trigger: {{event: started}}
states:
  waiting:
    after:
      {wait}: {{end: over}}
{more}"""


def holds(condition: str, properties: Mapping[str, Any], contact: Mapping[str, Any] | None = None) -> tuple[bool, int]:
    """Whether a condition on an event is true, and the number of its data warnings."""
    quoted = condition.replace("'", "''")
    scenario = f"""
scenario: asks
trigger: {{event: started, where: '{quoted}'}}
states:
  in: {{end: yes_it_does}}
"""
    profile = None if contact is None else {"timezone": PARIS, **contact}
    story = run(scenario, [("2025-03-03 10:00", "started", properties)], profile)
    return bool(story.entries), len(story.warnings)


def value(expression: str, properties: Mapping[str, Any], contact: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression, read at an event and kept under `it`."""
    quoted = expression.replace("'", "''")
    scenario = f"""
scenario: works_out
trigger: {{event: started}}
states:
  kept:
    set: {{it: '={quoted}'}}
    on: {{stopped: {{end: over}}}}
"""
    return run(scenario, [("2025-03-03 10:00", "started", properties)], contact).captured("it")


def gate(*settings: str, states: str = "in: {after: {10h: {end: over}}}", trigger: str = "{event: started}") -> str:
    """A scenario of one state with further settings."""
    listed = "\n".join(settings)
    return f"scenario: gate\ntrigger: {trigger}\n{listed}\nstates:\n  {states}\n"
