"""The readers of shared definitions: scenarios, their messages, metrics and segments. Reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from scenario_cli.analysis.changes.templates import table_readers
from scenario_cli.analysis.lineage import Datum, Lineage
from scenario_cli.analysis.readings import TEXT_OF, readings
from scenario_cli.model.changes import Area
from scenario_cli.model.expression import expressions_in
from scenario_cli.model.metrics import Aggregate
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import trigger_events
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import Variables

_DEFINITIONS = ("metric ", "segment ")

# A kind of thing and its name: `("metric", "clv")`, `("event", "order_completed")`.
Part = tuple[Area, str]


@dataclass(slots=True)
class Readers:
    """Those that read one thing: scenarios by name, messages as `scenario: state`, metrics and segments by name.

    `direct` are the scenarios that read it themselves; the others do so through a metric or a segment.
    """

    scenarios: dict[str, None] = field(default_factory=dict)
    direct: dict[str, None] = field(default_factory=dict)
    messages: dict[str, None] = field(default_factory=dict)
    definitions: dict[str, None] = field(default_factory=dict)

    def read(self, scenario: str, use: str) -> None:
        if scenario:
            self.scenarios[scenario] = None
            if not use.startswith(_DEFINITIONS):
                self.direct[scenario] = None
        if use.startswith(TEXT_OF) and scenario:
            self.messages[f"{scenario}: {use.removeprefix(TEXT_OF)}"] = None
        elif use.startswith(_DEFINITIONS):
            self.definitions[use] = None


def readers(project: Project, variables: Variables) -> Mapping[Part, Readers]:
    """The readers of each definition. `variables` are the values that the templates read."""
    readers_by_part: dict[Part, Readers] = {}
    tables = table_readers(project)
    for scenario in project.scenarios.values():
        lineage = readings(scenario, project, variables)
        named = ((part, "") for part in _named(scenario, project))
        for part, use in (*_read(lineage), *named, *_table_reads(scenario, tables)):
            readers_by_part.setdefault(part, Readers()).read(scenario.name, use)
    for part, use in _definitions(project):
        readers_by_part.setdefault(part, Readers()).read("", use)
    return readers_by_part


def _read(lineage: Lineage) -> Iterator[tuple[Part, str]]:
    for datum, uses in lineage.uses.items():
        for use in uses:
            yield from ((part, use) for part in _parts(datum))
    for counted in lineage.counted:
        yield ("event", counted.event), counted.by


def _parts(datum: Datum) -> Iterator[Part]:
    match datum.kind:
        case "property":
            yield "event", datum.owner
        case "column":
            yield "table", datum.owner
        case kind:
            yield kind, datum.name


def _named(scenario: Scenario, project: Project) -> Iterator[Part]:
    """The things that a scenario names elsewhere than in values."""
    listened = [name for trigger in scenario.triggers for name in trigger_events(trigger)]
    listened += [transition.event for transition in scenario.transitions]
    listened += [scenario.goal.event] if scenario.goal is not None else []
    for name in listened:
        yield from (("event", event) for event in project.plan.expand(name.text))
        if name.text in project.plan.groups:
            yield "group", name.text
    for message in scenario.messages:
        yield "channel", message.channel.text
    if scenario.program is not None:
        yield "program", scenario.program.text


def _table_reads(scenario: Scenario, tables: Mapping[tuple[str, str], set[str]]) -> Iterator[tuple[Part, str]]:
    """The tables that the texts of a scenario's messages look up."""
    for sending in scenario.sendings:
        state = sending.state.name if sending.state is not None else "every state"
        for message in sending.messages:
            for table in sorted(tables.get((message.template.text, message.channel.text), ())):
                yield ("table", table), f"{TEXT_OF}{state}"


def _definitions(project: Project) -> Iterator[tuple[Part, str]]:
    """The readings of each metric and segment, also if no scenario reads it."""
    for kind, definitions in (("metric", project.metrics), ("segment", project.segments)):
        for name, definition in definitions.items():
            lineage = Lineage(project)
            for expression in expressions_in(definition):
                lineage.expression(expression, {}, f"{kind} {name}")
            yield from ((part, use) for part, use in _read(lineage) if part != (kind, name))
    for name, metric in project.metrics.items():
        if isinstance(metric.definition, Aggregate):
            for event in project.plan.expand(metric.definition.event.text):
                yield ("event", event), f"metric {name}"
