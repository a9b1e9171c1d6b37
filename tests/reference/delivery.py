"""Decides whether a message is sent, held or dropped: section "Delivery policy", check by check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scenario_cli.model.event import Event
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.policy import Cap, Exemption, QuietHours
from scenario_cli.model.scenario import FirstOf, Message, Scenario, Send, Transition
from scenario_cli.model.wait_grammar import WaitError, parse_time_of_day
from tests.reference.clock import MICROSECOND, counted_from, instant, read, time_of, wall
from tests.reference.contact import HeldBack, Journey, Left, as_read, plain
from tests.reference.names import draw, message_id
from tests.reference.reading import Names, holds, value_of

if TYPE_CHECKING:
    from tests.reference.interpreter import Contact


def ask_for_messages(contact: Contact, journey: Journey) -> None:
    """Requests a state's messages in the written order."""
    for place, send in enumerate(journey.state.send):
        _ask(contact, journey, place, send, journey.entering, 0)


def answer(contact: Contact, journey: Journey, transition: Transition, event: Event) -> None:
    """Requests a transition's messages: once at an instant, until the next input from outside."""
    mark = (contact.now, contact.inputs)
    if journey.answering[0] != mark:
        journey.answering = (mark, [])
    if any(each is transition for each in journey.answering[1]):
        return
    journey.answering[1].append(transition)
    for send in transition.send:
        number = journey.answered + 1
        journey.answered += _ask(contact, journey, AFTER_THE_STATES_OWN + number, send, event, number)


AFTER_THE_STATES_OWN = 1_000


def _ask(contact: Contact, journey: Journey, place: int, send: Send, event: Event | None, number: int) -> bool:
    """Whether a message was requested; False if no condition holds."""
    choices = send.messages if isinstance(send, FirstOf) else (send,)
    allowed = [choice for choice in choices if holds(choice.condition, contact.names(journey, event))]
    reaching = allowed
    if isinstance(send, FirstOf):
        reaching = [name for name in allowed if not _unreachable(contact, journey, name, event)]
    if reaching:
        _try(contact, journey, place, HeldBack(reaching[0], contact.now, 0, number, event))
    elif allowed:
        reason = _withheld(contact, journey, allowed[0]) or "unreachable"
        _tell(contact, journey, HeldBack(allowed[0], contact.now, 0, number, event), reason)
    return bool(allowed)


def look_again(contact: Contact, journey: Journey, place: int) -> None:
    """Makes all checks again when the time of a held message has come."""
    held = journey.held.pop(place)
    if not holds(held.message.condition, contact.names(journey, held.event)):
        _tell(contact, journey, held, "condition")
    else:
        _try(contact, journey, place, held)


def cancel_held(contact: Contact, journey: Journey) -> None:
    for place in sorted(journey.held):
        _tell(contact, journey, journey.held.pop(place), "cancelled")


def _try(contact: Contact, journey: Journey, place: int, held: HeldBack) -> None:
    message = held.message
    reason = _withheld(contact, journey, message) or _unreachable(contact, journey, message, held.event)
    if reason:
        _tell(contact, journey, held, reason)
        return
    if message.until is not None:
        last = _until(contact, journey, held)
        if last is None or contact.now > last:
            _tell(contact, journey, held, "expired")
            return
    if message.purpose == "marketing" and _recipient(contact, message) == "contact":
        reason, until = _held_back(contact, journey, held)
        if reason:
            _tell(contact, journey, held, reason)
            return
        name = message_name(journey, message, held.number)
        if until is not None:
            journey.held[place] = replace(held, until=until)
            contact.tell("held", journey.scenario.name, journey.journey_id, name, message.channel.text, until)
            return
        contact.left.append(Left(contact.now, message, journey.scenario, name))
    _tell(contact, journey, held, "")


def _until(contact: Contact, journey: Journey, held: HeldBack) -> int | None:
    """The last instant at which a message with an expiry date can be sent; a day lasts to its end."""
    if held.message.until is None:
        return None
    value = value_of(held.message.until, contact.names(journey, held.event))
    zone = contact.clock(journey.scenario)
    moment = read(value, zone)
    if moment is None:
        return None
    if isinstance(value, str) and len(value.strip()) == len("2025-03-31"):
        if moment.year == 9999:
            return counted_from(moment)
        day = datetime.fromisoformat(value.strip())
        return instant(day + timedelta(days=1), zone) - 1
    return counted_from(moment)


def _recipient(contact: Contact, message: Message) -> str:
    return message.recipient or contact.project.channels[message.channel.text].recipient


