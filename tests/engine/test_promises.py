"""What section 8 promises of every project and every log: tried on small ones made at random."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from scenario_cli.analysis.needs import wanted_attributes, wanted_events
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.events.staging import stage
from scenario_cli.hosts.replay import Replay, feed, replay
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.records import (
    Asked,
    Converted,
    Ended,
    Entered,
    Moved,
    Record,
    Refused,
    Warned,
    chain,
)
from tests.engine.worlds import REACHABLE, load, moment, program_of

ALIKE = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
MINUTE = 60_000_000

STATES = ("one", "two", "three", "four")
EVENTS = ("started", "changed", "clicked", "bought", "stopped", "noted")
WAITS = (
    "1h", "90min", "1d", "1mo", "2d at 10:00 on weekdays", "at 02:30", "at 18:00", "1d12h", "20h at 09:00",
    "1d on mon,thu", "1w at 00:00",
)  # fmt: skip
# What can be read in every place.
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
    lines = [f"scenario: {name}", f"priority: {draw(st.sampled_from((10, 50, 90)))}"]
    lines.append("trigger: " + draw(st.sampled_from((
        "{event: started}", "{event: begin}", "[{event: started, where: event.n > 5}, {event: noted}]",
        "{event: started, where: event.x > 2}",
    ))))  # fmt: skip
    lines.append(f"reentry: {draw(st.sampled_from(('never', 'always', 'always', '1d')))}")
    lines.append(f"while_running: {draw(st.sampled_from(('ignore', 'ignore', 'restart', 'parallel')))}")
    if draw(st.booleans()):
        lines.append("key: event.id")
    if draw(st.integers(0, 3)) == 0:
        lines.append("audience: contact.country != 'DE'")
    if draw(st.booleans()):
        ends = draw(st.sampled_from(("false", "bought", "converted")))
        lines.append(f"goal: {{event: bought, within: 2d, value: event.n, ends: {ends}}}")
    if draw(st.booleans()):
        lines.append(f"on: {{stopped: {{end: stopped}}, changed: {draw(_transition(names))}}}")
    if draw(st.integers(0, 2)) == 0:
        condition = draw(st.sampled_from(CONDITIONS)).replace("'", "''")
        lines.append(f"when: {{'{condition}': {draw(st.sampled_from((*names, '{end: watched}')))}}}")
    lines.append("states:")
    lines += [f"  {state}: {{{', '.join(parts)}}}" for state, parts in picked.items()]
    return "\n".join(lines) + "\n"


@st.composite
def _transition(draw: st.DrawFn, names: Sequence[str]) -> str:
    where = draw(st.sampled_from(ON_EVENT)).replace("'", "''")
    to = draw(st.sampled_from((*names, "{end: led_out}")))
    return draw(st.sampled_from((
        to,
        f"{{where: '{where}', to: {to}}}",
        f"{{set: {{it: =event.n}}, to: {to}}}",
        "{set: {it: =event}}",
        f"[{{where: '{where}', to: {to}}}, {{set: {{it: =event.x}}}}]",
        f"{{any_key: true, to: {to}}}",
    )))  # fmt: skip


@st.composite
def _states(draw: st.DrawFn, names: Sequence[str], place: int) -> list[str]:
    """A state's parts. What leads on at once leads forward, so that there is no cycle without a wait."""
    parts: list[str] = []
    onward = (*names[place + 1 :], "{end: led_on}")
    anywhere = (*names, "{end: waited}")

    def condition() -> str:
        return draw(st.sampled_from(CONDITIONS)).replace("'", "''")

    if draw(st.booleans()) or place == 0:
        parts.append(f"set: {{it: '{draw(st.sampled_from(VALUES))}'}}")
    if draw(st.integers(0, 2)):
        parts.append(f"send: {draw(st.sampled_from(SENDS))}")
    last = place == len(names) - 1
    kind = draw(
        st.sampled_from(("wait", "wait", "wait", "choose", "end", "wait" if last else "next") if place else ("wait",))
    )
    if kind == "end":
        parts.append("end: finished")
    elif kind == "next":
        parts.append(f"next: {draw(st.sampled_from(names[place + 1 :]))}")
    elif kind == "choose":
        chosen, other = draw(st.sampled_from(onward)), draw(st.sampled_from(onward))
        parts.append(f"choose: {{'{condition()}': {chosen}, else: {other}}}")
    else:
        waits = draw(st.lists(st.sampled_from(WAITS), min_size=1, max_size=2, unique=True))
        listed = [
            f"{{wait: '{wait}', to: {draw(st.sampled_from(anywhere))}"
            + (f", if: '{condition()}'}}" if draw(st.booleans()) else "}")
            for wait in waits
        ]
        parts.append(f"after: [{', '.join(listed)}]")
        if draw(st.booleans()):
            parts.append(
                f"on: {{{draw(st.sampled_from(('changed', 'clicked', 'interest')))}: {draw(_transition(names))}}}"
            )
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"when: {{'{condition()}': {draw(st.sampled_from(onward))}}}")
    return parts


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


