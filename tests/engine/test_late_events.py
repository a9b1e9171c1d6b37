"""Events from before the clock of the store: applied at the clock, and no contact enters by them."""

from __future__ import annotations

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, new_contact, step, take_late
from scenario_cli.model.event import Event
from scenario_cli.model.records import Record
from tests.engine.test_competition import BUSY_ONE, WAITS, member
from tests.engine.worlds import PARIS, REACHABLE, clock, gate, moment, program_of, record_text

WAITING = """
scenario: waiting
trigger: {event: started}
reentry: always
goal: {event: bought, within: 30d}
states:
  asks: {on: {stopped: {end: stopped}}, after: {2d: {end: over}}}
"""
CLOCK = moment("2025-03-04 10:00")


def begun(*scenarios: str, metrics: str = "") -> tuple[Program, ContactState]:
    """A contact who started on 3 March at 10:00, with its program."""
    program = program_of(*scenarios, metrics=metrics)
    state = new_contact(program, "ana", REACHABLE)
    step(program, state, Event("started", moment("2025-03-03 10:00"), {}, "e1"))
    return program, state


def late(
    program: Program, state: ContactState, name: str, at: str, properties: dict[str, object] | None = None,
    event_id: str | None = None,
) -> list[str] | None:  # fmt: skip
    records = take_late(program, state, Event(name, moment(at), properties or {}, event_id), CLOCK)
    return None if records is None else lines(records)


def lines(records: list[Record]) -> list[str]:
    return [f"{clock(record.at)} {record_text(record)}" for record in records]


def test_a_late_event_ends_a_journey_at_the_clock() -> None:
    program, state = begun(WAITING)
    assert late(program, state, "stopped", "2025-03-03 12:00") == ["2025-03-04 10:00 end stopped"]


def test_a_late_event_starts_no_journey() -> None:
    program, state = begun(gate("reentry: always", "while_running: parallel"))
    assert late(program, state, "started", "2025-03-03 12:00") == ["2025-03-03 20:00 end over"]


def test_a_late_event_counts_in_metrics_and_changes_the_profile() -> None:
    metrics = "metrics: {n: {count: noted, within: 3d}}"
    asks = "scenario: asks\ntrigger: {event: changed, where: metric.n == 1 and contact.country == 'BE'}\n"
    program, state = begun(WAITING, asks + "states: {in: {end: done}}\n", metrics=metrics)
    assert late(program, state, "noted", "2025-03-03 12:00") == []
    assert late(program, state, "profile_updated", "2025-03-03 13:00", {"country": "BE"}) == []
    records = lines(step(program, state, Event("changed", moment("2025-03-06 10:00"), {})))
    assert records[-3:] == ["2025-03-06 10:00 entered", "2025-03-06 10:00 -> in", "2025-03-06 10:00 end done"]


def test_timers_due_before_the_clock_precede_a_late_event() -> None:
    program, state = begun(WAITING.replace("2d", "20h"))
    assert late(program, state, "stopped", "2025-03-03 12:00") == ["2025-03-04 06:00 end over"]


def test_timers_due_at_the_clock_follow_a_late_event() -> None:
    program, state = begun(WAITING.replace("2d", "24h"))
    assert late(program, state, "stopped", "2025-03-03 12:00") == ["2025-03-04 10:00 end stopped"]


def test_a_late_event_converts_within_the_window_at_the_clock() -> None:
    program, state = begun(WAITING.replace("within: 30d", "within: 23h"))
    assert late(program, state, "bought", "2025-03-03 12:00") == ["2025-03-04 10:00 end converted"]


def test_an_event_that_was_taken_in_time_is_a_duplicate_and_nothing_happens() -> None:
    program, state = begun(WAITING.replace("2d", "20h"))
    before = save(program, state)
    assert late(program, state, "started", "2025-03-03 10:00", event_id="e1") is None
    assert save(program, state) == before


def test_a_late_event_is_stored_with_its_own_timestamp() -> None:
    program, state = begun(WAITING)
    assert late(program, state, "noted", "2025-03-03 09:00", event_id="e2") == []
    state = restore(program, save(program, state), CLOCK)
    assert late(program, state, "noted", "2025-03-03 09:00", event_id="e2") is None
    assert late(program, state, "noted", "2025-03-03 09:01", event_id="e2") == []
    assert take_late(program, state, Event("noted", CLOCK, {}, "e2"), CLOCK) == []


def test_a_contact_who_is_new_becomes_known_at_the_clock() -> None:
    program = program_of("scenario: weekly\ntrigger: {schedule: at 10:00 on tue}\nstates: {in: {end: done}}")
    state = new_contact(program, "ana", {"timezone": PARIS})
    assert late(program, state, "noted", "2025-02-03 12:00") == []
    assert state.known_at == CLOCK
    assert lines(advance(program, state, moment("2025-03-05 10:00")))[0] == "2025-03-04 10:00 entered"


def test_a_late_event_that_frees_a_group_lets_a_waiting_entry_in() -> None:
    busy = BUSY_ONE.replace("{after:", "{on: {stopped: {end: stopped}}, after:")
    program = program_of(busy, member("asks", "started", exclusive=WAITS))
    state = new_contact(program, "ana", REACHABLE)
    for name, hour in (("noted", "10:00"), ("started", "11:00")):
        step(program, state, Event(name, moment(f"2025-03-03 {hour}"), {}))
    assert late(program, state, "stopped", "2025-03-03 12:00") == [
        "2025-03-04 10:00 end stopped", "2025-03-04 10:00 entered", "2025-03-04 10:00 -> in",
    ]  # fmt: skip
