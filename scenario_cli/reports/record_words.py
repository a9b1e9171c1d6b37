"""Words for the records, conditions and values of a contact's story. Lays nothing out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.model.plain_text import printable
from scenario_cli.model.records import (
    Asked,
    Converted,
    Ended,
    Entered,
    Held,
    Looked,
    Moved,
    Record,
    Refused,
    Updated,
    Warned,
)
from scenario_cli.model.story import Waiting

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_VALUE = 60


def clock(at: int, timezone: str) -> datetime:
    return (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(timezone))


def moment(at: int, timezone: str) -> str:
    """An instant on a local clock, as a test file writes it."""
    local_time = clock(at, timezone)
    return local_time.strftime("%Y-%m-%d %H:%M:%S" if local_time.second else "%Y-%m-%d %H:%M")


def value(content: Any) -> str:
    """A value as YAML would write it, cut if it is long."""
    if isinstance(content, str):
        text = content
    elif isinstance(content, datetime):
        text = content.strftime("%Y-%m-%d %H:%M")
    elif isinstance(content, dict):
        text = "{" + ", ".join(f"{key}: {value(part)}" for key, part in content.items()) + "}"
    elif isinstance(content, list | tuple):
        text = "[" + ", ".join(map(value, content)) + "]"
    elif isinstance(content, float):
        text = f"{content:.4g}" if abs(content) < 1_000 else f"{content:g}"
    else:
        text = "none" if content is None else json.dumps(content, default=str)
    text = printable(text)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def record_text(record: Record, timezone: str) -> str:
    """A record in a few words."""
    match record:
        case Entered():
            return "enters" if record.key is None else f"enters, key {value(record.key)}"
        case Refused(reason="taken"):
            return REFUSED["taken"]
        case Refused():
            return f"cannot enter: {record.reason}"
        case Moved():
            return f"{record.target}  {record.cause}".rstrip()
        case Asked():
            return message(record, record.reason)
        case Updated():
            return f"sets {record.attribute}: {value(record.after)}, was {value(record.before)}"
        case Held():
            return f"{record.channel} held until {moment(record.until, timezone)}: {record.why}"
        case Converted():
            return "converts" if record.value is None else f"converts, worth {value(record.value)}"
        case Ended():
            return f"ends: {record.outcome}"
        case Warned():
            return f"data warning, {record.place}: {record.detail}"
        case Looked():
            return condition_text(record)


def message(record: Asked, reason: str) -> str:
    """A message, with the reason if it is dropped."""
    return f"{record.channel} {record.template}" + (f" dropped: {reason}" if reason else "")


def condition_text(record: Looked) -> str:
    """A condition with its result. If one operand failed, only that operand is shown."""
    return f"{record.cause} {decisive(record)}: {'yes' if record.held else 'no'}"


def decisive(record: Looked) -> str:
    """The condition, or the operand for which it failed."""
    return record.failed or record.condition


def values_text(record: Looked) -> str:
    """The values that a condition saw; empty if there are none or its result is clear without them.

    Of an address or a consent only the values are shown, so none of them is left out.
    """
    listed = [
        pair for pair in record.values
        if of_reach(record) or pair[0] != decisive(record) or not isinstance(pair[1], bool)
    ]  # fmt: skip
    return ", ".join(f"{name} = {value(part)}" for name, part in listed)


def of_reach(record: Looked) -> bool:
    """Whether a condition is about an address or a consent. These lead to no other state."""
    return record.kind in ("address", "consent")


def explains(record: Looked) -> bool:
    """Whether a condition explains a record. An address or a consent does so only if it is missing."""
    return bool(record.condition) and not (record.held and of_reach(record))


def to_the_minute(at: int, timezone: str) -> str:
    """An instant on a local clock, without seconds."""
    return clock(at, timezone).strftime("%Y-%m-%d %H:%M")


def by_name(
    detail: str, messages: Iterable[Asked], timezone: str, instant_text: Callable[[int, str], str] = moment
) -> str:
    """The detail of a drop. The messages that used up a cap have their names instead of their ids."""
    for message in messages:
        detail = detail.replace(
            message.message_id, f"{message.channel} {message.template} of {instant_text(message.at, timezone)}"
        )
    return detail


def waiting(journey: Waiting, timezone: str) -> str:
    """A journey that still runs, in a sentence: its state, since when, and the next step if no event happens."""
    key = f" {value(journey.key)}" if journey.key is not None else ""
    waits = [f"{channel or 'a message'} is held until {to_the_minute(at, timezone)}" for channel, at in journey.held]
    for wait, target, due in journey.dues:
        at = to_the_minute(due, timezone)
        leads = target.replace("end: ", "ends with ") if ": " in target else f"moves to {target}"
        waits.append(f"{leads} at {at}, {wait}" if target else f"a wait ends at {at}")
    state = f"{journey.scenario}{key} is in {journey.state} since {to_the_minute(journey.since, timezone)}"
    return f"{state}; if nothing happens: {'; '.join(waits) or 'nothing'}"


# Plain words for the reasons of a refused entry.
# Why a message did not leave, in a word or two.
DROPPED = {
    "control_group": "control group",
    "holdout": "held out",
    "no_address": "no address",
    "no_consent": "no consent",
    "unreachable": "no channel reaches",
    "quiet_hours": "quiet hours",
    "capped": "over a cap",
    "expired": "too late",
    "condition": "condition no longer holds",
    "cancelled": "journey went on",
    "paused": "scenario paused",
    "render_error": "text failed",
}

REFUSED = {
    "paused": "the scenario is paused",
    "inactive": "outside its active days",
    "audience": "not in the audience",
    "key": "key missing",
    "taken": "used by a running journey",
    "running": "already in a journey",
    "reentry": "entered before",
    "limit": "limit of running journeys reached",
    "exclusive": "in another scenario of its group",
    "waiting": "in another scenario of its group, tried again later",
    "too_many": "too many journeys",
}


def kind(record: Record) -> str:
    """The kind of a record in the timelines of JSON outputs."""
    return "taken" if isinstance(record, Refused) and record.reason == "taken" else _KINDS[type(record)]


_KINDS = {
    Entered: "entered",
    Refused: "refused",
    Moved: "state",
    Asked: "message",
    Updated: "update",
    Held: "held",
    Converted: "converted",
    Ended: "ended",
    Warned: "warning",
    Looked: "condition",
}
