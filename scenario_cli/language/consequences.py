"""Findings that only follow from another fault: names whose definitions could not be read, forms, goals. Finds none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from scenario_cli.language.nodes import Nodes
from scenario_cli.language.schema.check import misplaced_keys
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, nearest
from scenario_cli.model.source import Span

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


def lost_sections(nodes: Nodes, findings: Iterable[Diagnostic], missing: Set[str]) -> set[Section]:
    """The sections, by kind of file, that define nothing because of a fault, so that their names cannot be called
    unknown.

    `missing` are the kinds of files that a project needs and does not have. A part of a file can be lost with any fault
    of YAML, such as a key that appears twice.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    kinds = {file: kind for kind, file in nodes.shared_files.items()}
    unreadable = {kinds.get(error.span.file) for error in errors if error.code.startswith("YAML")} | missing
    broken = {kinds.get(error.span.file) for error in errors}
    return {
        (kind, section)
        for kind, sections in _DEFINED_IN.items()
        for section in sections
        if kind in unreadable or (kind in broken and not _defines(section, nodes.kinds[kind].get(section)))
    }


def _defines(name: str, section: Node | None) -> bool:
    return section is not None and bool(section.items if name == "phases" else section.fields)


def without_consequences(findings: Iterable[Diagnostic], lost: Set[Section], nodes: Nodes) -> list[Diagnostic]:
    """The findings without those about names that a lost section can define, about properties of events whose own
    properties have a fault, and about metrics and segments whose definition has a fault."""
    findings = list(findings)
    following = {code for kind, section in lost for code in _DEFINED_IN[kind][section]}
    events = tuple(f"event '{name}' " for name in _events_without_properties(nodes, findings))
    events += ("unknown property ",) if events else ()  # of an event that the finding does not name
    faulty = set(_faulty_definitions(nodes, findings))
    return [
        finding
        for finding in findings
        if finding.code not in following
        and not (finding.code == "REF004" and finding.message.startswith(events))
        and (finding.code, finding.message) not in faulty
    ]


def _faulty_definitions(nodes: Nodes, findings: Iterable[Diagnostic]) -> Iterator[tuple[str, str]]:
    """What the findings about metrics and segments say that metrics.yaml defines, though with an error."""
    file = nodes.shared_files.get("metrics")
    errors = [finding.span for finding in findings if finding.span.file == file and finding.severity == "error"]
    for noun, section, code in (("metric", "metrics", "REF014"), ("segment", "segments", "REF015")):
        listed = nodes.kinds["metrics"].get(section) if errors and "metrics" in nodes.kinds else None
        for name, definition in listed.fields.items() if listed is not None else ():
            if any(_holds(definition.span, error) for error in errors):
                yield code, f"unknown {noun} '{name}'"


def _events_without_properties(nodes: Nodes, findings: Iterable[Diagnostic]) -> Iterator[str]:
    """The events of the tracking plan that have no properties because of an error in their shape."""
    plan = nodes.kinds.get("events")
    errors = {error.span for error in findings if error.code.startswith("SCH") and error.severity == "error"}
    listed = plan.get("events") if plan is not None else None
    for name, event in listed.fields.items() if listed is not None else ():
        properties = event.get("properties")
        if (properties is None or not properties.is_map) and any(_holds(event.span, error) for error in errors):
            yield name


def _holds(outer: Span, inner: Span) -> bool:
    return outer.file == inner.file and outer.line <= inner.line <= outer.end_line


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
        (file, nearest(key, _LACKING.values()))
        for file, node in scenarios
        if file in broken
        for key in (*node.fields, *(key.text for key, _ in misplaced_keys(node, "scenario")))
    }
    return (finding for finding in ruled if (finding.span.file, _LACKING.get(finding.code, "")) not in faulty_keys)
