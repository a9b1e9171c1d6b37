"""Leaves out of a staged log the contacts who cannot enter any of the running scenarios. Replays nothing."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.analysis.concerning import concerning
from scenario_cli.analysis.needs import chosen_scenarios
from scenario_cli.events.concerned import concerned_alone
from scenario_cli.events.staged import StagedLog
from scenario_cli.model.concerning import Concerning
from scenario_cli.model.project import Project

_LEAST_ROWS = 20_000  # a shorter log is replayed sooner than its contacts are found


def concerned_log(
    project: Project,
    scenarios: Iterable[str],
    staged: StagedLog,
    start: int | None,
    until: int,
    beside: Project | None = None,
) -> StagedLog:
    """The log of the contacts about whom a replay can record anything, if that is worth the search.

    Contacts can enter from `start` on (None: at once); nothing after `until` is replayed. Contacts that are left out
    count in `StagedLog.left_out`. A contact about whom the live and draft scenarios of the project `beside` would
    record anything is not left out.
    """
    if staged.report.used + staged.report.contacts < _LEAST_ROWS:
        return staged
    rows = concerning(project, [project.scenarios[name] for name in scenarios])
    if rows is not None and beside is not None:
        other_rows = concerning(beside, chosen_scenarios(beside, ()))
        rows = None if other_rows is None else _joined(rows, other_rows)
    return staged if rows is None else concerned_alone(staged, rows, start, until)


def _joined(first: Concerning, second: Concerning) -> Concerning:
    return Concerning(
        tuple(dict.fromkeys((*first.events, *second.events))),
        first.later_rows or second.later_rows,
        tuple(dict.fromkeys((*first.profile_events, *second.profile_events))),
    )
