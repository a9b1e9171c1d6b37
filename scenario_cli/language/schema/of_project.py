"""The schema of a kind of file for one project: its names in place of examples, its waits as patterns.

Editors complete by it and mark unknown names. It refuses nothing that `scenario validate` accepts. New states can be
written before the schema contains them, so states are offered, and other names are accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from scenario_cli.language.known_names import (
    NAMING,
    USED_BEFORE,
    Described,
    about_property,
    names_of,
    states_of,
    templates_of,
)
from scenario_cli.language.schema.files import Schema
from scenario_cli.language.schema.wait_pattern import DURATION, WAIT
from scenario_cli.model.case import RUNNING
from scenario_cli.model.project import Project, Property
from scenario_cli.model.scenario import OWN_OUTCOMES, Scenario
from scenario_cli.shipped import shipped

_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_COLUMN = "^<[A-Za-z_][A-Za-z0-9_]*>$"  # a column of a test's table
_PATTERNS = {"wait": WAIT, "duration": DURATION, "reentry": DURATION.replace("^", r"^\s*(never|always)\s*$|^", 1)}
_SUGGESTING = 60  # texts that a place which takes any expression offers


def project_schema(project: Project, kind: str) -> Schema:
    """The schema of the project's only file of that kind."""
    schema: Schema = json.loads((shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8"))
    schema["$comment"] = f"Of the project '{project.name}'; 'scenario schema' writes it again."
    return _Narrowing(project, kind).schema(schema)


class _Narrowing:
    """Writes the names of a project into the schema of a kind of file."""

    def __init__(self, project: Project, kind: str) -> None:
        self.project = project
        self.kind = kind
        self.names = names_of(project)
        self.templates = templates_of(project)
        self.expressions = list(_starts(project))
        self.shared_names: dict[str, Schema] = {}

    def schema(self, schema: Schema) -> Schema:
        narrowed: Schema = self.part(schema)
        if self.kind == "scenario":
            self.scenario(narrowed)
        elif self.kind == "test":
            self.test(narrowed)
        return {**narrowed, "definitions": {**narrowed.get("definitions", {}), **self.shared_names}}

    def part(self, part: Any) -> Any:
        """A part of the schema with everything in it."""
        if isinstance(part, list):
            return [self.part(item) for item in part]
        if not isinstance(part, dict):
            return part
        within: Schema = {
            keyword: value
            if keyword in ("required", "enum", "default", "errorMessage", "meaning")
            else {key: self.part(field) for key, field in value.items()}
            if keyword in ("properties", "definitions", "dependencies")
            else self.part(value)
            for keyword, value in part.items()
            if keyword != "examples"
        }
        examples = [example for example in part.get("examples", ()) if _of_any_project(example)]
        if examples:
            within["examples"] = examples
        meaning: str | None = within.pop("meaning", None)
        names = within.get("propertyNames", {})
        keys = part.get("propertyNames", {}).get("meaning") if isinstance(names, dict) else None
        if keys in NAMING and keys != "state":
            self.keys(within, self.names[keys])
        return self.placed(within, meaning) if meaning is not None else within

    def placed(self, part: Schema, meaning: str) -> Schema:
        """A part whose meaning is known."""
        if meaning in NAMING and meaning not in ("state", "template"):
            return self.chosen(part, meaning)
        if meaning in USED_BEFORE:
            values = self.outcomes() if meaning == "outcome" else self.names[meaning]
            return {**part, **_examples(values)}
        if meaning in ("condition", "expression"):
            return {**part, **_examples(self.expressions)}
        if meaning in _PATTERNS:
            part = {key: value for key, value in part.items() if key != "$ref"}
            message = {"patternErrorMessage": part["errorMessage"]} if "errorMessage" in part else {}
            return {"type": "string", **part, "pattern": _PATTERNS[meaning], **message}
        return part

    def outcomes(self) -> Iterable[str]:
        """Those that a place can have: a scenario gives none of the executor's own, a test also waits for no end."""
        written = [name for name in self.names["outcome"] if name not in OWN_OUTCOMES]
        return written if self.kind == "scenario" else [RUNNING, *OWN_OUTCOMES, *written]

    def chosen(self, part: Schema, meaning: str) -> Schema:
        """A text that must be one of the names of this meaning; in a test also a column of its table."""
        notes: Schema = {keyword: part[keyword] for keyword in ("title", "description") if keyword in part}
        other_types = [{**_without_form(part), "type": sorted(types)}] if (types := _types(part) - {"string"}) else []
        columns = [{"type": "string", "pattern": _COLUMN}] if self.kind == "test" else []
        return {**notes, "anyOf": [self.shared(f"known {meaning}", self.names[meaning]), *columns, *other_types]}

    def shared(self, title: str, names: Described) -> Schema:
        """A reference to a definition with these names, which the schema gets once."""
        self.shared_names[title] = {"type": "string", **_listed(names)}
        return {"$ref": f"#/definitions/{title}"}

    def keys(self, part: Schema, names: Described) -> None:
        """A mapping whose keys are names. Each name becomes a key in the schema, so that every editor offers it."""
        part.pop("propertyNames")
        value = part.get("additionalProperties", True)
        properties = {name: _about(value, text) for name, text in names.items()}
        part["properties"] = {**properties, **part.get("properties", {})}
        if self.kind != "test" and value is not True:
            part["additionalProperties"] = False

    # --- scenarios ---

    def scenario(self, schema: Schema) -> None:
        definitions: dict[str, Schema] = schema["definitions"]
        self.messages(definitions)
        state = definitions["state"]["properties"]
        state["choose"]["required"] = ["else"]
        properties = {name: event.properties for name, event in self.project.plan.events.items()}
        definitions["emitted"].update(_all_of(_for_each("event", properties, "with")))
        states = {name: scenario for name, scenario in self.project.scenarios.items() if scenario.states}
        by_scenario = [
            {"if": _has_value("scenario", name), "then": {"$ref": f"#/definitions/states of {name}"}} for name in states
        ]
        schema.update(_all_of(by_scenario))
        raw: Schema = json.loads((shipped("schemas") / "scenario.schema.json").read_text(encoding="utf-8"))
        overlay = _Overlay(raw["definitions"])
        for name, scenario in states.items():
            definitions[f"state of {name}"] = {"anyOf": [_listed(states_of(scenario)), {}]}
            definitions[f"states of {name}"] = overlay.every_state(raw, scenario)

    def messages(self, definitions: dict[str, Schema]) -> None:
        """Templates by the channel that a message is under."""
        send, message = definitions["send"], definitions["message"]
        for channel in self.project.channels:
            definitions[f"message by {channel}"] = self.of_channel(message, self.templates.get(channel, {}))
        by_channel = {channel: {"$ref": f"#/definitions/message by {channel}"} for channel in self.project.channels}
        item = send["properties"]["first_of"]["items"]
        for mapping in (send, item):
            mapping["properties"] = {**mapping.get("properties", {}), **by_channel}

    def of_channel(self, message: Schema, templates: Described) -> Schema:
        name = {"type": "string", **_listed(templates)}
        fields = {**message["properties"], "template": {**name, **_description(message["properties"]["template"])}}
        long = {**_without_form(message), "type": "object", "required": ["template"], "properties": fields,
                "additionalProperties": False}  # fmt: skip
        return {**_description(message), "anyOf": [name, long]}

    # --- tests ---

    def test(self, schema: Schema) -> None:
        definitions: dict[str, Schema] = schema["definitions"]
        plan = self.project.plan
        properties = {
            name: {**plan.profile, **event.properties} if event.profile else event.properties
            for name, event in plan.events.items()
        }
        definitions["happening"].update(_all_of(_for_each("event", properties)))
        message = definitions["message"]["properties"]
        message["template"] = self.chosen(message["template"], "template")
        states = {name: states_of(scenario) for name, scenario in self.project.scenarios.items()}
        every: Described = {name: text for of_one in states.values() for name, text in of_one.items()}
        for place in (
            message["state"],
            definitions["happening"]["properties"]["of"],
            definitions["state_names"]["items"],
        ):
            place.update(_examples(every))  # of one scenario, if the file names the scenario
        by_scenario = [
            {"if": _has_value("scenario", name), "then": _states_of_case(of_one)} for name, of_one in states.items()
        ]
        schema.update(_all_of(by_scenario))


class _Overlay:
    """Offers the states of one scenario at each place for a state, and judges nothing: its keys accept any value."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self.definitions = definitions

    def every_state(self, schema: Schema, scenario: Scenario) -> Schema:
        target: Schema = {"$ref": f"#/definitions/state of {scenario.name}"}
        return self.part(schema, target, states_of(scenario)) or {}

    def part(self, part: Schema, target: Schema, offered: Described) -> Schema | None:
        """The places for a state within a part; None if there are none."""

        def within(inner: Any) -> Schema | None:
            return self.part(inner, target, offered) if isinstance(inner, dict) else None

        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            below = within(self.definitions[name])
            return target if part.get("meaning") == "state" else below
        result: Schema = {"allOf": [target]} if part.get("meaning") == "state" else {}
        if (keys := part.get("propertyNames", {})) and isinstance(keys, dict) and keys.get("meaning") == "state":
            result["properties"] = {name: _about(True, text) for name, text in offered.items()}
        fields = {key: below for key, inner in part.get("properties", {}).items() if (below := within(inner))}
        if fields:
            result["properties"] = {**result.get("properties", {}), **fields}
        for keyword in ("additionalProperties", "items"):
            if below := within(part.get(keyword)):
                result[keyword] = below
        branches = [below for branch in part.get("anyOf", ()) if (below := within(branch))]
        if branches:
            result["allOf"] = [*result.get("allOf", ()), *branches]
        return result or None


def _states_of_case(offered: Described) -> Schema:
    """The places for a state in the tests of one scenario."""
    name = {"anyOf": [_listed(offered), {}]}
    messages = {"items": {"properties": {"state": name}}}
    expect = {"properties": {"states": {"items": name}, "messages": messages}}
    case = {"properties": {"expect": expect, "timeline": {"items": {"properties": {"of": name}}}}}
    return {"properties": {"cases": {"items": case}}}


def _for_each(key: str, fields: Mapping[str, Mapping[str, Property]], below: str = "") -> list[Schema]:
    """The keys that go with each name under `key`: next to it, or in the mapping under `below`."""
    result: list[Schema] = []
    for name, properties in fields.items():
        schema: Schema = {"properties": {field: _property(property_) for field, property_ in properties.items()}}
        if schema["properties"]:
            result.append({"if": _has_value(key, name), "then": {"properties": {below: schema}} if below else schema})
    return result


def _all_of(parts: list[Schema]) -> Schema:
    """Parts that all apply; nothing if there are none, since an empty list is not a schema."""
    return {"allOf": parts} if parts else {}


def _property(property_: Property) -> Schema:
    described = about_property(property_)
    values = [value for value in property_.enum if isinstance(value, str | int | float)]
    return {**({"description": described} if described else {}), **_examples(values)}


def _has_value(key: str, name: str) -> Schema:
    return {"properties": {key: {"const": name}}, "required": [key]}


def _starts(project: Project) -> Iterable[str]:
    """The possible beginnings of an expression in this project."""
    yield from (f"segment.{name}" for name in project.segments)
    yield from (f"metric.{name}" for name in project.metrics)
    yield from (f"contact.{name}" for name in project.plan.profile)
    yield from (f"const.{name}" for name in project.constants)


def _of_any_project(example: Any) -> bool:
    """Whether an example names nothing: it is a number, a date, a wait or a share."""
    if isinstance(example, str):
        return re.match(r"[-+]?[0-9]", example) is not None
    return isinstance(example, int | float)


def _about(value: Any, text: str) -> Any:
    """The schema of a value with a sentence about the value, if there is one."""
    schema = {} if value is True else value  # editors skip a key whose schema is not a mapping
    return {**schema, "description": text} if text else schema


def _listed(names: Described) -> Schema:
    """These names alone, each with its sentence; any name if there are none, since an empty list is not a schema."""
    described = {"enumDescriptions": list(names.values())} if any(names.values()) else {}
    return {"enum": list(names), **described} if names else {}


def _description(part: Schema) -> Schema:
    return {"description": part["description"]} if "description" in part else {}


def _examples(values: Iterable[Any]) -> Schema:
    listed = list(values)[:_SUGGESTING]
    return {"examples": listed} if listed else {}


def _types(part: Schema) -> set[str]:
    types = part.get("type", ())
    return {types} if isinstance(types, str) else set(types)


def _without_form(part: Schema) -> Schema:
    """A part without the keywords about its text."""
    of_text = ("pattern", "minLength", "type", "title", "description", "errorMessage", "examples")
    return {keyword: value for keyword, value in part.items() if keyword not in of_text}
