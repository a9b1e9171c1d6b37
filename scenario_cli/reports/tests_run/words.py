"""Words that only the stories of test cases need: lines fed, messages, differences. Lays nothing out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenario_cli.model.case import ExpectedConversion, ExpectedMessage
from scenario_cli.model.case_run import (
    CaseRun,
    ConversionRun,
    Fed,
    FieldDifference,
    Pair,
    Played,
    ValueDifference,
    Verdict,
)
from scenario_cli.model.records import Looked, Record
from scenario_cli.reports import record_words
from scenario_cli.reports.record_words import by_name, moment, value
from scenario_cli.reports.text import plural


def told(record: Fed | Record, timezone: str, several: bool = False) -> str:
    """A record in a few words; with `several` scenarios each names its own."""
    if isinstance(record, Fed):
        given = ", ".join(f"{name}: {value(part)}" for name, part in record.happening.properties.items())
        return f"{record.happening.event}  {given}".rstrip()
    if isinstance(record, Looked):
        return record_words.looked(record)
    return record_words.told(record, timezone) + (f"  [{record.scenario}]" if several and record.scenario else "")


def expected(message: ExpectedMessage) -> str:
    """An expected message, without its time."""
    fields = dict(message.fields)
    said = " ".join(part for part in (fields.pop("channel", ""), fields.pop("template", "")) if part) or "message"
    dropped = f" dropped: {message.dropped}" if message.dropped else ""
    more = [f"{name}: {text}" for name, text in fields.items()]
    more += [f"of journey {message.of}"] if message.of is not None else []
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
    detail: str = asked.detail or played.row.detail or ""
    if asked.detail:
        detail = by_name(detail, (other.asked for other in run.messages), run.timezone)
    reason = f" dropped: {played.reason}" + (f" ({detail})" if detail else "") if played.reason else ""
    return f"{asked.channel} {asked.template}{reason}"


def _of_field(one: FieldDifference, there: Played, timezone: str) -> str:
    match one.field.partition(" "):
        case ("at", _, _):
            done = "was dropped" if there.reason else "left"
            return f"{done} at {moment(one.actual, timezone)}, expected at {moment(one.expected, timezone)}"
        case ("of", _, _):
            return f"journey {one.actual} of {there.asked.scenario} asked for it, expected journey {one.expected}"
        case ("dropped", _, _):
            wanted = f"expected to be dropped: {one.expected}" if one.expected else "expected to leave"
            return wanted + (f", was dropped: {one.actual}" if one.actual else ", but it left")
        case ("contains", _, field):
            if one.actual is None:
                return f"there is no {field} that could contain '{one.expected}'"
            return f"{field} does not contain '{one.expected}': {value(' '.join(str(one.actual).split()))}"
    return f"{one.field} is {value(one.actual)}, expected {value(one.expected)}"


def _of_conversions(what: str, one: ValueDifference) -> str:
    if not isinstance(one.expected, tuple):
        return f"{what}: expected {one.expected}, counted {one.actual}"
    return f"{what}: expected {conversions(one.expected)}; got {conversions(one.actual)}"


def conversions(listed: Sequence[ExpectedConversion | ConversionRun]) -> str:
    """Conversions in a few words, expected ones as far as they are written."""
    return "; ".join(map(_conversion, listed)) or "none"


def _conversion(one: ExpectedConversion | ConversionRun) -> str:
    if isinstance(one, ConversionRun):
        fields = {"event": one.event, "key": one.key, "value": one.value}
        return ", ".join(f"{name} {value(part)}" for name, part in fields.items() if part is not None)
    return ", ".join(f"{name} {value(part)}" for name, part in one.fields.items())


def _of_values(one: ValueDifference, run: CaseRun) -> str:
    if one.what == "profile":
        return f"attribute {one.scenario}: expected {value(one.expected)}; got {value(one.actual)}"
    what = f"{one.what} of {one.scenario}" if one.scenario else one.what
    if one.what == "conversions":
        return _of_conversions(what, one)
    said = ", ".join(one.actual)
    if not one.actual:
        said = "nobody entered" if not any(one.scenario in ("", run.scenario) for run in run.journeys) else "none"
    wanted = ", ".join(one.expected) or ("nobody enters" if one.what == "states" else "none")
    if one.what == "outcome" and len(one.actual) > 1 and len(one.expected) == 1:
        said = f"{plural(len(one.actual), 'journey')}: {said}"
    return f"{what}: expected {wanted}; got {said}"
