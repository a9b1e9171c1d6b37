"""A project as a relationship plan: programs with their scenarios, phases of the customer's life by channel.

Reports only gaps: phases, channels and programs without a scenario, scenarios without a program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from scenario_cli.analysis.constants import constant_readers, constant_text
from scenario_cli.analysis.labels import limit_labels
from scenario_cli.model.project import Programme, Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import called
from scenario_cli.model.value_class import dataclass

NO_PHASE = ""  # the row of scenarios that name no phase


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario as the plan shows it. `channels` counts its messages by channel, in the order of the project."""

    name: str
    title: str
    status: str
    phase: str
    enters: str
    goal: str
    owner: str
    reviewed: str
    channels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    """A program with its scenarios; without a name, those that belong to none."""

    name: str
    title: str
    objective: str
    kpi: str
    scenarios: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ConstantLine:
    """A constant with its value and who reads it."""

    name: str
    value: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelationshipPlan:
    """`cells` are the scenarios by phase and channel, archived ones left out; `gaps` list the missing parts."""

    project: str
    programs: tuple[ProgrammePlan, ...]
    phases: tuple[str, ...]
    channels: tuple[str, ...]
    cells: Mapping[tuple[str, str], tuple[Line, ...]] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    constants: tuple[ConstantLine, ...] = ()

    def cell(self, phase: str, channel: str) -> tuple[Line, ...]:
        return self.cells.get((phase, channel), ())

    @property
    def scenarios(self) -> tuple[Line, ...]:
        return tuple(line for program in self.programs for line in program.scenarios)


def relationship_plan(project: Project) -> RelationshipPlan:
    lines = {scenario.name: _line(scenario, project) for scenario in project.scenarios.values()}
    programs = [_program(program, _lines_of(program.name, project, lines)) for program in project.programs.values()]
    unassigned = _lines_of("", project, lines)
    if unassigned:
        programs.append(ProgrammePlan("", "", "", "", unassigned))
    cells: dict[tuple[str, str], list[Line]] = {}
    for line in (line for program in programs for line in program.scenarios):
        for channel in line.channels if line.status != "archived" else ():
            cells.setdefault((line.phase, channel), []).append(line)
    used = {phase for phase, _ in cells}
    return RelationshipPlan(
        project.title or project.name,
        tuple(programs),
        (*project.phases, *([NO_PHASE] if NO_PHASE in used else [])),
        tuple(project.channels),
        {cell: tuple(cell_lines) for cell, cell_lines in cells.items()},
        tuple(_gaps(project, lines, cells)),
        tuple(
            ConstantLine(name, constant_text(project.constants[name].value), readers)
            for name, readers in constant_readers(project).items()
        ),
    )


def _line(scenario: Scenario, project: Project) -> Line:
    channels = [message.channel.text for message in scenario.messages]
    return Line(
        name=scenario.name,
        title=scenario.title,
        status=scenario.status,
        phase=scenario.phase.text if scenario.phase is not None else NO_PHASE,
        enters=", ".join([" or ".join(map(called, scenario.triggers)), *limit_labels(scenario)]),
        goal=scenario.goal.event.text if scenario.goal is not None else "",
        owner=scenario.owner,
        reviewed=scenario.reviewed,
        channels={channel: channels.count(channel) for channel in project.channels if channel in channels},
    )


def _lines_of(program: str, project: Project, lines: Mapping[str, Line]) -> tuple[Line, ...]:
    """A program's scenarios in the order of the phases; for an empty name, those without a program."""
    order = {phase: index for index, phase in enumerate(project.phases)}
    program_lines = [
        lines[scenario.name]
        for scenario in project.scenarios.values()
        if (scenario.program.text if scenario.program is not None else "") == program
    ]
    return tuple(sorted(program_lines, key=lambda line: (order.get(line.phase, len(order)), line.name)))


def _program(program: Programme, scenarios: tuple[Line, ...]) -> ProgrammePlan:
    return ProgrammePlan(program.name, program.title or program.name, program.objective, program.kpi, scenarios)


def _gaps(project: Project, lines: Mapping[str, Line], cells: Mapping[tuple[str, str], list[Line]]) -> Iterator[str]:
    at_work = [line for line in lines.values() if line.status != "archived"]
    filled, used = {phase for phase, _ in cells}, {channel for _, channel in cells}
    have = {(scenario.program.text if scenario.program is not None else "") for scenario in project.scenarios.values()}
    gaps = (
        ("phases in which nothing is sent", [phase for phase in project.phases if phase not in filled]),
        ("channels that no scenario uses", [channel for channel in project.channels if channel not in used]),
        ("programs without a scenario", [name for name in project.programs if name not in have]),
        (
            "programs without an objective",
            [name for name, program in project.programs.items() if not program.objective],
        ),
        ("programs without a KPI", [name for name, program in project.programs.items() if not program.kpi]),
        (
            "scenarios without a program",
            [line.name for line in at_work if project.scenarios[line.name].program is None],
        ),
        ("scenarios without a phase", [line.name for line in at_work if line.phase == NO_PHASE]),
        ("scenarios without a goal", [line.name for line in at_work if not line.goal]),
        ("scenarios without an owner", [line.name for line in at_work if not line.owner]),
        ("scenarios that were never reviewed", [line.name for line in at_work if not line.reviewed]),
    )
    for heading, names in gaps:
        if names:
            yield f"{heading}: {', '.join(names)}"
