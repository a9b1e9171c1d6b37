"""Words for the stories of test cases alone: lines fed, messages, differences. Lays nothing out."""

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


def record_text(record: Fed | Record, timezone: str, several: bool = False) -> str:
    """A record in a few words, with its scenario if a run has `several`."""
    if isinstance(record, Fed):
        properties = ", ".join(f"{name}: {value(part)}" for name, part in record.happening.properties.items())
        return f"{record.happening.event}  {properties}".rstrip()
    if isinstance(record, Looked):
        return record_words.condition_text(record)
    return record_words.record_text(record, timezone) + (
        f"  [{record.scenario}]" if several and record.scenario else ""
    )


def expected(message: ExpectedMessage) -> str:
    """An expected message, without its time."""
    fields = dict(message.fields)
    text = " ".join(part for part in (fields.pop("channel", ""), fields.pop("template", "")) if part) or "message"
    dropped = f" dropped: {message.dropped}" if message.dropped else ""
    details = [f"{name}: {text}" for name, text in fields.items()]
    details += [f"of journey {message.of}"] if message.of is not None else []
    details += [f"{name} contains '{value(text)}'" for name, text in message.contains.items()]
    return text + dropped + (f" ({', '.join(details)})" if details else "")


def differences(verdict: Verdict) -> Iterator[str]:
    """Each difference as a sentence."""
    run = verdict.run
    if run.stopped:
        yield run.stopped
    for pair in verdict.pairs:
        if not pair.agrees:
            yield _of_messages(pair, run)
    for difference in verdict.values:
        yield _of_values(difference, run)


def _of_messages(pair: Pair, run: CaseRun) -> str:
    messages = run.case.expect.messages or ()
    if pair.actual is None:
        assert pair.expected is not None
        at = run.expected_at[pair.expected]
        moment_text = f" at {moment(at, run.timezone)}" if at is not None else ""
        return f"message {pair.expected + 1} is missing: {expected(messages[pair.expected])}{moment_text}"
    played = run.messages[pair.actual]
    if pair.expected is None:
        return f"not expected: {message(played, run)} at {moment(played.request.at, run.timezone)}"
    fields = "; ".join(_of_field(difference, played, run.timezone) for difference in pair.differences)
    return f"message {pair.expected + 1} ({message(played, run)}): {fields}"


def message(played: Played, run: CaseRun) -> str:
    """A message with its fate. A cap names the messages that used it up."""
    record = played.request
    detail: str = record.detail or played.row.detail or ""
    if record.detail:
        detail = by_name(detail, (earlier.request for earlier in run.messages), run.timezone)
    reason = f" dropped: {played.reason}" + (f" ({detail})" if detail else "") if played.reason else ""
    return f"{record.channel} {record.template}{reason}"


def _of_field(difference: FieldDifference, played: Played, timezone: str) -> str:
    match difference.field.partition(" "):
        case ("at", _, _):
            fate = "was dropped" if played.reason else "was sent"
            return (
                f"{fate} at {moment(difference.actual, timezone)}, expected at {moment(difference.expected, timezone)}"
            )
        case ("of", _, _):
            journey = f"journey {difference.actual} of {played.request.scenario}"
            return f"sent by {journey}, expected journey {difference.expected}"
        case ("dropped", _, _):
            expectation = (
                f"expected to be dropped: {difference.expected}" if difference.expected else "expected to be sent"
            )
            return expectation + (f", was dropped: {difference.actual}" if difference.actual else ", but it was sent")
        case ("contains", _, field):
            if difference.actual is None:
                return f"{field} is missing, expected to contain '{difference.expected}'"
            return (
                f"{field} does not contain '{difference.expected}': {value(' '.join(str(difference.actual).split()))}"
            )
    return f"{difference.field} is {value(difference.actual)}, expected {value(difference.expected)}"


def _of_conversions(subject: str, difference: ValueDifference) -> str:
    if not isinstance(difference.expected, tuple):
        return f"{subject}: expected {difference.expected}; got {difference.actual}"
    return f"{subject}: expected {conversions(difference.expected)}; got {conversions(difference.actual)}"


def conversions(listed: Sequence[ExpectedConversion | ConversionRun]) -> str:
    """Conversions in a few words; expected ones with the fields that the case writes."""
    return "; ".join(map(_conversion, listed)) or "none"


def _conversion(conversion: ExpectedConversion | ConversionRun) -> str:
    if isinstance(conversion, ConversionRun):
        fields = {"event": conversion.event, "key": conversion.key, "value": conversion.value}
        return ", ".join(f"{name} {value(part)}" for name, part in fields.items() if part is not None)
    return ", ".join(f"{name} {value(part)}" for name, part in conversion.fields.items())


def _of_values(difference: ValueDifference, run: CaseRun) -> str:
    if difference.key == "profile":
        return f"attribute {difference.scenario}: expected {value(difference.expected)}; got {value(difference.actual)}"
    subject = f"{difference.key} of {difference.scenario}" if difference.scenario else difference.key
    if difference.key == "conversions":
        return _of_conversions(subject, difference)
    actual = ", ".join(difference.actual)
    if not difference.actual:
        actual = (
            "nobody entered" if not any(difference.scenario in ("", run.scenario) for run in run.journeys) else "none"
        )
    expected_text = ", ".join(difference.expected) or ("nobody enters" if difference.key == "states" else "none")
    if difference.key == "outcome" and len(difference.actual) > 1 and len(difference.expected) == 1:
        actual = f"{plural(len(difference.actual), 'journey')}: {actual}"
    return f"{subject}: expected {expected_text}; got {actual}"
