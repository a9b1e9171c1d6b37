"""The files of a project, read, to its model. Reads no file and resolves no names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from scenario_cli.language.build.meanings import Meanings
from scenario_cli.language.build.metrics import build_metrics
from scenario_cli.language.build.plan import build_plan
from scenario_cli.language.build.policy import build_policy
from scenario_cli.language.build.project import ProjectBuilder, Settings
from scenario_cli.language.build.scenario import build_scenario
from scenario_cli.language.digest import project_digest
from scenario_cli.language.files import Files
from scenario_cli.language.nodes import Nodes
from scenario_cli.language.templates.files import TemplateFiles
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.policy import Policy
from scenario_cli.model.project import Constant, Exports, Project, TrackingPlan
from scenario_cli.model.scenario import Scenario


def build_project(
    files: Files, nodes: Nodes, templates: TemplateFiles, faults: Iterable[Diagnostic]
) -> tuple[Project, list[Diagnostic]]:
    """The project as far as it can be made, and its faults; `faults` are those found before."""
    findings: list[Diagnostic] = []
    kinds = nodes.kinds
    builder = ProjectBuilder(files)
    settings = builder.settings(kinds["project"]) if "project" in kinds else Settings(files.root.name, "UTC")
    findings.extend(builder.findings)
    plan, plan_faults = build_plan(kinds["events"]) if "events" in kinds else (TrackingPlan(), [])
    findings.extend(plan_faults)
    metrics, segments, faulty = build_metrics(kinds["metrics"]) if "metrics" in kinds else ({}, {}, [])
    findings.extend(faulty)
    policy, faulty = build_policy(kinds["policy"]) if "policy" in kinds else (Policy(), [])
    findings.extend(faulty)
    delivery = None
    if "delivery" in kinds:
        from scenario_cli.language.build.delivery import build_delivery  # few projects have one

        delivery, faulty = build_delivery(kinds["delivery"])
        findings.extend(faulty)
    constants = Meanings(settings.constants)
    metrics, segments, policy = constants.within(metrics), constants.within(segments), constants.within(policy)
    channels = constants.within(settings.channels)
    findings.extend(constants.findings)
    scenarios = _scenarios(nodes.scenarios, settings.constants, findings)
    texts = {name: text.text for name, text in templates.texts.items()}
    project = Project(
        name=settings.name,
        root=str(files.root),
        timezone=settings.timezone,
        digest=project_digest(kinds, (node for _, node in nodes.scenarios), texts),
        title=settings.title,
        locale=settings.locale,
        salt=settings.salt,
        currency=settings.currency,
        plan=plan,
        channels=channels,
        policy=policy,
        programs=settings.programs,
        phases=settings.phases,
        metrics=metrics,
        segments=segments,
        tables=settings.tables,
        constants=settings.constants,
        clock=settings.clock,
        phase_spans=settings.phase_spans,
        conventions=settings.conventions,
        key_dates=settings.key_dates,
        review_after=settings.review_after,
        committee=settings.committee,
        limits=settings.limits,
        templates=tuple(templates.templates),
        texts=texts,
        scenarios=dict(sorted(scenarios.items())),
        faulty=_faulty(nodes, [*faults, *findings]),
        exports=_from_root(settings.exports, files.root),
        run=settings.run,
        insights=settings.insights,
        links=settings.links,
        messages=settings.messages,
        delivery=delivery,
    )
    return project, findings


def _scenarios(
    nodes: Iterable[tuple[str, Node]], constants: Mapping[str, Constant], findings: list[Diagnostic]
) -> dict[str, Scenario]:
    """The scenarios by name. If two have the same name, the first counts."""
    scenarios: dict[str, Scenario] = {}
    for file_name, node in nodes:
        scenario, faults = build_scenario(node, file_name, constants)
        findings.extend(faults)
        if scenario is not None:
            first = scenarios.setdefault(scenario.name, scenario)
            if first is not scenario:
                findings.append(Diagnostic("REF008", f"{first.file} already has a scenario '{scenario.name}'",
                                        scenario.span, hint="write another name after 'scenario:' in one of them",
                                        related=(("first here", first.span),)))  # fmt: skip
    return scenarios


def _faulty(nodes: Nodes, faults: Iterable[Diagnostic]) -> frozenset[str]:
    """The names of the scenarios whose files have errors, whether or not a scenario could be built."""
    faulty_files = {finding.span.file for finding in faults if finding.severity == "error"}
    broken = [file for file in nodes.scenario_files if file in faulty_files]
    return frozenset(name for file in broken for name in _claimed(nodes.sources, file))


def _claimed(sources: Mapping[str, str], file: str) -> list[str]:
    """The name that a scenario's file states, even if the file is broken."""
    # In UTF-16, which is not read, a mark stands before the text and a null beside each letter.
    text = sources.get(file, "").replace("\0", "").lstrip("\ufffd")
    return re.findall(r"^scenario:[ \t]*[\"']?[ \t]*([\w-]+)[ \t]*[\"']?[ \t]*(?:#.*)?$", text, re.MULTILINE)[:1]


def _from_root(exports: Exports, root: Path) -> Exports:
    """The exports with paths that hold in any folder: project.yaml writes them from its own."""

    def from_root(path: str) -> str:
        return path if "://" in path else str(root / path)

    return replace(
        exports,
        events=tuple(map(from_root, exports.events)),
        contacts=tuple(map(from_root, exports.contacts)),
        sources=tuple(_from_root(source, root) for source in exports.sources),
        spans={text if text == exports.query else from_root(text): span for text, span in exports.spans.items()},
    )
