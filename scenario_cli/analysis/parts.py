"""The parts of a project that a scenario needs: events, attributes, channels, metrics and the like, by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from scenario_cli.analysis.needs import listened_to
from scenario_cli.model.expression import Attr, Call, Const, Ref, expressions_in, walk
from scenario_cli.model.metrics import Aggregate
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import watched
from scenario_cli.model.vocabulary import FUNCTIONS


@dataclass(slots=True)
class Parts:
    """Names in the order in which they were met, each once; groups come with their events."""

    events: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    channels: dict[str, None] = field(default_factory=dict)
    programs: dict[str, None] = field(default_factory=dict)
    phases: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    segments: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    scenarios: dict[str, None] = field(default_factory=dict)  # whose outcome or whose journeys it asks about


def parts_of(scenario: Scenario, project: Project, texts: Iterable[str], there: Collection[str] = ()) -> Parts:
    """The parts; `texts` are those of its templates, and whatever else may name an attribute or a metric.

    Channels that are `there` already have addresses and consents of their own.
    """
    found = Parts()
    for name in (*listened_to(scenario), *(one.event.text for act in scenario.acts for one in act.emit)):
        _event(found, project, name)
    for act in scenario.acts:
        for attribute, _ in act.update:
            _dotted(found, project, "contact", attribute.text)
    _expressions(found, project, scenario)
    for message in scenario.messages:
        found.channels[message.channel.text] = None
    for name in found.channels:
        if name in project.channels and name not in there:
            _expressions(found, project, project.channels[name])
    for text in texts:
        for owner, name in _DOTTED.findall(text):
            _dotted(found, project, owner, name)
        found.tables.update({name: None for name in _LOOKUP.findall(text) if name in project.tables})
    for trigger in scenario.triggers:
        for kind, one in watched(trigger):
            if kind == "scenario":
                found.scenarios[one.text] = None
            else:
                _dotted(found, project, "contact" if kind == "attribute" else kind, one.text)
    found.programs.update({name.text: None for name in (scenario.program,) if name is not None})
    found.phases.update({name.text: None for name in (scenario.phase,) if name is not None})
    for name, event in project.plan.events.items():
        if event.profile:  # by which consent comes and goes
            found.events[name] = None
    return found


def add_policy(found: Parts, project: Project) -> None:
    """Adds what the project's delivery policy reads."""
    _expressions(found, project, project.policy)


_DOTTED = re.compile(r"\b(contact|metric|segment)\.(\w+)")
_LOOKUP = re.compile(r"""\blookup\(\s*['"](\w+)""")


def _event(found: Parts, project: Project, name: str) -> None:
    if name in project.plan.groups:
        found.groups[name] = None
    found.events.update({one: None for one in project.plan.expand(name) if one in project.plan.events})


def _expressions(found: Parts, project: Project, part: object) -> None:
    for expression in expressions_in(part):
        for node in walk(expression.root):
            if isinstance(node, Attr) and isinstance(node.base, Ref):
                _dotted(found, project, node.base.name, node.name)
            elif isinstance(node, Call) and node.args and isinstance(node.args[0], Const):
                _named(found, project, node.name, str(node.args[0].value))


def _named(found: Parts, project: Project, function: str, name: str) -> None:
    """`count('order_completed')`, `lookup('products', ...)`, `running('welcome')`: adds the part that is named."""
    if function == "lookup" and name in project.tables:
        found.tables[name] = None
    elif function == "running" and name in project.scenarios:
        found.scenarios[name] = None
    elif function in FUNCTIONS and FUNCTIONS[function].history:
        _event(found, project, name)


def _dotted(found: Parts, project: Project, owner: str, name: str) -> None:
    """`contact.email`, `metric.orders`, `segment.vip`: adds the part, and those that it rests on."""
    if owner == "contact" and name in project.plan.profile:
        found.attributes[name] = None
    elif owner == "metric" and name in project.metrics and name not in found.metrics:
        metric = project.metrics[name]
        _expressions(found, project, metric)
        if isinstance(metric.definition, Aggregate):
            _event(found, project, metric.definition.event.text)
        found.metrics[name] = None
    elif owner == "segment" and name in project.segments and name not in found.segments:
        _expressions(found, project, project.segments[name])
        found.segments[name] = None
