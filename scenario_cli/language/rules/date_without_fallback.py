"""TIME013: a wait for a date without a rule for a past or missing date."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.support.guaranteed import guaranteed
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Call, Const, Expr, path_of
from scenario_cli.model.scenario import Timeout


def check(subject: Subject) -> Findings:
    for state in subject.states:
        sure = any(way_out.condition is None and _always_ends(way_out, subject) for way_out in state.after)
        for timeout in state.after:
            if sure or not timeout.wait.from_data:
                continue
            unsaid = ["if_missing"] if timeout.if_missing is None and _may_be_missing(timeout, subject) else []
            if timeout.wait.date is not None and timeout.if_past is None and not _always_to_come(timeout):
                unsaid.insert(0, "if_past")
            if unsaid:
                case = {"if_past": "is in the past", "if_missing": "is missing"}
                yield RULE.finding(
                    (
                        f"the wait '{timeout.wait.text}' has no rule for a value that "
                        f"{' or '.join((case[key] for key in unsaid))}: the journey would stay in "
                        f"'{state.name}' forever"
                    ),
                    timeout.wait.span,
                    hint=(
                        f"write {' and '.join(key + ': now' for key in unsaid)} (or never, a state, or "
                        f"'{{end: <outcome>}}'), or add a wait that always ends"
                    ),
                )


# Instants that every journey knows.
_ALWAYS_THERE = {("now",), ("journey", "entered_at"), ("trigger", "timestamp"), ("trigger", "at"), ("trigger", "event")}


def _may_be_missing(timeout: Timeout, subject: Subject) -> bool:
    """Whether a value that a wait is calculated from can be missing; a literal cannot."""
    always_there = _ALWAYS_THERE | guaranteed(subject)
    wait = timeout.wait
    paths = (path for value in wait.values for path in _paths_read(value.root))
    return any(path not in always_there and not _required(path, subject) for path in paths)


def _paths_read(node: Expr) -> Iterator[tuple[str, ...]]:
    path = path_of(node)
    if path is not None:
        yield path
    elif isinstance(node, Call) and node.name in ("date", "duration"):
        for arg in node.args:
            yield from _paths_read(arg)
    elif not isinstance(node, Const):
        yield ("",)  # calculated: nothing is known of it


def _required(path: tuple[str, ...], subject: Subject) -> bool:
    """Whether the tracking plan requires a property of every event that lets a contact enter."""
    events = [subject.project.plan.events.get(name) for name in subject.scopes.triggers]
    return path[0] == "trigger" and len(path) == 2 and bool(events) and all(
        event is not None and path[1] in event.required for event in events
    )  # fmt: skip


def _always_to_come(timeout: Timeout) -> bool:
    """Whether a wait ends some time after the present instant."""
    wait = timeout.wait
    return wait.date is not None and path_of(wait.date.root) == ("now",) and not wait.before


def _always_ends(timeout: Timeout, subject: Subject) -> bool:
    """Whether the wait ends with any data: it is a literal, or has a rule for each case."""
    if not timeout.wait.from_data:
        return True
    if _always_to_come(timeout):
        return True
    missing = [timeout.if_missing] if _may_be_missing(timeout, subject) else []
    dated = timeout.wait.date is not None or timeout.wait.since is not None
    cases = missing + ([timeout.if_past] if dated else [])
    return all(case not in (None, "never") for case in cases)


RULE = Rule(
    code="TIME013",
    name="date-without-fallback",
    severity="error",
    finds=("a wait for a date from data, without 'if_past' or 'if_missing', as the only wait of a state"),
    because="the default of both is 'never': contacts with an old or missing date stay there forever",
    mend="add what happens then, or a wait that always ends",
    example="""\
states:
  waiting:
    after:
      - {wait: 1d before date contact.birthday at 10:00, to: {end: greeted}}
""",
    instead="""\
states:
  waiting:
    after:
      - wait: 1d before date contact.birthday at 10:00
        if_past: {end: late}
        if_missing: {end: unknown}
        to: {end: greeted}
""",
    check=check,
)
