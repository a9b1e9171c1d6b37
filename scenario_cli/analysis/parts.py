"""The parts of a project that a scenario needs: events, attributes, channels, metrics and the like, by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import field

from scenario_cli.analysis.needs import listened_to
from scenario_cli.model.expression import Attr, Call, Const, Ref, expressions_in, walk
from scenario_cli.model.metrics import Aggregate
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import watched
from scenario_cli.model.value_class import dataclass
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
    scenarios: dict[str, None] = field(default_factory=dict)  # whose outcome or journeys it asks about


def parts_of(scenario: Scenario, project: Project, texts: Iterable[str], existing: Collection[str] = ()) -> Parts:
    """The parts that a scenario needs. `texts` can name attributes or metrics, like those of its templates.

    `existing` channels have addresses and consents already.
    """
    parts = Parts()
    for name in (*listened_to(scenario), *(emission.event.text for act in scenario.acts for emission in act.emit)):
        _event(parts, project, name)
    for act in scenario.acts:
        for attribute, _ in act.update:
            _dotted(parts, project, "contact", attribute.text)
    _expressions(parts, project, scenario)
    for message in scenario.messages:
        parts.channels[message.channel.text] = None
    for name in parts.channels:
        if name in project.channels and name not in existing:
            _expressions(parts, project, project.channels[name])
    for text in texts:
        for owner, name in _DOTTED.findall(text):
            _dotted(parts, project, owner, name)
        if _MONEY.search(text):
            parts.settings["currency"] = None
        parts.tables.update({name: None for name in _LOOKUP.findall(text) if name in project.tables})
    for trigger in scenario.triggers:
        for kind, member in watched(trigger):
            if kind == "scenario":
                parts.scenarios[member.text] = None
            else:
                _dotted(parts, project, "contact" if kind == "attribute" else kind, member.text)
    parts.programs.update({name.text: None for name in (scenario.program,) if name is not None})
    parts.phases.update({name.text: None for name in (scenario.phase,) if name is not None})
    for name, event in project.plan.events.items():
        if event.profile:  # by which consent is given and withdrawn
            parts.events[name] = None
    return parts


def settle_groups(parts: Parts, project: Project, existing: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The events of each group that is needed, which become parts: those that are parts by themselves or `there`
    already. All of them, if a group would have none.

    A group of the whole library, such as every sign that a contact is there, would bring events of other trades.
    """
    members_by_group: dict[str, tuple[str, ...]] = {}
    for name in parts.groups:
        members = project.plan.groups[name]
        members_by_group[name] = (
            tuple(member for member in members if member in parts.events or member in existing) or members
        )
    for members in members_by_group.values():
        parts.events.update(dict.fromkeys(members))
    return members_by_group


_DOTTED = re.compile(r"\b(contact|metric|segment|const)\.(\w+)")
_MONEY = re.compile(r"""\|\s*money\b(?!\(\s*['"])|\bmap\(\s*['"]money""")  # in the project's currency
_LOOKUP = re.compile(r"""\blookup\(\s*['"](\w+)""")


def _event(parts: Parts, project: Project, name: str) -> None:
    if name in project.plan.groups:
        parts.groups[name] = None
    elif name in project.plan.events:
        parts.events[name] = None


def _expressions(parts: Parts, project: Project, part: object) -> None:
    for expression in expressions_in(part):
        for reference in expression.names:
            _dotted(parts, project, *reference.name.rpartition(".")[::2])
        for node in walk(expression.root):
            if isinstance(node, Attr) and isinstance(node.base, Ref):
                _dotted(parts, project, node.base.name, node.name)
            elif isinstance(node, Call) and node.args and isinstance(node.args[0], Const):
                _function_part(parts, project, node.name, str(node.args[0].value))


def _function_part(parts: Parts, project: Project, function: str, name: str) -> None:
    """`count('order_completed')`, `lookup('products', ...)`, `running('welcome')`: adds the part that is named."""
    if function == "lookup" and name in project.tables:
        parts.tables[name] = None
    elif function == "running" and name in project.scenarios:
        parts.scenarios[name] = None
    elif function in FUNCTIONS and FUNCTIONS[function].history:
        _event(parts, project, name)


def _dotted(parts: Parts, project: Project, owner: str, name: str) -> None:
    """`contact.email`, `metric.orders`, `segment.vip`: adds the part, and those that it depends on."""
    if owner == "contact" and name in project.plan.profile:
        parts.attributes[name] = None
    elif owner == "const" and name in project.constants:
        parts.constants[name] = None
    elif owner == "metric" and name in project.metrics and name not in parts.metrics:
        metric = project.metrics[name]
        _expressions(parts, project, metric)
        if isinstance(metric.definition, Aggregate):
            _event(parts, project, metric.definition.event.text)
        parts.metrics[name] = None
    elif owner == "segment" and name in project.segments and name not in parts.segments:
        _expressions(parts, project, project.segments[name])
        parts.segments[name] = None
