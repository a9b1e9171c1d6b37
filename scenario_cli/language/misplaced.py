"""Keys at the wrong place: a finding that reads such a key as a name, or calls it unknown, says where it belongs. The
findings that follow from it are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from scenario_cli.language.misplaced_names import hint_by_name, key_among_names
from scenario_cli.language.nodes import Nodes
from scenario_cli.language.schema.check import misplaced_keys
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.language.schema.sections import section_by_value
from scenario_cli.language.yaml_node import every_key
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.source import Span

_UNKNOWN_NAMES = ("REF001", "REF003", "TIME001")


def with_places(findings: Iterable[Diagnostic], nodes: Nodes, project: Project) -> list[Diagnostic]:
    """The findings; those about a key at the wrong place say where it belongs, and those that follow are left out."""
    findings = list(findings)
    faulty = {finding.span for finding in findings}
    misplaced = [(key.span, value.span) for _, node, kind in nodes.files() for key, value in misplaced_keys(node, kind)]
    replaced: dict[int, Diagnostic] = {}
    outside: set[tuple[str, str]] = set()  # names beside the section for them, with the only file that uses them
    for file, node, kind in nodes.files():
        positions, is_scenario = Positions(kind, node), kind == "scenario"
        for number, path in _keys_of_findings(findings, file, positions):
            finding = findings[number]
            if finding.code == "SCH001":
                hint = hint_by_name(path, positions, project)
                if hint is not None:
                    replaced[number] = replace(finding, hint=hint)
                elif section_by_value(path, positions) is not None:
                    outside.add((file if is_scenario else "", str(path[-1])))
            elif is_scenario and (key := key_among_names(path, positions, faulty)) is not None:
                replaced[number] = key
                misplaced.append((finding.span, positions.node(path).span))
    return [
        replaced.get(number, finding)
        for number, finding in enumerate(findings)
        if number in replaced
        or not (any(_is_inside(finding, *place) for place in misplaced) or _uses_a_name_of(outside, finding))
    ]


def _keys_of_findings(findings: list[Diagnostic], file: str, positions: Positions) -> Iterator[tuple[int, Path]]:
    """The numbers of the findings that can be about a key at the wrong place, with the key's path."""
    numbers = [
        number
        for number, finding in enumerate(findings)
        if finding.span.file == file and finding.code in ("SCH001", *_UNKNOWN_NAMES)
    ]
    paths = {key.span: path for path, key, _ in every_key(positions.root)} if numbers else {}
    for number in numbers:
        if findings[number].span in paths:
            yield number, paths[findings[number].span]


def _is_inside(finding: Diagnostic, key: Span, value: Span) -> bool:
    """Whether a finding is about a misplaced key or its value, but does not say that it is misplaced."""
    span = finding.span
    is_inside = key.file == span.file and key.position <= span.position < (value.end_line, value.end_column)
    return is_inside and not (finding.code in ("SCH001", "SCH008") and span == key)


def _uses_a_name_of(outside: Set[tuple[str, str]], finding: Diagnostic) -> bool:
    """Whether a finding calls a name unknown that is only at the wrong place."""
    unknown = re.fullmatch(r"unknown .* '(.*)'", finding.message) if finding.code.startswith("REF") else None
    return unknown is not None and not outside.isdisjoint({("", unknown[1]), (finding.span.file, unknown[1])})
