"""The relationship plan as JSON; its schema is `map.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.analysis.relationship_plan import Line, ProgrammePlan, RelationshipPlan
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def map_json(plan: RelationshipPlan) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "map",
        "project": plan.project,
        "programs": [_program(program) for program in plan.programs],
        "phases": [phase or None for phase in plan.phases],
        "channels": list(plan.channels),
        "cells": [
            {"phase": phase or None, "channel": channel, "scenarios": [line.name for line in plan.cell(phase, channel)]}
            for phase in plan.phases
            for channel in plan.channels
        ],
        "constants": [
            {"name": constant.name, "value": constant.value, "readers": list(constant.readers)}
            for constant in plan.constants
        ],
        "gaps": list(plan.gaps),
    }
    return json_text(document)


def _program(program: ProgrammePlan) -> dict[str, Any]:
    return {
        "name": program.name or None,
        "title": program.title or None,
        "objective": program.objective or None,
        "kpi": program.kpi or None,
        "scenarios": [_scenario(line) for line in program.scenarios],
    }


def _scenario(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "title": line.title or None,
        "status": line.status,
        "phase": line.phase or None,
        "enters": line.enters,
        "goal": line.goal or None,
        "owner": line.owner or None,
        "reviewed": line.reviewed or None,
        "messages": dict(line.channels),
    }
