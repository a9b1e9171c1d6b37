"""A run: takes what is new up to an instant into the store, part by part, each part in one transaction.

A run writes its head before anything else. One that was cut off is finished by the next, with the same instant and the
same inputs. Reads no clock: the caller says until when.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.exports import staged_log
from scenario_cli.hosts.parts import over_parts
from scenario_cli.hosts.store.contact import Span, StoredContact
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.definitions import Definitions
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.inputs import NewInputs, ReadInput, Reading, new_inputs, same_inputs
from scenario_cli.hosts.store.tallies import Totals, write_totals
from scenario_cli.hosts.store.work import Part, Work, Worked, prepare, work_on_part
from scenario_cli.model.export import ExportOptions, ReadReport
from scenario_cli.model.project import Project

Progress = Callable[[str, int, int | None], None]

_CONTACTS_A_PART = 2_000  # a part is one transaction, and its states are in memory


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
            f"the store's clock is at {_written(clock)}, and the run would go to {_written(job.until)}",
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
    work = Work(job.project, job.definitions.names, (), staged, span, _forgotten(store))
    span = replace(span, changed=store.meta("program") not in (None, job.definitions.digest))
    work = replace(work, span=span)
    count = _find_touched(store, staged, span)
    begun = store.value("SELECT next_contact FROM runs WHERE id = ?", (run,))
    done = 0
    closed = False
    parts = _parts(store, begun)
    for part, worked in over_parts(partial(prepare, work), _numbered_work, parts, job.workers(count)):
        with store.transaction():
            _write(store, run, part, worked)
            if part.end is None:
                _close(store, job, run, span, found)
                closed = True
        done += len(worked.touched)
        if progress is not None:
            progress("running", min(done, count), count)
    if not closed:
        with store.transaction():
            _close(store, job, run, span, found)
    store.execute("DROP TABLE temp.touched")
    return result_of(store, run, resumed, staged.report if staged is not None else None, found.notes)


def _numbered_work(prepared: Any, part: Part) -> tuple[ContactRange, Worked]:
    return part.contacts, work_on_part(prepared, part)


def _forgotten(store: Store) -> frozenset[str]:
    return frozenset(hash_ for (hash_,) in store.execute("SELECT hash FROM forgotten"))


def _find_touched(store: Store, staged: StagedLog | None, span: Span) -> int:
    """Gathers the contacts whom this run is about in a table of this connection, and counts them."""
    store.execute("CREATE TEMP TABLE touched (contact TEXT PRIMARY KEY) WITHOUT ROWID")
    store.execute("BEGIN")
    everybody = span.changed or (staged is not None and any(True for _ in staged.broadcasts()))
    if everybody:
        store.execute("INSERT INTO temp.touched SELECT contact FROM contacts ORDER BY contact")
    else:
        store.execute(
            "INSERT OR IGNORE INTO temp.touched SELECT contact FROM contacts WHERE next_due < ?", (span.until,)
        )
    store.execute(
        "INSERT OR IGNORE INTO temp.touched SELECT contact FROM kept WHERE at <= ? AND contact IS NOT NULL",
        (span.until,),
    )
    for ids in staged.contacts() if staged is not None else ():
        store.execute_many("INSERT OR IGNORE INTO temp.touched VALUES (?)", [(contact,) for contact in ids])
    store.execute("COMMIT")
    return int(store.value("SELECT count(*) FROM temp.touched"))


def _parts(store: Store, begun: str | None) -> Iterator[Part]:
    """The contacts of a run in parts, from where it was cut off."""
    first = begun
    if store.value("SELECT 1 FROM temp.touched WHERE contact >= ? LIMIT 1", (first or "",)) is None:
        return
    while True:
        end = store.value(
            "SELECT contact FROM temp.touched WHERE contact >= ? ORDER BY contact LIMIT 1 OFFSET ?",
            (first or "", _CONTACTS_A_PART),
        )
        yield _part(store, first, end)
        if end is None:
            return
        first = end


def _part(store: Store, first: str | None, end: str | None) -> Part:
    condition, bounds = "t.contact >= ?", [first or ""]
    if end is not None:
        condition, bounds = condition + " AND t.contact < ?", [*bounds, end]
    kept: dict[str, list[tuple[int, str, bytes]]] = {}
    for contact, at, kind, content in store.execute(
        "SELECT k.contact, k.at, k.kind, k.content FROM temp.touched t JOIN kept k ON k.contact = t.contact "
        f"WHERE {condition} ORDER BY k.id",
        bounds,
    ):
        kept.setdefault(contact, []).append((at, kind, content))
    waiting: dict[str, list[tuple[int, str]]] = {}
    for contact, row, channel in store.execute(
        "SELECT o.contact, o.id, o.channel FROM temp.touched t JOIN outbox o ON o.contact = t.contact "
        f"WHERE {condition} AND o.status = 'pending' AND o.needs_consent",
        bounds,
    ):
        waiting.setdefault(contact, []).append((row, channel))
    stored = [
        StoredContact(contact, state, next_due, listed, tuple(kept.pop(contact, ())))
        for contact, state, next_due, listed in store.execute(
            "SELECT t.contact, c.state, c.next_due, c.listed FROM temp.touched t JOIN contacts c "
            f"ON c.contact = t.contact WHERE {condition} ORDER BY t.contact",
            bounds,
        )
    ]
    stored += [StoredContact(contact, kept=tuple(inputs)) for contact, inputs in kept.items()]
    stored.sort(key=lambda contact: contact.contact_id)
    return Part(ContactRange(first, end, 0), stored, waiting)


def _write(store: Store, run: int, part: ContactRange, worked: Worked) -> None:
    """Writes what a part came to; the caller holds the transaction."""
    store.execute_many(
        "INSERT INTO contacts (contact, state, next_due, listed) VALUES (?, ?, ?, ?) ON CONFLICT (contact) DO UPDATE "
        "SET state = excluded.state, next_due = excluded.next_due, listed = excluded.listed",
        worked.states,
    )
    store.execute_many("DELETE FROM kept WHERE contact = ?", [(contact,) for contact in worked.touched])
    store.execute_many("INSERT INTO kept (contact, at, kind, content) VALUES (?, ?, ?, ?)", worked.kept)
    store.execute_many(
        "INSERT INTO outbox (run, contact, kind, message_id, channel, send_at, expires_at, needs_consent, status, row) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run, row.contact_id, row.kind, row.message_id, row.channel, row.send_at, row.expires_at,
             row.needs_consent, row.status, row.row)
            for row in worked.rows
        ],
    )  # fmt: skip
    store.execute_many(
        "UPDATE outbox SET status = 'withdrawn' WHERE id = ? AND status = 'pending'",
        [(row,) for row in worked.withdrawn],
    )
    totals = worked.totals
    for name, count in worked.figures.items():
        totals["", "", "", f"input: {name}"] += count
    for text, count in worked.complaints.items():
        totals["", "", "", f"complaint: {text}"] += count
    write_totals(store, run, totals)
    store.execute("UPDATE runs SET next_contact = ? WHERE id = ?", (part.end, run))


def _close(store: Store, job: RunJob, run: int, span: Span, found: NewInputs) -> None:
    """Sets the clock, closes the run and remembers its inputs; the caller holds the transaction."""
    store.execute_many(
        "INSERT INTO inputs (run, role, path, size, digest, modified, watermark) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(run, *asdict(reading.input).values()) for reading in found.readings],
    )
    store.set_meta("clock", span.until)
    if span.clock is None:
        store.set_meta("begins", span.begins)
    store.set_meta("program", job.definitions.digest)
    store.execute("UPDATE runs SET ended = ?, next_contact = NULL WHERE id = ?", (job.began, run))


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


def _written(instant: int) -> str:
    from scenario_cli.engine.identity import written

    return written(instant)
