"""Calculates the effect of a run without doing it: the fate of running journeys, and the reasons why it would stop."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.foreseen import foreseen
from scenario_cli.engine.placement import placement
from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.definitions import Definitions, refuse_stranded
from scenario_cli.hosts.store.encoding import decoded
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.fed import refuse_unfed, unfed
from scenario_cli.hosts.store.inputs import new_inputs
from scenario_cli.hosts.store.job import RunJob
from scenario_cli.hosts.store.run import check_clock, check_project, known_inputs
from scenario_cli.hosts.store.tallies import running_journeys
from scenario_cli.model.under_way import RunCheck, UnderWay

Place = tuple[str, str, str]  # scenario as stored, definition, state


def journeys_under_way(store: Store, definitions: Definitions) -> list[UnderWay]:
    """The fate of each running journey of a store under these definitions, by scenario, definition and state."""
    program = definitions.compiled()
    places = {place: placement(program, place[0], place[1] or None, place[2]) for place in running_journeys(store)}
    move = any(place.fate == "moves" for place in places.values())
    over = _over_at_once(store, program) if move else Counter[Place]()
    groups = []
    for (name, definition, state), count in running_journeys(store).items():
        place = places[name, definition, state]
        today = program.renamed.get(name, name)
        fate = "archived" if today in definitions.archived else place.fate
        to = place.state or place.outcome if fate in ("moves", "ends") else None
        groups.append(UnderWay(today, definition, state, count, fate, to, over[today, definition, state]))
    return groups


def _over_at_once(store: Store, program: Program) -> Counter[Place]:
    """The waits that would be over at once after journeys move, known only from the contacts' states."""
    over: Counter[Place] = Counter()
    clock = store.clock or 0
    for (state,) in store.execute("SELECT state FROM contacts"):
        for fate in foreseen(program, decoded(store.states.unpacked(state)), clock):
            over[fate.scenario, fate.definition, fate.state] += fate.over_at_once
    return over


def check_run(store: Store, until: int, make_job: Callable[[], RunJob]) -> RunCheck:
    """Everything that a run to an instant looks at before it writes. One reason to stop does not hide the others."""
    try:
        job = make_job()
    except StoreError as error:  # no program can be made, so nothing else can be checked
        return RunCheck(store.clock, until, (), ((error.message, error.hint),), (), ())
    faults: list[tuple[str, str | None]] = []

    def tried(check: Callable[[], None]) -> None:
        try:
            check()
        except (StoreError, ExportError) as error:
            faults.append((error.message, error.hint))

    tried(lambda: check_project(store, job.project, job.accept_new_salt))
    tried(lambda: check_clock(store, job))
    program = job.definitions.compiled()
    tried(lambda: refuse_stranded(store, program))
    new = unfed(store, program)
    if new and job.history is None and not job.from_now:
        tried(lambda: refuse_unfed(new))
    notes: list[str] = []
    inputs: list[str] = []

    def look_for_inputs() -> None:
        if job.options is not None:
            with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
                unread = new_inputs(job.options, known_inputs(store), Path(folder), job.watermark)
                notes.extend(unread.notes)
                # Of some only the name or the time of the last change is new.
                fresh = [reading.input for reading in unread.readings if reading.start < reading.input.size]
                inputs.extend(dict.fromkeys(each.path for each in fresh))

    tried(look_for_inputs)
    under_way = journeys_under_way(store, job.definitions)
    return RunCheck(store.clock, until, tuple(under_way), tuple(faults), tuple(notes), tuple(inputs))
