"""The candidates for a place that is being written: keys, names of the project, values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from scenario_cli.editor.expressions import Candidate, in_expression
from scenario_cli.editor.in_templates import in_template
from scenario_cli.editor.project import View
from scenario_cli.editor.scope_at import scope_at
from scenario_cli.language.edit.plan_text import scalar
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.known_names import (
    NAMING,
    USED_BEFORE,
    about_property,
    about_scenario,
    names_of,
    states_of,
    templates_of,
)
from scenario_cli.language.schema.at_path import schemas_at
from scenario_cli.language.schema.files import Schema
from scenario_cli.language.schema.positions import Path
from scenario_cli.language.symbols.cursor import Cursor, cursor_at
from scenario_cli.language.yaml_scalars import core_scalar
from scenario_cli.model.case import RUNNING
from scenario_cli.model.exits import outcomes
from scenario_cli.model.scenario import OWN_OUTCOMES, Scenario

# By the character behind a place, what cannot be before it: only a value has parts, only a function is called.
_NOT_BEFORE = {".": ("function", "operator"), "(": ("name", "property")}
_PLAIN = re.compile(r"\w[\w@./ +-]*")
_EXPRESSIONS = ("condition", "expression", "value", "wait")


def candidates_at(view: View, path: str, text: str, offset: int) -> list[Candidate]:
    """The candidates for an offset of a file with this text; `path` is the file's path in the project."""
    candidates = in_template if path.startswith("templates/") else _in_yaml
    by_label: dict[str, Candidate] = {}
    for candidate in candidates(view, path, text, offset):
        if candidate.kind in _NOT_BEFORE.get(text[offset : offset + 1], ()):
            continue
        if candidate.text.endswith(("(", "=")) and text.startswith(candidate.text[-1], offset):
            candidate = replace(candidate, text=candidate.text[:-1])
        by_label.setdefault(candidate.label, candidate)
    return list(by_label.values())


def _in_yaml(view: View, path: str, text: str, offset: int) -> Iterator[Candidate]:
    kind = kind_of(FilePath(path))
    cursor = cursor_at(text, offset) if kind is not None else None
    if kind is not None and cursor is not None:
        yield from _Completing(view, kind, cursor, text, offset).candidates()


