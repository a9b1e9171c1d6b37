"""Replays a log through the executor, contact by contact, over one process or several."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.profile import start_from
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, become_known, change_profile, new_contact, step, take
from scenario_cli.engine.tables import Tables
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.parts import over_parts, parts_of, rarely_collecting
from scenario_cli.hosts.plan_files import line
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.summary import Counting, empty_summary, merge
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Record, Updated
from scenario_cli.model.results import Summary

_instant = attrgetter("at")

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Replay:
    """Scenarios to replay by name, the instant from which contacts can enter, the end, and the log's first instant (all
    in microseconds since 1970).

    `rows` requests the messages themselves, `edges` the counts of contacts by the edges that journeys went along. If
    `selected` names some, the others run too, and neither counts nor rows include them.
    """

    project: Project
    scenarios: tuple[str, ...]
    start: int | None
    until: int
    begins: int | None = None
    rows: bool = False
    edges: bool = False
    selected: tuple[str, ...] = ()

    @property
    def reported(self) -> tuple[str, ...]:
        """The scenarios that counts and rows include."""
        return self.selected or self.scenarios


def feed(
    program: Program, log: ContactLog, start: int | None, until: int, begins: int | None = None,
    broadcasts: Sequence[Event] = (),
) -> tuple[ContactState, list[Record]]:  # fmt: skip
    """Feeds a contact's log and returns all records up to an instant, that instant included.

    Inputs before `start` are history: no contact enters by them. `begins` is the first instant of the whole log, from
    which those in the contacts table are known; `broadcasts` are offered to anyone who is known by then.
    """
    state = new_contact(program, log.contact_id, log.profile)
    if start is None and not log.changes and (not log.events or log.events[-1].at <= until):
        # Nearly every contact of nearly every log is this simple, so it skips the merging of rows and events.
        return state, _fed_events(program, state, log, _known_at(log, begins), until, broadcasts)
    records = []
    for _, _, new_records in feeding(program, state, log, begins, start, until, broadcasts):
        records += new_records
    return state, records


def _fed_events(
    program: Program, state: ContactState, log: ContactLog, known_at: int | None, until: int,
    broadcasts: Sequence[Event],
) -> list[Record]:  # fmt: skip
    """All records of a contact by its events and broadcasts, none of its events being later than `until`."""
    records = state.records
    if not broadcasts:
        if known_at is not None and known_at <= until:
            become_known(program, state, known_at)
        for event in log.events:
            take(program, state, event)
    else:
        for event in sorted([*log.events, *broadcasts], key=_instant):
            at = event.at
            if at > until:
                break
            if known_at is not None and state.known_at is None and at >= known_at:
                become_known(program, state, known_at)
            if state.known_at is not None or (known_at is None and event.name not in program.broadcasts):
                take(program, state, event)
        if known_at is not None and state.known_at is None and known_at <= until:
            become_known(program, state, known_at)
    if state.known_at is not None:
        records += advance(program, state, until)
    return records


def feeding(
    program: Program, state: ContactState, log: ContactLog, begins: int | None, start: int | None, until: int,
    broadcasts: Sequence[Event],
) -> Iterator[tuple[int, Event | Mapping[str, Any] | None, list[Record]]]:  # fmt: skip
    """Yields each input of a contact with its instant, and the records up to it and by it.

    An input is a row of the contacts table or an event; it is None if only time passed. A contact starts from the rows
    before it is known; earlier broadcasts do not reach it.
    """
    yield from taking(program, state, _inputs(log, broadcasts), _known_at(log, begins), start, until)


def taking(
    program: Program, state: ContactState, inputs: Iterable[tuple[int, Event | Mapping[str, Any]]],
    known_at: int | None, start: int | None, until: int, inclusive: bool = True,
) -> Iterator[tuple[int, Event | Mapping[str, Any] | None, list[Record]]]:  # fmt: skip
    """Yields each input, given in order of time, as `feeding` does.

    `known_at` is the instant from which the contact is known, None if that is its first event, or if it is known
    already. Without `inclusive`, actions due at `until` wait for the caller that continues from there.
    """
    entering = start is None
    for at, fed in inputs:
        if at > until:
            break
        if known_at is not None and at < known_at:
            if not isinstance(fed, Event):
                start_from(program, state, fed)
                yield at, fed, []
            continue
        if known_at is not None and state.known_at is None:
            yield known_at, None, become_known(program, state, known_at)
        if not entering and start is not None and at >= start:
            yield start, None, advance(program, state, start, inclusive=False, may_enter=False)
            entering = True
        if not isinstance(fed, Event):
            yield at, fed, change_profile(program, state, at, fed, entering)
        elif state.known_at is not None or fed.name not in program.broadcasts:
            yield at, fed, step(program, state, fed, entering)
    if known_at is not None and state.known_at is None and known_at <= until:
        yield known_at, None, become_known(program, state, known_at)
    if not entering and start is not None and start <= until:
        yield start, None, advance(program, state, start, inclusive=False, may_enter=False)
        entering = True
    if state.known_at is not None:
        yield until, None, advance(program, state, until, inclusive, may_enter=entering)


def states_at(
    program: Program, log: ContactLog, instants: Sequence[int], begins: int | None, broadcasts: Sequence[Event] = (),
    start: int | None = None,
) -> Iterator[ContactState]:  # fmt: skip
    """Feeds a contact's log, and yields its state at each of some instants in order of time: one object, which
    continues from there when the next is requested. No contact enters before `start`; no instant is before it.
    """
    state = new_contact(program, log.contact_id, log.profile)
    known_at, inputs = _known_at(log, begins), [*_inputs(log, broadcasts)]
    first = 0
    for until in instants:
        end = bisect_right(inputs, until, lo=first, key=itemgetter(0))
        for _ in taking(program, state, inputs[first:end], known_at, start, until):
            pass
        first, start = end, None
        yield state


def _known_at(log: ContactLog, begins: int | None) -> int | None:
    """The instant from which a contact is known, never before the log begins; None means its first event."""
    since = log.known_since
    if since is None or (begins is not None and since <= begins):
        return begins if log.listed else None
    return min([since, *(event.at for event in log.events[:1])])


def _inputs(log: ContactLog, broadcasts: Sequence[Event]) -> Iterable[tuple[int, Event | Mapping[str, Any]]]:
    """Rows of the contacts table, events and broadcasts in order of time; at one instant in this order."""
    events = [(event.at, event) for event in log.events]
    if not log.changes and not broadcasts:
        return events
    return sorted([*log.changes, *events, *((event.at, event) for event in broadcasts)], key=itemgetter(0))


def replay(
    job: Replay, staged: StagedLog, workers: int, rows_to: Path | None, progress: Progress | None = None
) -> Summary:
    """Replays the log; writes a row for each message to `rows_to` (JSON lines) if that is given.

    The result does not depend on the number of workers: parts are ranges of contacts, put together in order. Contacts
    that were left out of the log count as contacts without records.
    """
    ranges = parts_of(staged, workers)
    total = empty_summary(job.project.scenarios[name] for name in job.reported)
    total.contacts = staged.left_out
    if rows_to is not None:
        rows_to.write_bytes(b"")
    targets = [rows_to.with_name(f"{rows_to.name}.{number}") if rows_to else None for number in range(len(ranges))]
    parts = [*zip(ranges, targets, strict=True)]
    results = over_parts(partial(_prepare, job, staged), _replay_part, parts, workers)
    for count, (summary, part_rows) in enumerate(zip(results, targets, strict=True), 1):
        merge(total, summary)
        if rows_to is not None and part_rows is not None:
            with rows_to.open("ab") as target:
                target.write(part_rows.read_bytes())
            part_rows.unlink()
        if progress is not None:
            progress("replaying", count, len(parts))
    return total


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The values that a process needs for every part that it replays."""

    job: Replay
    staged: StagedLog
    program: Program
    tables: Tables
    broadcasts: Sequence[Event]


