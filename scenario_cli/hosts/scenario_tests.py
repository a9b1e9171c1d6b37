"""Runs test cases of scenarios: feeds one contact's timeline to the executor and lets time pass. Judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import UTC, add, instant, to_instant, zone
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.case import NO_DRAWS, RUNNING, Case, CaseFile, Draws, Happening, Moment
from scenario_cli.model.case_run import CaseRun, ConversionRun, Fed, JourneyRun, Played
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Moved, Record
from scenario_cli.model.source import Span
from scenario_cli.model.waits import DAY, Duration

# The longest time that a case without `until` goes on after its last line.
LONGEST = 400 * DAY


class Stage:
    """One project made ready for its cases: a program for each set of scenarios that a file tests."""

    def __init__(self, project: Project) -> None:
        # A scenario that is paused, or archived, is tested as though it ran.
        ready = {name: replace(one, status="live") for name, one in project.scenarios.items() if not one.runs}
        self.project = replace(project, scenarios={**project.scenarios, **ready}) if ready else project
        self.named = tuple(name for name, one in project.scenarios.items() if one.runs)
        self.tables = load_tables(project)
        self.writer = RowWriter(project, self.tables)
        self.programs: dict[tuple[tuple[str, ...] | None, Draws], Program] = {}

    def program(self, scenarios: tuple[str, ...] | None, draws: Draws = NO_DRAWS) -> Program:
        """The program of the scenarios that a file tests, in which the draws fall as a case decides."""
        known = scenarios, draws
        if known not in self.programs:
            project = drawn(self.project, draws) if draws != NO_DRAWS else self.project
            named = self.named if scenarios is None else scenarios
            self.programs[known] = compile_program(project, named, self.tables, trace=True)
        return self.programs[known]


class Times:
    """The instants of a case's times, and what is wrong with them."""

    def __init__(self, case: Case, tz: ZoneInfo) -> None:
        self.tz = tz
        self.found: list[Diagnostic] = []
        self.lines: list[int] = []
        self.known = self.instant(case.known_since, None, "'known_since'") if case.known_since is not None else None
        before = self.known
        for happening in case.timeline:
            at = self.instant(happening.at, before, "line")
            if at is not None and before is not None and at < before:
                self.report("this line lies before the one above it", happening.at.span, "put them in order of time")
            before = at if at is not None else before
            self.lines.append(at or 0)
        self.last = before
        self.until = self.instant(case.until, before, "'until'") if case.until is not None else None
        if case.until is not None and self.until is not None and before is not None and self.until < before:
            self.report("'until' lies before the last line of the timeline", case.until.span, "choose a later one")
        self.expected: list[int | None] = []
        for message in case.expect.messages or ():
            moment = self.instant(message.at, before, "expected message") if message.at is not None else None
            before = moment if moment is not None else before
            self.expected.append(moment)

    def instant(self, moment: Moment, before: int | None, what: str) -> int | None:
        written = moment.written
        if not isinstance(written, Duration):
            return instant(written, self.tz) if written.tzinfo is None else to_instant(written)
        if before is None:
            self.report(f"this {what} counts from the line before, and there is none", moment.span,
                        "write a date and a time, such as 2025-03-03 10:00")  # fmt: skip
            return None
        return add(written, before, self.tz)

    def report(self, message: str, span: Span, hint: str) -> None:
        self.found.append(Diagnostic("TIME051", message, span, hint=hint))


def times_of(file: CaseFile, case: Case) -> Times:
    return Times(case, zone(file.timezone) or UTC)


def faulty_times(files: Iterable[CaseFile]) -> list[Diagnostic]:
    """Times of cases that do not go together; no case of which one is told may be played."""
    return [fault for file in files for case in file.cases for fault in times_of(file, case).found]


