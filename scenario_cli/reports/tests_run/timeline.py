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
    """The expectation and the outcome at one position of the story. `at` is None where no time is known."""

    at: int | None
    expected: str = ""
    actual: str = ""
    differs: bool = False
    said: list[str] = field(default_factory=list)  # what stands below: conditions with the values they saw
    given: bool = False


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
    day = last = ""
    for row in rows:
        time = ""
        if row.at is not None:
            here = record_words.clock(row.at, zone)
            if here.strftime("%a %Y-%m-%d") != day:
                day = here.strftime("%a %Y-%m-%d")
                lines.append("  " + style(day, "bold"))
                last = ""
            time = here.strftime(clock)
        shown = time if time != last else ""
        last = time or last
        lines += _drawn(row, shown, time_width, left, right, style)
    return [line.rstrip() for line in lines]


def _drawn(row: Row, time: str, time_width: int, left: int, right: int, style: Style) -> Iterator[str]:
    lefts = _wrapped(row.expected, left)
    rights = _wrapped(row.actual, right)
    if row.given and len(rights) > _MOST_LINES:
        rights = [*rights[: _MOST_LINES - 1], "  …"]
    below = [line for text in row.said for line in _wrapped(f"  {text}", right, "      ")]
    for number in range(max(len(lefts), len(rights) + len(below))):
        shown = pad(lefts[number] if number < len(lefts) else "", left)
        if number < len(rights):
            other = style(rights[number], *(["red"] if row.differs else ["cyan"] if row.given else []))
        else:
            other = style("".join(below[number - len(rights) :][:1]), "dim")
        mark = style("✗", "red") if row.differs and number == 0 else " "
        shown = style(shown, "red") if row.differs and shown.strip() else shown
        yield f"{mark} {pad(time if number == 0 else '', time_width)} {shown} │ {other}"


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    if cell_len(text) <= width:
        return [text] if text else []
    return wrap(text, width, text[: len(text) - len(text.lstrip())], indent)


def _rows(verdict: Verdict) -> list[Row]:
    run = verdict.run
    several = len({one.scenario for one in run.story if not isinstance(one, Fed | Looked) and one.scenario}) > 1
    missing, wanted = _Missing(verdict), _States(verdict)
    asked = moved = 0
    rows: list[Row] = []
    # Warnings of no scenario are about the data, and no case is about that.
    heard = (one for one in run.story if not isinstance(one, Warned) or one.scenario)
    for told in with_conditions(heard):
        one = told.record
        if one is None:
            rows += _led_to_nothing(told.looked, rows)
            continue
        rows += missing.before(asked, one.at)
        row = Row(one.at, actual=words.told(one, run.timezone, several), given=isinstance(one, Fed))
        if isinstance(one, Asked):
            row.actual = words.message(run.messages[asked], run) + (f"  [{one.scenario}]" if several else "")
            _of_message(row, verdict, asked)
            asked += 1
        elif isinstance(one, Moved):
            rows += wanted.before(moved)
            row.expected, row.differs = wanted.beside(moved)
            moved += 1
        elif isinstance(one, Ended):
            _of_outcome(row, verdict, one)
            if told.way is not None:
                row.actual += f"  {told.way.cause.removesuffix(' where').removesuffix(' if')}"
        row.said = _said(told.looked)
        rows.append(row)
    rows += missing.before(asked, None)
    rows += wanted.before(moved)
    if run.stopped:
        rows.append(Row(None, actual=run.stopped, differs=True))
    return [*rows, *_at_the_end(verdict)]


def _said(looked: list[Looked]) -> list[str]:
    """Conditions, each with the values that it saw below."""
    explained = [one for one in looked if record_words.explains(one)]
    told = (line for one in explained for line in (record_words.looked(one), f"  {record_words.seen(one)}"))
    return [line for line in told if line.strip()]


def _led_to_nothing(looked: list[Looked], rows: list[Row]) -> list[Row]:
    """Conditions that led to nothing stand below the record before them, or alone where that was earlier."""
    said = _said(looked)
    if not said:
        return []
    if rows and looked[0].at == rows[-1].at:
        rows[-1].said += said
        return []
    return [Row(looked[0].at, actual=said[0], said=said[1:])]


