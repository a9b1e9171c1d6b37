"""Counts of a run by scenario, definition and state: so that the store gives them without decoding any state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from scenario_cli.hosts.store.database import Store
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Record, Refused, Updated, Warned
from scenario_cli.model.run_result import Totals

if TYPE_CHECKING:  # reading counts alone needs no executor
    from scenario_cli.engine.compiled import Program
    from scenario_cli.engine.state import ContactState, Journey


OF_NO_RUN = 0  # the run of counts that belong to no single run


def add_records(totals: Totals, records: Iterable[Record]) -> None:
    """Adds the records of a contact."""
    for record in records:
        match record:
            case Asked():
                kind = f"dropped: {record.reason}" if record.reason else f"sent: {record.channel}"
                totals[record.scenario, "", record.state, kind] += 1
            case Entered():
                totals[record.scenario, "", "", "entered"] += 1
            case Ended():
                totals[record.scenario, "", record.state, f"ended: {record.outcome}"] += 1
            case Refused():
                totals[record.scenario, "", "", f"refused: {record.reason}"] += 1
            case Converted():
                totals[record.scenario, "", "", "converted"] += 1
            case Updated():
                totals[record.scenario, "", record.state, f"updated: {record.attribute}"] += 1
            case Warned():
                totals[record.scenario, "", "", f"warning: {record.place}"] += 1


def running(program: Program, state: ContactState | None) -> Totals:
    """The journeys that a contact has running."""
    return Counter(
        (journey.scenario, definition_name(program, journey), journey.state_name, "running")
        for journeys in (state.journeys.values() if state is not None else ())
        for journey in journeys
        if not journey.ended
    )


def saved_running(values: Mapping[str, Any]) -> Totals:
    """The same of a contact as it was saved, under the names and definitions of that time."""
    return Counter(
        (journey["scenario"], journey.get("definition", ""), journey["state"], "running")
        for journey in values.get("journeys", ())
        if not journey.get("ended")
    )


def definition_name(program: Program, journey: Journey) -> str:
    """The name of the definition that a running journey runs on."""
    return journey.pinned or program.by_name[journey.scenario].definition


def write_totals(store: Store, run: int, totals: Totals) -> None:
    """Writes the counts of a part; zero counts are left out."""
    store.execute_many(
        "INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?)",
        [(run, *key, count) for key, count in sorted(totals.items()) if count],
    )


def sum_up_running(store: Store) -> None:
    """Puts the running journeys that all runs have left into one count for each place.

    So it takes no longer to count them after a year of runs.
    """
    counts = running_journeys(store)
    store.execute("DELETE FROM totals WHERE kind = 'running'")
    write_totals(store, OF_NO_RUN, Counter({(*place, "running"): count for place, count in counts.items()}))


def running_journeys(store: Store) -> dict[tuple[str, str, str], int]:
    """The running journeys by scenario, definition and state."""
    rows = store.execute(
        "SELECT scenario, definition, state, sum(count) FROM totals WHERE kind = 'running' "
        "GROUP BY scenario, definition, state HAVING sum(count) != 0 ORDER BY scenario, definition, state"
    )
    return {(scenario, definition, state): count for scenario, definition, state, count in rows}
