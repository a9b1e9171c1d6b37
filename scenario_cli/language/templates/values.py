"""Values that a template reads and that may be missing, message by message. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from scenario_cli.analysis.silence.missing import Path, Paths, guaranteed_names, relied_on
from scenario_cli.language.rules.support.guaranteed import guaranteed
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.contents import Choice, Contents, Given, Loop, Shown
from scenario_cli.language.templates.messages import MessageText, printed
from scenario_cli.model.expression import Expr, Literal, Value, path_of
from scenario_cli.model.metrics import AGGREGATES, Aggregate
from scenario_cli.model.scenario import Message, State

_NEVER_MISSING = frozenset({"event", "timestamp", "event_id"})

# Each captured name with the values that are captured under it, and the events at hand there.
Definitions = dict[str, list[tuple[Value, tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that a text shows and that may be missing: its dotted name, its place, and why it may be; `uncaptured`
    where that is because some way to the message does not capture it."""

    path: Path
    node: Expr
    why: str
    uncaptured: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.path)


def holes(subject: Subject) -> list[tuple[MessageText, Hole]]:
    """The values shown in a scenario's texts that may be missing, each with its text."""
    return subject.once(_holes)


def _holes(subject: Subject) -> list[tuple[MessageText, Hole]]:
    found: list[tuple[MessageText, Hole]] = []
    defined = _definitions(subject)
    for message, texts in groupby(printed(subject), key=lambda text: text.message):
        listed = list(texts)
        values = _Values(subject, listed[0].state, message, defined)
        found += [(text, hole) for text in listed for hole in values.holes(text.contents)]
    return found


def _captured(subject: Subject, state: State | None, message: Message) -> frozenset[str]:
    """The names that surely have a value when a message leaves."""
    states = [state] if state is not None else subject.states
    always = frozenset.intersection(*(frozenset(subject.captured.settled(one)) for one in states))
    for one in subject.scenario.transitions:
        if any(message is sent for sent in one.messages):
            always |= {name.text for name, _ in one.set} | ({one.collect.text} if one.collect is not None else set())
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
        """The values shown in the contents that may be missing, in their order."""
        yield from self._in(pieces, self.there, {})

    def _in(self, pieces: Contents, there: Paths, local: Mapping[str, Expr | None]) -> Iterator[Hole]:
        local = dict(local)
        for piece in pieces:
            match piece:
                case Given():
                    local[piece.name] = piece.value
                case Shown():
                    yield from self._shown(piece.value, there, local)
                case Choice():
                    failed: Paths = frozenset()
                    for condition, body in piece.options:
                        held = guaranteed_names(condition, True) if condition is not None else frozenset()
                        yield from self._in(body, there | failed | held, local)
                        failed |= guaranteed_names(condition, False) if condition is not None else frozenset()
                case Loop():
                    # A list that is missing is an empty one; its elements are what they are.
                    yield from self._in(piece.body, there, {**local, **dict.fromkeys(piece.names)})

    def _shown(self, value: Expr, there: Paths, local: Mapping[str, Expr | None]) -> Iterator[Hole]:
        for relied in relied_on(value, there, as_condition=False):
            path = relied.path
            if path[0] in local:
                inner = local[path[0]]
                if inner is not None and len(path) == 1:
                    yield from self._shown(inner, there, {key: one for key, one in local.items() if key != path[0]})
                continue
            why = self.why(path, captured=relied.root_is_present)
            if why is not None:
                own = path[0] in self.defined and path[0] not in self.handed
                uncaptured = own and path[0] not in self.always and not relied.root_is_present
                yield Hole(path, relied.node, why, uncaptured)

    def why(self, path: Path, seen: frozenset[str] = frozenset(), captured: bool = False) -> str | None:
        """Why a value may be missing; None where it cannot be, or where nothing is known of it.

        `seen` are the names that are being looked into: one that is captured from itself says nothing new;
        `captured` says that the name itself has a value.
        """
        name, rest = path[0], path[1:]
        if name in seen or path in self.there:
            return None
        if name in self.handed:
            return self._behind(self.handed[name], rest, (), seen | {name})
        if name in self.defined:
            return self._captured(name, rest, seen | {name}, captured)
        match name:
            case "contact" if rest and rest[0] != "id" and rest[0] in self.subject.project.plan.profile:
                return f"not every contact has '{rest[0]}'"
            case "trigger" if rest:
                return self._of_event(self.subject.scopes.triggers, rest)
            case "metric" if rest:
                return self._metric(rest[0], rest[1:])
        return None

    def _metric(self, name: str, key: Path) -> str | None:
        metric = self.subject.project.metrics.get(name)
        made = metric.definition if metric is not None else None
        if isinstance(made, Aggregate) and made.by is not None and not key:
            return None  # a mapping is always there
        if isinstance(made, Aggregate) and AGGREGATES[made.kind].of_nothing is None:
            return f"'{name}' has no value before the first '{made.event}'"
        return None

    def _captured(self, name: str, rest: Path, seen: frozenset[str], captured: bool) -> str | None:
        if name not in self.always and not captured:
            return f"a journey may come here by a way that does not capture '{name}'"
        whys = (self._behind(value, rest, events, seen) for value, events in self.defined[name])
        return next((why for why in whys if why is not None), None)

    def _behind(self, value: Value, rest: Path, events: tuple[str, ...], seen: frozenset[str]) -> str | None:
        """Why a value that is handed on, or the part `rest` of it, may be missing; `events` were at hand there."""
        if isinstance(value, Literal):
            return None
        path = path_of(value.root)
        if path is None:
            relied = relied_on(value.root, self.there, as_condition=False) if not rest else ()
            return next((why for one in relied if (why := self.why(one.path, seen)) is not None), None)
        if path[0] == "event":
            return self._of_event(events, (*path[1:], *rest))
        return self.why((*path, *rest), seen)

    def _of_event(self, events: tuple[str, ...], rest: Path) -> str | None:
        """An event has the properties that the plan requires of it; a plan that requires none says nothing."""
        if not rest or rest[0] in _NEVER_MISSING:
            return None
        key = rest[1] if rest[0] == "properties" and len(rest) > 1 else rest[0]
        for name in events:
            event = self.subject.project.plan.events.get(name)
            if event is not None and event.required and key in event.properties and key not in event.required:
                return f"not every '{name}' has '{key}'"
        return None


def _definitions(subject: Subject) -> Definitions:
    """Each captured name with the values that are captured under it and the events at hand there."""
    found: Definitions = {}
    for name, value, scope in subject.scopes.captured():
        found.setdefault(name.text, []).append((value, scope.events or ()))
    return found
