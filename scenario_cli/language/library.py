"""The library of shipped scenarios, and the changes to a project that receives a scenario of it.

Works changes out and tries them. Writes nothing into the project.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from scenario_cli.analysis.parts import Parts, parts_of, settle_groups
from scenario_cli.language.edit.entries import CannotSplice, add_to_list, cut, entry, put
from scenario_cli.language.edit.splicing import spliced
from scenario_cli.language.project import load_model, load_project
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.used_files import texts_included
from scenario_cli.language.yaml_node import Node, every_key
from scenario_cli.model.diagnostic import Diagnostic, Edit
from scenario_cli.model.expression import Attr, Expression, expressions_in, path_of, walk
from scenario_cli.model.project import Programme, Project, Template
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import watched
from scenario_cli.model.value_class import dataclass
from scenario_cli.shipped import shipped

SCHEMAS = ".schemas"  # where a project keeps the schemas for its editors


@dataclass(frozen=True, slots=True)
class Change:
    """A file of a project with its new content. `added` names the entries it gets; empty for a new file."""

    path: str  # below the project's folder
    content: bytes
    added: tuple[str, ...] = ()


def shipped_library() -> Project:
    """The project of the shipped scenarios."""
    return load_model(shipped("scenarios")).project


def changes_to_take(library: Project, scenario: Scenario, target: Project, name: str) -> list[Change]:
    """The changes to a project that takes a scenario under a name: new files, and entries that its files lack."""
    names = _Names({library.timezone: target.timezone}, _attributes(library, target))
    tests = _tests(library, scenario, target)
    new = _files(library, scenario, tests, Path(target.root), name, names)
    texts = [change.content.decode() for change in new if change.path != f"{name}.yaml"]
    included = texts_included(library, _templates(library, scenario)).values()
    parts = parts_of(scenario, library, [*texts, *map(names.in_text, included)], target.channels)
    for test in tests:
        _test_parts(library, parts, yaml_of(test.read_text(encoding="utf-8")))
    groups = settle_groups(parts, library, target.plan.events)
    for library_name in names.attributes:
        parts.attributes.pop(library_name, None)
    words = set(re.findall(r"\w+", "".join(texts)))
    words.update(
        node.name for expression in expressions_in(scenario) for node in walk(expression.root) if isinstance(node, Attr)
    )
    return [*new, *_tables(library, target, parts), *_additions(library, target, parts, groups, words)]


def unmet(library: Project, scenario: Scenario, target: Project) -> list[str]:
    """The scenarios of the library that this scenario reads and that the project lacks."""
    return [name for name in needed(library, scenario).scenarios if name not in target.scenarios]


@dataclass(frozen=True, slots=True)
class _Names:
    """The project's names if they differ from the library's: its clock, the attributes of its channels."""

    clocks: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def in_text(self, text: str) -> str:
        return re.sub(r"\bcontact\.(\w+)", lambda match: f"contact.{self.attributes.get(match[1], match[1])}", text)


def _attributes(library: Project, target: Project) -> dict[str, str]:
    """The attributes of addresses and consents in the library, with the project's name for each."""
    names: dict[str, str] = {}
    for name, channel in target.channels.items():
        library_channel = library.channels.get(name)
        pairs = (
            ((library_channel.address, channel.address), (library_channel.consent, channel.consent))
            if library_channel is not None
            else ()
        )
        for before, after in pairs:
            old, new = _attribute(before), _attribute(after)
            if old and new and old != new:
                names[old] = new
    return names


def _attribute(expression: Expression | None) -> str:
    path = path_of(expression.root) if expression is not None else None
    return path[1] if path is not None and len(path) == 2 and path[0] == "contact" else ""


def _test_parts(library: Project, parts: Parts, test: Node) -> None:
    """Adds the needs of test cases: attributes of their contacts, and events that change nothing."""
    for _, key, value in every_key(test):
        if key.text in library.plan.profile:
            parts.attributes[key.text] = None
        elif key.text == "event" and value.text in library.plan.events:
            parts.events[value.text] = None


