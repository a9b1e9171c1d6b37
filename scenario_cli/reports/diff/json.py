"""The differences between two versions of a project as JSON; its schema is `diff.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.case_differences import CaseChange, CaseDifferences
from scenario_cli.model.changes import Change, Side, Subject
from scenario_cli.model.difference import Difference
from scenario_cli.model.project import Project
from scenario_cli.reports.diff.case_words import case_reasons
from scenario_cli.reports.diff.impact_json import contact_values, impact_values
from scenario_cli.reports.diff.limit_words import passed_values
from scenario_cli.reports.diff.words import summary
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.run.under_way import under_way_values

FORMAT_VERSION = 1


def diff_json(difference: Difference, models: tuple[Project, Project]) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "diff",
        "project": difference.project,
        "old": _side(difference.old),
        "new": _side(difference.new),
        "summary": _plain(summary(difference)),
        "alarms": list(map(_plain, difference.changes.alarms)),
        "subjects": [_subject(subject) for subject in difference.changes.subjects],
        "touched": sorted(difference.changes.touched),
        "impact": None if difference.impact is None else impact_values(difference.impact),
        "contact": None if difference.contact is None else contact_values(difference.contact, models),
        "under_way": None if difference.under_way is None else list(map(under_way_values, difference.under_way)),
        "limits_passed": [passed_values(passed) for passed in difference.passed],
        "tests": _cases(difference.cases) if difference.cases is not None else None,
    }
    return json_text(document)


def _side(side: Side) -> dict[str, Any]:
    return {"label": side.label, "commit": side.commit or None}


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "area": subject.area,
        "name": subject.name,
        "kind": subject.kind,
        "was": subject.was or None,
        "redraws": subject.redraws,
        "reach": list(subject.reach),
        "messages": list(subject.messages),
        "readers": list(subject.readers),
        "changes": [_change(change) for change in subject.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "where": list(change.where),
        "text": _plain(change.text),
        "before": change.before if change.passage else _plain(change.before),
        "after": change.after if change.passage else _plain(change.after),
        "reach": list(change.reach),
    }


def _cases(cases: CaseDifferences) -> dict[str, Any]:
    groups = ("now_fail", "still_fail", "now_pass", "added", "removed", "overturned")
    return {
        "ran": cases.ran,
        **{group: [_case(case) for case in getattr(cases, group)] for group in groups},
        "coverage": [
            {"scenario": part.scenario, "before": part.before, "after": part.after} for part in cases.coverage
        ],
    }


def _case(case: CaseChange) -> dict[str, Any]:
    return {"file": case.file, "name": case.name, "passed": case.passed, "differences": case_reasons(case)}


def _plain(text: str) -> str:
    return text.replace("`", "")