def _withheld(contact: Contact, journey: Journey, message: Message) -> str:
    if message.purpose != "marketing" or _recipient(contact, message) == "staff":
        return ""
    salt, scenario = contact.project.salt, journey.scenario
    if draw("control_group", salt, contact.contact_id) < contact.project.policy.control_group:
        return "control_group"
    return "holdout" if draw("holdout", salt, scenario.name, contact.contact_id) < scenario.holdout else ""


def _address(contact: Contact, journey: Journey, message: Message, event: Event | None) -> Any:
    if message.to is not None:
        address = value_of(message.to, contact.names(journey, event))
    else:
        channel = contact.project.channels[message.channel.text]
        if channel.address is None:
            return contact.contact_id
        address = value_of(channel.address, _of_all(contact, journey))
    return address.strip() if isinstance(address, str) else address


def _of_all(contact: Contact, journey: Journey) -> Names:
    """Names for the policy, which is the same for all scenarios and uses the contact's clock."""
    return replace(contact.names(journey, None), zone=contact.zone)


def _is_address(channel: str, value: Any) -> bool:
    """Whether a value is an address: of the channel's kind if known, else a text that does not mean "nothing"."""
    text = str(value).strip()
    if value is None or isinstance(value, list | dict | bool) or not text.isprintable():
        return False
    if channel == "email":
        name, at, domain = text.partition("@")
        return bool(name and at and domain) and not set(text) & set(' <>(),;:"') and "@" not in domain
    if channel in ("sms", "call", "whatsapp"):
        digits = "".join(each for each in text.removeprefix("+") if each not in " ().-/")
        return digits.isdecimal() and len(digits) >= 3
    nothing = ("none", "null", "nil", "n/a", "na", "#n/a", "nan", "undefined", "unknown", "false")
    return any(each.isalnum() for each in text) and text.lower() not in nothing


def _unreachable(contact: Contact, journey: Journey, message: Message, event: Event | None) -> str:
    address = _address(contact, journey, message, event)
    own = message.to is None and contact.project.channels[message.channel.text].address is None
    if not own and not _is_address(message.channel.text, address):
        return "no_address"
    consent = contact.project.channels[message.channel.text].consent
    if message.purpose != "marketing" or _recipient(contact, message) == "staff" or consent is None:
        return ""
    return "" if value_of(consent, _of_all(contact, journey)) is True else "no_consent"


def _held_back(contact: Contact, journey: Journey, held: HeldBack) -> tuple[str, int | None]:
    """The reason for which quiet hours or caps drop a message, or the instant until which they hold it."""
    message, asked_at = held.message, held.asked_at
    policy = contact.project.policy
    on_cap, on_quiet = message.on_cap or policy.on_cap, message.on_quiet or policy.on_quiet
    if _quiet_until(contact, journey, message, contact.now) is not None:
        if on_quiet == "drop":
            return "quiet_hours", None
    elif _capped_until(contact, journey, message, contact.now, asked_at) is None:
        return "", None
    elif on_cap == "drop":
        return "capped", None
    latest = _until(contact, journey, held)
    if latest is None:
        latest = asked_at + (message.expires.elapsed if message.expires else policy.max_hold)
    at = contact.now
    while at <= latest:
        later = _quiet_until(contact, journey, message, at)
        if later is None and on_cap == "delay":
            later = _capped_until(contact, journey, message, at, asked_at)
        if later is None:
            return "", at
        at = later
    return "expired", None


def _quiet_until(contact: Contact, journey: Journey, message: Message, at: int) -> int | None:
    """The end of the quiet hours around an instant; None if there are none."""
    ends = [
        end
        for quiet in contact.project.policy.quiet_hours
        if _concerns(quiet, message, journey.scenario)
        for end in _windows(contact, quiet, at)
    ]
    return max(ends, default=None)


def _windows(contact: Contact, quiet: QuietHours, at: int) -> Iterator[int]:
    if quiet.start is None or quiet.end is None:
        start, end = 0, 0
    else:
        hours = [_minutes(contact, quiet.start), _minutes(contact, quiet.end)]
        if hours[0] is None or hours[1] is None:
            return
        start, end = hours[0], hours[1]
    zone = contact.project_zone if quiet.on_project_clock else contact.zone
    shown = wall(at, zone)
    for day in (shown.date() - timedelta(days=1), shown.date()):
        begins = datetime.combine(day, time_of(start))
        ends = datetime.combine(day if end > start else day + timedelta(days=1), time_of(end))
        if (not quiet.days or day.weekday() in quiet.days) and begins <= shown < ends:
            until = instant(ends, zone)
            # In an hour that comes twice the clock can have shown the end already: then the second time counts.
            yield until if until > at else at + (ends - shown) // MICROSECOND


