"""Sends, holds or drops the messages that a state or transition requests, with the reason. Renders no message."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scenario_cli.engine.addresses import address_of
from scenario_cli.engine.calendar import counted_from, end_of
from scenario_cli.engine.compiled import (
    CompiledMessage,
    CompiledSend,
    CompiledState,
    CompiledTransition,
    Machine,
    Program,
    numbered,
)
from scenario_cli.engine.identity import draw, message_id
from scenario_cli.engine.own_events import emit_message_event, variant
from scenario_cli.engine.policy import caps_free, may_leave_at, quiet_end
from scenario_cli.engine.state import (
    ANSWERS,
    HELD,
    Answer,
    ContactState,
    CountedMessage,
    Function,
    HeldMessage,
    Journey,
)
from scenario_cli.engine.values import shown, to_datetime
from scenario_cli.model.dates import read_day
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Held, Step


def send_all(program: Program, machine: Machine, state: ContactState, journey: Journey, current: CompiledState) -> None:
    """Asks for the state's messages, in the order written; each has its own fate."""
    for index, send in enumerate(current.sends):
        selection = _choice(machine, state, send)
        if selection is not None:
            choice, unreachable = selection
            message = send.choices[choice]
            if unreachable:
                _record_unreachable(program, machine, state, journey, message)
            else:
                _try(program, machine, state, journey, message, index, choice, state.now)


def answer(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    transition: CompiledTransition,
    event: Event,
) -> None:
    """Requests the messages of a transition that an event takes, once at an instant since an input from outside."""
    now, count, before = journey.answered_now
    if now != state.now or count != state.input_count:
        before = ()
    if transition.identity in before:
        state.warn(machine.name, transition.cause, "its messages were already requested at this instant")
        return
    journey.answered_now = (state.now, state.input_count, (*before, transition.identity))
    for send in transition.sends:
        state.bind(journey, event)
        selection = _choice(machine, state, send)
        if selection is None:
            continue
        choice, unreachable = selection
        journey.answered += 1
        message = numbered(send.choices[choice], journey.answered)
        own_answer = Answer(message, event, transition.cause)
        with _caused_by(journey, own_answer, state.now):
            if unreachable:
                _record_unreachable(program, machine, state, journey, message)
            else:
                index = ANSWERS + journey.answered
                _try(program, machine, state, journey, message, index, choice, state.now, own_answer)


@contextmanager
def _caused_by(journey: Journey, answer: Answer, at: int) -> Iterator[None]:
    """Makes the transition the last cause of the records about its message."""
    because = journey.because
    journey.because = Step(at, answer.cause, journey.state_name, because)
    try:
        yield
    finally:
        journey.because = because


def _choice(machine: Machine, state: ContactState, send: CompiledSend) -> tuple[int, bool] | None:
    """The choice of a send, and whether no choice can reach the contact; None if no condition holds."""
    choices = send.choices
    if not send.first_of:
        return (0, False) if choices[0].condition is None or choices[0].condition(state) else None
    eligible = [
        choice for choice, message in enumerate(choices) if message.condition is None or message.condition(state)
    ]
    for choice in eligible:
        if not _unreachable(machine, state, choices[choice])[1]:
            return choice, False
    return (eligible[0], True) if eligible else None


def _record_unreachable(
    program: Program, machine: Machine, state: ContactState, journey: Journey, message: CompiledMessage
) -> None:
    withheld = _withheld(program, machine, state, message)
    _record(program, machine, state, journey, message, None, withheld or "unreachable", state.now)


def look_again(program: Program, machine: Machine, state: ContactState, journey: Journey, index: int) -> None:
    """Tries a held message again when its time has come: every condition is evaluated once more."""
    held_message = journey.held.pop(index)
    own_answer = held_message.answer
    if own_answer is None:
        state.bind(journey, journey.entering)
        message = machine.states[journey.state_name].sends[index].choices[held_message.choice]
        _look_again(program, machine, state, journey, message, index, held_message)
        return
    state.bind(journey, own_answer.event)
    with _caused_by(journey, own_answer, held_message.asked_at):
        _look_again(program, machine, state, journey, own_answer.message, index, held_message)


