"""Runs test cases of scenarios: feeds one contact's timeline to the executor and lets time pass. Judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.hosts.case_times import times_of
from scenario_cli.hosts.rows import RowWriter, key_text
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.case import NO_DRAWS, RUNNING, Case, CaseFile, Draws, Happening
from scenario_cli.model.case_run import CaseRun, ConversionRun, Fed, JourneyRun, Played
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Moved, Record
from scenario_cli.model.waits import DAY

# The longest time that a case without `until` continues after its last line.
LONGEST = 400 * DAY


class Stage:
    """One project made ready for its cases: a program for each set of scenarios that a file tests."""

    def __init__(self, project: Project) -> None:
        # A scenario that is paused, or archived, is tested as though it ran.
        ready = {
            name: replace(scenario, status="live") for name, scenario in project.scenarios.items() if not scenario.runs
        }
        self.project = replace(project, scenarios={**project.scenarios, **ready}) if ready else project
        self.running = tuple(name for name, scenario in project.scenarios.items() if scenario.runs)
        self.tables = load_tables(project)
        self.writer = RowWriter(project, self.tables)
        self.programs: dict[tuple[tuple[str, ...] | None, Draws], Program] = {}

    def program(self, scenarios: tuple[str, ...] | None, draws: Draws = NO_DRAWS) -> Program:
        """The program of the scenarios that a file tests, with the draws of a case."""
        key = scenarios, draws
        if key not in self.programs:
            project = with_draws(self.project, draws) if draws != NO_DRAWS else self.project
            names = self.running if scenarios is None else scenarios
            self.programs[key] = compile_program(project, names, self.tables, trace=True)
        return self.programs[key]


def play(stage: Stage, file: CaseFile, case: Case) -> CaseRun:
    """The run of a case. Its times must be in order."""
    program = stage.program(file.scenarios, case.draws)
    times = times_of(file, case)
    state = new_contact(program, case.contact_id, case.profile, times.known_since)
    story: list[Fed | Record] = list(state.records) if times.known_since is not None else []
    stopped, stopped_at = "", None
    for at, happening in zip(times.lines, case.timeline, strict=True):
        if happening.of is not None:  # the message can leave only now
            story += advance(program, state, at, inclusive=False)
        event = _event(happening, at, story)
        if event is None:
            assert happening.of is not None
            stopped = f"no message has left from state '{happening.of.text}' by then"
            stopped_at = happening.of.span
            break
        records = step(program, state, event)
        before = sum(record.at < at for record in records)
        story += [*records[:before], Fed(at, happening), *records[before:]]
    else:
        if times.until is not None:
            story += advance(program, state, times.until)
        elif times.last is not None:
            # Entries that would continue for ever, such as weekly ones, end with the last line; their journeys
            # continue.
            story += advance(program, state, times.last)
            story += advance(program, state, times.last + LONGEST, by_clock=False)
    numbers = _numbers(story)
    messages = [
        Played(record, stage.writer.row(case.contact_id, record, "sent"), numbers[record.journey_id])
        for record in story
        if isinstance(record, Asked)
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
    """The event of a line; None if it is about a message and no message has left from that state."""
    properties = happening.properties
    if happening.of is not None:
        message_ids = [
            record.message_id
            for record in story
            if isinstance(record, Asked) and not record.reason and record.state == happening.of.text and record.at <= at
        ]
        if not message_ids:
            return None
        properties = {**properties, "message_id": message_ids[-1]}
    return Event(happening.event.text, at, properties, happening.event_id)


def with_draws(project: Project, draws: Draws) -> Project:
    """The project with control group, holdouts and splits fixed as a case decides."""
    scenarios = dict(project.scenarios)
    for name, in_holdout in draws.holdouts:
        scenarios[name] = replace(scenarios[name], holdout=float(in_holdout))
    for name, state, arm in draws.variants:
        scenario = scenarios[name]
        split = scenario.states[state].split
        assert split is not None
        arms = tuple((target, float(arm in (target.state, target.outcome))) for target, _ in split.arms)
        redrawn = replace(scenario.states[state], split=replace(split, arms=arms))
        scenarios[name] = replace(scenario, states={**scenario.states, state: redrawn})
    policy = project.policy
    if draws.control_group is not None:
        policy = replace(policy, control_group=float(draws.control_group))
    return replace(project, scenarios=scenarios, policy=policy)


def _numbers(story: list[Fed | Record]) -> dict[str, int]:
    """The number of each journey among those of its scenario, in order of entry."""
    entered: Counter[str] = Counter()
    numbers: dict[str, int] = {}
    for record in story:
        if isinstance(record, Entered):
            entered[record.scenario] += 1
            numbers[record.journey_id] = entered[record.scenario]
    return numbers


def _conversions(story: list[Fed | Record]) -> Iterator[ConversionRun]:
    keys = {record.journey_id: key_text(record.key) for record in story if isinstance(record, Entered)}
    for record in story:
        if isinstance(record, Converted):
            yield ConversionRun(record.at, record.scenario, keys[record.journey_id], record.event, record.value)


def _journeys(story: list[Fed | Record]) -> Iterator[JourneyRun]:
    """The journeys in order of entry."""
    journeys: dict[str, JourneyRun] = {}
    for record in story:
        if isinstance(record, Entered):
            journeys[record.journey_id] = JourneyRun(record.scenario, record.key, [], RUNNING)
        elif isinstance(record, Moved):
            journeys[record.journey_id].states.append(record.target)
        elif isinstance(record, Ended):
            journeys[record.journey_id].outcome = record.outcome
    yield from journeys.values()
