"""Messages that a state asks for: which leave, which are held, which are dropped, and why."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from scenario_cli.engine.frame import Frame
from scenario_cli.engine.identity import draw, message_id
from scenario_cli.engine.policy import caps_free, may_leave_at, quiet_end
from scenario_cli.engine.program import CompiledMessage, CompiledState, Machine, Program
from scenario_cli.engine.state import HELD, ContactState, HeldMessage, Journey, LeftMessage
from scenario_cli.engine.values import shown
from scenario_cli.model.records import Asked, Held


def send_all(
    program: Program, machine: Machine, state: ContactState, frame: Frame, journey: Journey, here: CompiledState
) -> None:
    """Asks for the state's messages, in the order written; each has its own fate."""
    for place, send in enumerate(here.sends):
        choices = send.choices
        wanted = [choice for choice, one in enumerate(choices) if one.condition is None or one.condition(frame)]
        if not wanted:
            continue
        if not send.first_of:
            _try(program, machine, state, frame, journey, place, 0, frame.now)
            continue
        for choice in wanted:
            if not _unreachable(machine, frame, choices[choice])[1]:
                _try(program, machine, state, frame, journey, place, choice, frame.now)
                break
        else:
            first = choices[wanted[0]]
            group = _withheld(program, machine, frame, first)
            _record(machine, frame, journey, first, None, group or "unreachable", frame.now)


def look_again(
    program: Program, machine: Machine, state: ContactState, frame: Frame, journey: Journey, place: int
) -> None:
    """A held message's time has come: everything is asked once more."""
    held = journey.held.pop(place)
    message = machine.states[journey.state_name].sends[place].choices[held.choice]
    if message.condition is not None and not message.condition(frame):
        _record(machine, frame, journey, message, None, "condition", held.asked_at)
        return
    _try(program, machine, state, frame, journey, place, held.choice, held.asked_at)


def cancel_held(machine: Machine, frame: Frame, journey: Journey) -> None:
    """Drops what is still held: the journey leaves the state that asked for it."""
    if journey.held:
        frame.look_at(journey, journey.entering)
    for place, held in sorted(journey.held.items()):
        message = machine.states[journey.state_name].sends[place].choices[held.choice]
        _record(machine, frame, journey, message, None, "cancelled", held.asked_at)
    journey.held = {}


def _try(
    program: Program,
    machine: Machine,
    state: ContactState,
    frame: Frame,
    journey: Journey,
    place: int,
    choice: int,
    asked_at: int,
) -> None:
    """Lets one message leave, holds it or drops it; the first that drops it names the reason."""
    message = machine.states[journey.state_name].sends[place].choices[choice]
    withheld = _withheld(program, machine, frame, message)
    if withheld:
        _record(machine, frame, journey, message, None, withheld, asked_at)
        return
    address, unreachable = _unreachable(machine, frame, message)
    if unreachable:
        _record(machine, frame, journey, message, address, unreachable, asked_at)
        return
    if message.purpose == "marketing" and message.recipient == "contact":
        would_leave = LeftMessage(
            frame.now, message.channel, machine.program, machine.name, message.tags,
            message_id(journey.journey_id, journey.visit, message.channel, message.again),
        )  # fmt: skip
        reason, detail, until = _held_back(program, state, frame, message, would_leave, asked_at)
        if reason:
            _record(machine, frame, journey, message, address, reason, asked_at, detail)
            return
        if until is not None:
            journey.held[place] = HeldMessage(choice, asked_at, until)
            heapq.heappush(state.timers, (until, machine.rank, journey.number, HELD, place, journey.visit))
            frame.records.append(
                Held(
                    frame.now, machine.name, journey.journey_id, would_leave.message_id, message.channel, until, detail
                )
            )
            return
        _count(program, state, would_leave)
    _leave(machine, frame, journey, message, address, asked_at)


