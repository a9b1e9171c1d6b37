"""Calculates the content of a site for a project: rendered messages, test results, readers of definitions."""

from __future__ import annotations

from pathlib import Path

from scenario_cli.analysis.coverage import Coverage, coverage
from scenario_cli.analysis.readers import readers
from scenario_cli.analysis.verdict import verdict
from scenario_cli.hosts.previews import SAMPLE, preview_of, sample_messages, stage_of
from scenario_cli.hosts.scenario_tests import Stage, play
from scenario_cli.language.authors import authors
from scenario_cli.language.project import Loaded
from scenario_cli.language.templates.variables import template_variables
from scenario_cli.model.results import DryRun
from scenario_cli.model.results_report import Results
from scenario_cli.reports.site.content import Content, TestedCase


def site_content(loaded: Loaded, run: DryRun | None, results: Results | None) -> Content:
    """`run` and `results` are of a log, None without one."""
    model = loaded.project
    variables = template_variables(model)
    stage = stage_of(model)
    previews = {
        name: preview_of(stage, scenario, SAMPLE, sample_messages(stage, scenario), scenario.states)
        for name, scenario in model.scenarios.items()
        if scenario.messages
    }
    cases, covered = _tests(loaded)
    return Content(
        model, variables, readers(model, variables), previews, authors(Path(model.root)), cases, covered, run, results
    )


def _tests(loaded: Loaded) -> tuple[dict[str, tuple[TestedCase, ...]], dict[str, Coverage]]:
    """The test cases of each scenario with their results, and the parts that they go through."""
    stage = Stage(loaded.project)
    running = [scenario.name for scenario in loaded.project.scenarios.values() if scenario.runs]
    runs = []
    cases: dict[str, list[TestedCase]] = {}
    for file in loaded.tests:
        for case in file.cases:
            run = play(stage, file, case)
            runs.append(run)
            tested = TestedCase(file.file, case, verdict(run).passed)
            for name in file.scenarios or running:
                cases.setdefault(name, []).append(tested)
    tested_scenarios = [loaded.project.scenarios[name] for name in cases if name in loaded.project.scenarios]
    covered = {part.scenario: part for part in coverage(tested_scenarios, runs)}
    return {name: tuple(of_scenario) for name, of_scenario in cases.items()}, covered
