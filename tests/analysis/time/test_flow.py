"""Claims about a scenario's paths, compared with journeys: the states that they reach, the time, and the captured
values.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_cli.analysis.captures import captured
from scenario_cli.analysis.graph import reachable
from scenario_cli.analysis.time.flow import can_end, earliest, earliest_end, may_be_held, timed_edges
from scenario_cli.analysis.time.waiting import CLOCK_CHANGE
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.language.project import Loaded
from scenario_cli.model.event import Event
from scenario_cli.model.policy import QuietHours
from scenario_cli.model.project import Channel
from scenario_cli.model.records import Ended, Moved, Record
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.source import Name, Span
from scenario_cli.model.waits import DAY, HOUR
from tests.engine.worlds import REACHABLE, load, moment
from tests.reference.settings import scaled

START = moment("2025-03-03 10:00")
HEAD = "scenario: world\ntrigger: {event: started}\ngoal: {event: bought, ends: false}\n"


def scenario(states: str, head: str = HEAD) -> Scenario:
    (parsed,) = load(head + states).project.scenarios.values()
    return parsed


def test_the_soonest_way_counts_and_an_event_takes_no_time() -> None:
    crossing = scenario("""\
states:
  one: {after: {2d: three, 1d at 10:00: two}, on: {clicked: four}}
  two: {after: {3h: three}}
  three: {choose: {contact.points > 3: five, else: {end: over}}}
  four: {after: {1mo: five}}
  five: {end: over}
  six: {end: never}
""")
    onward = timed_edges(crossing, load(HEAD).project)
    assert earliest(crossing, onward) == {"one": 0, "two": 10 * HOUR, "three": 13 * HOUR, "four": 0, "five": 13 * HOUR}
    assert earliest(crossing, onward, quiet=True) == {"one": 0, "two": 10 * HOUR, "three": 13 * HOUR, "five": 13 * HOUR}
    assert earliest_end(crossing, onward) == 13 * HOUR


def test_an_exit_of_every_state_is_not_the_earliest_end() -> None:
    scenario_ = scenario("on: {stopped: {end: out}}\nstates: {one: {after: {2d: {end: over}}}}\n")
    assert earliest_end(scenario_, timed_edges(scenario_, load(HEAD).project)) == 2 * DAY


def test_a_circle_has_no_end_unless_the_goal_gives_one() -> None:
    states = "states: {one: {after: {1d: two}}, two: {after: {1d: one}}}\n"
    endless, ended = scenario(states), scenario(states, HEAD.replace("ends: false", "ends: bought"))
    project = load(HEAD).project
    assert can_end(endless, timed_edges(endless, project)) == set()
    assert can_end(ended, timed_edges(ended, project)) == {"one", "two"}


def test_quiet_hours_hold_messages_to_contacts_and_not_tasks_of_staff() -> None:
    scenario_, project = scenario("states: {one: {end: over}}\n"), load(HEAD).project
    span = Span("", 1, 1, 1, 1)
    quiet_hours = (QuietHours(span),)
    for recipient, held in (("contact", True), ("staff", False), ("system", False)):
        channels = {"task": Channel("task", span, recipient=recipient)}
        quiet = replace(project, channels=channels, policy=replace(project.policy, quiet_hours=quiet_hours))
        message = Message(Name("task", span), Name("call", span), span)
        assert (may_be_held(message, scenario_, quiet) != 0) == held


def test_captures_of_all_paths_and_of_some() -> None:
    scenario_ = scenario("""\
on: {noted: {set: {note: =event}}}
states:
  one:
    set: {a: 1}
    on: {clicked: {set: {b: 2}, to: two}, changed: {set: {c: 3}}}
    after: {1d: two}
  two: {set: {d: 4}, after: {1d: three}}
  three: {end: over}
""")
    captures = captured(scenario_)
    assert captures.always == {"one": frozenset(), "two": {"a"}, "three": {"a", "d"}}
    assert captures.sometimes["three"] == {"a", "b", "c", "d", "note"}


NAMES = ("one", "two", "three", "four", "five")
WAITS = st.sampled_from(["1h", "90min", "1d", "2d at 10:00 on weekdays", "at 18:00", "1d12h", "20h at 09:00", "1w"])
CONDITIONS = st.sampled_from(["contact.points > 3", "trigger.n > 5", "days_since(journey.entered_at) > 2", "a is none"])
SETS = st.sets(st.sampled_from("abc"), max_size=2).map(lambda names: ", ".join(f"{name}: 1" for name in sorted(names)))


@st.composite
def worlds(draw: st.DrawFn) -> str:
    """A scenario of five states. Exits without a wait lead to a later state, so there is no endless cycle."""
    lines = ["states:"]
    for number, name in enumerate(NAMES):
        target = st.sampled_from([*NAMES, "{end: over}"])
        later = st.sampled_from([*NAMES[number + 1 :], "{end: over}"])
        lines += [f"  {name}:", f"    set: {{{draw(SETS)}}}"] if draw(st.booleans()) else [f"  {name}:"]
        if draw(st.integers(0, 3)) == 0:
            lines.append(f"    choose: {{{draw(CONDITIONS)}: {draw(later)}, else: {draw(later)}}}")
            continue
        for event in draw(st.sets(st.sampled_from(["changed", "clicked"]))):
            lines.append(f"    on: {{{event}: {{set: {{{draw(SETS)}}}, to: {draw(target)}}}}}")
            break
        lines += ["    after:", f"      - {{wait: {draw(WAITS)}, to: {draw(target)}}}"]
        if draw(st.booleans()):
            lines.append(f"      - {{wait: {draw(WAITS)}, if: {draw(CONDITIONS)}, to: {draw(target)}}}")
    text = "\n".join(lines).replace("set: {}, ", "") + "\n"
    keep = f"set: {{{draw(SETS)}}}".replace("set: {}", "any_key: true")
    return HEAD + f"on: {{noted: {{{keep}}}}}\n" + text.replace("    set: {}\n", "")


HAPPENINGS = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["changed", "clicked", "noted"])), max_size=8)


@settings(max_examples=scaled(30), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), HAPPENINGS, st.integers(0, 9))
def test_no_journey_does_what_cannot_be(text: str, happenings: list[tuple[int, str]], points: int) -> None:
    loaded = load(text)
    errors = {finding.code for finding in loaded.findings if finding.severity == "error"}
    if errors:
        assert errors <= {"FLOW017", "EXP002"}  # it reads a value that is not captured before
        return
    hold_to_claims(loaded, happenings, points)


def hold_to_claims(loaded: Loaded, happenings: list[tuple[int, str]], points: int) -> None:
    (scenario_,) = loaded.project.scenarios.values()
    program = compile_program(loaded.project)
    contact = new_contact(program, "ana", {**REACHABLE, "points": points})
    soonest = earliest(scenario_, timed_edges(scenario_, loaded.project))
    captures, states = captured(scenario_), reachable(scenario_)
    at = START
    records: list[Record] = list(step(program, contact, Event("started", at, {"n": points})))
    for hours, name in happenings:
        at += hours * HOUR
        records += step(program, contact, Event(name, at, {"n": 1}))
        for journey in contact.journeys.get("world", ()):
            if not journey.ended:
                assert captures.settled(scenario_.states[journey.state_name]) <= set(journey.captures)
    records += advance(program, contact, at + 40 * DAY)
    for record in records:
        if isinstance(record, Moved):
            assert record.target in states
            assert record.at - START >= soonest[record.target] - 5 * CLOCK_CHANGE
        if isinstance(record, Ended):
            assert record.outcome != "error"
