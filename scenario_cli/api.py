"""The public interface for Python: projects, findings, replays and plans as plain values and DuckDB tables.

It does the same as the commands of the same names, prints nothing, and raises `ScenarioError` if a command would stop.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from scenario_cli.model.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    import duckdb

    from scenario_cli.language.project import Loaded
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.project import Project as Model


class ScenarioError(Exception):
    """The job cannot be done. The message gives the reason and the remedy; `findings` are the project's errors, if
    any.
    """

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault at a place in a file. Lines and columns count from 1, columns in characters."""

    code: str
    severity: Severity
    message: str
    hint: str | None
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"


@dataclass(frozen=True)
class Project:
    """A project as it was read. `scenarios` describes each scenario by name. `findings` are those of `scenario
    validate`.
    """

    folder: Path
    name: str
    title: str
    timezone: str
    scenarios: Mapping[str, Mapping[str, Any]]
    findings: Sequence[Finding]
    _loaded: Loaded = field(repr=False, compare=False)

    @property
    def errors(self) -> Sequence[Finding]:
        """The findings that stop a run."""
        return [finding for finding in self.findings if finding.severity == "error"]


@dataclass(frozen=True)
class _Rows:
    """A result with a row for each message. `summary` is the object that the command writes with `--format json`."""

    summary: Mapping[str, Any]
    table: duckdb.DuckDBPyRelation = field(repr=False)

    @cached_property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows as plain values."""
        from scenario_cli.hosts.row_tables import row_values_of

        return list(row_values_of(self.table))


class Replay(_Rows):
    """The result of a replay: `summary` by scenario; `table` has each message and profile update."""


class Plan(_Rows):
    """The messages that are due or scheduled: `table` has a row for each, `summary` describes the log and the run."""


class Reading(TypedDict, total=False):
    """The place of the log and how to read it. A setting that is left out is taken from `exports` in project.yaml."""

    events: str | Path | Sequence[str | Path]
    contacts: str | Path | Sequence[str | Path]
    map: Mapping[str, str]
    contacts_map: Mapping[str, str]
    timezone: str
    source: str
    query: str
    identity: str
    dedupe: bool
    date_format: Sequence[str]
    decimal: Sequence[str]
    keep_ids: bool
    allow_outside: bool


def load(folder: str | Path = ".", *, allow_outside: bool = False) -> Project:
    """Reads the project that a folder or file is in, with its tests, and checks it as `scenario validate` does.

    Findings do not raise: a project with errors can be read, but neither replayed nor planned. `allow_outside` follows
    links and tables that lead out of the folder. Raises `ScenarioError` if there is no project.
    """
    from scenario_cli.language.find import NoProject, find_project
    from scenario_cli.reading import read_project

    try:
        root = find_project(str(folder))
    except NoProject as error:
        raise ScenarioError(f"{error}\n  {error.hint}") from None
    loaded = read_project(root, tests=True, allow_outside=allow_outside)
    model = loaded.project
    findings = [_finding(diagnostic) for diagnostic in loaded.findings]
    return Project(root, model.name, model.title, model.timezone, _scenarios(model), findings, loaded)


def validate(project: Project | str | Path = ".") -> Sequence[Finding]:
    """The findings of a project, in order of files and lines."""
    return (project if isinstance(project, Project) else load(project)).findings


def replay(
    project: Project | str | Path = ".",
    scenarios: Iterable[str] = (),
    *,
    from_: str | None = None,
    until: str | None = None,
    only: bool = False,
    workers: int = 1,
    show_data: bool = False,
    **reading: Unpack[Reading],
) -> Replay:
    """Replays a log, as `scenario dry-run` does: who would have received which message.

    `scenarios` names those to show; without it, all that are live or draft. With `only`, no other scenario runs with
    them. Nobody enters before `from_`, and time passes up to `until`, both a date or date-time. `workers` are
    processes. Addresses and telephone numbers in the summary are masked, unless `show_data`; those of the table never
    are. Raises `ScenarioError`.
    """
    from scenario_cli.cli.options import choose, running
    from scenario_cli.cli.reading import read_log, span
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.replay import Replay as Job
    from scenario_cli.hosts.replay import replay as run
    from scenario_cli.hosts.row_tables import row_table
    from scenario_cli.hosts.summary import dry_run_of
    from scenario_cli.reports.dry_run.json import dry_run_json
    from scenario_cli.reports.masking import masked_run

    names = list(scenarios)
    with stops_raised():
        loaded = sound_project(project)
        model = loaded.project
        chosen = choose(loaded, names)
        run_too = running(loaded, chosen, only, bool(names))
        with read_log(model, run_too, options_of(model, reading), quiet=True) as staged:
            start, end = span(staged, from_, until, model.timezone)
            job = Job(model, run_too, start, end, staged.report.first, True, selected=chosen)
            log = concerned_log(model, run_too, staged, start, end)
            with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
                lines = Path(folder) / "rows"
                summary = run(job, log, workers, lines, None)
                table = row_table(lines, "replay")
            left_out = len(running(loaded, chosen)) - len(run_too)
            result = dry_run_of(model, start, end, staged.report, summary, left_out)
    return Replay(json.loads(dry_run_json(result if show_data else masked_run(result))), table)


def plan(
    project: Project | str | Path = ".",
    scenarios: Iterable[str] = (),
    *,
    as_of: str | None = None,
    horizon: str = "7d",
    from_: str | None = None,
    only: bool = False,
    **reading: Unpack[Reading],
) -> Plan:
    """Lists the messages that are due at `as_of` or scheduled within `horizon`, as `scenario plan` does, rendered.

    `as_of` is a date or date-time; if left out, it is the end of the log. `horizon` is a duration such as 7d or 12h.
    Raises `ScenarioError`.
    """
    from scenario_cli.cli.options import choose, instant, running
    from scenario_cli.cli.reading import read_log
    from scenario_cli.engine.calendar import UTC, add, zone
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.forward import plan as make
    from scenario_cli.hosts.plan_files import write_lines
    from scenario_cli.hosts.row_tables import row_table
    from scenario_cli.model.results import Plan as Result
    from scenario_cli.model.wait_grammar import WaitError, parse_duration
    from scenario_cli.reports.plan import plan_json

    names = list(scenarios)
    try:
        ahead = parse_duration(horizon)
    except WaitError as error:
        raise ScenarioError(f"horizon: {error}") from None
    with stops_raised():
        loaded = sound_project(project)
        model = loaded.project
        chosen = choose(loaded, names)
        run_too = running(loaded, chosen, only, bool(names))
        with read_log(model, run_too, options_of(model, reading), quiet=True) as staged:
            start, as_of_instant = instant("from_", from_, model.timezone), instant("as_of", as_of, model.timezone)
            at = as_of_instant if as_of_instant is not None else staged.report.last or 0
            until = add(ahead, at, zone(model.timezone) or UTC)
            log = concerned_log(model, run_too, staged, start, at)
            planned = make(model, run_too, log, at, until, start, None, chosen)
            with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
                write_lines(planned.rows, Path(folder) / "rows")
                table = row_table(Path(folder) / "rows", "plan")
            left_out = len(running(loaded, chosen)) - len(run_too)
            result = Result(
                model.name, model.digest, model.timezone, at, until, staged.report, [], planned.summary, left_out
            )
    summary = json.loads(plan_json(result))
    del summary["rows"]
    return Plan(summary, table)


def sound_project(project: Project | str | Path) -> Loaded:
    """A project that can run. Raises `ScenarioError` with its errors if it has any."""
    read = project if isinstance(project, Project) else load(project)
    if read.errors:
        first, more = read.errors[0], len(read.errors) - 1
        others = f", and {more} more" if more else ""
        raise ScenarioError(f"the project has errors, so nothing was run: {first}{others}", read.errors)
    return read._loaded


def options_of(model: Model, reading: Reading) -> ExportOptions:
    """The options for reading a log: these, else those of project.yaml."""
    from scenario_cli.cli.export_arguments import ExportArguments
    from scenario_cli.cli.reading import export_options

    paths = {key: _paths(value) for key in ("events", "contacts") if (value := reading.get(key)) is not None}
    plain = {key: value for key, value in reading.items() if key not in ("events", "contacts", "map", "contacts_map")}
    options = export_options(model, ExportArguments(**paths, **plain))  # type: ignore[arg-type]
    return replace(
        options,
        mapping={**options.mapping, **reading.get("map", {})},
        contacts_mapping={**options.contacts_mapping, **reading.get("contacts_map", {})},
    )


def _paths(value: object) -> list[str]:
    if isinstance(value, str | Path):
        return [str(value)]
    assert isinstance(value, Iterable)
    return [str(path) for path in value]


@contextmanager
def stops_raised() -> Iterator[None]:
    """Turns an error that would stop a command into the error of this interface."""
    from scenario_cli.cli.console import Stop

    try:
        yield
    except Stop as error:
        raise ScenarioError(str(error)) from None


def _scenarios(model: Model) -> dict[str, Mapping[str, Any]]:
    return {
        name: {
            "title": scenario.title,
            "description": scenario.description,
            "status": scenario.status,
            "version": scenario.version,
            "program": scenario.program.text if scenario.program is not None else None,
            "phase": scenario.phase.text if scenario.phase is not None else None,
            "owner": scenario.owner,
            "file": scenario.file,
            "states": list(scenario.states),
            "messages": [
                {"channel": message.channel.text, "template": message.template.text} for message in scenario.messages
            ],
        }
        for name, scenario in model.scenarios.items()
    }


def _finding(diagnostic: Diagnostic) -> Finding:
    span = diagnostic.span
    return Finding(
        diagnostic.code, diagnostic.severity, diagnostic.message, diagnostic.hint, span.file, span.line, span.column
    )
