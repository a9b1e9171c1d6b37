"""Changes the expectation of a failing case to its actual result, but only in the parts that were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import UTC, add, local, zone
from scenario_cli.hosts.case_times import times_of
from scenario_cli.model.case import CaseFile, ExpectedConversion, ExpectedMessage
from scenario_cli.model.case_run import ConversionRun, FieldDifference, Played, ValueDifference, Verdict
from scenario_cli.model.case_update import CaseUpdate, Change
from scenario_cli.model.waits import DAY, HOUR, MINUTE, SECOND, Duration


def case_update(file: CaseFile, verdict: Verdict) -> CaseUpdate:
    """The changes with which a failing case would pass."""
    run = verdict.run
    unresolved = [run.stopped] if run.stopped else []
    changes: list[Change] = []
    if run.case.expect.messages is not None:
        messages = _Messages(file, verdict)
        changes += messages.changes()
        unresolved += messages.unresolved
    for difference in verdict.values:
        changes.append(_of_value(difference))
    return CaseUpdate(tuple(changes), tuple(unresolved))


class _Messages:
    """The changes of the expected messages; `unresolved` are the texts that only their author can choose."""

    def __init__(self, file: CaseFile, verdict: Verdict) -> None:
        self.tz = zone(file.timezone) or UTC
        self.run = verdict.run
        self.pairs = verdict.pairs
        self.expected: Sequence[ExpectedMessage] = verdict.run.case.expect.messages or ()
        self.anchor = times_of(file, verdict.run.case).last
        self.timed = not self.expected or any(message.at is not None for message in self.expected)
        self.unresolved: list[str] = []

    def changes(self) -> Iterator[Change]:
        following = 0  # the index at which a surplus message is inserted
        for pair in self.pairs:
            if pair.actual is None:
                assert pair.expected is not None
                following = pair.expected + 1
                yield Change("remove", ("messages", pair.expected))
                continue
            played = self.run.messages[pair.actual]
            if pair.expected is None:
                yield Change("insert", ("messages", following), self.line_of(played))
                self.anchor = played.request.at if self.timed else self.anchor
                continue
            following = pair.expected + 1
            yield from self.of_time(pair.expected, played)
            for difference in pair.differences:
                yield from self.of_field(("messages", pair.expected), difference)

    def of_time(self, number: int, played: Played) -> Iterator[Change]:
        """The time in its present form. A relative time counts from the new time of the message before."""
        moment = self.expected[number].at
        if moment is None:
            return
        at, previous = played.request.at, moment.written
        if isinstance(previous, Duration):
            if self.anchor is not None and add(previous, self.anchor, self.tz) != at:
                yield Change("set", ("messages", number, "at"), _since(self.anchor, at, self.tz))
        elif self.run.expected_at[number] != at:
            yield Change("set", ("messages", number, "at"), _instant(at, self.tz))
        self.anchor = at

    def of_field(self, path: tuple[str | int, ...], difference: FieldDifference) -> Iterator[Change]:
        if difference.field == "at":
            return
        if difference.field.startswith("contains"):
            name = difference.field.removeprefix("contains ")
            self.unresolved.append(f"message {int(path[1]) + 1}: choose a text that its {name} contains")
            return
        actual = difference.actual
        if difference.field == "variant" and actual:
            actual = actual.split()[-1].split(":", 1)[1]
        yield Change("set" if actual else "remove", (*path, difference.field), actual)

    def line_of(self, played: Played) -> dict[str, Any]:
        """A line for a message that the case does not expect yet."""
        message = played.request
        line = {"at": _instant(message.at, self.tz)} if self.timed else {}
        line |= {"channel": message.channel, "template": message.template}
        return line | ({"dropped": played.reason} if played.reason else {})


def _of_value(difference: ValueDifference) -> Change:
    if difference.key == "profile":
        return Change("set", ("profile", difference.scenario), difference.actual)
    path = (difference.key, difference.scenario) if difference.scenario else (difference.key,)
    match difference.key:
        case "outcome":
            return Change("set", path, difference.actual[0] if len(difference.actual) == 1 else list(difference.actual))
        case "states":
            return Change("set", path, list(difference.actual))
    if isinstance(difference.expected, tuple):
        return Change("set", path, [_conversion(conversion, difference.expected) for conversion in difference.actual])
    return Change("set", path, difference.actual)


def _conversion(conversion: ConversionRun, expected: Sequence[ExpectedConversion]) -> dict[str, Any]:
    """A conversion with the fields that the case looks at."""
    fields = dict.fromkeys(name for expectation in expected for name in expectation.fields) or {"value": None}
    return {name: getattr(conversion, name) for name in fields}


def _instant(at: int, tz: ZoneInfo) -> str:
    local_time = local(at, tz)
    if local_time.fold or local_time.microsecond:  # an hour that comes twice needs its zone
        return local_time.isoformat()
    return local_time.strftime("%Y-%m-%d %H:%M:%S" if local_time.second else "%Y-%m-%d %H:%M")


_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


def _since(before: int, at: int, tz: ZoneInfo) -> str:
    """A time after the instant before; in days if it is the same time of day. An instant if it is earlier, or not whole
    seconds later.
    """
    if at < before or (at - before) % SECOND:
        return _instant(at, tz)
    days = (local(at, tz).date() - local(before, tz).date()).days
    if days and add(Duration(days=days), before, tz) == at:
        return f"+{days}d"
    remaining, text = at - before, ""
    for size, unit in _UNITS[1:]:
        count, remaining = divmod(remaining, size)
        text += f"{count}{unit}" if count else ""
    return f"+{text or '0s'}"
