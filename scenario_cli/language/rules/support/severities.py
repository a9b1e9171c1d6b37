"""Severities that the user has set: `rules:` in project.yaml, `--severity` on the command line.

Findings of rules, and other warnings, can be changed. With an error of any other kind, nothing can run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic, Severity, did_you_mean

Level = Severity | Literal["off"]
LEVELS: tuple[Level, ...] = (*SEVERITIES, "off")

# Levels by code or category, the code before its category. The first with a level counts.
Levels = Mapping[str, Level]

# Warnings that come from no rule.
OTHER_WARNINGS = (
    "EXP008",
    "EXP009",
    "FLOW028",
    "IGN001",
    "IGN002",
    "MSG006",
    "MSG008",
    "MSG021",
    "MSG022",
    "SCH021",
    "YAML015",
)

_CODE = re.compile(r"[A-Z]+([0-9]{3})?")


def category(code: str) -> str:
    return code.rstrip("0123456789")


def level_of(code: str, graded_by: Sequence[Levels]) -> Level | None:
    """The level set for a code; None if it is not set."""
    for levels in graded_by:
        level = levels.get(code) or levels.get(category(code))
        if level is not None:
            return level
    return None


def adjusted(
    findings: Iterable[Diagnostic], graded_by: Sequence[Levels], graded: Collection[str]
) -> Iterator[Diagnostic]:
    """The findings with the severity that is requested, without those that are switched off."""
    for finding in findings:
        level = level_of(finding.code, graded_by)
        if level is None or (finding.severity == "error" and finding.code not in graded):
            yield finding
        elif level != "off":
            yield finding if level == finding.severity else replace(finding, severity=level)


def unknown(code: str, graded: Collection[str]) -> str | None:
    """A hint for a code or category that does not exist; None for one that does."""
    codes = set(graded)
    categories = {category(known_code) for known_code in codes}
    if code in codes or code in categories:
        return None
    if category(code) in categories:
        similar = sorted(known_code for known_code in codes if category(known_code) == category(code))
        return did_you_mean(code, similar, f"of {category(code)}")
    return did_you_mean(code, categories, "categories of rules")


def read_levels(node: Node | None, graded: Collection[str]) -> tuple[Levels, list[Diagnostic]]:
    """`rules:` of project.yaml, and a finding for each unknown rule that it names."""
    levels: dict[str, Level] = {}
    findings: list[Diagnostic] = []
    if node is None:
        return levels, findings
    for code, value in node.fields.items():
        hint = unknown(code, graded)
        if hint is not None and _CODE.fullmatch(code):  # another form is a fault of shape, and reported as one
            findings.append(Diagnostic("IGN004", f"no rule or category '{code}'", node.key(code).span, hint=hint))
        for level in LEVELS:
            if value.text == level:
                levels[code] = level
    return levels, findings
