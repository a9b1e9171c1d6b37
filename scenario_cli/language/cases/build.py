"""A test file's nodes to the model. Checks forms; `names` looks its names up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from scenario_cli.language.build.values import Builder
from scenario_cli.language.cases.names import CONTACT_KEYS, TestNames
from scenario_cli.language.cases.shared import Shared
from scenario_cli.language.cases.tables import WrittenOut, write_out
from scenario_cli.language.schema import check as schema
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.language.zones import known_zone, zone_hint
from scenario_cli.model.case import (
    SOMEBODY,
    Case,
    CaseFile,
    Draws,
    Expectation,
    Expected,
    ExpectedConversion,
    ExpectedMessage,
    Happening,
    Moment,
)
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.memo import memoized
from scenario_cli.model.project import Project
from scenario_cli.model.source import Name, Span
from scenario_cli.model.wait_grammar import WaitError, parse_duration
from scenario_cli.model.waits import Duration

# Further off a date is a slip of the keyboard, and the calendar ends.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200

_NOTHING = re.compile(r"0(s|min|h|d|w|mo|y)")

# The keys that a line of a timeline can have next to its properties, and an expected message next to columns.
_LINE = ("at", "event", "event_id", "of", "properties")
_MESSAGE = ("at", "dropped", "contains", "of")


def build_test(root: Node, file: str, project: Project) -> tuple[CaseFile | None, list[Diagnostic]]:
    """The cases of a test file and its faults; no file if it has no list of cases."""
    builder = _TestBuilder(project)
    return builder.file(root, file), builder.findings


class _TestBuilder(Builder):
    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.test_names = TestNames(project, None, self.findings)

    def file(self, root: Node, file: str) -> CaseFile | None:
        cases = root.get("cases")
        if cases is None or not cases.items:
            return None
        scenarios = self.scenarios(root)
        self.test_names = TestNames(self.project, scenarios, self.findings)
        zone = root.get("timezone")
        if zone is not None and zone.text and not known_zone(zone.text):
            self.report("TIME002", f"'{zone.text}' is not a time zone", zone, zone_hint(zone.text))
            zone = None
        rows, faults = _written_out(root)
        self.findings.extend(faults)
        built = [case for row in rows if (case := self.case(row)) is not None]
        return CaseFile(file, self.text(zone) or self.project.timezone, scenarios, tuple(built))

    def scenarios(self, root: Node) -> tuple[str, ...] | None:
        single, several = root.get("scenario"), root.get("scenarios")
        nodes = [single] if single is not None else list(several.items) if several is not None else []
        for node in nodes:
            self.test_names.scenario(node)
        return tuple(dict.fromkeys(node.text for node in nodes)) or None

    def case(self, row: WrittenOut) -> Case | None:
        node = row.node
        contact, timeline, expect = node.get("contact"), node.get("timeline"), node.get("expect")
        self.test_names.table = row.row is not None
        if contact is None or expect is None or not contact.is_map or not expect.is_map:
            if expect is not None:
                self.test_names.is_column(expect)
            return None
        self.test_names.profile(contact)
        written_lines = timeline.items if timeline is not None else ()
        lines = tuple(line for item in written_lines if (line := self.line(item)) is not None)
        expected = self.expectation(expect)
        if len(lines) < len(written_lines):
            return None  # the line before cannot be read, and has a finding of its own
        return Case(
            row.name,
            row.row or node.fields["name"].span,
            self.text(contact.get("id"), SOMEBODY),
            {name: plain(value) for name, value in contact.fields.items() if name not in CONTACT_KEYS},
            self.moment(contact.get("known_since")),
            lines,
            self.moment(node.get("until")),
            expected,
            self.draws(node),
        )

    def draws(self, node: Node) -> Draws:
        """The draws that a case decides."""
        group = node.get("control_group")
        decided = group.value if group is not None and isinstance(group.value, bool) else None
        if group is not None and decided:
            self.test_names.control_group(group)
        holdouts = [
            (scenario, at.value)
            for scenario_key, at in self.by_scenario(node, "holdout")
            if isinstance(at.value, bool)
            for scenario in self.test_names.held_out(scenario_key, node.fields["holdout"], at)
        ]
        return Draws(decided, tuple(holdouts), tuple(self.variants(node.get("variant"))))

    def variants(self, node: Node | None) -> Iterator[tuple[str, str, str]]:
        """The named arm of each split, in every scenario that has the split."""
        for name, value in node.fields.items() if node is not None else ():
            assert node is not None
            if value.is_map:
                self.test_names.under_test(node.key(name))
                for state, arm in value.fields.items():
                    yield from self.test_names.arms(name, value.key(state), arm)
            else:
                yield from self.test_names.arms("", node.key(name), value)

    def line(self, node: Node) -> Happening | None:
        if self.test_names.is_column(node):
            return None
        at, event = self.moment(node.get("at")), self.name(node.get("event"))
        if at is None or event is None:
            return None
        declared = self.test_names.event(event)
        line_keys = [key for key in _LINE if key not in ("of", "properties") or key not in declared]
        properties = {key: (node.key(key), value) for key, value in node.fields.items() if key not in line_keys}
        nested = node.get("properties") if "properties" in line_keys else None
        if nested is not None:
            properties |= {key: (nested.key(key), value) for key, value in nested.fields.items()}
        for key, value in properties.values():
            self.test_names.property(event, declared, key, value)
        of = self.name(node.get("of")) if "of" in line_keys else None
        if of is not None:
            self.test_names.sending_state(event, of)
        return Happening(
            at, event, node.span, {key: plain(value) for key, (_, value) in properties.items()},
            self.text(node.get("event_id")) or None, of,
        )  # fmt: skip

    def moment(self, node: Node | None) -> Moment | None:
        """`2025-03-03 10:00`, or `+20min`; `+0s` is the instant of the line before."""
        if node is None or not isinstance(node.value, str) or not node.value:
            return None
        text = node.value.strip()
        try:
            if text.startswith("+"):
                after = text[1:].strip()
                return Moment(node.span, Duration() if _NOTHING.fullmatch(after) else parse_duration(after))
            instant = datetime.fromisoformat(text)
            if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
                self.report("TIME050", f"the year {instant.year} is not within {_FIRST_YEAR} and {_LAST_YEAR}", node)
                return None
            return Moment(node.span, instant)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
        except ValueError:
            example = f"+{text}" if _is_duration(text) else "2025-03-03 10:00, or +20min"
            hint = f"write {example} for a time after the line before"
            self.report("TIME050", f"'{node.value}' is not a time", node, hint)
        return None

    def expectation(self, node: Node) -> Expectation:
        messages = node.get("messages")
        expected_messages: tuple[ExpectedMessage, ...] | None = None
        if messages is not None and not self.test_names.is_column(messages):
            expected_messages = tuple(self.message(item) for item in self.lines_in_use(messages))
        return Expectation(
            expected_messages,
            tuple(
                Expected(scenario, self.test_names.outcomes(scenario, at), at.span)
                for scenario, at in self.by_scenario(node, "outcome")
            ),
            tuple(
                Expected(scenario, self.test_names.states(scenario, at), at.span)
                for scenario, at in self.by_scenario(node, "states")
            ),
            tuple(
                Expected(scenario, self.conversions(at), at.span)
                for scenario, at in self.by_scenario(node, "conversions")
            ),
            self.profile(node.get("profile")),
        )

    def conversions(self, node: Node) -> Any:
        """The expected number of conversions, or each conversion that is expected."""
        if not node.is_list:
            return node.value
        return tuple(self.conversion(item) for item in self.lines_in_use(node))

    def lines_in_use(self, lines: Node) -> list[Node]:
        """The lines of a list, without columns that no row has filled in."""
        return [line for line in lines.items if not self.test_names.is_column(line) and line.is_map]

    def conversion(self, node: Node) -> ExpectedConversion:
        event = node.get("event")
        if event is not None and not self.test_names.is_column(event):
            self.test_names.event(Name(event.text, event.span))
        fields = {
            key: value.text if key != "value" else plain(value)
            for key, value in node.fields.items()
            if not self.test_names.is_column(value)
        }
        return ExpectedConversion(node.span, fields)

    def profile(self, node: Node | None) -> tuple[tuple[Name, Any], ...]:
        if node is None or not node.is_map:
            return ()
        self.test_names.profile(node)
        return tuple((Name(key, node.key(key).span), plain(value)) for key, value in node.fields.items())

    def by_scenario(self, expect: Node, key: str) -> list[tuple[str, Node]]:
        """The values written under a key, from all scenarios under test or from each that is named."""
        node = expect.get(key)
        if node is None:
            return []
        for name in node.fields:
            self.test_names.under_test(node.key(name))
        listed = list(node.fields.items()) if node.is_map else [("", node)]
        return [(scenario, value) for scenario, value in listed if not self.test_names.is_column(value)]

    def message(self, node: Node) -> ExpectedMessage:
        contains = node.get("contains")
        dropped = node.get("dropped")
        fields = {
            key: value.text
            for key, value in node.fields.items()
            if key not in _MESSAGE and not self.test_names.is_column(value)
        }
        self.test_names.message(node)
        return ExpectedMessage(
            node.span,
            self.moment(node.get("at")),
            fields,
            self.text(dropped) if dropped is not None and not self.test_names.is_column(dropped) else "",
            _texts(contains),
            of.value if (of := node.get("of")) is not None and type(of.value) is int else None,
        )


@memoized
def _written_out(root: Node) -> tuple[Sequence[WrittenOut], Sequence[Diagnostic]]:
    """The cases of a file with tables and shared parts written out, a case for each row, and the faults of these."""
    findings: list[Diagnostic] = []
    shaped = not schema.check(root, "test")
    all_rows: list[WrittenOut] = []
    shared = Shared(root, findings)
    for node in root.fields["cases"].items:
        if node.is_map:
            rows = write_out(node, shared, findings)
            if shaped and node.get("table") is not None:
                findings.extend(fault for row in rows for fault in schema.check(_file_of_case(row.node), "test"))
            all_rows += rows
    findings.extend(shared.unused(root))
    findings.extend(_shared_names(all_rows))
    return all_rows, findings


def _shared_names(cases: Iterable[WrittenOut]) -> Iterator[Diagnostic]:
    """Refuses two cases of one name: a report could not distinguish them."""
    first: dict[str, Span] = {}
    for case in cases:
        span = case.row or case.node.fields["name"].span
        if first.setdefault(case.name, span) is not span:
            yield Diagnostic("REF008", f"this file already has a test case '{case.name}'", span,
                             hint="give it a name of its own",
                             related=(("first here", first[case.name]),))  # fmt: skip


def _texts(node: Node | None) -> Mapping[str, str]:
    return {key: value.text for key, value in node.fields.items()} if node is not None else {}


def _is_duration(text: str) -> bool:
    try:
        return bool(parse_duration(text))
    except WaitError:
        return False


def _file_of_case(case: Node) -> Node:
    """A file with this case alone, to check its shape once a row is filled in."""
    return Node(case.span, {"cases": Node(case.span, (case,))}, {"cases": Node(case.span, "cases")})
