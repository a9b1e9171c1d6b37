"""Decides whether the contacts table is still the one that was read last. Knows no store.

A table is all its files together: if one of them is new or has changed, all are read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scenario_cli.events.errors import ExportError, translated
from scenario_cli.hosts.store.digests import marks_of
from scenario_cli.hosts.store.log_databases import copy_of
from scenario_cli.hosts.store.log_files import ToRead, changed_meanwhile
from scenario_cli.hosts.store.read_inputs import InputIndex, Reading, ReadInput, state_of
from scenario_cli.hosts.store.sources import FoundDatabase, FoundFile, FoundSource, find_sources
from scenario_cli.model.export import ExportOptions


def contacts_to_read(options: ExportOptions, index: InputIndex, workspace: Path, notes: list[str]) -> list[ToRead]:
    """The files of the table; without a path if only their names or times differ, and none if nothing differs."""
    if not options.contacts:
        return []
    sources = find_sources(
        options.contacts, None, options.contacts_access, workspace, notes, may_be_empty=bool(index.contacts)
    )
    files = [(each, _file_of(each, options, workspace)) for each in sources]
    inputs = [_read(each, file, index.contacts.get(each.name)) for each, file in files]
    last = list(index.contacts.values())
    if inputs == last:
        return []
    is_same = [each.digest for each in inputs] == [each.digest for each in last]
    let_go = [ReadInput("contacts", path, 0, "", 0) for path in index.contacts if path not in {i.path for i in inputs}]
    return [
        *(ToRead(Reading(each), None, each.path) for each in let_go),
        *(
            ToRead(Reading(each, each.size if is_same else 0), None if is_same else path, label)
            for each, (_, (path, label)) in zip(inputs, files, strict=True)
        ),
    ]


def same_contacts(options: ExportOptions, readings: Sequence[Reading], workspace: Path) -> list[ToRead]:
    """The contacts table of an interrupted run. Raises ExportError if a file of it has changed."""
    by_path = {
        each.input.path: each for each in readings if each.input.role == "contacts" and each.start < each.input.size
    }
    if not by_path:
        return []
    sources = find_sources(options.contacts, None, options.contacts_access, workspace, [], may_be_empty=True)
    by_name = {each.name: each for each in sources}
    reads = []
    for name, reading in by_path.items():
        source = by_name.get(name)
        if source is not None:
            path, label = _file_of(source, options, workspace)
            if isinstance(source, FoundDatabase) or _read(source, (path, label), None).mark == reading.input.mark:
                reads.append(ToRead(reading, path, label))
                continue
        raise ExportError(
            f"the contacts table {name} has changed since the unfinished run read it",
            "restore it, and run again: the unfinished run is completed first",
        )
    return reads


def _file_of(source: FoundSource, options: ExportOptions, workspace: Path) -> tuple[Path, str]:
    if isinstance(source, FoundFile):
        return source.path, source.label
    return copy_of(source, None, options.contacts_access, workspace), source.label


def _read(source: FoundSource, file: tuple[Path, str], before: ReadInput | None) -> ReadInput:
    """The store's memory of a file of the table."""
    path, label = file
    modified = 0
    if isinstance(source, FoundFile) and not source.is_copy:
        if before is not None and before.modified == source.modified:
            return before
        modified = source.modified
    try:
        with path.open("rb") as stream:
            size, digest = marks_of(stream, ())[-1]
        if modified and isinstance(source, FoundFile) and state_of(path.stat()) != modified:
            raise changed_meanwhile(source)
    except OSError as error:
        raise translated(error, label) from None
    return ReadInput("contacts", source.name, size, digest, modified)