class _Missing:
    """Expected messages that have no partner: they stand where their time is, else after the one before them."""

    def __init__(self, verdict: Verdict) -> None:
        self.run = verdict.run
        self.waiting: list[tuple[int, int]] = []  # how many actual messages stand before it, which it is
        before = 0
        for pair in verdict.pairs:
            if pair.actual is not None:
                before = pair.actual + 1
            elif pair.expected is not None:
                self.waiting.append((before, pair.expected))

    def before(self, asked: int, at: int | None) -> Iterator[Row]:
        """Those that belong before the story goes on at an instant, after so many messages."""
        while self.waiting:
            after, which = self.waiting[0]
            expected_at = self.run.expected_at[which]
            early = at is not None and (asked < after or (expected_at is not None and expected_at >= at))
            if early or (at is not None and asked == after and expected_at is None):
                return
            self.waiting.pop(0)
            messages = self.run.case.expect.messages or ()
            yield Row(expected_at, words.expected(messages[which]), "–", differs=True)


class _States:
    """Expected states beside those that were entered."""

    def __init__(self, verdict: Verdict) -> None:
        self.cells: dict[int, tuple[str, bool]] = {}
        self.alone: dict[int, list[str]] = {}
        run = verdict.run
        moves = [one for one in run.story if isinstance(one, Moved)]
        for expected in run.case.expect.states:
            places = [place for place, one in enumerate(moves) if expected.scenario in ("", one.scenario)]
            actual = [moves[place].target for place in places]
            matcher = SequenceMatcher(None, list(expected.value), actual, autojunk=False)
            for kind, first, last, start, stop in matcher.get_opcodes():
                pairs = min(last - first, stop - start)
                for offset in range(pairs):
                    self.cells[places[start + offset]] = expected.value[first + offset], kind != "equal"
                for place in places[start + pairs : stop]:
                    self.cells[place] = "–", True
                if last - first > pairs:
                    next_place = places[stop] if stop < len(places) else len(moves)
                    self.alone.setdefault(next_place, []).extend(expected.value[first + pairs : last])

    def before(self, moved: int) -> Iterator[Row]:
        for name in self.alone.pop(moved, ()):
            yield Row(None, name, "–", differs=True)

    def beside(self, moved: int) -> tuple[str, bool]:
        return self.cells.get(moved, ("", False))


def _of_message(row: Row, verdict: Verdict, asked: int) -> None:
    """Fills in what was expected in the place of a message."""
    run = verdict.run
    for pair in verdict.pairs:
        if pair.actual != asked:
            continue
        row.differs = not pair.agrees
        if pair.expected is None:
            row.expected = "–"
            return
        row.expected = words.expected((run.case.expect.messages or ())[pair.expected])
        at = run.expected_at[pair.expected]
        if at is not None and at != run.messages[asked].asked.at:
            row.expected += f" at {record_words.moment(at, run.timezone)}"


def _of_outcome(row: Row, verdict: Verdict, ended: Ended) -> None:
    run = verdict.run
    for one in run.case.expect.outcomes:
        if one.scenario in ("", ended.scenario) and len(one.value) == len(_journeys(run, one.scenario)) == 1:
            row.expected = "still runs" if one.value[0] == RUNNING else f"ends: {one.value[0]}"
            row.differs = one.value[0] != ended.outcome


def _journeys(run: CaseRun, scenario: str) -> list[JourneyRun]:
    return [journey for journey in run.journeys if scenario in ("", journey.scenario)]


def _at_the_end(verdict: Verdict) -> Iterator[Row]:
    """The differences that the story cannot show: outcomes of several journeys or of none, conversions."""
    for one in verdict.values:
        if one.what == "profile":
            there = f"{one.scenario}: {record_words.value(one.actual)}"
            yield Row(None, f"{one.scenario}: {record_words.value(one.expected)}", there, differs=True)
            continue
        about = f" [{one.scenario}]" if one.scenario else ""
        if one.what == "conversions":
            wanted, there = one.expected, one.actual
            if isinstance(wanted, tuple):
                wanted, there = words.conversions(wanted), words.conversions(there)
            yield Row(None, f"conversions: {wanted}{about}", f"conversions: {there}", differs=True)
        elif one.what == "outcome":
            journeys = _journeys(verdict.run, one.scenario)
            if len(journeys) == len(one.expected) == 1 and journeys[0].outcome != RUNNING:
                continue  # stands beside its end
            wanted = ", ".join(one.expected) or "none"
            yield Row(None, f"outcome: {wanted}{about}", "; ".join(map(_end_of, journeys)) or "nobody entered", True)


def _end_of(journey: JourneyRun) -> str:
    return f"still runs, in {journey.states[-1]}" if journey.outcome == RUNNING else journey.outcome
