"""Forecasts of stopped messages, compared with the executor: the shipped log with one part of the data removed at a
time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache

import pytest

from scenario_cli.analysis.needs import wanted_attributes, wanted_events
from scenario_cli.analysis.silence.absence import Loss
from scenario_cli.analysis.silence.silenced import silenced, with_all_data
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.events.staging import stage
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.project import load_model
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.records import Asked
from scenario_cli.shipped import shipped
from tests.rows import rows
from tests.sample.shop import one_in, part_of_the_log

PROJECT = load_model(shipped("scenarios")).project
WHOLE = with_all_data(PROJECT)
# Enough contacts: with any data lost, the same messages are sent as with five times as many contacts.
SOME = one_in(10)
EVERY = 5
# For these scenarios the messages that stop in a run are compared with the forecast. In others a message can depend on
# a sum of several sources, and whether the other sources are enough for it depends on this log.
ALONE = ("cart_abandonment", "nurturing", "reactivation", "welcome")

Sent = Counter[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[ContactLog]:
    folder = tmp_path_factory.mktemp("log")
    events, contacts = part_of_the_log(folder, SOME)
    options = ExportOptions((str(events),), (str(contacts),), timezone=PROJECT.timezone)
    types_by_event = wanted_events(PROJECT, PROJECT.scenarios.values())
    profile = [name for name, event in PROJECT.plan.events.items() if event.profile]
    staged = stage(options, types_by_event, wanted_attributes(PROJECT), folder, profile=profile)
    return list(staged.stream())[::EVERY]


@pytest.fixture(scope="module")
def few(logs: list[ContactLog]) -> Runs:
    return Runs(logs, compile_program(PROJECT, ALONE, tables=load_tables(PROJECT)))


@pytest.fixture(scope="module")
def library(logs: list[ContactLog]) -> Runs:
    return Runs(logs, compile_program(PROJECT, tables=load_tables(PROJECT)))


class Runs:
    """Contacts run through a program to the end of the log, each once with all data. If data is lost, only the contacts
    who had it run again, because no contact affects another.
    """

    def __init__(self, logs: list[ContactLog], program: Program) -> None:
        self.program = program
        self.until = max(log.events[-1].at for log in logs if log.events)
        self.usual = [(log, self._sent(log)) for log in logs]

    def _sent(self, log: ContactLog) -> Sent:
        """The messages that were sent, by scenario, state, channel and template."""
        _, records = feed(self.program, log, None, self.until)
        return Counter(
            (record.scenario, record.state, record.channel, record.template)
            for record in records
            if isinstance(record, Asked) and not record.reason
        )

    def sent(self, loss: Loss | None = None) -> Sent:
        counts: Sent = Counter()
        for log, usual in self.usual:
            less = without(log, loss) if loss is not None else log
            counts.update(usual if _same(less, log) else self._sent(less))
        return counts


def _same(first: ContactLog, second: ContactLog) -> bool:
    """Whether two logs of a contact have the same content."""
    return (first.events, first.changes, first.profile) == (second.events, second.changes, second.profile)


def without(log: ContactLog, loss: Loss) -> ContactLog:
    """The log without the lost data. Lost attributes are missing in the contacts table and in events."""
    events = []
    for event in log.events:
        if event.name in loss.events:
            continue
        lost_names = {name for owner, name in loss.properties if owner == event.name}
        lost_names |= loss.attributes if PROJECT.plan.events[event.name].profile else set()
        has_lost = not lost_names.isdisjoint(event.properties)
        events.append(
            Event(event.name, event.at, _without(event.properties, lost_names), event.event_id) if has_lost else event
        )
    changes: list[tuple[int, Mapping[str, object]]] = [
        (at, _without(values, set(loss.attributes))) for at, values in log.changes
    ]
    profile = _without(log.profile, set(loss.attributes))
    return ContactLog(log.contact_id, profile, changes, events, log.listed, log.known_since)


def _without(values: Mapping[str, object], lost_names: set[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in lost_names}


ATTRIBUTES = [Loss(attributes=frozenset({each})) for each in ("email", "email_optin", "phone", "push_token", "country")]


def losses(names: Collection[str], *, properties: bool) -> Iterator[Loss]:
    """The losses of single events that scenarios want, and, on request, of each of their properties."""
    for name, properties_of_event in wanted_events(PROJECT, [PROJECT.scenarios[name] for name in names]).items():
        if not PROJECT.plan.events[name].profile:
            yield Loss(events=frozenset({name}))
            if properties:
                yield from (Loss(properties=frozenset({(name, each)})) for each in properties_of_event)


def named(loss: Loss) -> str:
    return " ".join(
        [*loss.events, *map(".".join, loss.properties), *(f"contact.{attribute}" for attribute in loss.attributes)]
    )


@cache
def foreseen(loss: Loss) -> Collection[tuple[str, str, str, str]]:
    return {(effect.scenario, *place) for effect in silenced(PROJECT, loss, full=WHOLE) for place in effect.silenced}


@rows("loss", [*losses(ALONE, properties=True), *ATTRIBUTES], ids=named)
def test_silenced_messages_are_those_that_the_executor_never_sends(loss: Loss, few: Runs) -> None:
    claimed = foreseen(loss)
    sent = few.sent(loss)
    assert {place: sent[place] for place in claimed if sent[place]} == {}
    assert {place for place in few.sent() if not sent[place]} <= set(claimed)


@rows("loss", [*losses(PROJECT.scenarios, properties=False), *ATTRIBUTES], ids=named)
def test_silenced_messages_are_never_sent_by_any_scenario(loss: Loss, library: Runs) -> None:
    claimed = foreseen(loss)
    sent = library.sent(loss)
    assert {place: sent[place] for place in claimed if sent[place]} == {}
