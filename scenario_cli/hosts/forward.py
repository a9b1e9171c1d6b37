"""The forward plan: the messages that leave at an instant, and those after it if nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from scenario_cli.analysis.changing_events import changing_events
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.summary import Counting
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.plan_row import PlanRow
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Moved, Record, Updated
from scenario_cli.model.results import Summary

# The events that would change a message: by scenario, the states before it, the state that sends it, and whether the
# contact enters only later.
Unless = Callable[[str, tuple[str, ...], str, bool], list[str]]


@dataclass(frozen=True, slots=True)
class Forward:
    """Rows of the plan in order of contact and time, and the counts over the horizon alone."""

    rows: list[PlanRow]
    summary: Summary


def plan(
    project: Project,
    scenarios: tuple[str, ...],
    staged: StagedLog,
    as_of: int,
    until: int,
    start: int | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
    selected: tuple[str, ...] = (),
) -> Forward:
    """The messages that leave at `as_of` and, if nothing more happens, up to `until`. No later event is read.

    If some of the scenarios are `selected`, the others run and have no rows.
    """
    reported = frozenset(selected or scenarios)
    tables = load_tables(project)
    program = compile_program(project, scenarios, tables)
    writer = RowWriter(project, tables)
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []

    @cache
    def unless(scenario: str, states: tuple[str, ...], requesting: str, enters: bool) -> list[str]:
        return changing_events(project, project.scenarios[scenario], states, requesting, enters)

    counting = Counting(project, [project.scenarios[name] for name in scenarios if name in reported])
    counting.summary.contacts = staged.left_out
    rows: list[PlanRow] = []
    for count, log in enumerate(staged.stream(), 1):
        contact_rows, records, state = _plan_contact(
            program, writer, unless, reported, log, broadcasts, start, as_of, until, staged.report.first
        )
        rows += contact_rows
        counting.add(records, state)
        if progress is not None and count % 1_000 == 0:
            progress("planning", count, staged.report.contacts - staged.left_out)
    writer.report(counting.summary)
    return Forward(rows, counting.finish())


def _plan_contact(
    program: Program,
    writer: RowWriter,
    unless: Unless,
    reported: frozenset[str],
    log: ContactLog,
    broadcasts: Sequence[Event],
    start: int | None,
    as_of: int,
    until: int,
    begins: int | None,
) -> tuple[list[PlanRow], list[Record], ContactState]:
    state, before = feed(program, log, start, as_of, begins, broadcasts)
    waits_in = {
        journey.journey_id: journey.state_name
        for journeys in state.journeys.values()
        for journey in journeys
        if not journey.ended
    }
    now = [record for record in before if record.at == as_of and isinstance(record, Asked | Updated)]
    rows = [writer.row(log.contact_id, record, "due") for record in now if record.scenario in reported]
    after = advance(program, state, until) if state.known_at is not None else []
    passed: dict[str, list[str]] = {journey: [name] for journey, name in waits_in.items()}
    for record in after:
        if isinstance(record, Moved):
            passed.setdefault(record.journey_id, []).append(record.target)
        elif isinstance(record, Asked | Updated) and record.scenario in reported:
            # Between entering the state that requests the message and its leaving nothing can happen, unless it was
            # held there.
            states = passed.get(record.journey_id, [])
            if isinstance(record, Updated) or record.asked_at == record.at:
                states = states[:-1]
            enters = record.journey_id not in waits_in
            rows.append(
                writer.row(
                    log.contact_id, record, "scheduled", unless(record.scenario, tuple(states), record.state, enters)
                )
            )
    return rows, [*now, *after], state