def _withheld(program: Program, machine: Machine, frame: Frame, message: CompiledMessage) -> str:
    """Whether the contact is in the control group or held out of the scenario; to staff nothing is withheld."""
    if message.purpose != "marketing" or message.recipient == "staff":
        return ""
    share = program.policy.control_group
    if share and draw("control_group", program.salt, frame.contact_id) < share:
        return "control_group"
    if machine.holdout and draw("holdout", program.salt, machine.name, frame.contact_id) < machine.holdout:
        return "holdout"
    return ""


def _unreachable(machine: Machine, frame: Frame, message: CompiledMessage) -> tuple[Any, str]:
    """The address and, where the message cannot reach anybody, why not."""
    address = message.address(frame) if message.address is not None else frame.contact_id
    if address is None or address == "" or address is False:
        return None, "no_address"
    asks = message.purpose == "marketing" and message.recipient != "staff"
    if asks and message.consent is not None and not _consents(machine, frame, message, message.consent):
        return address, "no_consent"
    return address, ""


def _consents(machine: Machine, frame: Frame, message: CompiledMessage, consent: Callable[[Frame], Any]) -> bool:
    """Consent is given by the boolean true alone."""
    given = consent(frame)
    if given is not None and not isinstance(given, bool):
        frame.warn(machine.name, message.consent_place, f"{shown(given)} is no consent: only true is")
    return given is True


def _held_back(
    program: Program,
    state: ContactState,
    frame: Frame,
    message: CompiledMessage,
    would_leave: LeftMessage,
    asked_at: int,
) -> tuple[str, str, int | None]:
    """What quiet hours and caps say: a reason to drop with its detail, or until when to hold and why, or neither."""
    policy = program.policy
    quiet = quiet_end(policy, frame, message.channel, frame.now) is not None
    if quiet and message.on_quiet == "drop":
        return "quiet_hours", "", None
    detail = "quiet_hours"
    if not quiet:
        free, why = caps_free(policy, frame, state.left, would_leave, frame.now, asked_at)
        if free == frame.now:
            return "", "", None
        if message.on_cap == "drop":
            return "capped", why, None
        detail = f"capped, {why}"
    latest = asked_at + (message.expires if message.expires is not None else policy.max_hold)
    until = may_leave_at(policy, frame, state.left, would_leave, asked_at, latest, message.on_cap == "delay")
    if until is None:
        return "expired", detail, None
    return "", detail, until


def _count(program: Program, state: ContactState, left: LeftMessage) -> None:
    """Remembers a marketing message for the caps, as far back as they look."""
    remembered = program.policy.remembered
    if remembered:
        state.left = [one for one in state.left if one.at > left.at - remembered]
        state.left.append(left)


def _leave(
    machine: Machine, frame: Frame, journey: Journey, message: CompiledMessage, address: Any, asked_at: int
) -> None:
    record = _record(machine, frame, journey, message, address, "", asked_at)
    journey.credited = record.message_id
    journey.sent[journey.state_name] = (*journey.sent.get(journey.state_name, ()), record.message_id)


def _record(
    machine: Machine,
    frame: Frame,
    journey: Journey,
    message: CompiledMessage,
    address: Any,
    reason: str,
    asked_at: int,
    detail: str = "",
) -> Asked:
    """The message as it left (no reason) or was dropped."""
    record = Asked(
        at=frame.now,
        scenario=machine.name,
        version=machine.version,
        journey_id=journey.journey_id,
        key=journey.key,
        state=journey.state_name,
        message_id=message_id(journey.journey_id, journey.visit, message.channel, message.again),
        channel=message.channel,
        template=message.template,
        purpose=message.purpose,
        address=address,
        reason=reason,
        detail=detail,
        asked_at=asked_at,
        variant=" ".join(f"{state}:{arm}" for state, arm in journey.variant.items()),
        entered_at=journey.entered_at,
        timezone=frame.zone.key,
        profile=frame.profile,
        captures=journey.captures,
        values={name: work_out(frame) for name, work_out in message.values},
        trigger=journey.trigger,
        because=journey.because,
    )
    frame.records.append(record)
    return record