def _look_again(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    message: CompiledMessage,
    index: int,
    held_message: HeldMessage,
) -> None:
    if message.condition is not None and not message.condition(state):
        _record(program, machine, state, journey, message, None, "condition", held_message.asked_at)
        return
    _try(
        program,
        machine,
        state,
        journey,
        message,
        index,
        held_message.choice,
        held_message.asked_at,
        held_message.answer,
    )


def cancel_held(program: Program, machine: Machine, state: ContactState, journey: Journey) -> None:
    """Drops the messages that are still held, because the journey leaves their state."""
    for index, held_message in sorted(journey.held.items()):
        own_answer = held_message.answer
        if own_answer is None:
            state.bind(journey, journey.entering)
            message = machine.states[journey.state_name].sends[index].choices[held_message.choice]
            _record(program, machine, state, journey, message, None, "cancelled", held_message.asked_at)
        else:
            state.bind(journey, own_answer.event)
            with _caused_by(journey, own_answer, held_message.asked_at):
                _record(program, machine, state, journey, own_answer.message, None, "cancelled", held_message.asked_at)
    journey.held = {}


def cancel(
    program: Program, machine: Machine, state: ContactState, journey: Journey, message: CompiledMessage, asked_at: int
) -> None:
    """Drops a message that was held in a definition which the journey has left."""
    _record(program, machine, state, journey, message, None, "cancelled", asked_at)


def _try(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    message: CompiledMessage,
    index: int,
    choice: int,
    asked_at: int,
    own_answer: Answer | None = None,
) -> None:
    """Lets a message leave, holds it or drops it. The first rule against it gives the reason."""
    withheld = _withheld(program, machine, state, message)
    if withheld:
        _record(program, machine, state, journey, message, None, withheld, asked_at)
        return
    address, unreachable = _unreachable(machine, state, message)
    if unreachable:
        _record(program, machine, state, journey, message, address, unreachable, asked_at)
        return
    name = _message_name(program, journey, message)
    latest = asked_at + (message.expires if message.expires is not None else program.policy.max_hold)
    if message.until is not None:
        until_date = _last_instant(machine, state, message, message.until)
        if until_date is None or until_date < state.now:
            detail = "until is missing" if until_date is None else "until is past"
            _record(program, machine, state, journey, message, address, "expired", asked_at, detail, name)
            return
        latest = until_date
    if message.purpose == "marketing" and message.recipient == "contact":
        would_leave = CountedMessage(state.now, message.channel, machine.program, machine.name, message.tags, name)
        reason, detail, until = _held_back(program, state, message, would_leave, asked_at, latest)
        if reason:
            _record(program, machine, state, journey, message, address, reason, asked_at, detail, name)
            return
        if until is not None:
            journey.held[index] = HeldMessage(choice, asked_at, until, own_answer)
            heapq.heappush(state.timers, (until, machine.rank, journey.number, HELD, index, journey.visit))
            state.records.append(
                Held(state.now, machine.name, journey.journey_id, name, message.channel, until, detail)
            )
            return
        _count(program, state, would_leave)
    expires_at = latest if message.until is not None or message.expires is not None else None
    _record(program, machine, state, journey, message, address, "", asked_at, "", name, expires_at)
    journey.credited = name


def _message_name(program: Program, journey: Journey, message: CompiledMessage) -> str:
    return message_id(journey.journey_id, journey.visit, message.channel, message.again) if program.named else ""


def _withheld(program: Program, machine: Machine, state: ContactState, message: CompiledMessage) -> str:
    """The reason why no message of the scenario goes to the contact: it is paused, or the contact is in the control
    group or held out; only a pause withholds messages to staff.
    """
    if machine.paused:
        return "paused"
    share = program.policy.control_group
    if not (share or machine.holdout) or message.purpose != "marketing" or message.recipient == "staff":
        return ""
    if share and draw("control_group", program.salt, state.contact_id) < share:
        return "control_group"
    if machine.holdout and draw("holdout", program.salt, machine.drawn_as, state.contact_id) < machine.holdout:
        return "holdout"
    return ""


