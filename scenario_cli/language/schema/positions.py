"""Readable names of the places in a file ("state 'reminder'"), with their spans. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.language.yaml_node import Node
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

Path = tuple[str | int, ...]

# By kind of file: a path's pattern (`*` any key, `#` any index) and its name, with the parts that match the marks.
_STATE = {
    "": "state {0}",
    " on *": "transition on {1} in state {0}",
    " on * #": "transition {2} on {1} in state {0}",
    " when *": "target of {1} in state {0}",
    " choose *": "target of {1} in state {0}",
    " after *": "target of {1} in state {0}",
    " after #": "wait {1} in state {0}",
    " split unit": "'unit' of the split in state {0}",
    " split *": "weight of {1} in state {0}",
    " split * *": "share {2} of {1} in state {0}",
    " send first_of": "'first_of' in state {0}",
    " send *": "message {1} in state {0}",
    " send first_of #": "entry {1} of 'first_of' in state {0}",
    " send first_of # *": "message {2} in state {0}",
    " on * send *": "message {2} of the transition on {1} in state {0}",
    " on * # send *": "message {3} of transition {2} on {1} in state {0}",
    " emit": "the emitted event of state {0}",
    " emit #": "emitted event {1} of state {0}",
    " on * to": "target of {1} in state {0}",
}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "scenario": {
        "": "the scenario",
        "trigger": "the trigger",
        "trigger #": "trigger {0}",
        "goal": "the goal",
        "on *": "transition on {0}",
        "on * #": "transition {1} on {0}",
        "on * to": "target of {0}",
        "on * send *": "message {1} of the transition on {0}",
        "on * # send *": "message {2} of transition {1} on {0}",
        "when *": "target of {0}",
        "migrate *": "target of {0} in 'migrate'",
        **{f"states *{path}": name for path, name in _STATE.items()},
    },
    "project": {
        "": "the project",
        "channels *": "channel {0}",
        "programs *": "program {0}",
        "key_dates *": "key date {0}",
        "tables *": "table {0}",
        "links": "'links'",
        "links *": "{0} of 'links'",
        "insights": "'insights'",
        "insights *": "{0} of 'insights'",
        "messages": "'messages'",
        "messages *": "{0} of 'messages'",
        "messages * #": "{0} {1} of 'messages'",
    },
    "policy": {
        "": "the policy file",
        "policy": "the policy",
        "policy quiet_hours #": "quiet hours {0}",
        "policy caps #": "cap {0}",
    },
    "delivery": {
        "": "the delivery file",
        "channels *": "channel {0}",
        "channels * smtp": "the mail server of channel {0}",
        "channels * webhook": "the webhook of channel {0}",
        "channels * webhook headers": "the headers of channel {0}",
        "channels * file": "the file of channel {0}",
    },
    "events": {
        "": "the tracking plan",
        "profile *": "attribute {0}",
        "events *": "event {0}",
        "events * properties *": "property {1} of event {0}",
        "groups *": "group {0}",
    },
    "metrics": {
        "": "the metrics file",
        "metrics *": "metric {0}",
        "segments *": "segment {0}",
    },
    "test": {
        "": "the test file",
        "cases #": "test case {0}",
        "cases # timeline #": "line {1} of the timeline of test case {0}",
        "cases # expect messages #": "expected message {1} of test case {0}",
    },
}


@dataclass(frozen=True, slots=True)
class Positions:
    """The places of one file."""

    kind: str
    root: Node

    def node(self, path: Path) -> Node:
        node = self.root
        for step in path:
            node = node.fields[step] if isinstance(step, str) else node.items[step]
        return node

    def value_span(self, path: Path) -> Span:
        return self.node(path).span

    def key_span(self, path: Path) -> Span:
        """The key that a value is under; of a list's entry, the entry."""
        if path and isinstance(path[-1], str):
            return self.node(path[:-1]).key(path[-1]).span
        return self.node(path).span

    def head_span(self, path: Path) -> Span:
        """The first key of a mapping; if it has none, the key above it."""
        node = self.node(path)
        return next(iter(node.keys.values())).span if node.keys else self.key_span(path)

    def name_of(self, path: Path) -> str:
        """The place as a sentence names it: "state 'reminder'", "the goal", "'active'"."""
        return self._name_of_part(path) or self.subject(path)

    def subject(self, path: Path) -> str:
        """The value there as the subject of a sentence: "'version'", "'end' of state 'thanks'"."""
        if not path:
            return "the file"
        last = path[-1]
        known_noun = self._name_of_part(path)
        if known_noun and not known_noun.startswith("the "):
            return known_noun
        own_name = f"'{last}'" if isinstance(last, str) else f"entry {last + 1}"
        return own_name if len(path) == 1 else f"{own_name} of {self.name_of(path[:-1])}"

    def _name_of_part(self, path: Path) -> str | None:
        for pattern, name in _NAMES[self.kind].items():
            marks = pattern.split()
            if len(marks) == len(path) and all(map(_matches, marks, path)):
                steps = [index for index, mark in enumerate(marks) if mark in "*#"]
                return name.format(*(self._label(path[: index + 1]) for index in steps))
        return None

    def _label(self, path: Path) -> str:
        """A key in quotes; an entry by its name if it has one, else by its number."""
        last = path[-1]
        if isinstance(last, str):
            return f"'{last}'"
        name = self.node(path).get("name")
        return f"'{name.text}'" if name is not None and name.text else str(last + 1)


def _matches(mark: str, step: str | int) -> bool:
    if isinstance(step, int):
        return mark == "#"
    return mark in ("*", step)
