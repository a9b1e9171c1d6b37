"""A project's folder to a model and a list of findings. Reads files, runs nothing."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from scenario_cli.language.build.metrics import build_metrics
from scenario_cli.language.build.policy import build_policy
from scenario_cli.language.build.project import ProjectBuilder, Settings
from scenario_cli.language.build.scenario import build_scenario
from scenario_cli.language.cases.build import build_test
from scenario_cli.language.edit.fixes import sure
from scenario_cli.language.reader import Node, plain, read_yaml
from scenario_cli.language.references import check_references
from scenario_cli.language.rules import RULES, apply_rules
from scenario_cli.language.rules.support.severities import OTHER_WARNINGS, Levels, adjusted, read_levels
from scenario_cli.language.rules.support.suppress import suppress
from scenario_cli.language.schema import check as schema
from scenario_cli.language.templates.files import TemplateText, read_templates
from scenario_cli.model.case import CaseFile
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean, in_reading_order
from scenario_cli.model.policy import Policy
from scenario_cli.model.project import Exports, Project, TrackingPlan
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.source import whole_file

# What each file of a project is; every other YAML file outside these folders is a scenario.
KINDS = {"project.yaml": "project", "policy.yaml": "policy", "events.yaml": "events", "metrics.yaml": "metrics"}
_OTHER_FOLDERS = ("templates", "tests", "data")
_TESTS = (".test.yaml", ".test.yml")

# The codes whose severity is a matter of choice, and that may be ignored.
GRADED = frozenset((*(rule.code for rule in RULES), *OTHER_WARNINGS))


class NoProject(Exception):
    """No project stands where it was looked for; the message says where that was, the hint what to do."""

    hint = "go to the project's folder, or name it with --project DIR"


@dataclass(slots=True)
class Loaded:
    """What came of reading a project: the model as far as it could be made, findings, and the texts read.

    `tests` are the files of test cases, where they were asked for; `test_files` names all that were read, also those
    of which nothing could be made. `ignored` are the findings
    that a comment in a file lets stand.
    """

    project: Project
    found: list[Diagnostic]
    sources: dict[str, str] = field(default_factory=dict)
    tests: list[CaseFile] = field(default_factory=list)
    test_files: list[str] = field(default_factory=list)
    ignored: list[Diagnostic] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """Whether something is wrong enough that nothing may run."""
        return any(finding.severity == "error" for finding in self.found)


def find_project(start: str | None, here: Path | None = None) -> Path:
    """The folder of the project that a path lies in; without one, upward from here, else `./scenarios`."""
    here = here or Path.cwd()
    if start is not None:
        given = (here / start).resolve()
        if not given.exists():
            missing = NoProject(f"'{start}' does not exist")
            missing.hint = did_you_mean(given.name, _beside(given), f"in '{given.parent.name}'")
            raise missing
        for folder in (given, *given.parents):
            if (folder / "project.yaml").is_file():
                return folder
        if (given / "scenarios" / "project.yaml").is_file():
            return given / "scenarios"
        raise NoProject(f"no project.yaml in '{start}' nor in a folder above it")
    for folder in (here, *here.parents):
        if (folder / "project.yaml").is_file():
            return folder
    if (here / "scenarios" / "project.yaml").is_file():
        return here / "scenarios"
    raise NoProject("no project.yaml here, in a folder above, or in ./scenarios")


def _beside(path: Path) -> list[str]:
    return [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []


def shown_path(path: Path, here: Path | None = None) -> str:
    """A path as messages show it: from the current folder where it lies below it."""
    relative = os.path.relpath(path, here or Path.cwd())
    return path.as_posix() if relative.startswith("..") else Path(relative).as_posix()


@contextmanager
def _without_collection() -> Iterator[None]:
    """Lets the garbage collector rest: a model is one growing tree without circles, and to look through it again
    and again takes a third of the time of reading a large project."""
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()


@_without_collection()
def load_project(
    root: Path, tests: bool = False, unsaved: Mapping[Path, bytes] | None = None, asked: Levels | None = None
) -> Loaded:
    """Reads, checks and builds the project in a folder. Faults of one file do not hide those of another.

    Files of test cases are read only where `tests` asks for them: what is run for customers does not hang on them.
    `unsaved` holds, by resolved path, what to take instead of what a file holds; `asked` the severities by code or
    category that go before those of project.yaml.
    """
    unsaved = unsaved or {}
    found: list[Diagnostic] = []
    files = _read_files(root, tests, unsaved, found)
    project, texts = _built(root, files, unsaved, found)
    # A tracking plan or project file that could not be read would make every name in the others unknown.
    unread = {Path(finding.span.file).name for finding in found if finding.code.startswith("YAML")}
    cases: list[CaseFile] = []
    ruled = not unread & set(KINDS)
    named = list(check_references(project, texts)) if ruled else []
    if "events" not in files.kinds and "project" in files.kinds and any(one.code in _OF_THE_PLAN for one in named):
        ruled = False
        found.append(Diagnostic("YAML010", "the project has no events.yaml, and its scenarios rely on a tracking plan",
                                whole_file(files.kinds["project"].span.file),
                                hint="write it beside project.yaml, or have it made from an export: "
                                "scenario events infer EXPORT --output events.yaml"))  # fmt: skip
    if ruled:
        for shown, node in files.tests:
            file, faults = build_test(node, shown, project)
            found.extend(faults)
            cases += [file] if file is not None else []
        found.extend(named)
        wrong = {finding.span.file for finding in found if finding.severity == "error"}
        broken = {file for file in wrong if not file.endswith(_TESTS)}
        found.extend(apply_rules(project, texts, broken))
    settings = files.kinds.get("project")
    said, faults = read_levels(settings.get("rules") if settings is not None else None, GRADED)
    found.extend(faults)
    found, ignored = _standing(list(sure(found, files.sources)), files.sources, ruled, asked or {}, said)
    return Loaded(project, in_reading_order(found), files.sources, cases, files.test_files, in_reading_order(ignored))


@dataclass(slots=True)
class _Files:
    """The YAML files of a project as nodes: those of which there is one by kind, the others under their names.

    `sources` are the texts of all that could be read, `test_files` and `scenario_files` also those that could not.
    """

    kinds: dict[str, Node] = field(default_factory=dict)
    scenarios: list[tuple[str, Node]] = field(default_factory=list)
    scenario_files: list[str] = field(default_factory=list)
    tests: list[tuple[str, Node]] = field(default_factory=list)
    test_files: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)


def _read_files(root: Path, tests: bool, unsaved: Mapping[Path, bytes], found: list[Diagnostic]) -> _Files:
    files = _Files()
    for path, kind in project_files(root, unsaved):
        if kind == "test" and not tests:
            continue
        shown = shown_path(path)
        if kind == "test":
            files.test_files.append(shown)
        node = _read(path, shown, unsaved.get(path), files.sources, found)
        if kind == "scenario":
            files.scenario_files.append(shown)
        if node is None:
            continue
        found.extend(schema.check(node, kind))
        if kind == "scenario":
            files.scenarios.append((shown, node))
        elif kind == "test":
            files.tests.append((shown, node))
        else:
            files.kinds[kind] = node
    return files


def _built(
    root: Path, files: _Files, unsaved: Mapping[Path, bytes], found: list[Diagnostic]
) -> tuple[Project, Mapping[str, TemplateText]]:
    """The project that the files say, and the texts of its templates."""
    nodes = files.kinds
    builder = ProjectBuilder(root)
    settings = builder.settings(nodes["project"]) if "project" in nodes else Settings(root.name, "UTC")
    plan = builder.plan(nodes["events"]) if "events" in nodes else TrackingPlan()
    found.extend(builder.found)
    metrics, segments, faults = build_metrics(nodes["metrics"]) if "metrics" in nodes else ({}, {}, [])
    found.extend(faults)
    policy, faults = build_policy(nodes["policy"]) if "policy" in nodes else (Policy(), [])
    found.extend(faults)
    scenarios = _scenarios(files.scenarios, found)
    wrong = {finding.span.file for finding in found if finding.severity == "error"}
    broken = [file for file in files.scenario_files if file in wrong]
    faulty = frozenset(name for file in broken for name in _claimed(files.sources.get(file, "")))
    folder = root / "templates"
    templates, texts, template_sources, faults = read_templates(folder, shown_path(folder), unsaved)
    found.extend(faults)
    files.sources.update(template_sources)
    project = Project(
        name=settings.name,
        root=str(root),
        timezone=settings.timezone,
        digest=_digest(files, texts),
        title=settings.title,
        locale=settings.locale,
        salt=settings.salt,
        currency=settings.currency,
        plan=plan,
        channels=settings.channels,
        policy=policy,
        programs=settings.programs,
        phases=settings.phases,
        metrics=metrics,
        segments=segments,
        tables=settings.tables,
        clock=settings.clock,
        phase_spans=settings.phase_spans,
        conventions=settings.conventions,
        review_after=settings.review_after,
        templates=tuple(templates),
        texts={name: text.text for name, text in texts.items()},
        scenarios=dict(sorted(scenarios.items())),
        faulty=faulty,
        exports=_from_root(settings.exports, root),
    )
    return project, texts


def _scenarios(nodes: Iterable[tuple[str, Node]], found: list[Diagnostic]) -> dict[str, Scenario]:
    """The scenarios by name; of two of one name the first."""
    scenarios: dict[str, Scenario] = {}
    for shown, node in nodes:
        scenario, faults = build_scenario(node, shown)
        found.extend(faults)
        if scenario is not None:
            first = scenarios.setdefault(scenario.name, scenario)
            if first is not scenario:
                found.append(Diagnostic("REF008", f"a scenario '{scenario.name}' stands in {first.file} already",
                                        scenario.span, hint="rename one of the two",
                                        related=(("first here", first.span),)))  # fmt: skip
    return scenarios


def _standing(
    found: list[Diagnostic], sources: Mapping[str, str], ruled: bool, asked: Levels, said: Levels
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The findings as graded by the command line and the project, and those that a comment ignores."""
    # Where there are errors some rules do not look.
    complete = ruled and not any(finding.severity == "error" for finding in found)
    # What the command line switches off for once is still there for a comment to ignore.
    lasting = {code: level for code, level in asked.items() if level != "off"}
    standing, ignored = suppress(list(adjusted(found, (lasting, said), GRADED)), sources, GRADED, complete)
    return list(adjusted(standing, (asked, said), GRADED)), ignored


