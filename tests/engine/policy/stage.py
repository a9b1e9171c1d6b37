"""Worlds under a delivery policy, and the results of their messages. Expects nothing."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.language.project import Loaded, load_model, load_project
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Converted, Ended, Held, Moved, Record, Warned
from tests.engine.worlds import PARIS, PLAN, PROJECT, REACHABLE, ROW, Happening, clock, moment, unfit

ONCE_STARTED = "trigger: {event: started}\nreentry: always\nwhile_running: parallel\n"


def news(send: str, name: str = "news", *, priority: int = 50, more: str = "") -> str:
    """A scenario that requests its messages at once, at each start."""
    state = f"in: {{send: {send}, end: told}}"
    return f"scenario: {name}\npriority: {priority}\n{ONCE_STARTED}{more}\nstates:\n  {state}\n"


def waits_while_sending(send: str, after: str, *lines: str) -> str:
    """A scenario with one state, which sends and then waits."""
    listed = "\n".join(lines)
    return f"scenario: waits\ntrigger: {{event: started}}\n{listed}\nstates:\n  in: {{send: {send}, after: {after}}}\n"


@lru_cache(maxsize=512)
def load(policy: str, *scenarios: str, more: str = "", timezone: str = PARIS, metrics: str = "") -> Loaded:
    """The project of these scenarios under a policy, with a template for every message that they name."""
    plan = PLAN.replace("profile:\n", "profile:\n  quiet_from: {description: any}\n  quiet_to: {description: any}\n", 1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "project.yaml").write_text(PROJECT.format(timezone=timezone) + more, encoding="utf-8")
        (root / "events.yaml").write_text(plan, encoding="utf-8")
        if metrics:
            (root / "metrics.yaml").write_text(metrics, encoding="utf-8")
        (root / "policy.yaml").write_text(f"policy: {policy}\n", encoding="utf-8")
        for number, text in enumerate(scenarios):
            (root / f"s{number}.yaml").write_text(text, encoding="utf-8")
        for scenario in load_model(root).project.scenarios.values():
            for message in scenario.messages:
                template = root / "templates" / f"{message.template.text}.{message.channel.text}.j2"
                template.parent.mkdir(parents=True, exist_ok=True)
                template.write_text("Hello\n", encoding="utf-8")
        return load_project(root, errors_only=True)


def program_of(policy: str, *scenarios: str, more: str = "", timezone: str = PARIS) -> Program:
    loaded = load(policy, *scenarios, more=more, timezone=timezone)
    assert unfit(loaded) == []
    return compile_program(loaded.project)


@dataclass(frozen=True, slots=True)
class Story:
    """The records of one contact, on one clock."""

    state: ContactState
    records: list[Record]
    zone: str

    @property
    def fates(self) -> list[str]:
        """The result of each message: held, sent, or dropped with the reason."""
        return [self.line(record) for record in self.records if isinstance(record, Asked | Held)]

    @property
    def lines(self) -> list[str]:
        """The results of messages, and between them the states and the ends."""
        return [
            self.line(record) for record in self.records if isinstance(record, Asked | Held | Moved | Ended | Converted)
        ]

    @property
    def messages(self) -> list[Asked]:
        return [record for record in self.records if isinstance(record, Asked)]

    @property
    def reasons(self) -> list[str]:
        return [message.reason or "sent" for message in self.messages]

    @property
    def warnings(self) -> list[str]:
        return [record.detail for record in self.records if isinstance(record, Warned)]

    @property
    def running(self) -> int:
        return sum(not journey.ended for journeys in self.state.journeys.values() for journey in journeys)

    def line(self, record: Record) -> str:
        at = clock(record.at, self.zone)
        match record:
            case Asked():
                return f"{at} {record.channel} " + (f"dropped {record.reason}" if record.reason else "sent")
            case Held():
                return f"{at} {record.channel} held until {clock(record.until, self.zone)}"
            case Moved():
                return f"{at} -> {record.target}"
            case Ended():
                return f"{at} end {record.outcome}"
            case _:
                return f"{at} {type(record).__name__.lower()}"


def run(
    policy: str,
    scenario: str | Sequence[str],
    events: Iterable[Happening | str],
    contact: Mapping[str, Any] | None = None,
    until: str | None = None,
    *,
    name: str = "ana",
    zone: str = PARIS,
    more: str = "",
) -> Story:
    """Replays a contact's log; a time alone is a start. Without `until` a month passes after the last event."""
    scenarios = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    program = program_of(policy, *scenarios, more=more)
    state = new_contact(program, name, REACHABLE if contact is None else contact)
    records: list[Record] = []
    at = 0
    for event in events:
        happening: Happening = (event, "started") if isinstance(event, str) else event
        at = moment(happening[0], zone)
        properties = happening[2] if len(happening) > 2 else {}
        if happening[1] == ROW:
            records += change_profile(program, state, at, properties)
        else:
            records += step(program, state, Event(happening[1], at, properties))
    records += advance(program, state, moment(until, zone) if until else at + 31 * 86_400_000_000)
    return Story(state, records, zone)


def becomes(policy: str, at: str, send: str = "{push: a/p}", contact: Mapping[str, Any] | None = None) -> str:
    """The time at which a message requested at an instant is sent, or the reason why it is not."""
    last = run(policy, news(send), [at], contact).fates[-1]
    return last.removesuffix(" sent").removesuffix(" push").removesuffix(" email")


def without(*names: str, **values: Any) -> dict[str, Any]:
    """A contact who can receive messages on every channel, without some attributes or with other values."""
    return {name: value for name, value in {**REACHABLE, **values}.items() if name not in names}


def drawn(*parts: str) -> float:
    """A draw by the rule of section 7, calculated here."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


NIGHT = "{channels: [push, sms], from: '21:00', to: '08:00'}"
QUIET = f"{{quiet_hours: [{NIGHT}]}}"
MONDAY = "2025-03-03 10:00"
LATE = "2025-03-03 22:00"
MORNING = "2025-03-04 08:00"
DELAY = "on_cap: delay, max_hold: 40d"
PROGRAMS = "programs: {conversion: {title: C}, loyalty: {title: L}}\n"


def unfit_codes(policy: str, *scenarios: str) -> list[str]:
    """The codes of the errors in these scenarios."""
    return [finding.partition(" ")[0] for finding in unfit(load(policy, *scenarios))]