def _minutes(contact: Contact, value: Value) -> int | None:
    if isinstance(value, Literal):
        return int(value.value)
    result = value_of(value, contact.names(None, None))
    if isinstance(result, int | float) and not isinstance(result, bool):
        return int(result * 60) if 0 <= result < 24 else None
    try:
        return parse_time_of_day(result) if isinstance(result, str) else None
    except WaitError:
        return None


def _capped_until(contact: Contact, journey: Journey, message: Message, at: int, asked_at: int) -> int | None:
    """The instant at which every cap allows the message; None if all allow it now."""
    free = [
        until
        for cap in contact.project.policy.caps
        if _concerns(cap, message, journey.scenario) and holds(cap.condition, contact.names(None, None))
        if (until := _cap_frees(contact, cap, at, asked_at)) is not None
    ]
    return max(free, default=None)


def _concerns(rule: Cap | QuietHours, message: Message, scenario: Scenario) -> bool:
    """Whether a cap or quiet hours apply to a message: their lists match it, and those of `except` do not."""
    return _picks(rule, message, scenario) and not (rule.exempt and _picks(rule.exempt, message, scenario))


def _picks(names: Cap | QuietHours | Exemption, message: Message, scenario: Scenario) -> bool:
    """Whether each list has a name of the message; a list that is left out matches."""
    return (
        (not names.channels or message.channel.text in [channel.text for channel in names.channels])
        and (not names.scenarios or scenario.name in [scenario.text for scenario in names.scenarios])
        and (not names.programs or str(scenario.program) in [program.text for program in names.programs])
        and (not names.tags or bool({tag.text for tag in names.tags} & set(message.tags)))
    )


def _cap_frees(contact: Contact, cap: Cap, at: int, asked_at: int) -> int | None:
    zone = contact.zone
    if isinstance(cap.period, int):
        begin = at - cap.period + 1
    else:
        begin = instant(datetime.combine(_period(cap.period, wall(at, zone).date()), time_of(0)), zone)
    counted = [
        message.at
        for message in contact.left
        if begin <= message.at <= at and _concerns(cap, message.message, message.scenario)
    ]
    if len(counted) < cap.most:
        return None
    if isinstance(cap.period, int):
        # The cap allows again when fewer messages than the limit are left in the window.
        return sorted(counted)[-cap.most] + cap.period
    today = wall(at, zone).date()
    following = today
    while _period(cap.period, following) == _period(cap.period, today):
        following += timedelta(days=1)
    return instant(datetime.combine(following, wall(asked_at, zone).time()), zone)


def _period(period: str, day: date) -> date:
    """The first day of the calendar period that a day lies in."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def message_name(journey: Journey, message: Message, number: int) -> str:
    """A message's id; a state's second message on one channel, and each message of a transition, gets its own."""
    if number:
        return message_id(journey.journey_id, journey.visit, message.channel.text, f"on {number}")
    before = journey.state.messages[: [each is message for each in journey.state.messages].index(True)]
    earlier_count = sum(record.channel.text == message.channel.text for record in before)
    return message_id(journey.journey_id, journey.visit, message.channel.text, earlier_count)


def _tell(contact: Contact, journey: Journey, request: HeldBack, reason: str) -> None:
    """Records that the message was sent, or dropped for a reason."""
    message = request.message
    name = message_name(journey, message, request.number)
    names = contact.names(journey, request.event)
    values = {each.text: value_of(value, names) for each, value in message.values}
    variant = " ".join(f"{state}:{arm}" for state, arm in journey.variant.items())
    journey.requested.append((journey.visit, journey.state_name, name))
    if not reason:
        journey.left.append((journey.state_name, name))
    address = None if reason in _UNADDRESSED else _address(contact, journey, message, request.event)
    contact.tell(
        "asked", journey.scenario.name, journey.journey_id, journey.state_name, name, message.channel.text,
        message.template.text, message.purpose, address, reason, request.asked_at, variant, plain(values),
        plain(journey.captures),
    )  # fmt: skip
    contact.happens(
        "message.dropped" if reason else "message.sent",
        message_id=name, scenario=journey.scenario.name, state=journey.state_name, key=as_read(journey.key),
        channel=message.channel.text, template=message.template.text, variant=variant, reason=reason or None,
        journey_id=journey.journey_id, purpose=message.purpose, tags=sorted(message.tags), **{"with": values},
    )  # fmt: skip


_UNADDRESSED = ("control_group", "holdout", "no_address", "unreachable", "condition", "cancelled")
