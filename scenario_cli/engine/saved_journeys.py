"""Saves a journey as plain named values, waits and messages by identity, and restores it. Knows no other state."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scenario_cli.engine.compiled import CompiledMessage, CompiledState, CompiledTarget, Machine, Program, numbered
from scenario_cli.engine.placement import placement
from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.engine.state import ANSWERS, HELD, NEVER, WAIT, Answer, ContactState, HeldMessage, Journey
from scenario_cli.engine.under_way import machine_of
from scenario_cli.model.records import Step, chain

_NEVER = "never"  # stands for the instant of a wait that never ends

# Parts that a journey that is over does not need: it can only convert.
_OVER = frozenset({"visited_now", "waits_from", "entering", "sizes", "answered", "answered_now", "because"})


class SnapshotError(ValueError):
    """The program cannot continue with this state; the text is the reason."""


class Stranded(SnapshotError):
    """A journey's state is gone, and its scenario names no target for the journey."""


def saved_journey(program: Program, journey: Journey) -> dict[str, Any]:
    """A journey as plain data; empty, None and false parts are left out."""
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
    unneeded = _OVER if journey.ended else ()
    return {
        name: value
        for name, value in values.items()
        if value is not None and value not in ([], {}) and name not in unneeded
    }


def _saved_visits(journey: Journey) -> list[Any]:
    """The states entered at one instant; this stops a journey that goes round."""
    at, inputs, names = journey.entered_now
    return [at, inputs, list(names)] if names else []


def _saved_answers(journey: Journey) -> list[Any]:
    """The transitions that have sent at one instant; this stops a transition that answers itself."""
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
        "begun": {names[index]: at for index, at in journey.begun.items()},
        "fallbacks": {names[index]: fallen for index, fallen in journey.fallbacks.items()},
        "held": {
            current.sends[index].choices[message.choice].identity: [
                message.asked_at,
                message.until,
                *_saved_message(current.sends[index].choices[message.choice]),
            ]
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
                *_saved_message(message.answer.message),
            ]
            for index, message in journey.held.items()
            if message.answer is not None
        ],
    }


def _saved_message(message: CompiledMessage) -> tuple[str, int | str, str, str]:
    """A row's description of a message, for a definition that no longer has the message."""
    return message.channel, message.again, message.template, message.purpose


def journey_of(saved: Mapping[str, Any]) -> Journey:
    """The journey of plain data, without its waits and held messages."""
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
    journey.waits_from = saved.get("waits_from", journey.entered_at)
    journey.entering = event_of(saved.get("entering"))
    journey.captures = value_of(saved.get("captures", {}))
    journey.sizes = dict(saved.get("sizes", {}))
    journey.message_ids = {name: dict.fromkeys(ids) for name, ids in saved.get("message_ids", {}).items()}
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
    return journey


def place_of(program: Program, saved: Mapping[str, Any]) -> tuple[Machine, CompiledTarget | None]:
    """The machine on which a saved journey continues, and its target there, None if it does not move.

    Raises `SnapshotError` if there is none, and `Stranded` if its state is gone and has no replacement.
    """
    name, state = saved["scenario"], saved["state"]
    place = placement(program, name, saved.get("definition"), state)
    if place.fate == "stranded":
        raise Stranded(
            f"journey {saved['id']} of {name} is in state {state}, which the scenario no longer has: write under "
            f"'migrate' where such journeys move, such as 'migrate: {{{state}: {{end: closed}}}}'"
        )
    if place.machine is None:
        raise SnapshotError(
            f"journey {saved['id']} of {name}, in state {state}: the program has no definition "
            f"{saved.get('definition', 'of today')} of {name}"
        )
    return place.machine, place.target


def _steps(saved: Iterable[Sequence[Any]]) -> Step | None:
    step: Step | None = None
    for at, cause, name, times in saved:
        step = Step(at, cause, name, step, times)
    return step


def restore_place(machine: Machine, state: ContactState, journey: Journey, saved: Mapping[str, Any]) -> None:
    """Gives a journey the waits and held messages that it had in a state of the same definition."""
    current = machine.states.get(journey.state_name)
    if current is None:
        raise SnapshotError(
            f"journey {journey.journey_id} of {journey.scenario}: the program has no state {journey.state_name}"
        )
    journey.used_when = used_conditions(machine, saved)
    waits, fallbacks, held_messages = (saved.get(part, {}) for part in ("waits", "fallbacks", "held"))
    names = [timeout.identity for timeout in current.after]
    messages, sent = dict(messages_of(current)), sent_by_transitions(current)
    answers = saved.get("answers", ())
    are_known = held_messages.keys() <= messages.keys() and {name for _, name, *_ in answers} <= sent.keys()
    if (waits and waits.keys() != set(names)) or not are_known:
        raise SnapshotError(
            f"journey {journey.journey_id} of {journey.scenario}: the waits or messages of state {current.name} are "
            "others than those it runs on"
        )
    if waits:
        due_times = due_times_of(saved)
        journey.due_times = [due_times[name] for name in names]
    journey.begun = {names.index(name): at for name, at in saved.get("begun", {}).items()}
    journey.fallbacks = {names.index(name): fallen for name, fallen in fallbacks.items()}
    for name, (asked_at, until, *_) in held_messages.items():
        index, choice, _ = messages[name]
        journey.held[index] = HeldMessage(choice, asked_at, until)
    for number, name, asked_at, until, event, cause, *_ in answers:
        asking_event = event_of(event)
        assert asking_event is not None
        answer = Answer(numbered(sent[name], number), asking_event, cause)
        journey.held[ANSWERS + number] = HeldMessage(0, asked_at, until, answer)
    timers_due = [(at, WAIT, index) for index, at in enumerate(journey.due_times) if at is not None and at < NEVER]
    timers_due += [(message.until, HELD, index) for index, message in journey.held.items()]
    for at, kind, index in timers_due:
        heapq.heappush(state.timers, (at, machine.rank, journey.number, kind, index, journey.visit))


def messages_of(current: CompiledState) -> Iterable[tuple[str, tuple[int, int, CompiledMessage]]]:
    """The messages that a state can request, by identity, each with its send and its choice."""
    for index, send in enumerate(current.sends):
        for choice, message in enumerate(send.choices):
            yield message.identity, (index, choice, message)


def used_conditions(machine: Machine, saved: Mapping[str, Any]) -> frozenset[int]:
    """The places of the scenario's conditions that have moved a journey before."""
    names = saved.get("used_when", ())
    return frozenset(index for index, name in enumerate(machine.when_identities) if name in names)


def due_times_of(saved: Mapping[str, Any]) -> dict[str, int | None]:
    """The instants at which a saved journey's waits are over, by identity; None for a wait that is over."""
    return {name: NEVER if due == _NEVER else due for name, due in saved.get("waits", {}).items()}


def sent_by_transitions(current: CompiledState) -> dict[str, CompiledMessage]:
    """The messages that transitions can send in a state, by identity."""
    transitions = (transition for answers in current.on.values() for transition in answers)
    return {
        message.identity: message for transition in transitions for send in transition.sends for message in send.choices
    }
