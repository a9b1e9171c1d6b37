"""The report that every format of findings renders, and the texts that several formats share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic, Severity
from scenario_cli.model.plain_text import printable
from scenario_cli.model.value_class import dataclass
from scenario_cli.reports.text import Style, lines_text, plural

COLORS = {"error": "red", "warning": "yellow", "info": "blue"}


class RuleDocument(Protocol):
    """The document of a rule."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def finds(self) -> str: ...
    @property
    def because(self) -> str: ...
    @property
    def mend(self) -> str: ...
    @property
    def example(self) -> str | Mapping[str, str]: ...
    @property
    def instead(self) -> str | Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in reading order. `sources` are the texts of all files that were checked, by name.

    `scenarios` counts the readable scenarios, `ignored` the findings that a comment accepts; `failing` are the
    severities that fail the command. `width` is that of the terminal in columns; `wrap`: whether the output is a
    terminal, so that long lines are broken.
    """

    findings: Sequence[Diagnostic]
    sources: Mapping[str, str]
    scenarios: int
    ignored: int = 0
    failing: Sequence[Severity] = ("error",)
    rules: Sequence[RuleDocument] = ()
    color: bool = False
    width: int = 120
    wrap: bool = False


def location(finding: Diagnostic) -> str:
    """`path:line:column`. It cannot be read as a command by a CI system."""
    file = printable(finding.span.file)
    if file.startswith("::"):
        file = f"./{file}"
    return f"{file}:{finding.span.line}:{finding.span.column}"


def first_line(finding: Diagnostic, style: Style) -> str:
    severity = "" if finding.severity == "error" else f"{finding.severity}: "
    code = style(finding.code, COLORS[finding.severity])
    return f"{style(location(finding) + ':', 'bold')} {code} {severity}{printable(finding.message)}"


def totals(findings: Sequence[Diagnostic], scenarios: int, color: bool, ignored: int = 0) -> str:
    """The last line: the checked scenarios and the number of findings."""
    style = Style(color)
    counts = [
        style(plural(number, severity if severity != "info" else "hint"), COLORS[severity])
        for severity in SEVERITIES
        if (number := sum(finding.severity == severity for finding in findings))
    ]
    scope = plural(scenarios, "scenario")
    passed = f" ({ignored} ignored)" if ignored else ""
    if not counts:
        return lines_text([f"{style('ok', 'green')}: {scope}, no findings{passed}"])
    return lines_text([f"{scope}: {', '.join(counts)}{passed}"])


def fingerprinted(findings: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str, int]]:
    """Each finding with a digest that is stable when lines move, and its number among equal digests, from 1."""
    counts: dict[str, int] = {}
    for finding in findings:
        identity = "\0".join((finding.code, finding.span.file, finding.message))
        digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
        counts[digest] = counts.get(digest, 0) + 1
        yield finding, digest, counts[digest]
