"""Small random projects and logs, and the records of a replay. Expects nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple

from hypothesis import event
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import Program
from scenario_cli.engine.state import ContactState
from scenario_cli.hosts.replay import feed
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import (
    Record,
    chain,
)
from tests.choices import choice
from tests.engine.worlds import REACHABLE, moment

MINUTE = 60_000_000

STATES = ("one", "two", "three", "four")
EVENTS = ("started", "changed", "clicked", "bought", "stopped", "noted")
WAITS = (
    "1h", "90min", "1d", "1mo", "2d at 10:00 on weekdays", "at 02:30", "at 18:00", "1d12h", "20h at 09:00",
    "1d on mon,thu", "1w at 00:00",
)  # fmt: skip
# Conditions that can be read in every place.
CONDITIONS = (
    "contact.points > 3", "contact.country == 'FR'", "trigger.n > 5", "it == 1", "it is none", "now.hour < 12",
    "contact.flag", "trigger.x > 2", "trigger.items | length > 1", "any(trigger.items, item > 1)",
    "contact.points + trigger.n > 7", "journey.state == 'two'", "days_since(journey.entered_at) > 1.5",
)  # fmt: skip
ON_EVENT = (
    "event.n > 5",
    "event.x > 2",
    "event.id == 'a'",
    "event.n == trigger.n",
    "it != event.n",
    "contact.points > 3",
)
VALUES = ("1", "=trigger.n", "=contact.points", "=now.hour", "=trigger.items", "=it", "=trigger.x * 2", "=trigger")
SENDS = (
    "{email: m/a}",
    "{email: m/a, push: m/b}",
    "{first_of: [{push: m/b}, {sms: m/c}, {email: m/d}]}",
    "{email: {template: m/e, purpose: transactional}}",
    "{sms: {template: m/c, if: contact.points > 3}, push: m/b}",
    "{email: {template: m/a, with: {code: A, n: =trigger.n}}}",
    "{email: {template: m/f, to: contact.advisor}}",
)
ZONES = (
    None,
    "Europe/Paris",
    "Asia/Tokyo",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Mars/Olympus",
    5,
)
JUNK: tuple[Any, ...] = (None, True, False, 0, 7, -1.5, "", "text", "7", [], [1, 2], [None, "a"], {}, {"a": [1]})
CONSENTS = (None, True, True, True, False, "yes", 1, [True])


@st.composite
def scenarios(draw: st.DrawFn, name: str) -> str:
    """A scenario of two to four states that is free of errors."""
    names = STATES[: draw(st.integers(2, 4))]
    picked = {state: draw(_states(names, place)) for place, state in enumerate(names)}
    lines = [f"scenario: {name}", f"priority: {draw(choice((10, 50, 90)))}"]
    lines.append("trigger: " + draw(choice((
        "{event: started}", "{event: begin}", "[{event: started, where: event.n > 5}, {event: noted}]",
        "{event: started, where: event.x > 2}",
    ))))  # fmt: skip
    lines.append(f"reentry: {draw(choice(('never', 'always', 'always', '1d')))}")
    lines.append(f"while_running: {draw(choice(('ignore', 'ignore', 'restart', 'parallel')))}")
    if draw(st.booleans()):
        lines.append("key: event.id")
    if draw(st.integers(0, 3)) == 0:
        lines.append("audience: contact.country != 'DE'")
    if draw(st.booleans()):
        ends = draw(choice(("false", "bought", "converted")))
        lines.append(f"goal: {{event: bought, within: 2d, value: event.n, ends: {ends}}}")
    if draw(st.booleans()):
        lines.append(f"on: {{stopped: {{end: stopped}}, changed: {draw(_transition(names))}}}")
    if draw(st.integers(0, 2)) == 0:
        condition = draw(choice(CONDITIONS)).replace("'", "''")
        lines.append(f"when: {{'{condition}': {draw(choice((*names, '{end: watched}')))}}}")
    lines.append("states:")
    lines += [f"  {state}: {{{', '.join(parts)}}}" for state, parts in picked.items()]
    return "\n".join(lines) + "\n"


@st.composite
def _transition(draw: st.DrawFn, names: Sequence[str]) -> str:
    where = draw(choice(ON_EVENT)).replace("'", "''")
    to = draw(choice((*names, "{end: led_out}")))
    return draw(choice((
        to,
        f"{{where: '{where}', to: {to}}}",
        f"{{set: {{it: =event.n}}, to: {to}}}",
        "{set: {it: =event}}",
        f"[{{where: '{where}', to: {to}}}, {{set: {{it: =event.x}}}}]",
        f"{{any_key: true, to: {to}}}",
    )))  # fmt: skip


@st.composite
def _states(draw: st.DrawFn, names: Sequence[str], place: int) -> list[str]:
    """A state's parts. Exits without a wait lead forward, so that there is no cycle without a wait."""
    parts: list[str] = []
    onward = (*names[place + 1 :], "{end: led_on}")
    anywhere = (*names, "{end: waited}")

    def condition() -> str:
        return draw(choice(CONDITIONS)).replace("'", "''")

    if draw(st.booleans()) or place == 0:
        parts.append(f"set: {{it: '{draw(choice(VALUES))}'}}")
    if draw(st.integers(0, 2)):
        parts.append(f"send: {draw(choice(SENDS))}")
    last = place == len(names) - 1
    kind = draw(choice(("wait", "wait", "wait", "choose", "end", "wait" if last else "next") if place else ("wait",)))
    if kind == "end":
        parts.append("end: finished")
    elif kind == "next":
        parts.append(f"next: {draw(choice(names[place + 1 :]))}")
    elif kind == "choose":
        chosen, other = draw(choice(onward)), draw(choice(onward))
        parts.append(f"choose: {{'{condition()}': {chosen}, else: {other}}}")
    else:
        waits = draw(st.lists(choice(WAITS), min_size=1, max_size=2, unique=True))
        listed = [
            f"{{wait: '{wait}', to: {draw(choice(anywhere))}"
            + (f", if: '{condition()}'}}" if draw(st.booleans()) else "}")
            for wait in waits
        ]
        parts.append(f"after: [{', '.join(listed)}]")
        if draw(st.booleans()):
            parts.append(f"on: {{{draw(choice(('changed', 'clicked', 'interest')))}: {draw(_transition(names))}}}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"when: {{'{condition()}': {draw(choice(onward))}}}")
    return parts


@cache
def profiles() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "email": st.sampled_from(("a@example.com", "", None)),
            "email_optin": st.sampled_from(CONSENTS),
            "push_token": st.sampled_from(("token", None)),
            "push_optin": st.sampled_from(CONSENTS),
            "phone": st.sampled_from(("+336", None)),
            "sms_optin": st.sampled_from(CONSENTS),
            "timezone": st.sampled_from(ZONES),
            "points": st.sampled_from((0, 4, 9, "many", None)),
            "country": st.sampled_from(("FR", "DE", None)),
            "flag": st.sampled_from(JUNK),
        },
    )


