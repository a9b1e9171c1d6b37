"""The times of a test case as instants, and whether they fit together. Runs nothing, and imports no executor."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import UTC, add, instant, to_instant, zone
from scenario_cli.model.case import Case, CaseFile, Moment
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span
from scenario_cli.model.waits import Duration


class Times:
    """The instants of a case's times, and their faults."""

    def __init__(self, case: Case, tz: ZoneInfo) -> None:
        self.tz = tz
        self.faults: list[Diagnostic] = []
        self.lines: list[int] = []
        self.known_since = (
            self.instant(case.known_since, None, "'known_since'") if case.known_since is not None else None
        )
        before = self.known_since
        for happening in case.timeline:
            at = self.instant(happening.at, before, "line")
            if at is not None and before is not None and at < before:
                self.report(
                    "this line is before the line above it", happening.at.span, "put the lines in order of time"
                )
            before = at if at is not None else before
            self.lines.append(at or 0)
        self.last = before
        self.until = self.instant(case.until, before, "'until'") if case.until is not None else None
        if case.until is not None and self.until is not None and before is not None and self.until < before:
            self.report("'until' is before the last line of the timeline", case.until.span, "choose a later time")
        self.expected: list[int | None] = []
        for message in case.expect.messages or ():
            moment = self.instant(message.at, before, "expected message") if message.at is not None else None
            before = moment if moment is not None else before
            self.expected.append(moment)

    def instant(self, moment: Moment, before: int | None, subject: str) -> int | None:
        value = moment.written
        if not isinstance(value, Duration):
            return instant(value, self.tz) if value.tzinfo is None else to_instant(value)
        if before is None:
            self.report(f"this {subject} counts from the line before, but this is the first line", moment.span,
                        "write a date and a time, such as 2025-03-03 10:00")  # fmt: skip
            return None
        return add(value, before, self.tz)

    def report(self, message: str, span: Span, hint: str) -> None:
        self.faults.append(Diagnostic("TIME051", message, span, hint=hint))


def times_of(file: CaseFile, case: Case) -> Times:
    return Times(case, zone(file.timezone) or UTC)


def faulty_times(files: Iterable[CaseFile]) -> list[Diagnostic]:
    """Faulty times of cases; a case with such a fault must not be played."""
    return [fault for file in files for case in file.cases for fault in times_of(file, case).faults]
