"""Finds the new data among the inputs of a run, and finds it again for an interrupted run. Knows no store.

A file is known by its content, a database by the largest value of a column. New data is copied into the workspace, so
that later data is not read unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.store.contact_tables import contacts_to_read, same_contacts
from scenario_cli.hosts.store.log_databases import Before, last_readings, new_rows, same_rows
from scenario_cli.hosts.store.log_files import LookedAt, ToRead, look_at, refuse_changed, to_read
from scenario_cli.hosts.store.read_inputs import InputIndex, Reading, ReadInput, Role, index_of, state_of
from scenario_cli.hosts.store.same_files import same_file
from scenario_cli.hosts.store.sources import FoundDatabase, FoundFile, FoundSource, find_sources
from scenario_cli.model.export import ExportOptions


@dataclass(frozen=True, slots=True)
class NewInputs:
    """The data that a run must read.

    - `options` are those of an export of exactly this data; None: nothing is new. Its contacts are the whole table, or
      none if the table has not changed.
    - `readings` must be kept before the run does anything, and their inputs remembered when it is done. Some read
      nothing: only the file's name or time has changed.
    - `in_place` are the files that are not copied; see `refuse_changed_since`.
    """

    options: ExportOptions | None
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]
    in_place: tuple[ReadInput, ...] = ()


def new_inputs(
    options: ExportOptions,
    earlier: Sequence[ReadInput],
    workspace: Path,
    watermark: str | None = None,
    role: Role = "events",
) -> NewInputs:
    """The unread data of the inputs that `options` name, given the earlier readings, in the order it was read.

    `watermark` is the column of databases and queries whose values only grow. A `role` of `history` is for a log that
    is fed as history. Copies are written to `workspace`. Raises ExportError for data that does not exist, cannot be
    distinguished from data already read, or could not be read again.
    """
    index = index_of(earlier)
    notes: list[str] = []
    parts = [
        find_sources(part.events, part.query, part.access, workspace, notes, may_be_empty=not index.is_empty)
        for part in options.parts
    ]
    databases = [source for part in parts for source in part if isinstance(source, FoundDatabase)]
    if watermark is not None and not databases:
        raise ExportError(
            f"--watermark '{watermark}' needs a database or query",
            "leave out --watermark: new rows of files are recognised by their content",
        )
    before = last_readings(databases, index, watermark)
    looks = [
        look_at([source for source in part if isinstance(source, FoundFile)], part_options, index, workspace, notes)
        for part, part_options in zip(parts, options.parts, strict=True)
    ]
    moved = refuse_changed([look for part in looks for look in part], index)
    search = _Search(index, before, watermark or "", role, workspace, notes)
    log = [
        search.part(part, part_options, part_looks)
        for part, part_options, part_looks in zip(parts, options.parts, looks, strict=True)
    ]
    table = contacts_to_read(options, index, workspace, notes)
    let_go = [Reading(ReadInput(role, path, 0, "", 0)) for path in moved]
    readings = [each.reading for part in [*log, table] for each in part]
    paths = {str(each.path): each.reading.input for part in [*log, table] for each in part if each.path is not None}
    return NewInputs(
        export_of(options, log, table),
        tuple(dict.fromkeys([*let_go, *readings])),
        tuple(dict.fromkeys(notes)),
        tuple(read for path, read in paths.items() if read.modified and not Path(path).is_relative_to(workspace)),
    )


def refuse_changed_since(inputs: NewInputs) -> None:
    """Raises ExportError if a file that was not copied has changed since its content was examined.

    Call this after everything is read, and before anything is done.
    """
    for read in inputs.in_place:
        path = Path(read.path)
        if not path.exists() or state_of(path.stat()) != read.modified:
            raise ExportError(
                f"{read.path} changed while it was read; nothing was done",
                "run again when the file is complete; write such files under another name and rename them",
            )


def same_inputs(
    options: ExportOptions, readings: Sequence[Reading], workspace: Path, watermark: str | None = None
) -> ExportOptions | None:
    """The export of an interrupted run; None if it read nothing.

    For contacts in a database, their present rows. Raises ExportError if an input has changed.
    """
    to_find = [each for each in readings if each.input.role != "contacts" and each.start < each.input.size]
    sources = [
        find_sources(part.events, part.query, part.access, workspace, [], may_be_empty=True) for part in options.parts
    ]
    log: list[list[ToRead]] = [[] for _ in options.parts]
    for reading in to_find:
        is_there = False
        for renamed in (False, True):
            for part, part_sources, reads in zip(options.parts, sources, log, strict=True):
                if is_there and renamed:
                    break  # it belongs to the parts that name it
                read = _same(reading, part_sources, part, watermark or "", workspace, renamed=renamed)
                if read is not None:
                    reads.append(read)
                    is_there = True
        if not is_there:
            raise ExportError(
                f"{reading.input.path} has changed or is missing since the unfinished run read it",
                "restore it, or give the same inputs as then: the unfinished run is completed first",
            )
    return export_of(options, log, same_contacts(options, readings, workspace))


def _same(
    reading: Reading,
    sources: Sequence[FoundSource],
    part: ExportOptions,
    watermark: str,
    workspace: Path,
    *,
    renamed: bool,
) -> ToRead | None:
    if reading.input.watermark is None:
        files = [each for each in sources if isinstance(each, FoundFile)]
        return same_file(reading, files, part, workspace, renamed=renamed)
    for each in sources:
        if isinstance(each, FoundDatabase) and each.name == reading.input.path and not renamed:
            return same_rows(each, part, reading, watermark, workspace)
    return None


@dataclass(frozen=True, slots=True)
class _Search:
    """The values that are the same for all parts."""

    index: InputIndex
    before: Before
    watermark: str
    role: Role
    workspace: Path
    notes: list[str]

    def part(self, sources: Sequence[FoundSource], options: ExportOptions, looks: Sequence[LookedAt]) -> list[ToRead]:
        """The data to read from one part of the export, in its order."""
        by_name = {look.file.name: look for look in looks}
        reads: list[ToRead] = []
        for each in sources:
            if isinstance(each, FoundDatabase):
                before = self.before.get(each.name)
                reads += new_rows(each, options, before, self.watermark, self.role, self.workspace, self.notes)
                continue
            look, last = by_name[each.name], self.index.logs.get(each.name)
            read = to_read(look, self.role, last, self.workspace, self.notes)
            reads += [read] if read is not None else []
        return reads


def export_of(options: ExportOptions, log: Sequence[Sequence[ToRead]], table: Sequence[ToRead]) -> ExportOptions | None:
    """The options of an export of these files alone."""
    parts = []
    for part, reads in zip(options.parts, log, strict=True):
        files = {str(each.path): each.label for each in reads if each.path is not None}
        if files:
            access = replace(part.access, checked_files=files)
            parts.append(replace(part, events=tuple(files), query=None, access=access))
    contacts = {str(each.path): each.label for each in table if each.path is not None}
    if not parts and not contacts:
        return None
    only = parts[0] if parts else replace(options, events=(), query=None)
    return replace(
        options,
        events=only.events if not options.sources else (),
        query=None,
        access=only.access if not options.sources else options.access,
        sources=tuple(parts) if options.sources else (),
        contacts=tuple(contacts),
        contacts_access=replace(options.contacts_access, checked_files=contacts),
    )