# Most gaps are a few hours; some are none, so that instants meet, and some are weeks.
GAPS = st.sampled_from((0, 0, 0, 1, 30, 60, 90, 60, 600, 1_440, 2_000, 10_000, 43_200))


@st.composite
def logs(draw: st.DrawFn, contact: str = "ana") -> ContactLog:
    """What happens to a contact from a day before a clock change on."""
    at = moment(draw(st.sampled_from(("2025-03-28 23:30", "2025-10-24 10:00", "2025-01-30 09:00", "2011-12-28 12:00"))))
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
                name = draw(st.sampled_from(("started", *EVENTS)))
                events.append(Event(name, at, draw(carried()), draw(st.sampled_from((None, None, "e1", "e2")))))
    known = {**(REACHABLE if draw(st.booleans()) else {}), **draw(profiles())}
    profile = {name: value for name, value in known.items() if value is not None}
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
    last = max([one.at for one in log.events] + [at for at, _ in log.changes])
    return World(texts, log, last + draw(st.sampled_from((0, 60, 5_000, 90_000))) * MINUTE)


def fact(record: Record) -> str:
    """A record as a line of text that holds all of it."""
    told: dict[str, Any] = {"kind": type(record).__name__}
    for name in (field.name for field in fields(record)):
        found = getattr(record, name)
        if name == "because":
            found = [(one.at, one.cause, one.state, one.times) for one in chain(found)]
        elif isinstance(found, Mapping):
            found = dict(found)
        told[name] = found
    return json.dumps(told, default=repr, ensure_ascii=False)


def told_of(program: Program, log: ContactLog, until: int) -> tuple[ContactState, list[Record]]:
    state, records = feed(program, log, None, until)
    for kind in {type(one).__name__ for one in records}:
        event(kind)
    return state, records


@ALIKE
@given(worlds())
def test_the_same_project_and_log_give_the_same_records(world: World) -> None:
    once = [fact(one) for one in told_of(program_of(*world.texts), world.log, world.until)[1]]
    program_of.cache_clear()
    again = [fact(one) for one in told_of(program_of(*world.texts), world.log, world.until)[1]]
    assert once == again


@ALIKE
@given(worlds(), st.integers(0, 12))
def test_what_is_cut_off_a_log_changes_nothing_before_the_cut(world: World, place: int) -> None:
    program = program_of(*world.texts)
    instants = sorted({one.at for one in world.log.events} | {at for at, _ in world.log.changes})
    cut = instants[min(place, len(instants) - 1)]
    whole = [fact(one) for one in told_of(program, world.log, world.until)[1] if one.at <= cut]
    shorter = ContactLog(
        world.log.contact_id,
        world.log.profile,
        [one for one in world.log.changes if one[0] <= cut],
        [one for one in world.log.events if one.at <= cut],
    )
    assert [fact(one) for one in feed(program, shorter, None, cut)[1]] == whole


