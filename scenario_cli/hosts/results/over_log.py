"""Replays a log and counts the results of scenarios in it, over one process or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.parts import over_parts, parts_of, rarely_collecting
from scenario_cli.hosts.replay import Replay, feed
from scenario_cli.hosts.results.counting import Counting, empty_figures
from scenario_cli.hosts.results.merging import merge
from scenario_cli.hosts.results.outbox import Outbox
from scenario_cli.hosts.results.sent_messages import Joining, SentMessage, credited, of_replay
from scenario_cli.hosts.results.slicing import Slicing, surveyed
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.message_events import MessageEvents
from scenario_cli.model.records import Record
from scenario_cli.model.results_report import LOG, OUTBOX, REPLAY, Cut, Figures

# No report can show so many slices; a value that differs for nearly every contact is not useful for slices.
MOST_SLICES = 2_000


class TooManySlices(Exception):
    """The values give more slices than can be counted."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The counts in addition to the whole, and the source of the messages: the replay, the log, or the outbox of the
    store in a file.
    """

    cut: Cut = field(default_factory=Cut)
    source: str = REPLAY
    store: str = ""


OF_REPLAY = Sought()


def figures_of(
    job: Replay,
    programs: tuple[str, ...],
    staged: StagedLog,
    workers: int,
    progress: Callable[[str, int, int | None], None] | None = None,
    sought: Sought = OF_REPLAY,
) -> Figures:
    """The results of a replay's scenarios, and the KPIs of `programs`, whose measuring scenarios the replay runs. The
    result does not depend on the number of workers. Raises `TooManySlices`.
    """
    total = empty_figures(job.reported, programs)
    parts = parts_of(staged, workers)
    prepare = partial(_prepare, job, programs, staged, sought)
    for count, figures in enumerate(over_parts(prepare, _of_part, parts, workers), 1):
        merge(total, figures)
        if len(total.slices) > MOST_SLICES:
            raise TooManySlices
        if progress is not None:
            progress("replaying", count, len(parts))
    return total


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The values that a process needs for every part of the log."""

    job: Replay
    programs: tuple[str, ...]
    staged: StagedLog
    sought: Sought
    program: Program
    broadcasts: Sequence[Event]


def _prepare(job: Replay, programs: tuple[str, ...], staged: StagedLog, sought: Sought) -> _Prepared:
    tables = load_tables(job.project)
    program = compile_program(job.project, job.scenarios, tables, job.rows, survey=surveyed(sought.cut))
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []
    return _Prepared(job, programs, staged, sought, program, broadcasts)


def _of_part(prepared: _Prepared, part: ContactRange) -> Figures:
    job, sought = prepared.job, prepared.sought
    scenarios = [job.project.scenarios[name] for name in job.reported]
    counting = Counting(job.project, scenarios, job.until, prepared.programs)
    figures = empty_figures(job.reported, prepared.programs)
    slicing = Slicing(job, sought.cut, prepared.program, prepared.broadcasts) if sought.cut else None
    messages = _Messages(prepared, counting, part)
    with rarely_collecting():
        for log in prepared.staged.stream(part):
            _, records = feed(prepared.program, log, job.start, job.until, job.begins, prepared.broadcasts)
            sent = messages.of(log, records)
            credits = credited(records, sent)
            counting.add(figures, records, sent, credits)
            for slice_, (of_slice, sent_of_slice) in (slicing.slices(log, records, sent) if slicing else {}).items():
                counting.add(figures.slices.setdefault(slice_, Figures()), of_slice, sent_of_slice, credits)
            if len(figures.slices) > MOST_SLICES:
                break
        for sent in messages.rest():
            counting.add(figures, (), sent, {})
    messages.note(figures)
    return figures


class _Messages:
    """The messages that left to the contacts of a part, from the requested source."""

    def __init__(self, prepared: _Prepared, counting: Counting, part: ContactRange) -> None:
        job, sought = prepared.job, prepared.sought
        self.counting = counting
        events = job.project.messages or MessageEvents()
        self.joining = (
            Joining(job.project, events, job.reported, job.start, job.until, sought.source == OUTBOX)
            if sought.source in (LOG, OUTBOX)
            else None
        )
        self.outbox = Outbox(sought.store, job.project, part) if sought.source == OUTBOX else None

    def of(self, log: ContactLog, records: Sequence[Record]) -> list[SentMessage]:
        """The messages of the scenarios shown that left to the next contact of the log."""
        if self.joining is None:
            return of_replay(records, self.counting.is_shown)
        handed = self.outbox.of(log.contact_id) if self.outbox is not None else ()
        return self.joining.sent_messages(log.events, records, handed)

    def rest(self) -> list[list[SentMessage]]:
        """The messages to contacts of the outbox who are not in the log, contact by contact."""
        if self.joining is None or self.outbox is None:
            return []
        return [self.joining.sent_messages((), (), handed) for handed in self.outbox.rest()]

    def note(self, figures: Figures) -> None:
        """Adds how the messages were joined."""
        if self.joining is not None:
            figures.joined = self.joining.joined
        if self.outbox is not None:
            figures.joined.statuses.update(self.outbox.statuses)
