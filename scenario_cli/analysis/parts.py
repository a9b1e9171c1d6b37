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
    """Names in the order in which they were met, each once. A group's events are there once `settle_groups` has chosen
    among them."""

    events: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    channels: dict[str, None] = field(default_factory=dict)
    programs: dict[str, None] = field(default_factory=dict)
    phases: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    segments: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    constants: dict[str, None] = field(default_factory=dict)
    settings: dict[str, None] = field(default_factory=dict)  # keys of project.yaml
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
        if _MONEY.search(text):
            found.settings["currency"] = None
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


def settle_groups(found: Parts, project: Project, there: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The events of each group that is needed, which become parts: those that are parts by themselves or `there`
    already. All of them, where a group would have none.

    A group of the whole library, such as every sign that a contact is there, would bring events of other trades.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for name in found.groups:
        members = project.plan.groups[name]
        chosen[name] = tuple(one for one in members if one in found.events or one in there) or members
    for members in chosen.values():
        found.events.update(dict.fromkeys(members))
    return chosen


_DOTTED = re.compile(r"\b(contact|metric|segment|const)\.(\w+)")
_MONEY = re.compile(r"""\|\s*money\b(?!\(\s*['"])|\bmap\(\s*['"]money""")  # in the project's currency
_LOOKUP = re.compile(r"""\blookup\(\s*['"](\w+)""")


def _event(found: Parts, project: Project, name: str) -> None:
    if name in project.plan.groups:
        found.groups[name] = None
    elif name in project.plan.events:
        found.events[name] = None


def _expressions(found: Parts, project: Project, part: object) -> None:
    for expression in expressions_in(part):
        for named in expression.names:
            _dotted(found, project, *named.name.rpartition(".")[::2])
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
    elif owner == "const" and name in project.constants:
        found.constants[name] = None
    elif owner == "metric" and name in project.metrics and name not in found.metrics:
        metric = project.metrics[name]
        _expressions(found, project, metric)
        if isinstance(metric.definition, Aggregate):
            _event(found, project, metric.definition.event.text)
        found.metrics[name] = None
    elif owner == "segment" and name in project.segments and name not in found.segments:
        _expressions(found, project, project.segments[name])
        found.segments[name] = None
