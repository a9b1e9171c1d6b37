"""Carries a run out: its contacts, part by part, each part in one transaction."""

from __future__ import annotations

from functools import partial

from scenario_cli.engine.plain_values import event_of
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.parts import over_parts
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.encoding import decoded_value
from scenario_cli.hosts.store.forgetting import forgotten_in
from scenario_cli.hosts.store.job import BegunRun, Progress, RunJob
from scenario_cli.hosts.store.results import result_of
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.touched import count_gone, find_touched, parts_of_run
from scenario_cli.hosts.store.work import Part, Prepared, Work, Worked, prepare, work_on_part
from scenario_cli.hosts.store.writing import close_run, write_part
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import Event
from scenario_cli.model.run_result import RunResult


def carry_out(store: Store, job: RunJob, run: BegunRun, progress: Progress | None) -> RunResult:
    """Works on all contacts of a run, and closes it. Raises `StoreError` and `ExportError`."""
    span = run.span
    broadcasts, later = _broadcasts(store, run.staged, span)
    work = Work(
        job.definitions, run.staged, span, tuple(broadcasts), run.history, forgotten_in(store), store.dictionary
    )
    count = find_touched(store, span, [run.staged, run.history], everybody=span.changed or bool(broadcasts))
    cut_off_at = store.value("SELECT next_contact FROM runs WHERE id = ?", (run.number,))
    close = partial(close_run, store, job, run, later, count_gone(store, run.staged))
    done = 0
    closed = False
    parts = parts_of_run(store, cut_off_at)
    workers = job.workers(count)
    if workers > 1:
        load_tables(job.project)  # unreadable inputs raise here, and not in a worker process
    results = over_parts(partial(prepare, work), _worked_on, parts, workers) if count else ()
    for contacts, worked in results:
        with store.transaction():
            write_part(store, run.number, contacts, worked)
            if contacts.end is None:
                close()
                closed = True
        done += len(worked.touched)
        if progress is not None:
            progress("running", min(done, count), count)
    if not closed:
        with store.transaction():
            close()
    store.execute("DROP TABLE temp.touched")
    report = run.staged.report if run.staged is not None else None
    return result_of(store, run.number, run.resumed, report, run.notes)


def _broadcasts(store: Store, staged: StagedLog | None, span: Span) -> tuple[list[Event], list[Event]]:
    """The events without a contact that this run takes, in order of time, and those for later runs."""
    stored = store.execute(
        "SELECT content FROM kept WHERE contact IS NULL AND at <= ? ORDER BY at, id", (span.until,)
    ).fetchall()
    events = [event for (content,) in stored if (event := event_of(decoded_value(content)))]
    events += staged.broadcasts() if staged is not None else ()
    events.sort(key=lambda event: event.at)
    return [event for event in events if event.at <= span.until], [event for event in events if event.at > span.until]


def _worked_on(prepared: Prepared, part: Part) -> tuple[ContactRange, Worked]:
    return part.contacts, work_on_part(prepared, part)