# What is said of names that the tracking plan does not have.
_OF_THE_PLAN = ("REF001", "REF004")


def _claimed(source: str) -> list[str]:
    """The name that a scenario's file gives it, however broken the file is."""
    return re.findall(r"^scenario:[ \t]*[\"']?([\w-]+)", source, re.MULTILINE)[:1]


def project_files(root: Path, unsaved: Collection[Path] = ()) -> Iterator[tuple[Path, str]]:
    """Every YAML file of a project with its kind, also those that are not saved yet."""
    new = {path for path in unsaved if path.is_relative_to(root)}
    for path in sorted({*root.rglob("*.yaml"), *root.rglob("*.yml"), *new}):
        kind = kind_of(path.relative_to(root))
        if kind is not None and not path.is_dir():
            yield path, kind


def kind_of(inside: Path) -> str | None:
    """What a file is by its path in the project; None where it is none of the YAML files that are read."""
    if inside.suffix not in (".yaml", ".yml") or any(part.startswith(".") for part in inside.parts):
        return None
    if inside.name.endswith(_TESTS):
        return "test"
    return None if inside.parts[0] in _OTHER_FOLDERS else KINDS.get(inside.as_posix(), "scenario")


def _read(
    path: Path, shown: str, unsaved: bytes | None, sources: dict[str, str], found: list[Diagnostic]
) -> Node | None:
    try:
        data = path.read_bytes() if unsaved is None else unsaved
    except OSError as error:
        found.append(Diagnostic("YAML010", f"the file cannot be read: {error.strerror}", whole_file(shown)))
        return None
    sources[shown] = data.decode("utf-8-sig", errors="replace")
    node, faults = read_yaml(data, shown)
    found.extend(faults)
    return node


def _digest(files: _Files, texts: Mapping[str, TemplateText]) -> str:
    """SHA-256 over all that the project says: the same project has the same digest in any folder."""
    said = {
        "files": {kind: plain(node) for kind, node in files.kinds.items()},
        "scenarios": sorted(json.dumps(plain(node), sort_keys=True) for _, node in files.scenarios),
        "templates": {name: text.text for name, text in texts.items()},
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _from_root(exports: Exports, root: Path) -> Exports:
    """The exports' paths as they stand: project.yaml writes them from its own folder."""
    return replace(
        exports,
        events=tuple(path if "://" in path else str(root / path) for path in exports.events),
        contacts=tuple(path if "://" in path else str(root / path) for path in exports.contacts),
        sources=tuple(_from_root(source, root) for source in exports.sources),
    )