class _Completing:
    """The candidates at one place of a YAML file."""

    def __init__(self, view: View, kind: str, cursor: Cursor, text: str, offset: int) -> None:
        self.view = view
        self.kind = kind
        self.cursor = cursor
        self.text = text
        self.offset = offset
        self.names = names_of(view.project)
        line = text[text.rfind("\n", 0, offset) + 1 : offset]
        # A key of a mapping in block style begins a line; in braces it can follow anything.
        self.begins_line = re.fullmatch(r"\s*(- +)*[\w.-]*", line) is not None
        self.ends_with_colon = re.match(r"[\w.-]*\s*:", text[offset:]) is not None

    def candidates(self) -> Iterator[Candidate]:
        cursor = self.cursor
        if not cursor.is_key:
            of_column = [schema for path in self.filled() for schema in schemas_at(self.kind, path, None)]
            for schema in (*schemas_at(self.kind, cursor.path, cursor.root), *of_column):
                yield from self.values(schema)
        if cursor.is_key or self.begins_line:
            schemas = schemas_at(self.kind, cursor.path, cursor.root, is_key_next=True)
            fitting = [schema for schema in schemas if self.takes_keys_beside(schema)]
            for schema in fitting or schemas:
                yield from self.keys(schema)

    def filled(self) -> Iterator[Path]:
        """In a row of a test's table, the paths of the places that its column fills."""
        path = self.cursor.path
        if self.kind == "test" and path[:1] == ("cases",) and path[2:3] == ("table",) and len(path) > 4:
            for place in self.cursor.paths_of(f"<{path[4]}>", *path[:2]):
                yield (*place, *path[5:])

    def takes_keys_beside(self, schema: Schema) -> bool:
        """Whether a mapping of that schema can have the keys that are written already."""
        known = schema.get("properties", {}).keys()
        is_mapping = bool(known) or "propertyNames" in schema
        return is_mapping and (schema.get("additionalProperties") is not False or self.cursor.beside <= known)

    def keys(self, schema: Schema) -> Iterator[Candidate]:
        ending = "" if self.ends_with_colon else ": "
        beside = self.cursor.beside
        for name, field in schema.get("properties", {}).items():
            if name not in beside and isinstance(field, dict):
                yield self.candidate(name, "key", field.get("description", ""), name + ending)
        meaning = schema.get("propertyNames", {}).get("meaning")
        if meaning in ("condition", "expression", "wait"):
            yield from self.texts(meaning)
        elif meaning is not None:
            for name, about in self.named(meaning).items():
                if name not in beside:
                    yield self.candidate(name, meaning, about, name + ending)
        yield from self.of_event(schema, beside, ending)

    def of_event(self, schema: Schema, beside: frozenset[str], ending: str) -> Iterator[Candidate]:
        """The properties of the event that a line of a test names, or that a journey emits."""
        title = schema.get("title", "")
        path = self.cursor.path
        if title == "event of the timeline":
            event = self.cursor.text(*path, "event")
        elif path[-1:] == ("with",) and "emit" in path:
            event = self.cursor.text(*path[:-1], "event")
        else:
            return
        declared = self.view.project.plan.events.get(event)
        for name, property_ in declared.properties.items() if declared is not None else ():
            if name not in beside:
                yield self.candidate(name, "property", about_property(property_), name + ending)

    def values(self, schema: Schema) -> Iterator[Candidate]:
        meaning = schema.get("meaning")
        if meaning in _EXPRESSIONS:
            yield from self.texts(meaning)
        elif meaning in ("duration", "reentry"):
            examples = [example for example in schema.get("examples", ()) if isinstance(example, str)]
            yield from (self.candidate(example, "value", "") for example in examples)
        elif meaning is not None:
            for name, about in self.named(meaning).items():
                yield self.candidate(name, meaning, about, self.quoted(name))
        for value in schema.get("enum", ()):
            yield self.candidate(str(value).lower() if isinstance(value, bool) else str(value), "value", "")
        if schema.get("type") == "boolean":
            yield from (self.candidate(word, "value", "") for word in ("true", "false"))

    def quoted(self, name: str) -> str:
        """A name in quotes, if it needs them and has none: an owner can be '@crm'."""
        before = self.text[: self.offset - len(self.cursor.typed)]
        is_plain = _PLAIN.fullmatch(name) is not None and isinstance(core_scalar(name), str)
        return name if is_plain or before.endswith(("'", '"')) else scalar(name)

    def named(self, meaning: str) -> Mapping[str, str]:
        """The names that a place of that meaning takes, each with a sentence."""
        if meaning in ("state", "arm", "state or scenario"):
            return self.states()
        if meaning == "outcome":
            return self.outcomes()
        if meaning == "scenario" and self.kind == "test" and self.cursor.path[:1] == ("cases",):
            return {scenario.name: about_scenario(scenario) for scenario in self.tested()}
        if meaning == "template":
            channels = [
                step for step in self.cursor.path if isinstance(step, str) and step in self.view.project.channels
            ]
            by_channel = templates_of(self.view.project)
            return by_channel.get(channels[-1], {}) if channels else self.names["template"]
        return self.names[meaning] if meaning in (*NAMING, *USED_BEFORE) else {}

    def states(self) -> Mapping[str, str]:
        """The states of the scenario that is written, those of the text first; in a test those of the scenarios."""
        project = self.view.project
        if self.kind == "scenario":
            scenario = project.scenarios.get(self.cursor.text("scenario"))
            declared = states_of(scenario) if scenario is not None else {}
            written = [*_states_in(self.text), *self.cursor.keys("states")]
            return {**dict.fromkeys(written, ""), **declared}
        return {state: about for scenario in self.meant() for state, about in states_of(scenario).items()}

    def outcomes(self) -> Mapping[str, str]:
        """The outcomes of the scenarios that can be meant, the executor's own last; where a scenario gives one, its
        own and then those used elsewhere.
        """
        of_scenarios = [name for scenario in self.meant() for name in outcomes(scenario)]
        if of_scenarios:
            unfinished = [RUNNING] if self.kind == "test" else []
            return dict.fromkeys((*of_scenarios, *unfinished, *OWN_OUTCOMES), "")
        written = self.view.project.scenarios.get(self.cursor.text("scenario"))
        used = [*(outcomes(written) if written is not None else ()), *self.names["outcome"]]
        return {name: "" for name in used if name not in OWN_OUTCOMES}

    def meant(self) -> list[Scenario]:
        """The scenarios whose state or outcome a name can be: the one named beside, else, in a test, those under test;
        all, if it names none.
        """
        scenarios, cursor = self.view.project.scenarios, self.cursor
        named = [cursor.text(*cursor.path[:-1], "scenario")] if len(cursor.path) > 1 else []
        named += [step for step in cursor.path if self.kind == "test" and isinstance(step, str)]
        meant = [scenarios[name] for name in named if name in scenarios]
        return self.tested() if self.kind == "test" and not meant else meant

    def tested(self) -> list[Scenario]:
        """The scenarios that a test is about; all, if it names none."""
        scenarios = self.view.project.scenarios
        named = [self.cursor.text("scenario"), *self.cursor.texts("scenarios")]
        return [scenarios[name] for name in named if name in scenarios] or list(scenarios.values())

    def texts(self, meaning: str) -> Iterator[Candidate]:
        """The parts of an expression, if one can be here."""
        typed = self.cursor.typed
        if meaning == "value" and not typed.startswith("="):
            return
        if meaning == "wait" and not re.search(r"(^|\s)date\s", typed):
            for wait in ("1h", "1d", "1d at 10:00", "2d at 10:00 on weekdays", "at 09:00 on mon"):
                yield self.candidate(wait, "value", "")
            return
        written = re.sub(r"^.*?\bdate\s", "", typed) if meaning == "wait" else typed.removeprefix("=")
        scope = scope_at(self.view.project, self.kind, self.cursor)
        yield from in_expression(written, scope, self.view.project, self.offset)

    def candidate(self, label: str, kind: str, about: str, text: str | None = None) -> Candidate:
        start = self.offset - len(self.cursor.typed)
        if self.text[start : self.offset] != self.cursor.typed:  # written with escapes or over lines
            start = self.offset
        return Candidate(label, kind, about, start, self.offset, text or label)


def _states_in(text: str) -> Iterable[str]:
    """The states of a scenario's text, however broken it is elsewhere."""
    _, key, below = text.partition("\nstates:")
    first = re.search(r"^( +)[A-Za-z_]\w*:", below, re.MULTILINE) if key else None
    if first is not None:
        for match in re.finditer(rf"^{first[1]}([A-Za-z_]\w*):|^\S", below, re.MULTILINE):
            if match[1] is None:
                break
            yield match[1]
