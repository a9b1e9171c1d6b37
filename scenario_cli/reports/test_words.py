"""How a test case's story is said: one text a record, a message, a difference. Lays nothing out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.model.case import ExpectedMessage
from scenario_cli.model.case_run import CaseRun, Fed, FieldDifference, Pair, Played, ValueDifference, Verdict
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
from scenario_cli.reports.text import plural, printable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_VALUE = 60


def clock(at: int, timezone: str) -> datetime:
    return (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(timezone))


def moment(at: int, timezone: str) -> str:
    """An instant on the file's clock, as a test file writes it."""
    here = clock(at, timezone)
    return here.strftime("%Y-%m-%d %H:%M:%S" if here.second else "%Y-%m-%d %H:%M")


def value(what: Any) -> str:
    """A value as YAML would write it, cut where it is long."""
    if isinstance(what, str):
        text = what
    elif isinstance(what, datetime):
        text = what.strftime("%Y-%m-%d %H:%M")
    elif isinstance(what, dict):
        text = "{" + ", ".join(f"{key}: {value(part)}" for key, part in what.items()) + "}"
    elif isinstance(what, list | tuple):
        text = "[" + ", ".join(map(value, what)) + "]"
    elif isinstance(what, float):
        text = f"{what:.4g}" if abs(what) < 1_000 else f"{what:g}"
    else:
        text = "none" if what is None else json.dumps(what, default=str)
    text = printable(text)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def told(record: Fed | Record, timezone: str, several: bool = False) -> str:
    """What happened, in a few words; with `several` scenarios each names its own."""
    if isinstance(record, Fed):
        given = ", ".join(f"{name}: {value(part)}" for name, part in record.happening.properties.items())
        return f"{record.happening.event}  {given}".rstrip()
    if isinstance(record, Looked):
        return looked(record)
    return _told(record, timezone) + (f"  [{record.scenario}]" if several and record.scenario else "")


def _told(record: Record, timezone: str) -> str:
    match record:
        case Entered():
            return "enters" if record.key is None else f"enters, key {value(record.key)}"
        case Refused():
            return f"is not let in: {record.reason}"
        case Moved():
            return f"{record.target}  {record.what}".rstrip()
        case Asked():
            return f"{record.channel} {record.template}" + (f" dropped: {record.reason}" if record.reason else "")
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
            return looked(record)


def looked(record: Looked) -> str:
    """A condition with its result."""
    return f"{record.what} {record.condition}: {'yes' if record.held else 'no'}"


def seen(record: Looked) -> str:
    """The values that a condition saw; empty where it saw none, or its result says it all."""
    told = [one for one in record.values if one[0] != record.condition or not isinstance(one[1], bool)]
    return ", ".join(f"{name} = {value(part)}" for name, part in told)


def of_reach(record: Looked) -> bool:
    """Whether it is about an address or a consent, which lead nowhere."""
    return record.what.endswith((" address", " consent"))


def explains(record: Looked) -> bool:
    """Whether a condition is worth telling: one that asks something; an address or a consent where it is missing."""
    return bool(record.condition) and not (record.held and of_reach(record))


def expected(message: ExpectedMessage) -> str:
    """An expected message, without its time."""
    fields = dict(message.fields)
    said = " ".join(part for part in (fields.pop("channel", ""), fields.pop("template", "")) if part) or "message"
    dropped = f" dropped: {message.dropped}" if message.dropped else ""
    more = [f"{name}: {text}" for name, text in fields.items()]
    more += [f"{name} contains '{value(text)}'" for name, text in message.contains.items()]
    return said + dropped + (f" ({', '.join(more)})" if more else "")


def differences(verdict: Verdict) -> Iterator[str]:
    """Each difference as a sentence."""
    run = verdict.run
    if run.stopped:
        yield run.stopped
    for pair in verdict.pairs:
        if not pair.agrees:
            yield _of_messages(pair, run)
    for one in verdict.values:
        yield _of_values(one, run)


def _of_messages(pair: Pair, run: CaseRun) -> str:
    messages = run.case.expect.messages or ()
    if pair.actual is None:
        assert pair.expected is not None
        at = run.expected_at[pair.expected]
        when = f" at {moment(at, run.timezone)}" if at is not None else ""
        return f"message {pair.expected + 1} is missing: {expected(messages[pair.expected])}{when}"
    there = run.messages[pair.actual]
    if pair.expected is None:
        return f"not expected: {message(there, run)} at {moment(there.asked.at, run.timezone)}"
    said = "; ".join(_of_field(one, there, run.timezone) for one in pair.differences)
    return f"message {pair.expected + 1} ({message(there, run)}): {said}"


def message(played: Played, run: CaseRun) -> str:
    """A message with what became of it; the messages that used a cap up are called by their names."""
    asked = played.asked
    detail: str = asked.detail or played.row["detail"] or ""
    for other in run.messages if asked.detail else ():
        named = f"{other.asked.channel} {other.asked.template} of {moment(other.asked.at, run.timezone)}"
        detail = detail.replace(other.asked.message_id, named)
    reason = f" dropped: {asked.reason}" + (f" ({detail})" if detail else "") if asked.reason else ""
    return f"{asked.channel} {asked.template}{reason}"


def _of_field(one: FieldDifference, there: Played, timezone: str) -> str:
    match one.field.partition(" "):
        case ("at", _, _):
            done = "was dropped" if there.asked.reason else "left"
            return f"{done} at {moment(one.actual, timezone)}, expected at {moment(one.expected, timezone)}"
        case ("dropped", _, _):
            wanted = f"expected to be dropped: {one.expected}" if one.expected else "expected to leave"
            return wanted + (f", was dropped: {one.actual}" if one.actual else ", but it left")
        case ("contains", _, field):
            if one.actual is None:
                return f"there is no {field} that could contain '{one.expected}'"
            return f"{field} does not contain '{one.expected}': {value(' '.join(str(one.actual).split()))}"
    return f"{one.field} is {value(one.actual)}, expected {value(one.expected)}"


def _of_values(one: ValueDifference, run: CaseRun) -> str:
    if one.what == "profile":
        return f"attribute {one.scenario}: expected {value(one.expected)}; got {value(one.actual)}"
    what = f"{one.what} of {one.scenario}" if one.scenario else one.what
    if one.what == "conversions":
        return f"{what}: expected {one.expected}, counted {one.actual}"
    said = ", ".join(one.actual)
    if not one.actual:
        said = "nobody entered" if not any(one.scenario in ("", run.scenario) for run in run.journeys) else "none"
    wanted = ", ".join(one.expected) or ("nobody enters" if one.what == "states" else "none")
    if one.what == "outcome" and len(one.actual) > 1 and len(one.expected) == 1:
        said = f"{plural(len(one.actual), 'journey')}: {said}"
    return f"{what}: expected {wanted}; got {said}"
