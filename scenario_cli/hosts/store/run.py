"""A run: takes new inputs up to an instant into the store.

A run writes its head before anything else. An interrupted run is finished by the next run, with the same instant and
the same inputs. Reads no clock: the caller gives the end.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from scenario_cli.engine.calendar import UTC, local, zone
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.exports import staged_log
from scenario_cli.hosts.store.carrying_out import carry_out
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.definitions import refuse_stranded
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.fed import identities_of, refuse_unfed, unfed
from scenario_cli.hosts.store.inputs import NewInputs, new_inputs, refuse_changed_since, same_inputs
from scenario_cli.hosts.store.job import BegunRun, Progress, RunJob
from scenario_cli.hosts.store.links import known_links, merged_contacts
from scenario_cli.hosts.store.read_inputs import ReadInput, Role, reading_of
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.writing import begin_run
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import Project
from scenario_cli.model.run_result import RunResult

_NOTHING_NEW = NewInputs(None, (), ())


def run_job(store: Store, job: RunJob, progress: Progress | None = None) -> list[RunResult]:
    """Finishes an interrupted run, then runs. Raises `StoreError` and `ExportError`."""
    check_project(store, job.project, job.accept_new_salt)
    results = []
    unfinished = store.execute("SELECT id, head FROM runs WHERE ended IS NULL").fetchone()
    if unfinished is not None:
        results.append(_finish(store, job, int(unfinished[0]), json.loads(unfinished[1]), progress))
        if store.clock is not None and job.until <= store.clock:
            return results
    return [*results, _new_run(store, job, progress)]


def check_project(store: Store, project: Project, accept_new_salt: bool = False) -> None:
    """Raises `StoreError` if the store belongs to another project or salt, because every draw would change."""
    hint = (
        "each project has a store of its own; where this is the same one under a new name, go on with --accept-new-salt"
    )
    if accept_new_salt:
        return
    name, salt = store.meta("project"), store.meta("salt")
    if name is not None and name != project.name:
        raise StoreError(
            (
                f"the store belongs to the project '{name}', not to '{project.name}': message ids and all "
                "random draws would change"
            ),
            hint,
        )
    if salt is not None and salt != project.salt:
        raise StoreError(
            "the salt of project.yaml is another than in the runs before: who is in the control group, held out, or on "
            "which side of a split would fall anew",
            "restore the old salt, or accept the new one with --accept-new-salt",
        )


def _new_run(store: Store, job: RunJob, progress: Progress | None) -> RunResult:
    check_clock(store, job)
    clock = store.clock
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder, ExitStack() as staging:
        new = _new_inputs(store, job, job.options, Path(folder) / "inputs", "events")
        past = _new_inputs(store, job, job.history, Path(folder) / "history", "history")
        staged = _staged(staging, store, job, new.options, progress)
        history = _staged(staging, store, job, past.options, progress)
        for inputs in (new, past):
            refuse_changed_since(inputs)
        span = _first_span(job, staged, history) if clock is None else _next_span(store, job, clock)
        readings = (*new.readings, *past.readings)
        program = job.definitions.digest
        names = {"unfed": sorted(span.unfed), "archived": sorted(span.archived), "program": program}
        head = {**asdict(span), **names, "inputs": [asdict(reading) for reading in readings]}
        with store.transaction():
            number = begin_run(store, job, span, json.dumps(head))
        notes = (*new.notes, *past.notes, *merged_contacts(store, staged))
        run = BegunRun(number, span, staged, history, readings, program, notes=notes)
        return carry_out(store, job, run, progress)


def check_clock(store: Store, job: RunJob) -> None:
    """Raises `StoreError` if the run would go to an instant before the store's clock."""
    clock = store.clock
    if clock is not None and job.until < clock:
        raise StoreError(
            (f"the store is already at {_on_clock(clock, job)}, but the run would end at {_on_clock(job.until, job)}"),
            "a run continues from there: choose a later --until",
        )