def _files(
    library: Project, scenario: Scenario, tests: Iterable[Path], root: Path, name: str, names: _Names
) -> list[Change]:
    """The files of a scenario under a name: itself, its templates, its tests, and what the templates include."""
    templates = _templates(library, scenario)
    renamed = {template.name: _renamed(template.name, scenario, name) for template in templates}
    texts = {f"{name}.yaml": names.in_text(_scenario_text(scenario, name, renamed, names))}
    for template in templates:
        ending = template.path.removeprefix(template.name)
        texts[f"templates/{renamed[template.name]}{ending}"] = names.in_text(
            Path(template.file).read_text(encoding="utf-8")
        )
    for number, test in enumerate(tests):
        ending = f"_{number + 1}" if number else ""
        texts[f"tests/{name}{ending}.test.yaml"] = _test_text(test, scenario.name, name, renamed, names)
    for path, text in texts_included(library, templates).items():
        if not (root / "templates" / path).exists():  # a project's own layout is the one to use
            texts[f"templates/{path}"] = names.in_text(text)
    return [Change(path, for_editors(root, path, text).encode()) for path, text in texts.items()]


def _tables(library: Project, target: Project, parts: Parts) -> Iterator[Change]:
    """The files of reference tables that the project does not declare, if no file of that name exists."""
    for name in parts.tables:
        file = Path(library.tables[name].file)
        path = file.relative_to(library.root)
        if name not in target.tables and not (Path(target.root) / path).exists():
            yield Change(path.as_posix(), file.read_bytes())


def trial(target: Path, changes: Iterable[Change]) -> list[Diagnostic]:
    """The errors that a project would have after these changes and does not have now.

    Nothing is written to try them: the changed files are read as an editor's unsaved ones are.
    """
    errors = _errors(
        target, {target / change.path: change.content for change in changes if not change.path.startswith(".")}
    )
    present = {(error.code, error.message) for error in _errors(target, {})} if errors else set()
    return [error for error in errors if (error.code, error.message) not in present]


def _errors(root: Path, unsaved: Mapping[Path, bytes]) -> list[Diagnostic]:
    findings = load_project(root, tests=True, unsaved=unsaved, errors_only=True, allow_outside=True).findings
    return [finding for finding in findings if finding.severity == "error"]


def tests_of(library: Project, scenario: Scenario) -> int:
    """The number of test cases of the library about a scenario."""
    roots = (yaml_of(test.read_text(encoding="utf-8")) for test in _tests(library, scenario, library))
    return sum(len(cases.items) for root in roots if (cases := root.get("cases")) is not None)


def needed(library: Project, scenario: Scenario) -> Parts:
    """The parts of a project that a scenario of the library needs."""
    templates = _templates(library, scenario)
    texts = [Path(template.file).read_text(encoding="utf-8") for template in templates]
    parts = parts_of(scenario, library, [*texts, *texts_included(library, templates).values()])
    settle_groups(parts, library, ())
    return parts


def _templates(library: Project, scenario: Scenario) -> list[Template]:
    sent = {(message.template.text, message.channel.text) for message in scenario.messages}
    return [template for template in library.templates if (template.name, template.channel) in sent]


def _tests(library: Project, scenario: Scenario, target: Project) -> list[Path]:
    """The test files about this scenario alone, and its own file if the project has the other scenarios it tests.

    Tests of several scenarios, or of one under `scenarios`, are about the library's own policy.
    """
    available = {scenario.name, *target.scenarios}
    tests: list[Path] = []
    for path in sorted((Path(library.root) / "tests").rglob("*.test.yaml")):
        text = path.read_text(encoding="utf-8")
        if scenario.name not in text:  # nothing to be parsed for
            continue
        root = yaml_of(text)
        names = {node.text for node in _named_in(root)}
        covered = path.name == f"{scenario.name}.test.yaml" if "scenarios" in root.fields else names == {scenario.name}
        if covered and names <= available:
            tests.append(path)
    return tests


def _named_in(test: Node) -> list[Node]:
    """The nodes of a test file that name the scenarios under test."""
    single, several = test.get("scenario"), test.get("scenarios")
    return [single] if single is not None else list(several.items) if several is not None else []


