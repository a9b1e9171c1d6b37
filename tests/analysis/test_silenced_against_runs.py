"""What is called silenced is held against the executor: the shipped log, without one thing after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from scenario_cli.analysis.absence import Loss
from scenario_cli.analysis.needs import wanted_attributes, wanted_events
from scenario_cli.analysis.silenced import silenced
from scenario_cli.engine.program import Program, compile_program
from scenario_cli.events.staging import stage
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.project import load_project
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked
from scenario_cli.shipped import shipped

PROJECT = load_project(shipped("scenarios")).project
EVERY = 6  # one contact of so many
# Whether their messages leave hangs on sums of several sources. That a sum comes to too little for a tier without one
# of them is arithmetic, and a matter of this log: the rest could make up for it.
HANGS_ON_SUMS = {"loyalty_points", "rfm_programs"}

Sent = Counter[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[ContactLog]:
    exports = PROJECT.exports
    options = ExportOptions(exports.events, exports.contacts, timezone=PROJECT.timezone)
    wanted = wanted_events(PROJECT, PROJECT.scenarios.values())
    profile = [name for name, event in PROJECT.plan.events.items() if event.profile]
    staged = stage(options, wanted, wanted_attributes(PROJECT), tmp_path_factory.mktemp("log"), profile=profile)
    return list(staged.stream())[::EVERY]


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_program(PROJECT, tables=load_tables(PROJECT))


@pytest.fixture(scope="module")
def usual(logs: list[ContactLog], program: Program) -> Sent:
    return sent(logs, program)


def sent(logs: list[ContactLog], program: Program) -> Sent:
    """Messages that leave, by scenario, state, channel and template."""
    found: Sent = Counter()
    until = max(log.events[-1].at for log in logs if log.events)
    for log in logs:
        _, records = feed(program, log, None, until)
        found.update(
            (one.scenario, one.state, one.channel, one.template)
            for one in records
            if isinstance(one, Asked) and not one.reason
        )
    return found


def without(logs: list[ContactLog], loss: Loss) -> Iterator[ContactLog]:
    """The log as it would be without the lost data, attributes missing in the contacts table and in events alike."""
    for log in logs:
        events = []
        for event in log.events:
            if event.name in loss.events:
                continue
            gone = {name for owner, name in loss.properties if owner == event.name}
            gone |= loss.attributes if PROJECT.plan.events[event.name].profile else set()
            events.append(Event(event.name, event.at, _left(event.properties, gone), event.event_id) if gone else event)
        changes: list[tuple[int, Mapping[str, object]]] = [
            (at, _left(values, set(loss.attributes))) for at, values in log.changes
        ]
        profile = _left(log.profile, set(loss.attributes))
        yield ContactLog(log.contact_id, profile, changes, events, log.listed, log.known_since)


def _left(values: Mapping[str, object], gone: set[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in gone}


def losses(project: Project) -> Iterator[Loss]:
    scenarios = project.scenarios.values()
    for name, properties in wanted_events(project, scenarios).items():
        if not project.plan.events[name].profile:
            yield Loss(events=frozenset({name}))
            yield from (Loss(properties=frozenset({(name, one)})) for one in properties)
    yield from (Loss(attributes=frozenset({one})) for one in ("email", "email_optin", "phone", "push_token", "country"))


def named(loss: Loss) -> str:
    return " ".join([*loss.events, *map(".".join, loss.properties), *(f"contact.{one}" for one in loss.attributes)])


@pytest.mark.parametrize("loss", list(losses(PROJECT)), ids=named)
def test_what_is_called_silenced_is_never_sent_and_what_falls_silent_is_called_so(
    loss: Loss, logs: list[ContactLog], program: Program, usual: Sent
) -> None:
    claimed = {(one.scenario, *place) for one in silenced(PROJECT, loss) for place in one.silenced}
    found = sent(list(without(logs, loss)), program)
    assert {place: found[place] for place in claimed if found[place]} == {}
    assert {place for place in usual if not found[place] and place[0] not in HANGS_ON_SUMS} <= claimed
