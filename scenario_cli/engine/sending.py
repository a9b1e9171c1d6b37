"""Messages that a state asks for: which leave, which are dropped, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scenario_cli.engine.frame import Frame
from scenario_cli.engine.identity import message_id
from scenario_cli.engine.program import CompiledMessage, CompiledState, Machine
from scenario_cli.engine.state import Journey
from scenario_cli.engine.values import shown
from scenario_cli.model.records import Asked


def send_all(machine: Machine, frame: Frame, journey: Journey, here: CompiledState) -> None:
    """Asks for the state's messages, in the order written; each has its own fate."""
    for choices in here.sends:
        wanted = [one for one in choices if one.condition is None or one.condition(frame)]
        if not wanted:
            continue
        if len(choices) == 1:
            address, reason = _reach(machine, frame, wanted[0])
            _record(machine, frame, journey, wanted[0], address, reason)
            continue
        for message in wanted:
            address, reason = _reach(machine, frame, message)
            if not reason:
                _record(machine, frame, journey, message, address, "")
                break
        else:
            _record(machine, frame, journey, wanted[0], None, "unreachable")


def _reach(machine: Machine, frame: Frame, message: CompiledMessage) -> tuple[Any, str]:
    """The address and, where the message cannot leave, why not."""
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


def _record(
    machine: Machine, frame: Frame, journey: Journey, message: CompiledMessage, address: Any, reason: str
) -> None:
    name = message_id(journey.journey_id, journey.visit, message.channel)
    if not reason:
        journey.credited = name
        journey.sent[journey.state_name] = (*journey.sent.get(journey.state_name, ()), name)
    frame.records.append(
        Asked(
            at=frame.now,
            scenario=machine.name,
            version=machine.version,
            journey_id=journey.journey_id,
            key=journey.key,
            state=journey.state_name,
            message_id=name,
            channel=message.channel,
            template=message.template,
            purpose=message.purpose,
            address=address,
            reason=reason,
            entered_at=journey.entered_at,
            timezone=frame.zone.key,
            profile=frame.profile,
            captures=journey.captures,
            values={name: work_out(frame) for name, work_out in message.values},
            trigger=journey.trigger,
            because=journey.because,
        )
    )
