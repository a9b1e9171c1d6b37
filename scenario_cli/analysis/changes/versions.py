"""Two versions of a project to the tree of their differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from scenario_cli.analysis.changes.definitions import constant_changes, metric_changes, segment_changes
from scenario_cli.analysis.changes.plan import plan_changes, property_renames
from scenario_cli.analysis.changes.policy import policy_changes
from scenario_cli.analysis.changes.reach import with_readers
from scenario_cli.analysis.changes.renames import Renames, by_name, renamed
from scenario_cli.analysis.changes.scenarios import scenario_added, scenario_changed, scenario_removed
from scenario_cli.analysis.changes.settings import alarms, settings_changes
from scenario_cli.analysis.changes.tables import Rows, table_changes
from scenario_cli.analysis.changes.templates import template_changes, template_renames
from scenario_cli.model.canonical import canonical
from scenario_cli.model.changes import AREAS, Changes, Subject
from scenario_cli.model.project import Project, TrackingPlan
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import Variables


@dataclass(frozen=True, slots=True)
class Version:
    """One side: the project, a function that finds the values read by its templates, and the rows of its tables if
    their files differ.
    """

    project: Project
    variables: Callable[[], Variables] = dict
    rows: Rows = field(default_factory=dict)


def changes(old: Version, new: Version) -> Changes:
    """Every difference in meaning, by scenario and by shared definition."""
    if not old.rows and not new.rows and canonical(old.project) == canonical(new.project):
        return Changes()
    names, properties = _renames(old.project, new.project)
    subjects = [*_shared(old, new, names, properties), *_scenarios(old.project, new.project, names)]
    subjects = list(with_readers(subjects, (old.project, old.variables), (new.project, new.variables)))
    subjects.sort(key=lambda subject: AREAS.index(subject.area))
    return Changes(tuple(subjects), tuple(alarms(old.project, new.project)))


def _renames(old: Project, new: Project) -> tuple[Renames, Mapping[str, Mapping[str, str]]]:
    """The names that changed alone: first of definitions that refer to nothing, then of those that refer to them."""
    names = Renames()
    names = names.also("event", renamed("event", old.plan.events, new.plan.events))
    names = names.also("group", renamed("group", old.plan.groups, new.plan.groups, names))
    names = names.also("event", names.of("group"))
    names = names.also("attribute", renamed("attribute", old.plan.profile, new.plan.profile))
    properties = property_renames(old.plan, new.plan, names)
    for event, renamed_properties in properties.items():
        names = names.also("property", _unmistakable(event, renamed_properties, old.plan, new.plan))
    names = names.also("channel", renamed("channel", old.channels, new.channels, names))
    names = names.also("program", renamed("program", old.programs, new.programs))
    names = names.also("table", renamed("table", old.tables, new.tables))
    names = names.also("constant", renamed("constant", old.constants, new.constants))
    names = names.also("metric", renamed("metric", old.metrics, new.metrics, names))
    names = names.also("segment", renamed("segment", old.segments, new.segments, names))
    names = names.also("template", template_renames(old, new, names))
    names = names.also("scenario", _by_earlier_name(old, new))
    return names.also("scenario", renamed("scenario", old.scenarios, new.scenarios, names)), properties


def _by_earlier_name(old: Project, new: Project) -> dict[str, str]:
    """The scenarios that state their earlier name, if the old version had that name and lacked the new one."""
    earlier = {scenario.was: name for name, scenario in new.scenarios.items() if scenario.was is not None}
    return {
        was: name
        for was, name in earlier.items()
        if was in old.scenarios and was not in new.scenarios and name not in old.scenarios
    }


def _unmistakable(event: str, names: Mapping[str, str], old: TrackingPlan, new: TrackingPlan) -> dict[str, str]:
    """The renamed properties of an event for which one name, the old or the new, belongs to no other event."""
    before, after = (
        {name for other in plan.events.values() if other.name != event for name in other.properties}
        for plan in (old, new)
    )
    other_properties = before | after
    return {
        name: later for name, later in names.items() if name not in other_properties or later not in other_properties
    }


def _shared(
    old: Version, new: Version, names: Renames, properties: Mapping[str, Mapping[str, str]]
) -> Iterator[Subject]:
    before, after = old.project, new.project
    yield from settings_changes(before, after, names)
    yield from policy_changes(before, after, names)
    yield from metric_changes(before.metrics, after.metrics, names)
    yield from segment_changes(before.segments, after.segments, names)
    yield from constant_changes(before.constants, after.constants, names)
    yield from table_changes(before.tables, after.tables, names, (old.rows, new.rows))
    yield from template_changes(before, after, names)
    yield from plan_changes(before.plan, after.plan, names, properties)


def _scenarios(old: Project, new: Project, names: Renames) -> Iterator[Subject]:
    named = by_name(old.scenarios, new.scenarios, names.of("scenario"))
    subjects = [scenario_removed(old.scenarios[name]) for name in named.removed]
    subjects += [scenario_added(new.scenarios[name]) for name in named.added]
    for before, after in named.pairs:
        if names.same(old.scenarios[before], new.scenarios[after]) and before == after:
            continue
        subject = scenario_changed(old.scenarios[before], new.scenarios[after], names)
        subjects += [subject] if subject is not None else []
    yield from sorted(subjects, key=lambda subject: subject.name)
