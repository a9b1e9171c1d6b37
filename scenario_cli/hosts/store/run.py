"""A run: takes what is new up to an instant into the store, part by part, each part in one transaction.

A run writes its head before anything else. One that was cut off is finished by the next, with the same instant and the
same inputs. Reads no clock: the caller says until when.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from scenario_cli.engine.identity import written
from scenario_cli.engine.plain_values import event_of
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.exports import staged_log
from scenario_cli.hosts.parts import over_parts
from scenario_cli.hosts.store.contact import Span
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.definitions import Definitions
from scenario_cli.hosts.store.encoding import decoded_value
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.inputs import NewInputs, Reading, ReadInput, new_inputs, same_inputs
from scenario_cli.hosts.store.tallies import Totals
from scenario_cli.hosts.store.touched import find_touched, parts_of_run
from scenario_cli.hosts.store.work import Part, Prepared, Work, Worked, prepare, work_on_part
from scenario_cli.hosts.store.writing import close_run, write_part
from scenario_cli.model.event import Event
from scenario_cli.model.export import ExportOptions, ReadReport
from scenario_cli.model.project import Project

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class RunJob:
    """What a run is asked to do.

    `options` name the export, None where nothing is read. `until` is the instant to go to and `began` the time of day
    as text. `begin` is where a first run's span begins, None for the earliest event. `workers` is the number of
    processes, None: by the amount of work.
    """

    project: Project
    definitions: Definitions
    options: ExportOptions | None
    until: int
    began: str
    begin: int | None = None
    watermark: str | None = None
    workers: Callable[[int], int] = lambda rows: 1


@dataclass(slots=True)
class RunResult:
    """What a finished run did. `figures` count inputs, `totals` what happened, `notes` are about the inputs."""

    run: int
    clock: int | None
    until: int
    resumed: bool
    figures: Mapping[str, int]
    totals: Totals
    report: ReadReport | None = None
    notes: tuple[str, ...] = ()
    complaints: Mapping[str, int] = field(default_factory=dict)


def run_job(store: Store, job: RunJob, progress: Progress | None = None) -> list[RunResult]:
    """Finishes what an earlier run began, then runs. Raises `StoreError` and `ExportError`."""
    _same_project(store, job.project)
    results = []
    unfinished = store.execute("SELECT id, head FROM runs WHERE ended IS NULL").fetchone()
    if unfinished is not None:
        results.append(_finish(store, job, int(unfinished[0]), json.loads(unfinished[1]), progress))
        if store.clock is not None and job.until <= store.clock:
            return results
    return [*results, _new_run(store, job, progress)]


def _same_project(store: Store, project: Project) -> None:
    if store.meta("project") is None:
        with store.transaction():
            store.set_meta("project", project.name)
            store.set_meta("salt", project.salt)
        return
    name = store.meta("project")
    if name != project.name:
        raise StoreError(
            f"{store.path} belongs to the project '{name}', not to '{project.name}'",
            "each project has a store of its own",
        )


def _new_run(store: Store, job: RunJob, progress: Progress | None) -> RunResult:
    clock = store.clock
    if clock is not None and job.until < clock:
        raise StoreError(
            f"the store's clock is at {written(clock)}, and the run would go to {written(job.until)}",
            "a run goes on from the clock: choose a later --until",
        )
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        found = NewInputs(None, (), ())
        if job.options is not None:
            found = new_inputs(job.options, known_inputs(store), Path(folder), job.watermark)
        with ExitStack() as staging:
            staged = _staged(staging, job, found.options, progress)
            span = _first_span(job, staged) if clock is None else Span(clock, clock, job.until)
            head = {
                "clock": span.clock,
                "begins": span.begins,
                "until": span.until,
                "history_until": span.history_until,
                "inputs": [asdict(reading) for reading in found.readings],
            }
            with store.transaction():
                run = store.execute(
                    "INSERT INTO runs (began, clock, until, head) VALUES (?, ?, ?, ?)",
                    (job.began, span.clock, span.until, json.dumps(head)),
                ).lastrowid
            assert run is not None
            return _carry_out(store, job, run, span, staged, found, resumed=False, progress=progress)


def _first_span(job: RunJob, staged: StagedLog | None) -> Span:
    """The span of a first run: from --begin, else from the earliest event of its input."""
    first = staged.report.first if staged is not None else None
    if job.begin is not None:
        begins = min(first, job.begin) if first is not None else job.begin
        return Span(None, begins, job.until, job.begin)
    return Span(None, first if first is not None and first <= job.until else job.until, job.until)


def _finish(store: Store, job: RunJob, run: int, head: Mapping[str, Any], progress: Progress | None) -> RunResult:
    """Finishes a run that was cut off."""
    readings = tuple(Reading(ReadInput(**reading["input"]), reading["start"]) for reading in head["inputs"])
    span = Span(head["clock"], head["begins"], head["until"], head["history_until"])
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder, ExitStack() as staging:
        options = None
        if readings:
            if job.options is None:
                raise StoreError(
                    f"run {run} was cut off and is to be finished with its inputs, and none are named now",
                    "name the same --events and --contacts as then",
                )
            options = same_inputs(job.options, readings, Path(folder), job.watermark)
        staged = _staged(staging, job, options, progress)
        found = NewInputs(options, readings, ())
        return _carry_out(store, job, run, span, staged, found, resumed=True, progress=progress)


def _staged(
    staging: ExitStack, job: RunJob, options: ExportOptions | None, progress: Progress | None
) -> StagedLog | None:
    if options is None:
        return None
    return staging.enter_context(staged_log(job.project, job.definitions.names, options, progress))


def known_inputs(store: Store) -> list[ReadInput]:
    """The inputs that were read so far, the earliest first."""
    rows = store.execute("SELECT role, path, size, digest, modified, watermark FROM inputs ORDER BY id")
    return [ReadInput(*row) for row in rows]


def _carry_out(
    store: Store, job: RunJob, run: int, span: Span, staged: StagedLog | None, found: NewInputs, resumed: bool,
    progress: Progress | None,
) -> RunResult:  # fmt: skip
    span = replace(span, changed=store.meta("program") not in (None, job.definitions.digest))
    broadcasts, later = _broadcasts(store, staged, span)
    work = Work(job.project, job.definitions.names, (), staged, span, tuple(broadcasts), _forgotten(store))
    count = find_touched(store, staged, span, everybody=span.changed or bool(broadcasts))
    begun = store.value("SELECT next_contact FROM runs WHERE id = ?", (run,))
    close = partial(close_run, store, run, span, found.readings, job.definitions.digest, later, job.began)
    done = 0
    closed = False
    parts = parts_of_run(store, begun)
    for contacts, worked in over_parts(partial(prepare, work), _worked_on, parts, job.workers(count)):
        with store.transaction():
            write_part(store, run, contacts, worked)
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
    return result_of(store, run, resumed, staged.report if staged is not None else None, found.notes)


def _broadcasts(store: Store, staged: StagedLog | None, span: Span) -> tuple[list[Event], list[Event]]:
    """The events without a contact that this run takes, in order of time, and those for later runs."""
    kept = store.execute(
        "SELECT content FROM kept WHERE contact IS NULL AND at <= ? ORDER BY at, id", (span.until,)
    ).fetchall()
    events = [event for (content,) in kept if (event := event_of(decoded_value(content)))]
    events += staged.broadcasts() if staged is not None else ()
    events.sort(key=lambda event: event.at)
    return [event for event in events if event.at <= span.until], [event for event in events if event.at > span.until]


def _worked_on(prepared: Prepared, part: Part) -> tuple[ContactRange, Worked]:
    return part.contacts, work_on_part(prepared, part)


def _forgotten(store: Store) -> frozenset[str]:
    return frozenset(hash_ for (hash_,) in store.execute("SELECT hash FROM forgotten"))


def result_of(
    store: Store, run: int, resumed: bool = False, report: ReadReport | None = None, notes: Sequence[str] = ()
) -> RunResult:
    """What a finished run did, from the store."""
    clock, until = store.execute("SELECT clock, until FROM runs WHERE id = ?", (run,)).fetchone()
    totals: Totals = Counter()
    figures: Counter[str] = Counter()
    complaints: Counter[str] = Counter()
    for scenario, definition, state, kind, count in store.execute(
        "SELECT scenario, definition, state, kind, count FROM totals WHERE run = ?", (run,)
    ):
        group, _, name = kind.partition(": ")
        if group == "input":
            figures[name] += count
        elif group == "complaint":
            complaints[name] += count
        else:
            totals[scenario, definition, state, kind] += count
    return RunResult(run, clock, until, resumed, figures, totals, report, tuple(notes), complaints)
