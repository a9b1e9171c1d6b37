"""Finds the files that the runs of a store have read, so that they can be read again as one log, each row once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scenario_cli.events.errors import ExportError, Faults
from scenario_cli.hosts.store.inputs import new_inputs
from scenario_cli.hosts.store.log_files import LookedAt, look_at
from scenario_cli.hosts.store.read_inputs import InputIndex, ReadInput, index_of
from scenario_cli.hosts.store.sources import FoundFile, find_sources
from scenario_cli.model.export import Access, ExportOptions

_NAME_THEM = "name the events with --events, as for the runs: they show who reached the goal"


def files_read(state: Path, inputs: Sequence[ReadInput], options: ExportOptions, workspace: Path) -> ExportOptions:
    """The options for an export of the files that the runs of the store `state` have read.

    A file that was renamed is found under its new name, if a run has read it since. Of files that hold the same rows,
    one gives them. Parts of files are copied to `workspace`. Raises ExportError if rows are no longer there.
    """
    index = index_of(inputs)
    if not index.logs and not index.databases:
        raise ExportError(f"the runs of {state} read no events", _NAME_THEM)
    present = dict.fromkeys(path for path in index.logs if Path(path).is_file())
    access = Access(outside=True)
    options = replace(options, events=tuple(present), contacts=tuple(index.contacts), query=None, sources=(),
                      access=access, contacts_access=access)  # fmt: skip
    looks = _looked_at(options, index, workspace)
    beginnings = Counter(mark for look in looks for mark in look.beginnings)
    lost = [each.path for each in index.logs.values() if each.mark not in beginnings]
    missing = [path for path in lost if path not in present]
    missing += [path for path in index.contacts if not Path(path).is_file()]
    changed = [path for path in lost if path in present]
    texts = [
        *(f"the runs of {state} read {path}, which does not exist any more" for path in missing),
        *(f"{path} has changed since the runs of {state} read it" for path in changed),
        *(f"the runs of {state} read the database {path}, which can have newer rows" for path in index.databases),
    ]
    faults = Faults()
    for text in texts:
        faults.add(ExportError(text, _NAME_THEM))
    faults.refuse()
    if max(beginnings.values()) == 1:
        return options
    # The files are compared with each other, as in a first run.
    return new_inputs(options, (), workspace).options or options


def _looked_at(options: ExportOptions, index: InputIndex, workspace: Path) -> list[LookedAt]:
    """The files with all their beginnings that a run has read."""
    sources = find_sources(options.events, None, options.access, workspace, [], may_be_empty=True)
    files = [each for each in sources if isinstance(each, FoundFile)]
    return [
        look for file in files for look in look_at([file], options, InputIndex(contents=index.contents), workspace, [])
    ]