def _unreachable(machine: Machine, state: ContactState, message: CompiledMessage) -> tuple[Any, str]:
    """The address, and the reason why the message cannot reach anybody, empty if it can."""
    address: Any = state.contact_id
    if message.address is not None:
        address, complaint = address_of(message.channel, message.address(state))
        if complaint:
            state.warn(machine.name, message.address_place, complaint)
        if address is None:
            return None, "no_address"
    asks = message.consent is not None and message.purpose == "marketing" and message.recipient != "staff"
    if asks and message.consent is not None and not _consents(machine, state, message, message.consent):
        return address, "no_consent"
    return address, ""


def _consents(machine: Machine, state: ContactState, message: CompiledMessage, consent: Function) -> bool:
    """Consent is given by the boolean true alone."""
    agreed = consent(state)
    if agreed is not None and not isinstance(agreed, bool):
        state.warn(machine.name, message.consent_place, f"{shown(agreed)} is not a consent: only true counts")
    return agreed is True


def _last_instant(machine: Machine, state: ContactState, message: CompiledMessage, until: Function) -> int | None:
    """The last instant at which a message with a last date can leave; None, with a warning, if the date is missing."""
    value, zone = until(state), machine.zone or state.zone
    day = read_day(value)
    if day is not None:
        return end_of(day, zone)
    moment = to_datetime(value, zone)
    if moment is None:
        fault = "missing" if value is None else shown(value)
        state.warn(machine.name, message.until_place, f"{fault}: no date, so the message is not sent")
        return None
    return counted_from(moment)


def _held_back(
    program: Program,
    state: ContactState,
    message: CompiledMessage,
    would_leave: CountedMessage,
    asked_at: int,
    latest: int,
) -> tuple[str, str, int | None]:
    """The ruling of quiet hours and caps: a reason to drop with its detail, or the instant to hold until and why.

    A message that could only leave after `latest` is dropped.
    """
    policy = program.policy
    quiet = quiet_end(policy, state, would_leave, state.now) is not None
    if quiet and message.on_quiet == "drop":
        return "quiet_hours", "", None
    detail = "quiet_hours"
    if not quiet:
        free, cap_detail = caps_free(policy, state, would_leave, state.now, asked_at)
        if free == state.now:
            return "", "", None
        if message.on_cap == "drop":
            return "capped", cap_detail, None
        detail = f"capped, {cap_detail}"
    until = may_leave_at(policy, state, would_leave, asked_at, latest, message.on_cap == "delay")
    if until is None:
        return "expired", detail, None
    return "", detail, until


def _count(program: Program, state: ContactState, message: CountedMessage) -> None:
    """Remembers a marketing message for the caps, as far back as they count."""
    remembered = program.policy.remembered
    if remembered:
        if state.counted and state.counted[0].at <= message.at - remembered:
            state.counted = [earlier for earlier in state.counted if earlier.at > message.at - remembered]
        state.counted.append(message)


def _record(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    message: CompiledMessage,
    address: Any,
    reason: str,
    asked_at: int,
    detail: str = "",
    name: str = "",
    expires_at: int | None = None,
) -> None:
    """Records a message that left (no reason) or was dropped; its `name` is calculated if it is not given."""
    name = name or _message_name(program, journey, message)
    record = Asked(
        state.now,
        machine.name,
        machine.version,
        journey.journey_id,
        journey.key,
        journey.state_name,
        name,
        message.channel,
        message.template,
        message.purpose,
        address,
        reason,
        detail,
        asked_at,
        variant(journey),
        journey.entered_at,
        state.zone.key,
        state.profile,
        journey.captures,
        {name: work_out(state) for name, work_out in message.values} if message.values else {},
        journey.trigger,
        journey.because,
        journey.item,
        tuple((kind, name, read(state)) for kind, name, read in program.snapshot)
        if program.snapshot and not reason
        else (),
        message.recipient,
        expires_at,
    )
    state.records.append(record)
    if program.named:
        journey.message_ids.setdefault(journey.state_name, {})[name] = None
    if program.observes_messages:
        emit_message_event(program, machine, state, journey, record, message.tags)
