"""Values that a template reads and that can be missing, message by message. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from scenario_cli.analysis.silence.missing import Path, Paths, guaranteed_names, relied_on
from scenario_cli.language.rules.support.guaranteed import guaranteed
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.contents import Assignment, Choice, Contents, Loop, Output
from scenario_cli.language.templates.messages import MessageText, printed
from scenario_cli.model.expression import Expr, Literal, Value, path_of
from scenario_cli.model.metrics import AGGREGATES, Aggregate
from scenario_cli.model.scenario import Message, State
from scenario_cli.model.value_class import dataclass

_NEVER_MISSING = frozenset({"event", "timestamp", "event_id"})

# Each captured name with its captured values, and the available events at each.
Definitions = dict[str, list[tuple[Value, tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that a text shows and that can be missing: its path, its node, and the reason.

    `uncaptured` if the reason is a path to the message that does not capture it.
    """

    path: Path
    node: Expr
    reason: str
    uncaptured: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.path)


def holes(subject: Subject) -> list[tuple[MessageText, Hole]]:
    """The values shown in a scenario's texts that can be missing, each with its text."""
    return subject.once(_holes)


def _holes(subject: Subject) -> list[tuple[MessageText, Hole]]:
    pairs: list[tuple[MessageText, Hole]] = []
    defined = _definitions(subject)
    for message, texts in groupby(printed(subject), key=lambda text: text.message):
        listed = list(texts)
        values = _Values(subject, listed[0].state, message, defined)
        pairs += [(text, hole) for text in listed for hole in values.holes(text.contents)]
    return pairs


def _captured(subject: Subject, state: State | None, message: Message) -> frozenset[str]:
    """The names that certainly have a value when a message leaves."""
    states = [state] if state is not None else subject.states
    always = frozenset.intersection(*(frozenset(subject.captured.settled(sender)) for sender in states))
    for transition in subject.scenario.transitions:
        if any(message is sent for sent in transition.messages):
            always |= {name.text for name, _ in transition.set} | (
                {transition.collect.text} if transition.collect is not None else set()
            )
    return always


class _Values:
    """The values that one message of a state hands to its templates."""

    def __init__(self, subject: Subject, state: State | None, message: Message, defined: Definitions) -> None:
        self.subject = subject
        self.message = message
        self.handed: Mapping[str, Value] = {name.text: value for name, value in message.values}
        self.always = _captured(subject, state, message)
        self.defined = defined
        self.there: Paths = guaranteed(subject)
        channel = subject.project.channels.get(message.channel.text)
        if channel is not None and channel.address is not None and message.to is None:
            self.there |= guaranteed_names(channel.address.root, True)  # without an address no message leaves

    def holes(self, pieces: Contents) -> Iterator[Hole]:
        """The values shown in the contents that can be missing, in their order."""
        yield from self._in(pieces, self.there, {})

    def _in(self, pieces: Contents, certain: Paths, local: Mapping[str, Expr | None]) -> Iterator[Hole]:
        local = dict(local)
        for piece in pieces:
            match piece:
                case Assignment():
                    local[piece.name] = piece.value
                case Output():
                    yield from self._output_holes(piece.value, certain, local)
                case Choice():
                    failed: Paths = frozenset()
                    for condition, body in piece.options:
                        granted = guaranteed_names(condition, True) if condition is not None else frozenset()
                        yield from self._in(body, certain | failed | granted, local)
                        failed |= guaranteed_names(condition, False) if condition is not None else frozenset()
                case Loop():
                    # A missing list is an empty list; its elements keep their type.
                    yield from self._in(piece.body, certain, {**local, **dict.fromkeys(piece.names)})

    def _output_holes(self, value: Expr, certain: Paths, local: Mapping[str, Expr | None]) -> Iterator[Hole]:
        for relied in relied_on(value, certain, as_condition=False):
            path = relied.path
            if path[0] in local:
                inner = local[path[0]]
                if inner is not None and len(path) == 1:
                    yield from self._output_holes(
                        inner, certain, {key: expr for key, expr in local.items() if key != path[0]}
                    )
                continue
            reason = self.reason(path, captured=relied.root_is_present)
            if reason is not None:
                is_captured = path[0] in self.defined and path[0] not in self.handed
                uncaptured = is_captured and path[0] not in self.always and not relied.root_is_present
                yield Hole(path, relied.node, reason, uncaptured)

    def reason(self, path: Path, visited: frozenset[str] = frozenset(), captured: bool = False) -> str | None:
        """The reason why a value can be missing; None if it cannot be, or if nothing is known about it.

        `visited` are the names on the path to this value: a name that is captured from itself adds nothing. `captured`
        is set if the name itself has a value.
        """
        name, inner_path = path[0], path[1:]
        if name in visited or path in self.there:
            return None
        if name in self.handed:
            return self._behind(self.handed[name], inner_path, (), visited | {name})
        if name in self.defined:
            return self._captured(name, inner_path, visited | {name}, captured)
        match name:
            case "contact" if (
                inner_path and inner_path[0] != "id" and inner_path[0] in self.subject.project.plan.profile
            ):
                return f"not every contact has '{inner_path[0]}'"
            case "trigger" if inner_path:
                return self._of_event(self.subject.scopes.triggers, inner_path)
            case "metric" if inner_path:
                return self._metric(inner_path[0], inner_path[1:])
        return None

    def _metric(self, name: str, key: Path) -> str | None:
        metric = self.subject.project.metrics.get(name)
        definition = metric.definition if metric is not None else None
        if isinstance(definition, Aggregate) and definition.by is not None and not key:
            return None  # a mapping is always there
        if isinstance(definition, Aggregate) and AGGREGATES[definition.kind].of_nothing is None:
            return f"'{name}' has no value before the first '{definition.event}'"
        return None

    def _captured(self, name: str, inner_path: Path, visited: frozenset[str], captured: bool) -> str | None:
        if name not in self.always and not captured:
            return f"a journey can arrive here on a path that does not capture '{name}'"
        reasons = (self._behind(value, inner_path, events, visited) for value, events in self.defined[name])
        return next((reason for reason in reasons if reason is not None), None)

    def _behind(self, value: Value, inner_path: Path, events: tuple[str, ...], visited: frozenset[str]) -> str | None:
        """The reason why a passed value, or its part at `inner_path`, can be missing.

        `events` are the events available at the place of the value.
        """
        if isinstance(value, Literal):
            return None
        path = path_of(value.root)
        if path is None:
            relied = relied_on(value.root, self.there, as_condition=False) if not inner_path else ()
            return next(
                (reason for reading in relied if (reason := self.reason(reading.path, visited)) is not None), None
            )
        if path[0] == "event":
            return self._of_event(events, (*path[1:], *inner_path))
        return self.reason((*path, *inner_path), visited)

    def _of_event(self, events: tuple[str, ...], inner_path: Path) -> str | None:
        """The reason why a property can be missing: the plan requires others of the event, and not this one."""
        if not inner_path or inner_path[0] in _NEVER_MISSING:
            return None
        key = inner_path[1] if inner_path[0] == "properties" and len(inner_path) > 1 else inner_path[0]
        for name in events:
            event = self.subject.project.plan.events.get(name)
            if event is not None and event.required and key in event.properties and key not in event.required:
                return f"not every '{name}' has '{key}'"
        return None


def _definitions(subject: Subject) -> Definitions:
    """Each captured name with its captured values and the available events at each."""
    definitions: Definitions = {}
    for name, value, scope in subject.scopes.captured():
        definitions.setdefault(name.text, []).append((value, scope.events or ()))
    return definitions
