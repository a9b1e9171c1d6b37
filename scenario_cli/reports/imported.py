"""The report on an import: as a document, which is text or Markdown, and as JSON (`import.output.schema.json`)."""

from __future__ import annotations

from scenario_cli.model.imported import FATES, Fate, ImportedNode, ImportNote, ImportReport
from scenario_cli.reports.document.parts import Bullets, Document, Grid, Heading, facts, row
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.text import plural

FORMAT_VERSION = 1

_WORDS: dict[Fate, tuple[str, str]] = {
    "kept": ("kept", "means the same"),
    "approximated": ("approximated", "differs, and never sends more"),
    "needs_decision": ("needs a decision", "a person must decide"),
    "not_expressible": ("not expressible", "left out"),
}


def import_document(report: ImportReport) -> Document:
    """Counts first, then the points that a person must check, then every node with its result."""
    document: Document = [
        Heading(1, f"Import from {report.tool}", plural(len(report.nodes), "node")),
        facts(
            ("from", ", ".join(report.sources)), ("scenarios", ", ".join(report.scenarios)), ("project", report.folder)
        ),
        Grid(
            ("", "nodes", ""),
            tuple(row(_WORDS[fate][0], str(report.count(fate)), _WORDS[fate][1]) for fate in FATES),
            frozenset({1}),
        ),
    ]
    for fate in reversed(FATES[1:]):
        notes = [(node, note) for node in report.nodes for note in node.notes if note.fate == fate]
        if notes:
            document.append(Heading(2, _WORDS[fate][0].capitalize(), str(len(notes))))
            document.append(Bullets(tuple(_bullet(node, note) for node, note in notes)))
    for source in report.sources:
        nodes = [node for node in report.nodes if node.span.file == source]
        document.append(Heading(2, f"Every node of {source}", str(len(nodes))))
        rows = (row(str(node.span.line), _named(node), _WORDS[node.fate][0], node.became) for node in nodes)
        document.append(Grid(("line", "node", "", "became"), tuple(rows), frozenset({0})))
    return document


def _named(node: ImportedNode) -> str:
    return f"{node.kind} '{node.name}'" if node.name else node.kind


def _bullet(node: ImportedNode, note: ImportNote) -> str:
    place = f" [{note.file}:{note.line}]" if note.file else ""
    return f"{node.span.file}:{node.span.line}:{node.span.column} {_named(node)}: {note.text}{place}"


def import_json(report: ImportReport) -> str:
    """Every node with its notes; the places are those of the export, and of the written files."""
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "import",
            "tool": report.tool,
            "sources": list(report.sources),
            "project": report.folder,
            "scenarios": list(report.scenarios),
            "written": list(report.written),
            "counts": {fate: report.count(fate) for fate in FATES},
            "nodes": [
                {
                    "kind": node.kind,
                    "name": node.name,
                    "file": node.span.file,
                    "line": node.span.line,
                    "column": node.span.column,
                    "fate": node.fate,
                    "became": node.became or None,
                    "notes": [
                        {
                            "fate": note.fate,
                            "text": note.text,
                            "file": note.file or None,
                            "line": note.line or None,
                        }
                        for note in node.notes
                    ],
                }
                for node in report.nodes
            ],
        }
    )
