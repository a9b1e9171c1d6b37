"""Findings that only follow from another fault: names whose definitions could not be read, forms, goals. Finds none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from scenario_cli.language.kinds import KINDS
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, nearest

# The sections of shared files that define what others name, with the codes of names that are in none.
_DEFINED_IN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "project": {
        "channels": ("REF003", "REF007"),
        "programs": ("REF005",),
        "phases": ("REF006",),
        "tables": ("REF016",),
        "constants": ("REF021",),
    },
    "events": {"events": ("REF001", "REF004"), "profile": ("REF004",)},
    "metrics": {"metrics": ("REF014",), "segments": ("REF015",)},
}
Section = tuple[str, str]


def lost_sections(kinds: Mapping[str, Node], findings: Iterable[Diagnostic], missing: Set[str]) -> set[Section]:
    """The sections, by kind of file, that define nothing because of a fault, so that their names cannot be called
    unknown.

    `missing` are the kinds of files that a project needs and does not have. A part of a file can be lost with any fault
    of YAML, such as a key that appears twice.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    unreadable = {_kind_of(finding) for finding in errors if finding.code.startswith("YAML")} | missing
    broken = {_kind_of(finding) for finding in errors}
    return {
        (kind, section)
        for kind, sections in _DEFINED_IN.items()
        for section in sections
        if kind in unreadable or (kind in broken and not _defines(kinds[kind].get(section)))
    }


def _kind_of(finding: Diagnostic) -> str | None:
    """The kind of the shared file that a finding is about; of an inner project, none."""
    return KINDS.get(Path(finding.span.file).name) if finding.code != "YAML014" else None


def _defines(section: Node | None) -> bool:
    return section is not None and bool(section.fields or section.items)


def without_consequences(findings: Iterable[Diagnostic], lost: Set[Section]) -> list[Diagnostic]:
    """The findings without those about names that a lost section can define."""
    following = {code for kind, section in lost for code in _DEFINED_IN[kind][section]}
    return [finding for finding in findings if finding.code not in following]


def without_forms(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings without those about the form of a text that has another error, which says what the text must be."""
    findings = list(findings)
    others = {finding.span for finding in findings if finding.severity == "error" and finding.code != "SCH005"}
    return [finding for finding in findings if finding.code != "SCH005" or finding.span not in others]


# The findings of rules about a key that a scenario lacks.
_LACKING = {"CRM001": "goal", "CRM008": "owner", "CRM009": "reviewed"}


def without_faulty_keys(
    ruled: Iterable[Diagnostic], scenarios: Iterable[tuple[str, Node]], findings: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """The findings of rules without those about a missing key of a scenario in which that key, or one like it, has a
    fault."""
    broken = {finding.span.file for finding in findings if finding.severity == "error"}
    faulty_keys = {
        (file, nearest(key, _LACKING.values())) for file, node in scenarios if file in broken for key in node.fields
    }
    return (finding for finding in ruled if (finding.span.file, _LACKING.get(finding.code, "")) not in faulty_keys)
