"""Gives the subjects of a change their readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scenario_cli.analysis.readers import Readers, readers
from scenario_cli.model.changes import Subject
from scenario_cli.model.project import Project
from scenario_cli.model.variables import Variables

Side = tuple[Project, Callable[[], Variables]]


def with_readers(subjects: Sequence[Subject], old: Side, new: Side) -> Iterator[Subject]:
    """The subjects with those who read them, of both sides; templates and the policy know theirs."""
    shared = [subject for subject in subjects if subject.area not in ("scenario", "policy", "template", "project")]
    readers_by_side = [readers(project, variables()) for project, variables in (old, new)] if shared else []
    for subject in subjects:
        if subject not in shared:
            yield subject
            continue
        names = (subject.was or subject.name, subject.name)
        entries = [side.get((subject.area, name), Readers()) for side, name in zip(readers_by_side, names, strict=True)]
        yield replace(
            subject,
            reach=tuple(sorted({name for entry in entries for name in entry.scenarios})),
            messages=tuple(sorted({name for entry in entries for name in entry.messages})),
            readers=tuple(sorted({name for entry in entries for name in entry.definitions})),
        )
