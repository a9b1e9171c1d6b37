"""Two versions of a project to the tree of their differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenario_cli.analysis.changes.reach import Readers, readers
from scenario_cli.analysis.lineage import Datum
from scenario_cli.model.canonical import canonical
from scenario_cli.model.changes import Area, Changes, Subject
from scenario_cli.model.project import Project
from scenario_cli.model.variables import Variables


@dataclass(frozen=True, slots=True)
class Version:
    """One side: the project, and what its templates read."""

    project: Project
    variables: Variables = field(default_factory=dict)


def changes(old: Version, new: Version) -> Changes:
    """Every difference in meaning, by scenario and by what scenarios share."""
    return Changes(tuple(_subjects(old, new)))


def _subjects(old: Version, new: Version) -> Iterator[Subject]:
    before, after = readers(old.project, old.variables), readers(new.project, new.variables)
    yield from _named("scenario", old.project.scenarios, new.project.scenarios)
    everyone = tuple(new.project.scenarios)
    if canonical(old.project.policy) != canonical(new.project.policy):
        yield Subject("policy", "policy", "changed", reach=everyone)
    for area in ("metric", "segment"):
        for subject in _named(area, getattr(old.project, f"{area}s"), getattr(new.project, f"{area}s")):
            read = [side.get(Datum(area, subject.name), Readers()) for side in (before, after)]
            yield replace(subject, reach=tuple(sorted({name for entry in read for name in entry.scenarios})))


def _named(area: Area, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Subject]:
    for name in {**old, **new}:
        if name not in new:
            yield Subject(area, name, "removed")
        elif name not in old:
            yield Subject(area, name, "added")
        elif canonical(old[name]) != canonical(new[name]):
            yield Subject(area, name, "changed")