def _prepare(job: Replay, staged: StagedLog) -> _Prepared:
    tables = load_tables(job.project)
    program = compile_program(job.project, job.scenarios, tables, job.rows)
    return _Prepared(job, staged, program, tables, list(staged.broadcasts()) if program.broadcasts else [])


def _replay_part(prepared: _Prepared, part_and_target: tuple[ContactRange, Path | None]) -> Summary:
    """The counts of a range of contacts; its rows are written to a file if one is given."""
    part, rows_to = part_and_target
    job = prepared.job
    counting = Counting(job.project, [job.project.scenarios[name] for name in job.reported], job.edges)
    with rarely_collecting():
        if rows_to is None:
            for _, state, records in _fed(prepared, part):
                counting.add(records, state)
            return counting.finish()
        writer = RowWriter(job.project, prepared.tables)
        with rows_to.open("w", encoding="utf-8") as out:
            for contact_id, state, records in _fed(prepared, part):
                for record in records:
                    if isinstance(record, Asked | Updated) and record.scenario in job.reported:
                        out.write(line(writer.row(contact_id, record, "sent")))
                counting.add(records, state)
        writer.report(counting.summary)
        return counting.finish()


def _fed(prepared: _Prepared, part: ContactRange) -> Iterator[tuple[str, ContactState, list[Record]]]:
    job = prepared.job
    for log in prepared.staged.stream(part):
        state, records = feed(prepared.program, log, job.start, job.until, job.begins, prepared.broadcasts)
        yield log.contact_id, state, records
