"""The expected and the actual timeline of a test case side by side, no wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from rich.cells import cell_len

from scenario_cli.model.case import RUNNING
from scenario_cli.model.case_run import CaseRun, Fed, JourneyRun, Verdict
from scenario_cli.model.records import Asked, Ended, Looked, Moved, Warned
from scenario_cli.reports import record_words
from scenario_cli.reports.conditions import with_conditions
from scenario_cli.reports.tests_run import words
from scenario_cli.reports.text import Style, pad, wrap

_LEFT_SHARE = 0.38
_MOST_LINES = 4  # of one event's properties


@dataclass(slots=True)
class Row:
    """The expectation and the outcome at one position of the story. `at` is None if no time is known."""

    at: int | None
    expected: str = ""
    actual: str = ""
    differs: bool = False
    below: list[str] = field(default_factory=list)  # conditions with the values they saw
    is_input: bool = False


def side_by_side(verdict: Verdict, style: Style, width: int) -> list[str]:
    """The lines of both timelines, on the clock of the test file."""
    rows = _rows(verdict)
    zone = verdict.run.timezone
    clock = "%H:%M:%S" if any(row.at is not None and row.at % 60_000_000 for row in rows) else "%H:%M"
    time_width = 8 if "S" in clock else 5
    room = width - time_width - 6
    left = max(int(room * _LEFT_SHARE), 16)
    right = max(room - left, 20)
    lines = [style(f"  {'':{time_width}} {pad('expected', left)} │ actual, times in {zone}", "dim")]
    day = previous = ""
    for row in rows:
        time = ""
        if row.at is not None:
            local_time = record_words.clock(row.at, zone)
            if local_time.strftime("%a %Y-%m-%d") != day:
                day = local_time.strftime("%a %Y-%m-%d")
                lines.append("  " + style(day, "bold"))
                previous = ""
            time = local_time.strftime(clock)
        heading = time if time != previous else ""
        previous = time or previous
        lines += _row_lines(row, heading, time_width, left, right, style)
    return [line.rstrip() for line in lines]


def _row_lines(row: Row, time: str, time_width: int, left: int, right: int, style: Style) -> Iterator[str]:
    lefts = _wrapped(row.expected, left)
    rights = _wrapped(row.actual, right)
    if row.is_input and len(rights) > _MOST_LINES:
        rights = [*rights[: _MOST_LINES - 1], "  …"]
    below = [line for text in row.below for line in _wrapped(f"  {text}", right, "      ")]
    for number in range(max(len(lefts), len(rights) + len(below))):
        expected = pad(lefts[number] if number < len(lefts) else "", left)
        if number < len(rights):
            actual = style(rights[number], *(["red"] if row.differs else ["cyan"] if row.is_input else []))
        else:
            actual = style("".join(below[number - len(rights) :][:1]), "dim")
        mark = style("✗", "red") if row.differs and number == 0 else " "
        expected = style(expected, "red") if row.differs and expected.strip() else expected
        yield f"{mark} {pad(time if number == 0 else '', time_width)} {expected} │ {actual}"


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    if cell_len(text) <= width:
        return [text] if text else []
    return wrap(text, width, text[: len(text) - len(text.lstrip())], indent)


def _rows(verdict: Verdict) -> list[Row]:
    run = verdict.run
    several = (
        len({record.scenario for record in run.story if not isinstance(record, Fed | Looked) and record.scenario}) > 1
    )
    missing, states = _Missing(verdict), _States(verdict)
    messages = moved = 0
    rows: list[Row] = []
    # Warnings of no scenario are about the data, and no case is about that.
    records = (record for record in run.story if not isinstance(record, Warned) or record.scenario)
    for occurrence in with_conditions(records):
        record = occurrence.record
        if record is None:
            rows += _without_result(occurrence.conditions, rows)
            continue
        rows += missing.before(messages, record.at)
        row = Row(record.at, actual=words.record_text(record, run.timezone, several), is_input=isinstance(record, Fed))
        if isinstance(record, Asked):
            row.actual = words.message(run.messages[messages], run) + (f"  [{record.scenario}]" if several else "")
            _of_message(row, verdict, messages)
            messages += 1
        elif isinstance(record, Moved):
            rows += states.before(moved)
            row.expected, row.differs = states.beside(moved)
            moved += 1
        elif isinstance(record, Ended):
            _of_outcome(row, verdict, record)
            if occurrence.branch is not None:
                row.actual += f"  {occurrence.branch.cause.removesuffix(' where').removesuffix(' if')}"
        row.below = _condition_lines(occurrence.conditions)
        rows.append(row)
    rows += missing.before(messages, None)
    rows += states.before(moved)
    if run.stopped:
        rows.append(Row(None, actual=run.stopped, differs=True))
    return [*rows, *_at_the_end(verdict)]


def _condition_lines(conditions: list[Looked]) -> list[str]:
    """Conditions, each with the values that it saw below."""
    explained = [condition for condition in conditions if record_words.explains(condition)]
    lines = (
        line
        for condition in explained
        for line in (record_words.condition_text(condition), f"  {record_words.values_text(condition)}")
    )
    return [line for line in lines if line.strip()]


def _without_result(conditions: list[Looked], rows: list[Row]) -> list[Row]:
    """Puts conditions without a result below the record before them, or on their own if that record was earlier."""
    lines = _condition_lines(conditions)
    if not lines:
        return []
    if rows and conditions[0].at == rows[-1].at:
        rows[-1].below += lines
        return []
    return [Row(conditions[0].at, actual=lines[0], below=lines[1:])]


class _Missing:
    """Expected messages without a partner, in the order of their times or after the message before them."""

    def __init__(self, verdict: Verdict) -> None:
        self.run = verdict.run
        self.waiting: list[tuple[int, int]] = []  # number of actual messages before it, its index
        before = 0
        for pair in verdict.pairs:
            if pair.actual is not None:
                before = pair.actual + 1
            elif pair.expected is not None:
                self.waiting.append((before, pair.expected))

    def before(self, message_count: int, at: int | None) -> Iterator[Row]:
        """The rows before the story continues at an instant, after a number of messages."""
        while self.waiting:
            after, index = self.waiting[0]
            expected_at = self.run.expected_at[index]
            early = at is not None and (message_count < after or (expected_at is not None and expected_at >= at))
            if early or (at is not None and message_count == after and expected_at is None):
                return
            self.waiting.pop(0)
            messages = self.run.case.expect.messages or ()
            yield Row(expected_at, words.expected(messages[index]), "–", differs=True)


class _States:
    """Expected states next to the entered ones."""

    def __init__(self, verdict: Verdict) -> None:
        self.cells: dict[int, tuple[str, bool]] = {}
        self.alone: dict[int, list[str]] = {}
        run = verdict.run
        moves = [move for move in run.story if isinstance(move, Moved)]
        for expected in run.case.expect.states:
            positions = [position for position, move in enumerate(moves) if expected.scenario in ("", move.scenario)]
            actual = [moves[position].target for position in positions]
            matcher = SequenceMatcher(None, list(expected.value), actual, autojunk=False)
            for kind, first_expected, end_expected, start, stop in matcher.get_opcodes():
                pairs = min(end_expected - first_expected, stop - start)
                for offset in range(pairs):
                    self.cells[positions[start + offset]] = expected.value[first_expected + offset], kind != "equal"
                for position in positions[start + pairs : stop]:
                    self.cells[position] = "–", True
                if end_expected - first_expected > pairs:
                    next_position = positions[stop] if stop < len(positions) else len(moves)
                    self.alone.setdefault(next_position, []).extend(
                        expected.value[first_expected + pairs : end_expected]
                    )

    def before(self, moved: int) -> Iterator[Row]:
        for name in self.alone.pop(moved, ()):
            yield Row(None, name, "–", differs=True)

    def beside(self, moved: int) -> tuple[str, bool]:
        return self.cells.get(moved, ("", False))


def _of_message(row: Row, verdict: Verdict, index: int) -> None:
    """Fills in the expectation for a message."""
    run = verdict.run
    for pair in verdict.pairs:
        if pair.actual != index:
            continue
        row.differs = not pair.agrees
        if pair.expected is None:
            row.expected = "–"
            return
        row.expected = words.expected((run.case.expect.messages or ())[pair.expected])
        at = run.expected_at[pair.expected]
        if at is not None and at != run.messages[index].request.at:
            row.expected += f" at {record_words.moment(at, run.timezone)}"


def _of_outcome(row: Row, verdict: Verdict, ended: Ended) -> None:
    run = verdict.run
    for expected in run.case.expect.outcomes:
        if (
            expected.scenario in ("", ended.scenario)
            and len(expected.value) == len(_journeys(run, expected.scenario)) == 1
        ):
            row.expected = "still running" if expected.value[0] == RUNNING else f"ends: {expected.value[0]}"
            row.differs = expected.value[0] != ended.outcome


def _journeys(run: CaseRun, scenario: str) -> list[JourneyRun]:
    return [journey for journey in run.journeys if scenario in ("", journey.scenario)]


def _at_the_end(verdict: Verdict) -> Iterator[Row]:
    """The differences that the story cannot show: outcomes of several journeys or of none, conversions."""
    for difference in verdict.values:
        if difference.key == "profile":
            actual = f"{difference.scenario}: {record_words.value(difference.actual)}"
            yield Row(None, f"{difference.scenario}: {record_words.value(difference.expected)}", actual, differs=True)
            continue
        owner = f" [{difference.scenario}]" if difference.scenario else ""
        if difference.key == "conversions":
            expected, actual = difference.expected, difference.actual
            if isinstance(expected, tuple):
                expected, actual = words.conversions(expected), words.conversions(actual)
            yield Row(None, f"conversions: {expected}{owner}", f"conversions: {actual}", differs=True)
        elif difference.key == "outcome":
            journeys = _journeys(verdict.run, difference.scenario)
            if len(journeys) == len(difference.expected) == 1 and journeys[0].outcome != RUNNING:
                continue  # it is next to the journey's end
            expected = ", ".join(difference.expected) or "none"
            yield Row(None, f"outcome: {expected}{owner}", "; ".join(map(_end_of, journeys)) or "nobody entered", True)


def _end_of(journey: JourneyRun) -> str:
    return f"still running, in {journey.states[-1]}" if journey.outcome == RUNNING else journey.outcome