@ALIKE
@given(worlds(), st.lists(st.integers(0, 60_000), max_size=6))
def test_time_that_passes_in_pieces_is_the_same_time(world: World, stops: list[int]) -> None:
    program = program_of(*world.texts)
    whole = [fact(one) for one in told_of(program, world.log, world.until)[1]]
    inputs: list[tuple[int, int, Event | Mapping[str, Any]]] = [
        *((at, 0, change) for at, change in world.log.changes),
        *((one.at, 1, one) for one in world.log.events),
    ]
    inputs.sort(key=lambda one: one[:2])
    begin = inputs[0][0]
    waiting = sorted(begin + stop * MINUTE for stop in stops)
    state = new_contact(program, world.log.contact_id, world.log.profile)
    records: list[Record] = []
    for at, _, given_ in inputs:
        while waiting and waiting[0] <= at:
            records += advance(program, state, waiting.pop(0), inclusive=False)
        records += (
            step(program, state, given_) if isinstance(given_, Event) else change_profile(program, state, at, given_)
        )
    for stop in waiting:
        if stop <= world.until:
            records += advance(program, state, stop, inclusive=False)
    records += advance(program, state, world.until)
    assert [fact(one) for one in records] == whole


@ALIKE
@given(worlds(), logs("bea"))
def test_contacts_fed_together_are_as_if_alone(world: World, other: ContactLog) -> None:
    program = program_of(*world.texts)
    both = {log.contact_id: log for log in (world.log, other)}
    alone = {name: [fact(one) for one in _plainly(program, log, world.until)] for name, log in both.items()}
    states = {name: new_contact(program, name, log.profile) for name, log in both.items()}
    together: dict[str, list[Record]] = {name: [] for name in both}
    mixed = sorted(((one.at, name, one) for name, log in both.items() for one in log.events), key=lambda one: one[:2])
    for at, name, one in mixed:
        if at <= world.until:
            together[name] += step(program, states[name], one)
    for name, state in states.items():
        together[name] += advance(program, state, world.until)
    assert {name: [fact(one) for one in records] for name, records in together.items()} == alone


def _plainly(program: Program, log: ContactLog, until: int) -> list[Record]:
    return feed(program, ContactLog(log.contact_id, log.profile, [], log.events), None, until)[1]