def _renamed(template: str, scenario: Scenario, name: str) -> str:
    """A template's name in the project: in a folder of its own if the scenario is renamed."""
    return template if name == scenario.name else f"{name}/{template.rpartition('/')[2]}"


def _scenario_text(scenario: Scenario, name: str, templates: Mapping[str, str], names: _Names) -> str:
    """The scenario's file under its new name. It is a draft, so it reaches nobody before someone makes it live.

    The findings that the library ignores are left for the project to judge.
    """
    text = Path(scenario.file).read_text(encoding="utf-8")
    root = yaml_of(text)
    edits = [(root.fields["scenario"].span, name)]
    status = root.get("status")
    edits += [(status.span, "draft")] if status is not None else []
    edits += [(message.template.span, templates[message.template.text]) for message in scenario.messages]
    attributes = [attribute for act in scenario.acts for attribute, _ in act.update]
    pairs = [pair for trigger in scenario.triggers for pair in watched(trigger)]
    attributes += [attribute for kind, attribute in pairs if kind == "attribute"]
    edits += [
        (attribute.span, names.attributes[attribute.text])
        for attribute in attributes
        if attribute.text in names.attributes
    ]
    return _IGNORE.sub("", with_words(text, edits))


_IGNORE = re.compile(r"^ *# scenario: ignore\[.*\n", re.MULTILINE)


def _test_text(test: Path, library_name: str, name: str, templates: Mapping[str, str], names: _Names) -> str:
    """A test file under the scenario's new name, with the project's time zone in place of the library's."""
    text = test.read_text(encoding="utf-8")
    root = yaml_of(text)
    edits = [(node.span, name) for node in _named_in(root) if node.text == library_name]
    for _, key, value in every_key(root):
        if key.text in names.attributes:
            edits.append((key.span, names.attributes[key.text]))
        if value.text in templates:
            edits.append((value.span, templates[value.text]))
        if key.text == "timezone" and value.text in names.clocks:
            edits.append((value.span, names.clocks[value.text]))
    # A column of a table that is called as an attribute is named in the case, too.
    return re.sub(r"<(\w+)>", lambda match: f"<{names.attributes.get(match[1], match[1])}>", with_words(text, edits))


def with_words(text: str, words: Iterable[tuple[Span, str]]) -> str:
    """The text with other words at some places; a place can be named more than once."""
    return spliced(text, dict.fromkeys(Edit(span, word) for span, word in words))


_MODELINE = re.compile(r"^# yaml-language-server: \$schema=\S*?([\w.-]+\.schema\.json)\n", re.MULTILINE)


def for_editors(root: Path, path: str, text: str) -> str:
    """The text with its line for editors changed to the project's schemas, or without it if there are none."""
    folders = (root / SCHEMAS, root / "schemas", root.parent / "schemas")
    folder = next((path_ for path_ in folders if (path_ / "scenario.schema.json").is_file()), None)
    if folder is None:
        return _MODELINE.sub("", text)
    relative = os.path.relpath(folder, (root / path).parent).replace(os.sep, "/")
    return _MODELINE.sub(rf"# yaml-language-server: $schema={relative}/\1\n", text)


def _with_title_alone(text: str, program: tuple[str, ...], title: str) -> str:
    """The text with the KPI of a program in words, without how it is measured."""
    return put(cut(text, (*program, "kpi")), program, f"kpi: {title}\n")


def _is_measurable(program: Programme, target: Project, parts: Parts) -> bool:
    """Whether the project will have the data that measure a program's KPI, or the program has no measure."""
    measure = program.measure
    if measure is None:
        return True
    names = {*target.plan.events, *parts.events, *(f"segment.{name}" for name in (*target.segments, *parts.segments))}
    return measure.where is None and {measure.of.text, measure.then.text} <= names