def _on_clock(instant: int, job: RunJob) -> str:
    return local(instant, zone(job.project.timezone) or UTC).isoformat(timespec="seconds")


def _new_inputs(store: Store, job: RunJob, options: ExportOptions | None, folder: Path, role: Role) -> NewInputs:
    if options is None:
        return _NOTHING_NEW
    folder.mkdir()
    return new_inputs(options, known_inputs(store), folder, job.watermark if role == "events" else None, role)


def _first_span(job: RunJob, staged: StagedLog | None, history: StagedLog | None) -> Span:
    """The span of a first run: from --begin, else from the earliest event of its input."""
    firsts = [log.report.first for log in (staged, history) if log is not None and log.report.first is not None]
    earliest = min([first for first in firsts if first <= job.until], default=job.until)
    begin = job.begin
    if begin is None and history is not None:
        begin = staged.report.first if staged is not None and staged.report.first is not None else job.until
    return Span(None, earliest if begin is None else min(earliest, begin), job.until, begin)


def _next_span(store: Store, job: RunJob, clock: int) -> Span:
    """The span from the store's clock. Stops if a new part reaches back and is fed with no history."""
    if store.meta("program") == job.definitions.digest:
        return Span(clock, clock, job.until)
    program = job.definitions.compiled()
    refuse_stranded(store, program)
    new = unfed(store, program)
    if new and job.history is None and not job.from_now:
        refuse_unfed(new)
    return Span(clock, clock, job.until, changed=True, unfed=identities_of(new), archived=job.definitions.archived)


def _finish(store: Store, job: RunJob, number: int, head: Mapping[str, Any], progress: Progress | None) -> RunResult:
    """Finishes a run that was cut off, with the same inputs."""
    readings = tuple(map(reading_of, head["inputs"]))
    span = Span(**{name: value for name, value in head.items() if name not in ("inputs", "program")})
    span = replace(span, unfed=frozenset(head["unfed"]), archived=frozenset(head["archived"]))
    if head["program"] != job.definitions.digest:
        span = _under_other_definitions(store, job, span)
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder, ExitStack() as staging:
        logs = []
        for role, options in (("events", job.options), ("history", job.history)):
            of_role = [reading for reading in readings if (reading.input.role == "history") == (role == "history")]
            if of_role and options is None:
                raise StoreError(
                    f"run {number} was interrupted and needs its inputs to be completed, but none are given",
                    "give the same --events, --contacts and --history as then",
                )
            same = None
            if of_role and options is not None:
                inputs = Path(folder) / role
                inputs.mkdir()
                same = same_inputs(options, of_role, inputs, job.watermark)
            logs.append(_staged(staging, store, job, same, progress))
        staged, history = logs
        run = BegunRun(number, span, staged, history, readings, head["program"], resumed=True)
        return carry_out(store, job, run, progress)


def _under_other_definitions(store: Store, job: RunJob, span: Span) -> Span:
    """The span of a run that is finished under other definitions than it began under. Contacts that were done already
    are processed again by the next run.
    """
    program = job.definitions.compiled()
    refuse_stranded(store, program)
    new = unfed(store, program)
    if new and not job.from_now:
        refuse_unfed(
            new,
            (
                "an interrupted run must be completed first: run once with the old definitions, or start these "
                "empty with --from-now"
            ),
        )
    return replace(span, changed=span.clock is not None, archived=job.definitions.archived)


def _staged(
    staging: ExitStack, store: Store, job: RunJob, options: ExportOptions | None, progress: Progress | None
) -> StagedLog | None:
    if options is None:
        return None
    return staging.enter_context(
        staged_log(
            job.project,
            job.definitions.names,
            options,
            progress,
            beside=job.definitions.older,
            links=known_links(store),
        )
    )


def known_inputs(store: Store) -> list[ReadInput]:
    """The inputs that were read so far, the earliest first."""
    rows = store.execute("SELECT role, path, size, digest, modified, watermark FROM inputs ORDER BY id")
    return [ReadInput(*row) for row in rows]
