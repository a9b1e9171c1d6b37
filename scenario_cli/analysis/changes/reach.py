"""Who reads what scenarios share: scenarios, their messages, metrics and segments. Reads no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scenario_cli.analysis.lineage import Datum, Lineage
from scenario_cli.analysis.readings import TEXT_OF, readings
from scenario_cli.model.expression import expressions_in
from scenario_cli.model.project import Project
from scenario_cli.model.variables import Variables

_DEFINITIONS = ("metric ", "segment ")


@dataclass(slots=True)
class Readers:
    """Those that read one thing: scenarios by name, messages as `scenario: state`, metrics and segments by name."""

    scenarios: dict[str, None] = field(default_factory=dict)
    messages: dict[str, None] = field(default_factory=dict)
    definitions: dict[str, None] = field(default_factory=dict)


def readers(project: Project, variables: Variables) -> Mapping[Datum, Readers]:
    """The readers of each datum. `variables` are what the templates read."""
    found: dict[Datum, Readers] = {}
    for scenario in project.scenarios.values():
        for datum, uses in readings(scenario, project, variables).uses.items():
            entry = found.setdefault(datum, Readers())
            entry.scenarios[scenario.name] = None
            for use in uses:
                if use.startswith(TEXT_OF):
                    entry.messages[f"{scenario.name}: {use.removeprefix(TEXT_OF)}"] = None
                elif use.startswith(_DEFINITIONS):
                    entry.definitions[use] = None
    for use, lineage in _definitions(project):
        for datum in lineage.uses:
            found.setdefault(datum, Readers()).definitions[use] = None
    return found


def _definitions(project: Project) -> Iterable[tuple[str, Lineage]]:
    """What each metric and segment reads, also one that no scenario does."""
    for kind, definitions in (("metric", project.metrics), ("segment", project.segments)):
        for name, definition in definitions.items():
            lineage = Lineage(project)
            for expression in expressions_in(definition):
                lineage.expression(expression, {}, f"{kind} {name}")
            yield f"{kind} {name}", lineage
