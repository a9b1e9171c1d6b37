"""Options that mean the same in every command, and their values."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenario_cli.cli.console import Stop, note, notes, stdout_color

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.language.rules.support.severities import Levels
    from scenario_cli.model.project import Project

ProjectDir = Annotated[
    str | None, typer.Option("--project", metavar="DIR", help="The folder of the project. Default: found from here.")
]
ScenarioNames = Annotated[
    list[str] | None, typer.Option("--scenario", metavar="NAME", help="A scenario to show; repeatable.")
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="T", help="Nobody enters before this date or date-time. Earlier events count as history."
    ),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="T", help="Stop at this date or date-time. Default: the end of the log."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Number of processes. Default: by the length of the log.")
]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write the result to this file.")]
Color = Annotated[str, typer.Option("--color", metavar="WHEN", help="Colours: auto, always or never.")]
ShowData = Annotated[
    bool,
    typer.Option("--show-data", help="Show e-mail addresses and telephone numbers. They are masked otherwise."),
]
Only = Annotated[
    bool,
    typer.Option("--only", help="Run only the named scenarios. Caps and exclusive groups then ignore the others."),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Hide progress and hints.")]


def one_of(option: str, value: str, allowed: tuple[str, ...]) -> str:
    """A value that must be one of a few; stops with the nearest if it is none."""
    from scenario_cli.model.diagnostic import did_you_mean

    if value not in allowed:
        raise Stop(f"{option} cannot be '{value}'", did_you_mean(value, allowed, "use one of"))
    return value


def format_option(formats: Iterable[str]) -> Any:
    """The option `--format` of a command that writes one of several formats; see `format_of`."""
    listed = ", ".join(formats)
    return typer.Option("--format", metavar="NAME", help=f"Format: {listed}. Default: by the ending of --output.")


# What most commands write, and the endings by which a program takes a file for more than plain text.
TEXT_OR_JSON = {"text": "", "json": ".json"}
ROWS_BY_OUT = {".csv": "--out", ".jsonl": "--out", ".parquet": "--out"}
TextOrJson = Annotated[str | None, format_option(TEXT_OR_JSON)]
_FILE_TYPES = frozenset(
    (".html", ".htm", ".md", ".json", ".jsonl", ".svg", ".csv", ".xlsx", ".docx", ".pdf", ".png", ".jpg", ".parquet")
)


def format_of(
    chosen: str | None, output: Path | None, formats: Mapping[str, str], other: Mapping[str, str] | None = None
) -> str:
    """The requested format, else the format of the output file's ending, else the first.

    `formats` are the endings by format; a format without a file type has none. Stops at the ending of a type that the
    command does not write; `other` are the options that do, by ending.
    """
    if chosen is not None:
        return one_of("--format", chosen, tuple(formats))
    ending = output.suffix.lower() if output is not None else ""
    if ending in _FILE_TYPES and ending not in formats.values():
        option = (other or {}).get(ending)
        hint = f"write {option} FILE{ending}, or " if option else ""
        listed = ", ".join(f"{name} ({suffix})" if suffix else name for name, suffix in formats.items())
        raise Stop(f"--output cannot write '{ending}'", f"{hint}choose another ending, or a --format: {listed}")
    return next((name for name, suffix in formats.items() if suffix and suffix == ending), next(iter(formats)))


def color(setting: str) -> bool:
    return stdout_color(one_of("--color", setting, ("auto", "always", "never")))


def mapping(texts: list[str] | None, option: str = "--map") -> dict[str, str]:
    """`contact_id=user_id,event=event_type`, repeatable, as a mapping."""
    pairs: dict[str, str] = {}
    for text in texts or ():
        for pair in text.split(","):
            field_, equals, column = pair.partition("=")
            if not equals or not field_.strip() or not column.strip():
                raise Stop(
                    f"{option} '{pair}' does not have the form OURS=THEIRS",
                    "write contact_id=user_id,event=event_type,timestamp=event_time",
                )
            pairs[field_.strip()] = column.strip()
    return pairs


def date_formats(texts: list[str] | None) -> dict[str, str]:
    """`day-first` for every date, `birthday=%d/%m/%y` for one field or property."""
    formats: dict[str, str] = {}
    for text in texts or ():
        name, equals, format_ = text.partition("=")
        name, format_ = (name.strip(), format_.strip()) if equals else ("", text.strip())
        if format_ not in ("day-first", "month-first") and "%" not in format_:
            raise Stop(
                f"--date-format must be day-first, month-first or a pattern with %, not '{format_}'",
                "write a pattern such as %d/%m/%y %H:%M",
            )
        formats[name] = format_
    return formats


def decimals(texts: list[str] | None) -> dict[str, str]:
    """`comma` for every number, `total=comma` for one property."""
    from scenario_cli.model.decimal_marks import MARKS

    marks: dict[str, str] = {}
    for text in texts or ():
        name, equals, mark = text.partition("=")
        name, mark = (name.strip(), mark.strip()) if equals else ("", text.strip())
        marks[name] = one_of("--decimal", mark, MARKS)
    return marks


def project_root(project: str | None, paths: list[str] | None = None) -> Path:
    """The folder of the project that an option, a path or the current folder names."""
    from scenario_cli.language.find import NoProject, find_project

    try:
        return find_project(project or (paths[0] if paths else None))
    except NoProject as error:
        raise Stop(str(error), error.hint) from None


def project_roots(project: str | None, paths: Sequence[Path]) -> list[Path]:
    """The projects that contain the paths, each once; the project of the current folder if no path is given."""
    if project is not None or not paths:
        return [project_root(project)]
    # Standard input need not be saved anywhere yet.
    existing = (path if path.exists() else path.parent for path in paths)
    return list(dict.fromkeys(project_root(str(path)) for path in existing))


def given_paths(paths: Sequence[str] | None, stdin_filename: str | None) -> list[Path]:
    """The paths of the command line, resolved; the one of `--stdin-filename` need not exist yet."""
    if stdin_filename is not None:
        if paths:
            raise Stop("--stdin-filename and PATH cannot be combined", "leave one of them out")
        return [Path(stdin_filename).resolve()]
    for path in paths or ():
        if not Path(path).exists():
            project_root(path)  # stops, with the nearest name that there is
    return [Path(path).resolve() for path in paths or ()]


def outside_allowed(requested: bool = False) -> bool:
    """Whether a project can name files outside its folder: by the option, else by the environment."""
    from scenario_cli.model.inside import ALLOW_OUTSIDE

    return requested or os.environ.get(ALLOW_OUTSIDE, "").strip().lower() in ("1", "true", "yes", "on")


def load(
    project: str | None, paths: list[str] | None = None, tests: bool = False, allow_outside: bool = False
) -> Loaded:
    """The project that a path, an option or the current folder names, ready to run; with its `tests` if requested.

    Its findings are errors: rules that can only warn are left to `validate`.
    """
    return load_root(project_root(project, paths), tests, errors_only=True, allow_outside=allow_outside)


def load_root(
    root: Path,
    tests: bool = False,
    unsaved: Mapping[Path, bytes] | None = None,
    levels: Levels | None = None,
    errors_only: bool = False,
    allow_outside: bool = False,
) -> Loaded:
    """The project in a folder, as `read_project` reads it; the environment also decides whether it can lead outside."""
    from scenario_cli.reading import read_project

    return read_project(root, tests, unsaved, levels, errors_only, outside_allowed(allow_outside))


def project_if_any(project: str | None, allow_outside: bool = False) -> Project:
    """The named project or the project of the current folder, even with errors; else an empty project."""
    from scenario_cli.language.find import PROJECT_VARIABLE, NoProject, find_project
    from scenario_cli.language.project import load_project
    from scenario_cli.model.project import Project

    try:
        outside = outside_allowed(allow_outside)
        return load_project(find_project(project), errors_only=True, allow_outside=outside).project
    except NoProject as error:
        if project is not None or os.environ.get(PROJECT_VARIABLE):
            raise Stop(str(error), error.hint) from None
        return Project(name="", root="", timezone="UTC", digest="")


def load_sound(project: str | None, quiet: bool, allow_outside: bool = False) -> Loaded:
    """A project that can run: one with errors is shown them and stops the job."""
    loaded = load(project, allow_outside=allow_outside)
    refuse_broken(loaded, quiet)
    return loaded


def refuse_broken(loaded: Loaded, quiet: bool, besides: Collection[str] = ()) -> None:
    """Shows the errors of a project and stops; `besides` are files that do not matter here."""
    from scenario_cli.reports.text import plural

    findings = [finding for finding in loaded.findings if finding.span.file not in besides]
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        from scenario_cli.reports.findings import full_text

        notes(full_text(errors, loaded.sources, color=False, width=100).rstrip().split("\n"))
        raise Stop("the project has errors, so nothing was run", "fix them; see them again with 'scenario validate'")
    warnings = sum(finding.severity == "warning" for finding in findings)
    if warnings:
        note(f"the project has {plural(warnings, 'warning')}: see 'scenario validate'", quiet)


def choose(loaded: Loaded, names: list[str]) -> tuple[str, ...]:
    """The scenarios to run, by name; stops at one that does not exist."""
    from scenario_cli.analysis.needs import chosen_scenarios
    from scenario_cli.model.diagnostic import did_you_mean

    scenarios = loaded.project.scenarios
    for name in names:
        if name not in scenarios:
            raise Stop(f"unknown scenario '{name}'", did_you_mean(name, scenarios, "scenarios"))
    chosen = tuple(scenario.name for scenario in chosen_scenarios(loaded.project, names))
    if not chosen:
        raise Stop("the project has no live or draft scenario", "give the name of a scenario to run")
    return chosen


def running(loaded: Loaded, chosen: tuple[str, ...], only: bool = False, by_name: bool = True) -> tuple[str, ...]:
    """The scenarios that run so that some can be shown: all that are live or draft as well, since their messages count
    against caps and their journeys hold exclusive groups; with `only`, no others.
    """
    if only:
        if not by_name:
            raise Stop("--only needs the name of a scenario", "give one, or leave --only out")
        return chosen
    scenarios = loaded.project.scenarios.values()
    return tuple(
        scenario.name for scenario in scenarios if scenario.status in ("live", "draft") or scenario.name in chosen
    )


def instant(option: str, text: str | None, timezone: str) -> int | None:
    """A date or date-time on the project's clock, in microseconds since 1970."""
    if text is None:
        return None
    from scenario_cli.hosts.rows import read_instant

    read = read_instant(text, timezone)
    if read is None:
        raise Stop(f"{option} '{text}' is not a date or date-time", "write 2025-03-01 or 2025-03-01T10:00")
    return read