def play(stage: Stage, file: CaseFile, case: Case) -> CaseRun:
    """All that happens in a case whose times are in order."""
    program = stage.program(file.scenarios, case.draws)
    times = times_of(file, case)
    state = new_contact(program, case.contact_id, case.profile, times.known)
    story: list[Fed | Record] = list(state.records) if times.known is not None else []
    stopped, stopped_at = "", None
    for at, happening in zip(times.lines, case.timeline, strict=True):
        if happening.of is not None:  # the message may leave only now
            story += advance(program, state, at, inclusive=False)
        event = _event(happening, at, story)
        if event is None:
            assert happening.of is not None
            stopped = f"no message has left from state '{happening.of.text}' by then"
            stopped_at = happening.of.span
            break
        records = step(program, state, event)
        before = sum(one.at < at for one in records)
        story += [*records[:before], Fed(at, happening), *records[before:]]
    else:
        if times.until is not None:
            story += advance(program, state, times.until)
        elif times.last is not None:
            # Entries that would go on for ever, such as weekly ones, end with the last line; their journeys go on.
            story += advance(program, state, times.last)
            story += advance(program, state, times.last + LONGEST, by_clock=False)
    numbers = _numbers(story)
    messages = [
        Played(one, stage.writer.row(case.contact_id, one, "sent"), numbers[one.journey_id])
        for one in story
        if isinstance(one, Asked)
    ]
    return CaseRun(
        file=file.file,
        timezone=file.timezone,
        case=case,
        story=tuple(story),
        messages=tuple(messages),
        journeys=tuple(_journeys(story)),
        conversions=tuple(_conversions(story)),
        profile=state.profile,
        expected_at=tuple(times.expected),
        stopped=stopped,
        stopped_at=stopped_at,
    )


def _event(happening: Happening, at: int, story: list[Fed | Record]) -> Event | None:
    """The event of a line; None where it is about a message, and none has left from that state."""
    properties = happening.properties
    if happening.of is not None:
        left = [
            one.message_id
            for one in story
            if isinstance(one, Asked) and not one.reason and one.state == happening.of.text and one.at <= at
        ]
        if not left:
            return None
        properties = {**properties, "message_id": left[-1]}
    return Event(happening.event.text, at, properties, happening.event_id)


def drawn(project: Project, draws: Draws) -> Project:
    """The project in which control group, holdouts and splits fall for everybody as a case decides for its contact."""
    scenarios = dict(project.scenarios)
    for name, held in draws.holdouts:
        scenarios[name] = replace(scenarios[name], holdout=float(held))
    for name, state, arm in draws.variants:
        scenario = scenarios[name]
        split = scenario.states[state].split
        assert split is not None
        arms = tuple((to, float(arm in (to.state, to.outcome))) for to, _ in split.arms)
        there = replace(scenario.states[state], split=replace(split, arms=arms))
        scenarios[name] = replace(scenario, states={**scenario.states, state: there})
    policy = project.policy
    if draws.control_group is not None:
        policy = replace(policy, control_group=float(draws.control_group))
    return replace(project, scenarios=scenarios, policy=policy)


def _numbers(story: list[Fed | Record]) -> dict[str, int]:
    """The number of each journey among those of its scenario, in order of entry."""
    entered: Counter[str] = Counter()
    numbers: dict[str, int] = {}
    for one in story:
        if isinstance(one, Entered):
            entered[one.scenario] += 1
            numbers[one.journey_id] = entered[one.scenario]
    return numbers


def _conversions(story: list[Fed | Record]) -> Iterator[ConversionRun]:
    keys = {one.journey_id: one.key for one in story if isinstance(one, Entered)}
    for one in story:
        if isinstance(one, Converted):
            yield ConversionRun(one.at, one.scenario, keys[one.journey_id], one.event, one.value)


def _journeys(story: list[Fed | Record]) -> Iterator[JourneyRun]:
    """The journeys in order of entry."""
    found: dict[str, JourneyRun] = {}
    for one in story:
        if isinstance(one, Entered):
            found[one.journey_id] = JourneyRun(one.scenario, one.key, [], RUNNING)
        elif isinstance(one, Moved):
            found[one.journey_id].states.append(one.target)
        elif isinstance(one, Ended):
            found[one.journey_id].outcome = one.outcome
    yield from found.values()
