"""`scenario new`: a scenario from the library, with its templates, its tests, and the definitions that the project
lacks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.changes import change_text, refuse_to_overwrite, try_out, write
from scenario_cli.cli.console import Stop, emit, note, notes, width
from scenario_cli.cli.options import Color, ProjectDir, Quiet, color, load_sound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario_cli.model.project import Project
    from scenario_cli.model.scenario import Scenario


def new(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The name of the new scenario.")] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="SCENARIO", help="The scenario of the library. Default: the one with that name."
        ),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the scenarios of the library, or one, with what they need.")
    ] = False,
    project: ProjectDir = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Copy a scenario from the library, with templates and tests.

    Examples:
      scenario new --list
      scenario new nurturing
      scenario new second_cart --from cart_abandonment
    """
    from scenario_cli.language.edit.entries import CannotSplice
    from scenario_cli.language.library import changes_to_take, shipped_library, unmet
    from scenario_cli.model.diagnostic import did_you_mean

    colored = color(color_)
    library = shipped_library()
    if list_:
        if name is not None and name not in library.scenarios:
            raise Stop(
                f"the library has no scenario '{name}'", did_you_mean(name, library.scenarios, "the library has")
            )
        if name is None:
            emit(_lines(library, colored, width(sys.stdout)), None)
            note("see what one needs: scenario new NAME --list", quiet)
        else:
            emit(_listed(library, [library.scenarios[name]], colored, width(sys.stdout)), None)
        return 0
    if name is None:
        raise Stop("the name is missing", "write 'scenario new NAME'; list the library with 'scenario new --list'")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
        raise Stop(
            f"'{name}' is not a valid name for a scenario",
            "use letters, digits, _ and -, and do not start with a digit",
        )
    source = from_ or name
    if source not in library.scenarios:
        hint = did_you_mean(source, library.scenarios, "the library has")
        raise Stop(
            f"the library has no scenario '{source}'", hint if from_ else f"{hint}; choose one with --from SCENARIO"
        )
    target = load_sound(project, quiet).project
    otherwise = f"use another name: scenario new {name}_2 --from {source}"
    if name in target.scenarios:
        raise Stop(f"the project already has a scenario '{name}'", otherwise)
    if missing := unmet(library, library.scenarios[source], target):
        raise Stop(
            f"'{source}' depends on '{missing[0]}', which the project does not have",
            f"add that first: scenario new {missing[0]}",
        )
    try:
        changes = changes_to_take(library, library.scenarios[source], target, name)
    except CannotSplice as error:
        raise Stop(f"cannot add to {error}", "write that mapping on several lines, then try again") from None
    root = Path(target.root)
    refuse_to_overwrite(root, changes, otherwise)
    try_out(root, changes)
    write(root, changes)
    emit(change_text(changes, width(sys.stdout)), None)
    _report_failing_cases(root, name)
    note(f"The scenario is a draft. See it with: scenario graph {name}, scenario preview {name}", quiet)
    return 0


def _report_failing_cases(root: Path, name: str) -> None:
    """Names the test cases that do not pass here: those that depend on a delivery policy like the library's, or on its
    draws.
    """
    from scenario_cli.analysis.verdict import verdict
    from scenario_cli.hosts.scenario_tests import Stage, play
    from scenario_cli.language.project import load_model
    from scenario_cli.reports.text import plural

    loaded = load_model(root, tests=True)  # it was checked before it was written
    stage = Stage(loaded.project)
    cases = [(file, case) for file in loaded.tests if name in (file.scenarios or ()) for case in file.cases]
    failing = [case.name for file, case in cases if not verdict(play(stage, file, case)).passed]
    if failing:
        listed = ", ".join(f"'{test}'" for test in failing[:5]) + (
            f" and {len(failing) - 5} more" if len(failing) > 5 else ""
        )
        many = f"{len(failing)} of its {plural(len(cases), 'test case')}"
        message = f"{many} do not pass under this project's policy and salt: {listed}"
        notes([message, f"  see: scenario test -k {name}"])


def _lines(library: Project, colored: bool, columns: int) -> str:
    """A line for each scenario: its name, its title, and the channels that it writes by."""
    from scenario_cli.reports.text import Style, fit, lines_text, pad

    style = Style(colored)
    scenarios = library.scenarios.values()
    name = max(len(scenario.name) for scenario in scenarios)
    title = max(len(scenario.title) for scenario in scenarios)
    lines: list[str] = []
    for scenario in scenarios:
        channels = ", ".join(dict.fromkeys(message.channel.text for message in scenario.messages))
        rest = fit(f"{pad(scenario.title, title)}  {channels or 'no messages'}", max(columns - name - 2, 20))
        lines.append(f"{style(pad(scenario.name, name), 'bold')}  {rest}")
    return lines_text(lines)


def _listed(library: Project, scenarios: Iterable[Scenario], colored: bool, columns: int) -> str:
    from scenario_cli.language.library import needed, tests_of
    from scenario_cli.reports.text import Style, lines_text, plural, wrapped

    style = Style(colored)
    lines: list[str] = []
    for scenario in scenarios:
        parts = needed(library, scenario)
        sends = len(scenario.messages)
        lines += ["", style(scenario.name, "bold") + style(f"  {scenario.title}", "dim")]
        contents = [
            plural(len(scenario.states), "state"),
            plural(sends, "message"),
            plural(tests_of(library, scenario), "test"),
        ]
        lines.append(f"  {', '.join(contents)}")
        for word, names in (
            ("events", parts.events),
            ("attributes", parts.attributes),
            ("channels", parts.channels),
            ("metrics", parts.metrics),
            ("segments", parts.segments),
            ("tables", parts.tables),
            ("after", parts.scenarios),
        ):
            lines += wrapped(f"  {word:11}", list(names), ", ", columns) if names else []
    return lines_text(lines[1:])
