"""Checks the names in a test file: scenarios, events, properties, states, outcomes, templates. Builds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from scenario_cli.language.edit.fixes import quoted, unquoted
from scenario_cli.language.names.unknown import misnamed, unknown_name
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.case import RUNNING
from scenario_cli.model.dates import read_date
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.exits import outcomes
from scenario_cli.model.project import EventType, Project, Property
from scenario_cli.model.scenario import OWN_OUTCOMES, Scenario
from scenario_cli.model.source import Name

_COLUMN = re.compile(r"<[A-Za-z_][A-Za-z0-9_]*>")
# The keys of a contact that do not name attributes.
CONTACT_KEYS = ("id", "known_since")

_ANY: Mapping[str, Property] = {}


class TestNames:
    """Looks up the names of one file and adds findings about unknown names to `findings`.

    `table` states whether the current case has a table.
    """

    __test__ = False  # pytest takes classes of this name for its own

    def __init__(self, project: Project, scenarios: tuple[str, ...] | None, findings: list[Diagnostic]) -> None:
        self.project = project
        self.findings = findings
        self.table = False
        self._rendered: dict[tuple[str | None, str | None], set[str]] = {}
        available = project.scenarios
        names = (
            scenarios if scenarios is not None else [scenario.name for scenario in available.values() if scenario.runs]
        )
        self.named = frozenset(names) | (project.faulty if scenarios is None else frozenset())
        self.tested: Mapping[str, Scenario] = {name: available[name] for name in names if name in available}

    def unknown(self, code: str, noun: str, name: Node | Name, available: Iterable[str], plural: str) -> None:
        self.findings.extend(unknown_name(code, noun, name, available, plural))

    def scenario(self, node: Node) -> None:
        available = {*self.project.scenarios, *self.project.faulty}
        self.unknown("REF011", "scenario", node, available, "scenarios")

    def under_test(self, node: Node) -> None:
        """A scenario that an expectation names: it must be under test in this file."""
        if node.text in self.project.scenarios and node.text not in {*self.tested, *self.project.faulty}:
            message = f"the scenario '{node.text}' is not tested in this file"
            self.findings.append(Diagnostic("REF011", message, node.span, hint="add it to 'scenarios' at the top"))
        elif node.text == "end" and node.text not in self.project.scenarios:
            hint = "a case expects an outcome without 'end': write 'outcome: NAME'"
            self.findings.append(Diagnostic("REF011", "unknown scenario 'end'", node.span, hint=hint))
        else:
            self.scenario(node)

    def is_column(self, node: Node) -> bool:
        """Whether a value is still `<column>` because no table filled it in. Reports it once."""
        if not isinstance(node.value, str) or not _COLUMN.fullmatch(node.value):
            return False
        if not self.table:
            message = f"{node.value} is a column, and this case has no table"
            hint = f"add 'table: [{{{node.value[1:-1]}: ...}}]' to the case"
            self.findings.append(Diagnostic("REF050", message, node.span, hint=hint))
        return True

    def profile(self, contact: Node) -> None:
        for name, value in contact.fields.items():
            if name not in CONTACT_KEYS:
                self.value(contact.key(name), value, self.project.plan.profile, "the profile", "attribute")

    def event(self, name: Name) -> Mapping[str, Property]:
        """The properties of an event, for a profile event the attributes. Reports an event that does not exist."""
        plan = self.project.plan
        self.unknown("REF001", "event", Node(name.span, name.text), plan.events, "events of the tracking plan")
        event = plan.events.get(name.text)
        if event is None:
            return _ANY
        return {**plan.profile, **event.properties} if event.profile else event.properties

    def property(self, event: Name, declared: Mapping[str, Property], key: Node, value: Node) -> None:
        if event.text in self.project.plan.events:
            self.value(key, value, declared, f"event '{event.text}'", "property")

    def value(self, key: Node, value: Node, declared: Mapping[str, Property], owner: str, noun: str) -> None:
        declaration = declared.get(key.text)
        if declaration is None:
            plural = f"its {'attributes' if noun == 'attribute' else 'properties'}"
            self.findings.append(misnamed("REF004", f"{owner} has no {noun} '{key.text}'", key, declared, plural))
            return
        if declaration.type in (None, "string") or not self.is_column(value):
            self.findings.extend(_misfits(value, declaration, key.text))

    def sending_state(self, event: Name, state: Name) -> None:
        self.state(Node(state.span, state.text))
        declared: EventType | None = self.project.plan.events.get(event.text)
        if declared is not None and "message_id" not in declared.properties:
            message = f"event '{event.text}' has no property 'message_id'"
            hint = "declare it in events.yaml: it is the id of the opened or clicked message"
            self.findings.append(Diagnostic("REF013", message, state.span, hint=hint))

    def state(self, node: Node, scenario: str = "") -> None:
        if not self.is_unknown(scenario):
            states = {name for tested in self.scenarios_tested(scenario) for name in tested.states}
            self.unknown("REF002", "state", node, states, "states")

    def is_unknown(self, scenario: str) -> bool:
        """Whether names cannot be checked against a scenario, because its file has faults (reported with the file)."""
        about = {name for name in self.named if scenario in ("", name)}
        return not self.scenarios_tested(scenario) or bool(about & self.project.faulty)

    def scenarios_tested(self, scenario: str) -> list[Scenario]:
        return [tested for name, tested in self.tested.items() if scenario in ("", name)]

    def states(self, scenario: str, node: Node) -> tuple[str, ...]:
        for item in node.items:
            self.state(item, scenario)
        return tuple(item.text for item in node.items)

    def outcomes(self, scenario: str, node: Node) -> tuple[str, ...]:
        listed = node.items if node.is_list else (node,)
        possible = {outcome for tested in self.scenarios_tested(scenario) for outcome in outcomes(tested)}
        for item in listed:
            if possible and not self.is_unknown(scenario):
                self.unknown("REF051", "outcome", item, {*possible, *OWN_OUTCOMES, RUNNING}, "outcomes")
        return tuple(item.text for item in listed)

    def control_group(self, node: Node) -> None:
        """A case that puts its contact into the control group, which the policy must have."""
        if not self.project.policy.control_group:
            self.undrawn("the policy has no control group", node, "declare 'control_group' in policy.yaml")

    def held_out(self, scenario: str, holdouts: Node, node: Node) -> list[str]:
        """The scenarios for which a case decides whether its contact is held out; at least one must have a holdout."""
        about = self.scenarios_tested(scenario)
        with_holdout = [tested.name for tested in about if tested.holdout]
        if not with_holdout and not self.is_unknown(scenario):
            subject = f"scenario '{scenario}' has" if scenario else "no scenario under test has"
            owner = f"{subject} {'no' if scenario else 'a'} holdout"
            faulty = holdouts.key(scenario) if scenario else node
            self.undrawn(owner, faulty, "declare 'holdout' in the scenario, or remove this")
        return with_holdout

    def arms(self, scenario: str, state: Node, arm: Node) -> Iterator[tuple[str, str, str]]:
        """The split of a state with the arm that a case takes, of each scenario that has such a state."""
        self.state(state, scenario)
        split = {tested.name: state_.split.arms for tested in self.scenarios_tested(scenario)
                 if (state_ := tested.states.get(state.text)) is not None and state_.split is not None}  # fmt: skip
        arm_names = {name: {to.state or to.outcome or "" for to, _ in arms} for name, arms in split.items()}
        states = [
            tested.states[state.text] for tested in self.scenarios_tested(scenario) if state.text in tested.states
        ]
        if not split and states and not any("split" in state_.written for state_ in states):
            self.undrawn(f"state '{state.text}' has no 'split'", state, "use a state with 'split'")
        elif split and not self.is_column(arm):
            self.unknown(
                "REF054", "arm", arm, {name for arms in arm_names.values() for name in arms}, "arms of this split"
            )
        yield from ((name, state.text, arm.text) for name, arms in arm_names.items() if arm.text in arms)

    def undrawn(self, message: str, node: Node, hint: str) -> None:
        self.findings.append(Diagnostic("REF054", message, node.span, hint=hint))

    def message(self, node: Node) -> None:
        """The names that an expected message gives."""
        expected = {key: value for key, value in node.fields.items() if not _COLUMN.fullmatch(value.text)}
        if channel := expected.get("channel"):
            self.unknown("REF003", "channel", channel, self.project.channels, "channels of project.yaml")
        if template := expected.get("template"):
            self.unknown("REF007", "template", template, self.templates, "templates")
        if state := expected.get("state"):
            self.state(state)
        if scenario := expected.get("scenario"):
            self.under_test(scenario)
        if contains := expected.get("contains"):
            fields = self.rendered(expected)
            for name in contains.fields:
                if fields and name not in fields:
                    self.unknown("REF052", "field", contains.key(name), fields, "fields of this message")

    def rendered(self, expected: Mapping[str, Node]) -> set[str]:
        """The fields of the templates that a message can have; empty if the template does not exist."""
        template, channel = (expected[key].text if key in expected else None for key in ("template", "channel"))
        if (template, channel) not in self._rendered:
            fields = {
                field
                for candidate in self.project.templates
                if template in (None, candidate.name) and channel in (None, candidate.channel)
                for field in candidate.fields
            }
            self._rendered[template, channel] = {*fields, "body"} if fields else set()
        return self._rendered[template, channel]

    @cached_property
    def templates(self) -> set[str]:
        return {template.name for template in self.project.templates}


_PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "date": (str,),
    "datetime": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (tuple,),
    "object": (dict,),
}
_WORDS = {"array": "a list", "object": "a mapping", "integer": "a whole number", "boolean": "true or false",
          "string": "a text", "datetime": "a date-time"}  # fmt: skip

# The forms of dates in a test file; the reader brings the other forms of exports to these.
_DATES = {"date": "2025-03-10", "datetime": "2025-03-10 15:00, or with a zone: 2025-03-10T14:00:00Z"}

_HINTS = {
    "string": "in quotes it is a text",
    "number": "write it without quotes, with a point: 79.90",
    "integer": "write it without quotes: 79",
    "boolean": "write true or false",
}


def _misfits(value: Node, declared: Property, name: str) -> Iterator[Diagnostic]:
    """The parts of a value that differ from the type in the tracking plan. Null fits every type."""
    if value.value is None or declared.type is None:
        return
    python_types = _PYTHON[declared.type]
    if not isinstance(value.value, python_types) or (isinstance(value.value, bool) and bool not in python_types):
        type_words = _WORDS.get(declared.type, f"a {declared.type}")
        hint = _HINTS.get(declared.type, "a value of another type counts as missing")
        fix = unquoted(value.value, value.span, declared.type) if isinstance(value.value, str) else None
        fix = fix or quoted(value.value, value.span, declared.type)
        yield Diagnostic("DATA050", f"'{name}' is {type_words} in the tracking plan", value.span, hint=hint, fix=fix)
        return
    if declared.type in _DATES and isinstance(value.value, str) and read_date(value.value) is None:
        type_words = _WORDS.get(declared.type, f"a {declared.type}")
        message = f"'{name}' is {type_words} in the tracking plan, and '{value.value}' cannot be read as one"
        yield Diagnostic("DATA050", message, value.span, hint=f"write it as {_DATES[declared.type]}")
        return
    if declared.items is not None:
        for item in value.items:
            yield from _misfits(item, declared.items, f"{name}[]")
    for key, field in value.fields.items() if declared.fields else ():
        field_type = (declared.fields or {}).get(key)
        if field_type is None:
            message = f"'{name}' has no key '{key}'"
            yield misnamed("REF004", message, value.key(key), declared.fields or (), "its keys")
        else:
            yield from _misfits(field, field_type, key)