@cache
def carried() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(("a", "b", None)),
            "n": st.sampled_from((1, 6, 9, "six")),
            "x": st.sampled_from(JUNK),
            "items": st.sampled_from(([], [1], [1, 5], None, "list")),
        },
    )


# Most gaps are a few hours. Some are zero, so that events have the same instant, and some are weeks.
GAPS = st.sampled_from((0, 0, 0, 1, 30, 60, 90, 60, 600, 1_440, 2_000, 10_000, 43_200))


@st.composite
def logs(draw: st.DrawFn, contact: str = "ana") -> ContactLog:
    """The log of a contact, from a day before a clock change."""
    at = moment(draw(choice(("2025-03-28 23:30", "2025-10-24 10:00", "2025-01-30 09:00", "2011-12-28 12:00"))))
    # Two logs in three begin with an entry.
    events = [Event("started", at, {"id": "a", "n": 9, "x": 5})] if draw(st.integers(0, 2)) else []
    changes: list[tuple[int, Mapping[str, Any]]] = []
    for _ in range(draw(st.integers(1, 12))):
        at += draw(GAPS) * MINUTE
        match draw(st.integers(0, 7)):
            case 0:
                changes.append((at, draw(profiles())))
            case 1:
                events.append(Event("profile_updated", at, draw(profiles())))
            case _:
                name = draw(choice(("started", *EVENTS)))
                events.append(Event(name, at, draw(carried()), draw(choice((None, None, "e1", "e2")))))
    attributes = {**(REACHABLE if draw(st.booleans()) else {}), **draw(profiles())}
    profile = {name: value for name, value in attributes.items() if value is not None}
    return ContactLog(contact, profile, changes, events)


class World(NamedTuple):
    """A project, a contact's log, and the instant up to which it is replayed."""

    texts: tuple[str, ...]
    log: ContactLog
    until: int


@st.composite
def worlds(draw: st.DrawFn) -> World:
    texts = (draw(scenarios("first")), *([draw(scenarios("second"))] if draw(st.booleans()) else []))
    log = draw(logs())
    last = max([event.at for event in log.events] + [at for at, _ in log.changes])
    return World(texts, log, last + draw(choice((0, 60, 5_000, 90_000))) * MINUTE)


def fact(record: Record) -> str:
    """A record as a line of text with all its values."""
    facts: dict[str, Any] = {"kind": type(record).__name__}
    for name in (field.name for field in fields(record)):
        value = getattr(record, name)
        if name == "because":
            value = [(result.at, result.cause, result.state, result.times) for result in chain(value)]
        elif isinstance(value, Mapping):
            value = dict(value)
        facts[name] = value
    return json.dumps(facts, default=repr, ensure_ascii=False)


def replayed_events(program: Program, log: ContactLog, until: int) -> tuple[ContactState, list[Record]]:
    state, records = feed(program, log, None, until)
    for kind in {type(record).__name__ for record in records}:
        event(kind)
    return state, records
