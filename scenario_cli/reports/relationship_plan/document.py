"""The relationship plan as a document, for a terminal or to be sent."""

from __future__ import annotations

from scenario_cli.analysis.relationship_plan import NO_PHASE, ConstantLine, Line, ProgrammePlan, RelationshipPlan
from scenario_cli.reports.document.parts import Bullets, Document, Facts, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.text import plural


def map_document(plan: RelationshipPlan) -> Document:
    document: Document = [Heading(1, plan.project, "relationship plan"), Paragraph(summary(plan))]
    for program in plan.programs:
        document += [Heading(2, program_title(program)), *_program(program)]
    document += [Heading(2, "Phases and channels"), _cross(plan)]
    if plan.constants:
        rows = [
            row(f"`const.{constant.name}`", f"`{constant.value}`", readers(constant)) for constant in plan.constants
        ]
        document += [Heading(2, "Constants"), Grid(("constant", "is", "read by"), tuple(rows))]
    if plan.gaps:
        document += [Heading(2, "Gaps"), Bullets(plan.gaps)]
    return document


def summary(plan: RelationshipPlan) -> str:
    programs = sum(bool(program.name) for program in plan.programs)
    return (
        f"{plural(len(plan.scenarios), 'scenario')} in {plural(programs, 'program')}, "
        f"{plural(sum(phase != NO_PHASE for phase in plan.phases), 'phase')}, {plural(len(plan.channels), 'channel')}"
    )


def program_title(program: ProgrammePlan) -> str:
    return program.title or "In no program"


def phase_title(phase: str) -> str:
    return "no phase" if phase == NO_PHASE else phase


def cell_text(line: Line) -> str:
    """A scenario in the cross-table; with its status if it is not live."""
    return line.name if line.status == "live" else f"{line.name} ({line.status})"


def messages(line: Line) -> tuple[str, ...]:
    return tuple(f"{channel} {count}" for channel, count in line.channels.items())


def readers(constant: ConstantLine) -> tuple[str, ...]:
    return constant.readers or ("nobody",)


def _program(program: ProgrammePlan) -> Document:
    goals = facts(("objective", program.objective), ("KPI", program.kpi))
    parts: Document = [goals] if isinstance(goals, Facts) and goals.pairs else []
    if not program.scenarios:
        return [*parts, Paragraph("No scenario yet.")]
    rows = [
        row(f"`{line.name}`", line.status, phase_title(line.phase), messages(line), line.enters, line.goal)
        for line in program.scenarios
    ]
    head = ("scenario", "status", "phase", "messages", "enters", "goal")
    return [*parts, Grid(head, tuple(rows))]


def _cross(plan: RelationshipPlan) -> Grid:
    rows = [
        row(phase_title(phase), *(tuple(map(cell_text, plan.cell(phase, channel))) for channel in plan.channels))
        for phase in plan.phases
    ]
    return Grid(("phase", *plan.channels), tuple(rows))
