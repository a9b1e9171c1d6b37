"""The differences between two versions of a project, for a terminal."""

from __future__ import annotations

from scenario_cli.model.difference import Difference
from scenario_cli.reports.text import Style, lines_text, wrap


def diff_text(difference: Difference, color: bool, width: int) -> str:
    style = Style(color)
    lines = [style(f"{difference.project}: {difference.old.label} → {difference.new.label}", "bold"), ""]
    if not difference.changes:
        lines.append("Nothing changes in meaning.")
    for subject in difference.changes.subjects:
        lines += wrap(f"{subject.area} {subject.name}: {subject.kind}", width)
    return lines_text(lines)