def _additions(
    library: Project, target: Project, parts: Parts, groups: Mapping[str, tuple[str, ...]], words: set[str]
) -> Iterator[Change]:
    """The entries that a project's own files lack, file by file; `groups` are the events of the added groups."""
    source, root = Path(library.root), Path(target.root)
    missing: dict[str, list[tuple[str, ...]]] = {
        "project.yaml": [
            *((name,) for name in parts.settings if getattr(library, name) and not getattr(target, name)),
            *(("channels", name) for name in parts.channels if name not in target.channels),
            *(("tables", name) for name in parts.tables if name not in target.tables),
            *(("constants", name) for name in parts.constants if name not in target.constants),
            *(("programs", name) for name in parts.programs if name not in target.programs),
            *(("phases", name) for name in parts.phases if name not in target.phases),
        ],
        "events.yaml": [
            *(("profile", name) for name in parts.attributes if name not in target.plan.profile),
            *_events(library, target, parts, words),
            *(("groups", name) for name in parts.groups if name not in target.plan.groups),
            *_joining(library, target, parts),
        ],
        "metrics.yaml": [
            *(("metrics", name) for name in parts.metrics if name not in target.metrics),
            *(("segments", name) for name in parts.segments if name not in target.segments),
        ],
    }
    for file, paths in missing.items():
        if not paths:
            continue
        library_text = (source / file).read_text(encoding="utf-8")
        for path in paths:
            if path[0] == "programs" and not _is_measurable(library.programs[path[1]], target, parts):
                library_text = _with_title_alone(library_text, path, library.programs[path[1]].kpi)
        if (root / file).is_file():
            text = (root / file).read_text(encoding="utf-8-sig")
        else:
            line = _MODELINE.match(library_text)
            text = for_editors(root, file, line[0] if line is not None else "")
        for path in paths:
            if path[0] == "phases":
                text = add_to_list(text, "phases", path[1])
            elif path[0] == "groups" and len(path) == 3:
                text = add_to_list(text, path[1], path[2], parent="groups")
            else:
                part = entry(library_text, path)
                assert part is not None, f"the library's {file} has no {path}"
                if path[0] == "groups" and groups[path[1]] != library.plan.groups[path[1]]:
                    comments = "".join(re.findall(r"^#.*\n", part, re.MULTILINE))
                    listed = "".join(f"  - {event}\n" for event in groups[path[1]])
                    part = f"{comments}{path[1]}:\n{listed}"
                if "owner" in yaml_of(part).fields[path[-1]].fields:
                    part = cut(part, (path[-1], "owner"))  # the owner is a person of the sample shop
                try:
                    text = put(text, path[:-1], part)
                except CannotSplice as error:
                    raise CannotSplice(f"{file}, {error}") from None
        yield Change(file, text.encode(), tuple(_entry_name(path) for path in paths))


_SINGULAR = {"channels": "channel", "tables": "table", "constants": "constant", "programs": "program",
             "phases": "phase", "profile": "attribute", "groups": "group", "metrics": "metric", "segments": "segment",
             "events": "event"}  # fmt: skip


def _entry_name(path: tuple[str, ...]) -> str:
    if len(path) == 1:
        return path[0]
    if len(path) == 3:
        return f"event {path[2]} in group {path[1]}"
    return f"property {path[1]}.{path[3]}" if len(path) == 4 else f"{_SINGULAR[path[0]]} {path[1]}"


def _joining(library: Project, target: Project, parts: Parts) -> Iterator[tuple[str, ...]]:
    """Groups of the library that the project has already, with the events that are now added to them."""
    for name, members in target.plan.groups.items():
        for member in library.plan.groups.get(name, ()):
            if member in parts.events and member not in target.plan.events and member not in members:
                yield "groups", name, member


def _events(library: Project, target: Project, parts: Parts, words: set[str]) -> Iterator[tuple[str, ...]]:
    """Events that the tracking plan lacks; for events that it has, the properties that the scenario reads."""
    events = target.plan.events
    has_profile_event = any(event.profile for event in events.values())
    for name in parts.events:
        shipped_event = library.plan.events[name]
        if name not in events:
            if not (shipped_event.profile and has_profile_event):
                yield "events", name
        elif not shipped_event.profile:
            for property_name in shipped_event.properties:
                if property_name not in events[name].properties and property_name in words:
                    yield "events", name, "properties", property_name


def yaml_of(text: str) -> Node:
    node, _ = read_yaml(text.encode(), "")
    assert node is not None
    return node
