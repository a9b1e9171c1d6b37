"""What happened in a failing case, as changes of what it expects: never of more than what it had written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import UTC, add, local, zone
from scenario_cli.hosts.scenario_tests import times_of
from scenario_cli.model.case import CaseFile, ExpectedConversion, ExpectedMessage
from scenario_cli.model.case_run import ConversionRun, FieldDifference, Played, ValueDifference, Verdict
from scenario_cli.model.case_update import CaseUpdate, Change
from scenario_cli.model.waits import DAY, HOUR, MINUTE, SECOND, Duration


def case_update(file: CaseFile, verdict: Verdict) -> CaseUpdate:
    """The changes with which a failing case would pass."""
    run = verdict.run
    left = [run.stopped] if run.stopped else []
    changes: list[Change] = []
    if run.case.expect.messages is not None:
        messages = _Messages(file, verdict)
        changes += messages.changes()
        left += messages.left
    for one in verdict.values:
        changes.append(_of_value(one))
    return CaseUpdate(tuple(changes), tuple(left))


class _Messages:
    """The changes of the expected messages; `left` are the texts that nothing but their author can choose."""

    def __init__(self, file: CaseFile, verdict: Verdict) -> None:
        self.tz = zone(file.timezone) or UTC
        self.run = verdict.run
        self.pairs = verdict.pairs
        self.expected: Sequence[ExpectedMessage] = verdict.run.case.expect.messages or ()
        self.anchor = times_of(file, verdict.run.case).last
        self.timed = not self.expected or any(one.at is not None for one in self.expected)
        self.left: list[str] = []

    def changes(self) -> Iterator[Change]:
        following = 0  # the expected message before which one that is too much belongs
        for pair in self.pairs:
            if pair.actual is None:
                assert pair.expected is not None
                following = pair.expected + 1
                yield Change("remove", ("messages", pair.expected))
                continue
            there = self.run.messages[pair.actual]
            if pair.expected is None:
                yield Change("insert", ("messages", following), self.written(there))
                self.anchor = there.asked.at if self.timed else self.anchor
                continue
            following = pair.expected + 1
            yield from self.of_time(pair.expected, there)
            for one in pair.differences:
                yield from self.of_field(("messages", pair.expected), one)

    def of_time(self, number: int, there: Played) -> Iterator[Change]:
        """The time in the form it had; a relative one counts from the message before as that is written now."""
        moment = self.expected[number].at
        if moment is None:
            return
        at, written = there.asked.at, moment.written
        if isinstance(written, Duration):
            if self.anchor is not None and add(written, self.anchor, self.tz) != at:
                yield Change("set", ("messages", number, "at"), _since(self.anchor, at, self.tz))
        elif self.run.expected_at[number] != at:
            yield Change("set", ("messages", number, "at"), _instant(at, self.tz))
        self.anchor = at

    def of_field(self, path: tuple[str | int, ...], one: FieldDifference) -> Iterator[Change]:
        if one.field == "at":
            return
        if one.field.startswith("contains"):
            name = one.field.removeprefix("contains ")
            self.left.append(f"message {int(path[1]) + 1}: choose a text that its {name} contains")
            return
        actual = one.actual
        if one.field == "variant" and actual:
            actual = actual.split()[-1].split(":", 1)[1]
        yield Change("set" if actual else "remove", (*path, one.field), actual)

    def written(self, there: Played) -> dict[str, Any]:
        """A message that no line expects yet, as a line."""
        asked = there.asked
        line = {"at": _instant(asked.at, self.tz)} if self.timed else {}
        line |= {"channel": asked.channel, "template": asked.template}
        return line | ({"dropped": there.reason} if there.reason else {})


def _of_value(one: ValueDifference) -> Change:
    if one.what == "profile":
        return Change("set", ("profile", one.scenario), one.actual)
    path = (one.what, one.scenario) if one.scenario else (one.what,)
    match one.what:
        case "outcome":
            return Change("set", path, one.actual[0] if len(one.actual) == 1 else list(one.actual))
        case "states":
            return Change("set", path, list(one.actual))
    if isinstance(one.expected, tuple):
        return Change("set", path, [_conversion(each, one.expected) for each in one.actual])
    return Change("set", path, one.actual)


def _conversion(one: ConversionRun, expected: Sequence[ExpectedConversion]) -> dict[str, Any]:
    """A conversion with the fields that the case looks at."""
    looked_at = dict.fromkeys(name for each in expected for name in each.fields) or {"value": None}
    return {name: getattr(one, name) for name in looked_at}


def _instant(at: int, tz: ZoneInfo) -> str:
    here = local(at, tz)
    if here.fold or here.microsecond:  # an hour that comes twice needs its zone
        return here.isoformat()
    return here.strftime("%Y-%m-%d %H:%M:%S" if here.second else "%Y-%m-%d %H:%M")


_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


def _since(before: int, at: int, tz: ZoneInfo) -> str:
    """So long after; in days where it is the same time of day. An instant where it lies before, or within a second."""
    if at < before or (at - before) % SECOND:
        return _instant(at, tz)
    days = (local(at, tz).date() - local(before, tz).date()).days
    if days and add(Duration(days=days), before, tz) == at:
        return f"+{days}d"
    left, text = at - before, ""
    for size, unit in _UNITS[1:]:
        count, left = divmod(left, size)
        text += f"{count}{unit}" if count else ""
    return f"+{text or '0s'}"
