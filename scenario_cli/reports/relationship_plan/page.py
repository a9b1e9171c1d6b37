"""The relationship plan as one HTML page that needs no other files."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from scenario_cli.analysis.relationship_plan import Line, ProgrammePlan, RelationshipPlan
from scenario_cli.reports.html_page import html_page
from scenario_cli.reports.look.table import Text, cell
from scenario_cli.reports.relationship_plan.document import (
    cell_text,
    messages,
    phase_title,
    program_title,
    readers,
    summary,
)


def map_page(plan: RelationshipPlan) -> str:
    values = {
        "project": plan.project,
        "summary": summary(plan),
        "channels": plan.channels,
        "phases": [{"title": phase_title(phase), "cells": _cells(plan, phase)} for phase in plan.phases],
        "programs": [_program(program) for program in plan.programs],
        "constants": [
            (f"const.{constant.name}", constant.value, ", ".join(readers(constant))) for constant in plan.constants
        ],
        "gaps": plan.gaps,
    }
    return html_page("scenario_cli.reports.relationship_plan", plan=values)


def _cells(plan: RelationshipPlan, phase: str) -> list[dict[str, Any]]:
    return [
        {
            "channel": channel,
            "parts": [Text(_with_breaks(cell_text(line))) for line in plan.cell(phase, channel)],
        }
        for channel in plan.channels
    ]


def _program(program: ProgrammePlan) -> dict[str, Any]:
    pairs = (("objective", program.objective), ("KPI", program.kpi))
    return {
        "title": program_title(program),
        "facts": [(word, cell(text)) for word, text in pairs if text],
        "scenarios": [_scenario(line) for line in program.scenarios],
    }


def _scenario(line: Line) -> dict[str, Any]:
    pairs = (
        ("scenario", line.name), ("phase", phase_title(line.phase)), ("messages", ", ".join(messages(line))),
        ("enters", line.enters), ("goal", line.goal), ("owner", line.owner), ("reviewed", line.reviewed),
    )  # fmt: skip
    return {
        "title": line.title,
        "name": line.name,
        "status": line.status,
        "facts": [(word, cell(text)) for word, text in pairs if text],
    }


def _with_breaks(name: str) -> Markup:
    """A name whose words can be on several lines of a narrow column."""
    return Markup("_<wbr>").join(map(escape, name.split("_")))
