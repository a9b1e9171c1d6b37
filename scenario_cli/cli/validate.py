"""`scenario validate`: the faults of a project."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, note, notes, rewrite, width
from scenario_cli.cli.options import (
    Color,
    Output,
    ProjectDir,
    Quiet,
    color,
    format_of,
    format_option,
    given_paths,
    load_root,
    one_of,
    project_roots,
)
from scenario_cli.cli.watch import Watch, again_and_again
from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic, did_you_mean, in_reading_order

# The categories of codes; a number that no finding has now can have had one, and can get one again.
CATEGORIES = ("YAML", "SCH", "REF", "EXP", "FLOW", "TIME", "MSG", "DATA", "POL", "SEND", "CRM", "IGN")

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.language.rules.support.severities import Levels

Paths = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH...]", help="A project, or some of its files. Default: all.")
]
StdinFilename = Annotated[
    str | None,
    typer.Option("--stdin-filename", metavar="FILE", help="Read the content of FILE from standard input, for editors."),
]

_ENDINGS = {"full": "", "concise": "", "json": ".json", "github": "", "gitlab": "", "junit": ".xml", "sarif": ".sarif"}


def validate(
    paths: Paths = None,
    project: ProjectDir = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODE", help="Show only this code or category; repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE", help="Hide this code or category; repeatable.")
    ] = None,
    severity: Annotated[
        list[str] | None,
        typer.Option("--severity", metavar="CODE=LEVEL", help="Set a rule to error, warning, info or off; repeatable."),
    ] = None,
    fail_level: Annotated[
        str, typer.Option("--fail-level", metavar="LEVEL", help="Exit 1 from this severity on: error, warning or info.")
    ] = "error",
    fix: Annotated[bool, typer.Option("--fix", help="Apply the safe fixes, then show the remaining findings.")] = False,
    format_: Annotated[str | None, format_option(_ENDINGS)] = None,
    stdin_filename: StdinFilename = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
    watch: Watch = False,
) -> int:
    """Find mistakes in scenarios before anything runs.

    Examples:
      scenario validate
      scenario validate scenarios/cart_abandonment.yaml
      scenario validate --fail-level warning --format github
    """
    arguments = {**locals(), "watch": False}
    from scenario_cli.language.rules import RULES
    from scenario_cli.language.rules.others import OTHERS
    from scenario_cli.reports.findings import FOR_READING, FORMATS, Report, totals
    from scenario_cli.reports.text import plural

    chosen_format = format_of(format_, output, _ENDINGS)
    failing = SEVERITIES[: SEVERITIES.index(one_of("--fail-level", fail_level, SEVERITIES)) + 1]
    if watch:
        if stdin_filename is not None:
            raise Stop("--watch and --stdin-filename cannot be combined", "leave one of them out")
        return again_and_again(lambda: validate(**arguments), project, paths, output)
    if fix and stdin_filename is not None:
        raise Stop("--fix and --stdin-filename cannot be combined", "leave one of them out")
    chosen = Chosen(given_paths(paths, stdin_filename), _codes(select), _codes(ignore))
    checked = _checked(project, chosen, _levels(severity), stdin_filename, fix, quiet)
    findings, ignored = chosen.matching(checked.findings), chosen.matching(checked.ignored)
    if stdin_filename is None and (more := chosen.of_used(checked, findings)):
        findings = in_reading_order([*findings, *more])
        note(f"{plural(len(more), 'finding')} in files that the named ones use", quiet)
    report = Report(
        findings,
        _texts(checked, chosen, findings),
        checked.scenarios,
        len(ignored),
        failing,
        (*RULES, *OTHERS),
        color(color_) and output is None,
        width(sys.stdout),
        sys.stdout.isatty() and output is None,
    )
    emit(FORMATS[chosen_format](report), output)
    if chosen_format in FOR_READING or not findings:
        gap = [""] if findings and chosen_format == "full" else []
        total = totals(findings, checked.scenarios, False, len(ignored)).rstrip()
        notes([*gap, total], quiet or chosen_format == "json")
    return 1 if any(finding.severity in failing for finding in findings) else 0


@dataclass(slots=True)
class Checked:
    """The results of reading every named project."""

    findings: list[Diagnostic] = field(default_factory=list)
    ignored: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    projects: list[Loaded] = field(default_factory=list)
    scenarios: int = 0

    def add(self, loaded: Loaded) -> None:
        self.projects.append(loaded)
        self.findings += loaded.findings
        self.ignored += loaded.ignored
        self.sources.update(loaded.sources)
        self.scenarios += len(loaded.project.scenarios)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The findings to show: those in some files, of some codes. Nothing named means all."""

    paths: Sequence[Path]
    select: tuple[str, ...]
    ignore: tuple[str, ...]

    def has_file(self, file: str) -> bool:
        if not self.paths or self._contains(str(Path(file).absolute())):
            return True
        return self._contains(os.path.realpath(file))  # a link counts at its own place and at its target

    def _contains(self, location: str) -> bool:
        return any(f"{location}{os.sep}".startswith(f"{str(path).rstrip(os.sep)}{os.sep}") for path in self.paths)

    def accepts(self, finding: Diagnostic) -> bool:
        selected = not self.select or finding.code.startswith(self.select)
        return selected and not (self.ignore and finding.code.startswith(self.ignore))

    def matching(self, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
        by_file: dict[str, bool] = {}
        return [
            finding
            for finding in findings
            if self.accepts(finding) and by_file.setdefault(finding.span.file, self.has_file(finding.span.file))
        ]

    def of_used(self, checked: Checked, shown: Sequence[Diagnostic]) -> list[Diagnostic]:
        """The findings in files that the named files depend on, if files are named and no folder."""
        from scenario_cli.language.used_files import used_by

        if not self.paths or not all(path.is_file() for path in self.paths):
            return []
        findings: list[Diagnostic] = []
        for loaded in checked.projects:
            used = used_by(loaded, [file for file in loaded.sources if self.has_file(file)])
            for finding in loaded.findings:
                of_shared = finding.span.file in used.shared and finding.severity == "error"
                if self.accepts(finding) and (of_shared or finding.span.file in used.whole) and finding not in shown:
                    findings.append(finding)
        return findings


def _texts(checked: Checked, chosen: Chosen, findings: Iterable[Diagnostic]) -> dict[str, str]:
    """The texts of the files that are named, and of those with findings."""
    files = {finding.span.file for finding in findings}
    return {file: text for file, text in checked.sources.items() if file in files or chosen.has_file(file)}


def _checked(
    project: str | None, chosen: Chosen, levels: Levels, stdin_filename: str | None, fix: bool, quiet: bool
) -> Checked:
    unsaved: Mapping[Path, bytes] = {}
    if stdin_filename is not None:
        unsaved = {Path(stdin_filename).resolve(): sys.stdin.buffer.read()}
    checked = Checked()
    for root in project_roots(project, chosen.paths):
        loaded = load_root(root, True, unsaved, levels)
        checked.add(_fixed(root, loaded, chosen, levels, quiet) if fix else loaded)
    return checked


def _fixed(root: Path, loaded: Loaded, chosen: Chosen, levels: Levels, quiet: bool) -> Loaded:
    """Writes the safe fixes of the chosen findings to the files, and returns the project with them."""
    from scenario_cli.language.edit.mend import mend
    from scenario_cli.reports.text import plural

    result = mend(
        loaded,
        lambda contents: load_root(root, True, contents, levels),
        lambda finding: bool(chosen.matching([finding])),
    )
    for path, content in result.contents.items():
        rewrite(path, content)
    if result.fixed:
        files = plural(len(result.contents), "file")
        note(f"fixed {plural(len(result.fixed), 'finding')} in {files}", quiet)
    return result.loaded


def _codes(codes: Sequence[str] | None) -> tuple[str, ...]:
    for code in codes or ():
        if "," in code:
            raise Stop(f"'{code}' contains several codes", "repeat the option for each")
        if code.rstrip("0123456789") not in CATEGORIES:
            hint = did_you_mean(code.rstrip("0123456789"), CATEGORIES, "categories")
            raise Stop(f"'{code}' is not a code", f"write a category (REF) or a code (REF001); {hint}")
    return tuple(codes or ())


def _levels(pairs: Sequence[str] | None) -> Levels:
    """`CRM001=error` and the like, as severities by code or category."""
    from scenario_cli.language.rules import GRADED
    from scenario_cli.language.rules.support.severities import LEVELS, Level, unknown

    levels: dict[str, Level] = {}
    for pair in pairs or ():
        code, equals, name = pair.partition("=")
        if not equals:
            raise Stop(f"--severity '{pair}' does not have the form CODE=LEVEL", "write CRM001=error, or CRM=off")
        hint = unknown(code, GRADED)
        if hint is not None:
            raise Stop(f"--severity: unknown rule or category '{code}'", hint)
        level = next((level for level in LEVELS if level == name), None)
        if level is None:
            raise Stop(f"--severity {code} cannot be '{name}'", did_you_mean(name, LEVELS, "use one of"))
        levels[code] = level
    return levels
