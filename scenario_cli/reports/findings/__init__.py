"""The findings of `scenario validate`, one renderer a format; the table lists them. No renderer knows a rule."""

from collections.abc import Callable

from scenario_cli.reports.findings import concise, document, full, github, gitlab, junit, sarif
from scenario_cli.reports.findings.full import full_text
from scenario_cli.reports.findings.report import Report, totals

FORMATS: dict[str, Callable[[Report], str]] = {
    "full": full.render,
    "concise": concise.render,
    "json": document.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
    "sarif": sarif.render,
}

# Formats for people: the checked files and the number of findings are shown separately.
FOR_READING = ("full", "concise")

__all__ = ["FORMATS", "FOR_READING", "Report", "full_text", "totals"]
