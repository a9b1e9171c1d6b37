"""Saves a journey as plain named values, waits and messages by identity, and restores it. Knows no other state."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scenario_cli.engine.compiled import CompiledMessage, CompiledState, Machine, Program, numbered
from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.engine.state import ANSWERS, HELD, NEVER, WAIT, Answer, ContactState, HeldMessage, Journey
from scenario_cli.engine.under_way import machine_of
from scenario_cli.model.records import Step, chain

_NEVER = "never"  # stands for the instant of a wait that never ends


class SnapshotError(ValueError):
    """The program cannot go on with this state; the text says why."""


def saved_journey(program: Program, journey: Journey) -> dict[str, Any]:
    """A journey as plain data; what is empty, None or false is left out."""
    machine = machine_of(program, journey)
    values = {
        "scenario": journey.scenario,
        "definition": machine.definition if machine is not None and not journey.ended else None,
        "id": journey.journey_id,
        "number": journey.number,
        "key": plain(journey.key),
        "item": plain(journey.item),
        "entered_at": journey.entered_at,
        "trigger": plain_event(journey.trigger),
        "state": journey.state_name,
        "visit": journey.visit,
        "visited_now": _saved_visits(journey),
        "waits_from": journey.waits_from,
        "entering": plain_event(journey.entering),
        "captures": plain(journey.captures),
        "sizes": dict(journey.sizes),
        "message_ids": {name: list(ids) for name, ids in journey.message_ids.items()},
        "credited": journey.credited,
        "answered": journey.answered or None,
        "answered_now": _saved_answers(journey),
        "variant": dict(journey.variant),
        "because": [[step.at, step.cause, step.state, step.times] for step in chain(journey.because)],
        "converted": journey.converted or None,
        "ended": journey.ended or None,
        "frees_key": not journey.holds_key or None,
        **(_saved_place(machine, journey) if machine is not None and not journey.ended else {}),
    }
    return {name: value for name, value in values.items() if value is not None and value not in ([], {})}


def _saved_visits(journey: Journey) -> list[Any]:
    """The states entered at one instant, by which a journey that goes round is stopped."""
    at, inputs, names = journey.entered_now
    return [at, inputs, list(names)] if names else []


def _saved_answers(journey: Journey) -> list[Any]:
    """The transitions that have sent at one instant, by which one that answers itself is stopped."""
    at, inputs, names = journey.answered_now
    return [at, inputs, list(names)] if names else []


def _saved_place(machine: Machine, journey: Journey) -> dict[str, Any]:
    """The waits and held messages of a running journey, and the conditions that have moved it."""
    current = machine.states[journey.state_name]
    names = [timeout.identity for timeout in current.after]
    return {
        "used_when": sorted(machine.when_identities[index] for index in journey.used_when),
        "waits": {
            name: _NEVER if due is not None and due >= NEVER else due
            for name, due in zip(names, journey.due_times, strict=False)
        },
        "fallbacks": {names[index]: fallen for index, fallen in journey.fallbacks.items()},
        "held": {
            current.sends[index].choices[message.choice].identity: [message.asked_at, message.until]
            for index, message in journey.held.items()
            if message.answer is None
        },
        "answers": [
            [
                index - ANSWERS,
                message.answer.message.identity,
                message.asked_at,
                message.until,
                plain_event(message.answer.event),
                message.answer.cause,
            ]
            for index, message in journey.held.items()
            if message.answer is not None
        ],
    }


def journey_of(program: Program, state: ContactState, saved: Mapping[str, Any]) -> Journey:
    """The journey that plain data stand for; its waits and held messages get timers among the contact's.

    Raises `SnapshotError` if it runs on a definition that the program does not have.
    """
    trigger = event_of(saved["trigger"])
    assert trigger is not None
    journey = Journey(
        saved["number"], saved["scenario"], value_of(saved.get("key")), saved["entered_at"], trigger, saved["id"],
        value_of(saved.get("item")),
    )  # fmt: skip
    journey.state_name = saved["state"]
    journey.visit = saved["visit"]
    if "visited_now" in saved:
        at, inputs, names = saved["visited_now"]
        journey.entered_now = (at, inputs, tuple(names))
    journey.waits_from = saved["waits_from"]
    journey.entering = event_of(saved.get("entering"))
    journey.captures = value_of(saved.get("captures", {}))
    journey.sizes = dict(saved.get("sizes", {}))
    journey.message_ids = {name: tuple(ids) for name, ids in saved.get("message_ids", {}).items()}
    journey.credited = saved.get("credited")
    journey.answered = saved.get("answered", 0)
    if "answered_now" in saved:
        at, inputs, names = saved["answered_now"]
        journey.answered_now = (at, inputs, tuple(names))
    journey.variant = dict(saved.get("variant", {}))
    journey.because = _steps(saved.get("because", ()))
    journey.converted = saved.get("converted", False)
    journey.ended = saved.get("ended", False)
    journey.holds_key = not saved.get("frees_key", False)
    if not journey.ended:
        machine = _definition(program, saved)
        if machine is not program.by_name.get(journey.scenario):
            journey.pinned = machine.definition
        _restore_place(machine, state, journey, saved)
    return journey


def _definition(program: Program, saved: Mapping[str, Any]) -> Machine:
    """The machine of the definition that a journey runs on: today's if it names none."""
    name, definition = saved["scenario"], saved.get("definition")
    today = program.by_name.get(name)
    if today is not None and definition in (None, today.definition):
        return today
    machine = program.pinned.get((name, definition or ""))
    if machine is None:
        raise SnapshotError(
            f"journey {saved['id']} of {name}, in state {saved['state']}: the program has no definition "
            f"{definition or 'of today'} of {name}"
        )
    return machine


