"""Moves journeys to today's definition of their scenario: state, waits, held messages. Decides about no state: see
`engine.placement`.

Nothing is set, updated, emitted or sent by the move itself. A journey that it ends or moves on, and a message that it
drops, have records and own events, but no contact enters by these.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from scenario_cli.engine import journeys, waits
from scenario_cli.engine.compiled import CompiledMessage, CompiledState, CompiledTarget, Machine, Program, numbered
from scenario_cli.engine.plain_values import event_of
from scenario_cli.engine.saved_journeys import due_times_of, messages_of, sent_by_transitions, used_conditions
from scenario_cli.engine.sending import cancel
from scenario_cli.engine.state import ANSWERS, HELD, Answer, ContactState, HeldMessage, Journey
from scenario_cli.engine.step import work_on_own
from scenario_cli.engine.under_way import running_in_turn
from scenario_cli.model.records import Moved, Record, Step

_CAUSE: Literal["migrate"] = "migrate"


def move(
    program: Program,
    machine: Machine,
    target: CompiledTarget,
    state: ContactState,
    journey: Journey,
    saved: Mapping[str, Any],
) -> None:
    """Puts a journey, saved under another definition, in its place in today's definition of its scenario."""
    journey.used_when = used_conditions(machine, saved)
    stays = target.state == journey.state_name
    _hold_again(
        program, machine, state, journey, saved, machine.states[target.state] if stays and target.state else None
    )
    if target.state is None:
        assert target.outcome is not None
        journeys.end(program, machine, state, journey, target.outcome, target.place)
        return
    if not stays:
        _put(machine, state, journey, target.state, target)
    if not journey.unsettled:
        waits.carry_on(machine, state, journey, due_times_of(saved), saved.get("fallbacks", {}))
        journeys.go_on(program, machine, state, journey)


def settle(program: Program, state: ContactState) -> None:
    """Handles the executor's own events of some moves; no contact enters by them. A contact that waits for a group that
    has become free still enters.
    """
    work_on_own(program, state, may_enter=False)
    if state.freed:
        work_on_own(program, state, may_enter=True)


def archive(program: Program, state: ContactState, scenarios: Collection[str], at: int) -> list[Record]:
    """Ends the contact's running journeys of some scenarios with the outcome `archived`, and gives the records."""
    records = state.records = []
    running = [
        (own, journey)
        for machine in program.machines
        if machine.name in scenarios
        for own, journey in running_in_turn(program, machine, state)
    ]
    if running:
        state.now = max(state.now, at)
    for own, journey in running:
        journeys.end(program, own, state, journey, "archived")
    if running:
        work_on_own(program, state, may_enter=True)
    return records


def renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """A snapshot in which scenarios have the names of today; for two entries by one key, the later counts."""
    if not names:
        return values

    def name_of(scenario: str) -> str:
        return names.get(scenario, scenario)

    def by_scenario(part: str) -> dict[str, Any]:
        saved = values.get(part, {})
        return {
            name_of(scenario): content
            for scenario, content in sorted(saved.items(), key=lambda item: item[0] not in names)
        }

    changed = {
        "journeys": [{**saved, "scenario": name_of(saved["scenario"])} for saved in values.get("journeys", ())],
        "entries": sorted(
            ([name_of(entry[0]), *entry[1:]] for entry in values.get("entries", ())), key=lambda entry: entry[2]
        ),
        "counted": [[*sent[:3], name_of(sent[3]), *sent[4:]] for sent in values.get("counted", ())],
        "waiting": [[name_of(entry[0]), *entry[1:]] for entry in values.get("waiting", ())],
        **{part: by_scenario(part) for part in ("triggers", "absences", "unadmitted")},
    }
    return {**values, **changed}


def _put(machine: Machine, state: ContactState, journey: Journey, name: str, target: CompiledTarget) -> None:
    """Puts a journey into another state, as a settled journey."""
    source = journey.state_name
    journey.state_name = name
    journey.visit += 1
    journey.answered = 0
    journey.because = Step(state.now, _CAUSE, name, journey.because)
    if source in journey.message_ids:
        ids = journey.message_ids.pop(source)
        journey.message_ids[name] = {**ids, **journey.message_ids.get(name, {})}
    if machine.states[name].frees_key:
        journey.holds_key = False
    state.records.append(Moved(state.now, machine.name, journey.journey_id, source, name, _CAUSE, _CAUSE, target.place))


def _hold_again(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    saved: Mapping[str, Any],
    current: CompiledState | None,
) -> None:
    """Holds the messages that the state still has, and drops the others; without a state it drops all."""
    for name, (asked_at, until, *message) in saved.get("held", {}).items():
        place = _place(current, name, message) if current is not None else None
        if place is None or place[0] in journey.held:
            state.bind(journey, journey.entering)
            cancel(program, machine, state, journey, _removed_message(*message), asked_at)
        else:
            _hold(machine, state, journey, place[0], HeldMessage(place[1], asked_at, until))
    for number, name, asked_at, until, event, cause, *message in saved.get("answers", ()):
        asking_event = event_of(event)
        assert asking_event is not None
        answering = sent_by_transitions(current).get(name) if current is not None else None
        if answering is None:
            state.bind(journey, asking_event)
            cancel(program, machine, state, journey, _removed_message(*message), asked_at)
        else:
            answer = Answer(numbered(answering, number), asking_event, cause)
            _hold(machine, state, journey, ANSWERS + number, HeldMessage(0, asked_at, until, answer))


def _hold(machine: Machine, state: ContactState, journey: Journey, index: int, message: HeldMessage) -> None:
    journey.held[index] = message
    heapq.heappush(state.timers, (message.until, machine.rank, journey.number, HELD, index, journey.visit))


def _place(current: CompiledState, name: str, message: Iterable[Any]) -> tuple[int, int] | None:
    """The send and the choice of a state for a held message: the same message, else the message with the same number on
    its channel, preferably with the same template.
    """
    channel, again, template, _ = message
    places = list(messages_of(current))
    beside = [(other.template != template, index, choice) for _, (index, choice, other) in places
              if (other.channel, other.again) == (channel, again)]  # fmt: skip
    same = [(index, choice) for identity, (index, choice, _) in places if identity == name]
    return same[0] if same else min(beside)[1:] if beside else None


def _removed_message(channel: str, again: int | str, template: str, purpose: str) -> CompiledMessage:
    """A message of a removed definition, as far as a row describes a dropped message."""
    return CompiledMessage(
        channel,
        again,
        template,
        purpose,
        "contact",
        None,
        None,
        "",
        None,
        "",
        (),
        None,
        None,
        "",
        frozenset(),
        "",
        "",
        "",
    )