@ALIKE
@given(worlds())
def test_every_message_has_a_cause_and_is_not_earlier_than_it(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    entered = {one.journey_id: one for one in records if isinstance(one, Entered)}
    for asked in (one for one in records if isinstance(one, Asked)):
        links = list(chain(asked.because))
        begin = entered[asked.journey_id]
        assert links
        assert (links[0].at, links[0].cause) == (begin.at, begin.event)
        assert links[-1].state == asked.state
        assert [one.at for one in links] == sorted(one.at for one in links)
        assert links[-1].at <= asked.at
        assert asked.trigger.at == asked.entered_at == begin.at


@ALIKE
@given(worlds())
def test_every_journey_that_was_entered_ended_once_or_runs(world: World) -> None:
    state, records = told_of(program_of(*world.texts), world.log, world.until)
    entered = Counter(one.journey_id for one in records if isinstance(one, Entered))
    ended = Counter(one.journey_id for one in records if isinstance(one, Ended))
    running = {one.journey_id for held in state.journeys.values() for one in held if not one.ended}
    assert set(entered.values()) <= {1} and set(ended.values()) <= {1}
    assert set(entered) == set(ended) | running
    assert not set(ended) & running


@ALIKE
@given(worlds())
def test_nothing_happens_in_a_journey_before_its_entry_or_after_its_end(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    open_journeys: set[str] = set()
    seen: set[str] = set()
    for one in records:
        match one:
            case Entered():
                open_journeys.add(one.journey_id)
                seen.add(one.journey_id)
            case Ended():
                open_journeys.remove(one.journey_id)
            case Moved() | Asked():
                assert one.journey_id in open_journeys
            case Converted():
                assert one.journey_id in seen


@ALIKE
@given(worlds())
def test_nobody_gets_a_marketing_message_without_an_address_and_consent_exactly_true(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    consents = {"email": "email_optin", "push": "push_optin", "sms": "sms_optin"}
    sent = [one for one in records if isinstance(one, Asked) and not one.reason]
    for asked in sent:
        assert asked.address not in (None, "")
        if asked.purpose == "marketing":
            assert asked.profile.get(consents[asked.channel]) is True


@ALIKE
@given(worlds())
def test_records_come_in_order_of_time_and_none_is_later_than_the_end(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    instants = [one.at for one in records]
    assert instants == sorted(instants)
    assert not instants or instants[-1] <= world.until


@ALIKE
@given(worlds())
def test_every_message_and_journey_has_a_name_of_its_own(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    names = [one.message_id for one in records if isinstance(one, Asked)]
    assert len(names) == len(set(names))


@ALIKE
@given(worlds())
def test_a_journey_converts_once_within_its_window_and_credits_a_message_that_left(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    entered = {one.journey_id: one.at for one in records if isinstance(one, Entered)}
    converted = [one for one in records if isinstance(one, Converted)]
    assert len(converted) == len({one.journey_id for one in converted})
    left: dict[str, str] = {}
    for one in records:
        if isinstance(one, Asked) and not one.reason:
            left[one.journey_id] = one.message_id
        elif isinstance(one, Converted):
            assert 0 <= one.at - entered[one.journey_id] <= 2 * 24 * 60 * MINUTE
            assert one.credited == left.get(one.journey_id)


@ALIKE
@given(worlds())
def test_one_journey_of_a_key_runs_at_a_time_unless_parallel_is_said(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    parallel = {text.split()[1] for text in world.texts if "while_running: parallel" in text}
    keys: dict[str, tuple[str, Any]] = {}
    running: Counter[tuple[str, Any]] = Counter()
    for one in records:
        if isinstance(one, Entered):
            keys[one.journey_id] = (one.scenario, one.key)
            running[keys[one.journey_id]] += 1
            assert one.scenario in parallel or running[keys[one.journey_id]] == 1
        elif isinstance(one, Ended):
            running[keys[one.journey_id]] -= 1


@ALIKE
@given(worlds())
def test_reasons_are_those_the_language_names(world: World) -> None:
    _, records = told_of(program_of(*world.texts), world.log, world.until)
    assert {one.reason for one in records if isinstance(one, Refused)} <= {"audience", "key", "running", "reentry"}
    assert {one.reason for one in records if isinstance(one, Asked)} <= {"", "no_address", "no_consent", "unreachable"}
    written = {"led_out", "led_on", "waited", "finished", "stopped", "watched", "bought", "converted"}
    assert {one.outcome for one in records if isinstance(one, Ended)} <= written | {"error", "restarted"}
    assert all(one.detail for one in records if isinstance(one, Warned))


def test_a_replay_in_parts_gives_the_rows_of_a_replay_in_one(tmp_path: Path) -> None:
    text = """
scenario: parts
trigger: {event: started}
key: event.id
states:
  one: {send: {email: m/a}, after: {1d at 09:00: two}}
  two: {send: {push: m/b}, after: {1w: {end: over}}}
"""
    lines = [
        {"contact_id": f"c{contact:02}", "event": "started", "timestamp": f"2025-03-0{day}T10:00:00Z", "id": f"k{day}"}
        for day in (1, 2, 3)
        for contact in range(40)
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    people = tmp_path / "people.csv"
    rows = [f"c{contact:02},c{contact:02}@example.com,{'true' if contact % 3 else 'false'}" for contact in range(40)]
    people.write_text("contact_id,email,email_optin\n" + "\n".join(rows) + "\n", encoding="utf-8")
    project = load(text).project
    options = ExportOptions(events=(str(log),), contacts=(str(people),), timezone="UTC")
    folder = tmp_path / "staged"
    folder.mkdir()
    staged = stage(options, wanted_events(project, project.scenarios.values()), wanted_attributes(project), folder)
    job = Replay(project, ("parts",), None, moment("2025-04-01 00:00"))
    program = compile_program(project)
    whole = [
        (log_.contact_id, fact(one)) for log_ in staged.stream() for one in feed(program, log_, None, job.until)[1]
    ]
    in_parts = [
        (log_.contact_id, fact(one))
        for part in staged.ranges(7)
        for log_ in staged.stream(part)
        for one in feed(program, log_, None, job.until)[1]
    ]
    assert len(staged.ranges(7)) > 3
    assert in_parts == whole
    results = []
    for workers in (1, 2):
        rows_to = tmp_path / f"rows{workers}.jsonl"
        results.append((replay(job, staged, workers, rows_to), rows_to.read_bytes()))
    assert results[0][1] == results[1][1]
    assert results[0][1].count(b"\n") == 40 * 3 * 2
    assert results[0][0] == results[1][0]