def _steps(saved: Iterable[Sequence[Any]]) -> Step | None:
    step: Step | None = None
    for at, cause, name, times in saved:
        step = Step(at, cause, name, step, times)
    return step


def _restore_place(machine: Machine, state: ContactState, journey: Journey, saved: Mapping[str, Any]) -> None:
    current = machine.states.get(journey.state_name)
    if current is None:
        raise SnapshotError(
            f"journey {journey.journey_id} of {journey.scenario}: the program has no state {journey.state_name}"
        )
    used_when = saved.get("used_when", ())
    journey.used_when = frozenset(index for index, name in enumerate(machine.when_identities) if name in used_when)
    waits, fallbacks, held_messages = (saved.get(part, {}) for part in ("waits", "fallbacks", "held"))
    names = [timeout.identity for timeout in current.after]
    messages, sent = dict(_messages(current)), _sent_by_transitions(current)
    answers = saved.get("answers", ())
    are_known = held_messages.keys() <= messages.keys() and {name for _, name, *_ in answers} <= sent.keys()
    if (waits and waits.keys() != set(names)) or not are_known:
        raise SnapshotError(
            f"journey {journey.journey_id} of {journey.scenario}: the waits or messages of state {current.name} are "
            "others than those it runs on"
        )
    if waits:
        journey.due_times = [NEVER if waits[name] == _NEVER else waits[name] for name in names]
    journey.fallbacks = {names.index(name): fallen for name, fallen in fallbacks.items()}
    for name, (asked_at, until) in held_messages.items():
        index, choice, _ = messages[name]
        journey.held[index] = HeldMessage(choice, asked_at, until)
    for number, name, asked_at, until, event, cause in answers:
        asking_event = event_of(event)
        assert asking_event is not None
        answer = Answer(numbered(sent[name], number), asking_event, cause)
        journey.held[ANSWERS + number] = HeldMessage(0, asked_at, until, answer)
    timers_due = [(at, WAIT, index) for index, at in enumerate(journey.due_times) if at is not None and at < NEVER]
    timers_due += [(message.until, HELD, index) for index, message in journey.held.items()]
    for at, kind, index in timers_due:
        heapq.heappush(state.timers, (at, machine.rank, journey.number, kind, index, journey.visit))


def _messages(current: CompiledState) -> Iterable[tuple[str, tuple[int, int, CompiledMessage]]]:
    """The messages that a state may ask for, by identity, each with its send and its choice."""
    for index, send in enumerate(current.sends):
        for choice, message in enumerate(send.choices):
            yield message.identity, (index, choice, message)


def _sent_by_transitions(current: CompiledState) -> dict[str, CompiledMessage]:
    """The messages that transitions may send in a state, by identity."""
    transitions = (transition for answers in current.on.values() for transition in answers)
    return {
        message.identity: message for transition in transitions for send in transition.sends for message in send.choices
    }
