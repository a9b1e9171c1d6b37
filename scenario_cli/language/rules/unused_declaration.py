"""DATA014: a table, constant or program that nothing names."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.constants import constant_readers
from scenario_cli.analysis.use import read_tables
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.source import Span


def check_project(overview: Overview) -> Findings:
    for declaration, span, key in _unused(overview):
        yield RULE.finding(f"nothing uses {declaration}", span, hint=f"remove it from {key}, or use it")


def _unused(overview: Overview) -> Iterator[tuple[str, Span, str]]:
    project = overview.project
    if not project.scenarios:
        return
    tables = read_tables(project, overview.expressions)
    for name, table in project.tables.items():
        if name not in tables:
            yield f"table '{name}'", table.span, "project.yaml"
    for name, readers in constant_readers(project).items():
        if not readers:
            yield f"constant '{name}'", project.constants[name].span, "project.yaml"
    programs = {scenario.program.text for scenario in project.scenarios.values() if scenario.program is not None}
    for name, program in project.programs.items():
        if name not in programs:
            yield f"program '{name}'", program.span, "project.yaml"


RULE = Rule(
    code="DATA014",
    name="unused-declaration",
    severity="info",
    finds="a reference table without lookup(), a constant that is not used, or a program without a scenario",
    because="it looks as if it were needed, so nobody dares to change it",
    mend="remove it, or use it",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
programs:
  conversion: {title: Conversion}
  retention: {title: Retention}
""",
        "example.yaml": """\
program: conversion
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
programs:
  conversion: {title: Conversion}
""",
        "example.yaml": """\
program: conversion
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
