"""Stages an export for the scenarios that run over it. Shows nothing and knows no option of a command."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from scenario_cli.analysis.needs import (
    Types,
    brought_elsewhere,
    chosen_scenarios,
    read_names,
    updated_attributes,
    wanted_attributes,
    wanted_events,
)
from scenario_cli.events.decoding import KNOWN_SINCE
from scenario_cli.events.identity import KnownLinks
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions, ReadReport, Unfilled
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


@contextmanager
def staged_log(
    project: Project,
    scenarios: Iterable[str],
    options: ExportOptions,
    progress: Callable[[str, int, int | None], None] | None = None,
    rows: bool = True,
    contact: str | None = None,
    beside: Project | None = None,
    survey: Collection[str] | None = None,
    links: KnownLinks | None = None,
    more: Mapping[str, Types] | None = None,
) -> Iterator[StagedLog]:
    """The export, or one `contact` of it, read and sorted in a temporary folder that is removed afterwards.

    Without `rows`, the properties that only templates read are left out. It includes the data for the live and draft
    scenarios of the project `beside`; if both declare a value, this project's type counts. It includes the data for a
    `survey` of these metrics and of every segment, if requested. `links` has the owners of anonymous ids from earlier
    exports. `more` are events with properties for other readers. Raises `ExportError`, also while the log is streamed.
    """
    selected = [project.scenarios[name] for name in scenarios]
    beside_scenarios = chosen_scenarios(beside, ()) if beside is not None else []
    types_by_event = wanted_events(project, selected, rows, survey)
    if more is not None:
        types_by_event = _joined(more, types_by_event)
    attributes = wanted_attributes(project)
    events = dict(project.plan.events)
    if beside is not None:
        types_by_event = _joined(wanted_events(beside, beside_scenarios, rows), types_by_event)
        attributes = {**wanted_attributes(beside), **attributes}
        events = {**beside.plan.events, **events}
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        staged = stage(
            options,
            types_by_event,
            {KNOWN_SINCE: "datetime", **attributes},
            Path(folder),
            progress,
            broadcast=[name for name, event in events.items() if event.broadcast],
            profile=[name for name, event in events.items() if event.profile],
            contact=contact,
            keys=[part.name for scenario in (*selected, *beside_scenarios) for part in scenario.key_properties],
            links=links,
        )
        report = without_expected_gaps(staged.report, project, selected)
        yield replace(staged, report=report, timezone=options.timezone)


def _joined(first: Mapping[str, Types], second: Mapping[str, Types]) -> dict[str, Types]:
    """The events of both with the properties of both; if both have a property, the second type counts."""
    return {name: {**first.get(name, {}), **second.get(name, {})} for name in sorted({*first, *second})}


def without_expected_gaps(report: ReadReport, project: Project, scenarios: Collection[Scenario]) -> ReadReport:
    """The report without gaps that are not faults of the export.

    These are the properties that no scenario or template reads, the events and attributes that the project's scenarios
    make themselves, and messages sent by another tool, which often come in an export of their own.
    """
    all_scenarios = project.scenarios.values()
    from_elsewhere = brought_elsewhere(project)
    updated = {name for scenario in all_scenarios for name in updated_attributes(scenario)}
    profile_events = {name for name, event in project.plan.events.items() if event.profile}
    names = read_names(project, scenarios)

    def real_gaps(unfilled: tuple[Unfilled, ...]) -> tuple[Unfilled, ...]:
        return tuple(
            gap
            for gap in unfilled
            if gap.property in names
            and not (gap.property in updated and (not gap.event or gap.event in profile_events))
        )

    table = report.contacts_table
    return replace(
        report,
        absent=tuple(event for event in report.absent if event.name not in from_elsewhere),
        unfilled=real_gaps(report.unfilled),
        contacts_table=replace(table, unfilled=real_gaps(table.unfilled)) if table is not None else None,
    )
