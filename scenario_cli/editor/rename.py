"""Renames a state, metric or segment at all its places, and refuses names that would not validate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from scenario_cli.editor.finding_places import occurrence_at
from scenario_cli.editor.project import OpenProject, View
from scenario_cli.editor.texts import Text
from scenario_cli.language.edit.splicing import pieced
from scenario_cli.language.symbols.symbol import Occurrence, Symbol
from scenario_cli.language.yaml_scalars import core_scalar
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.reading import read_project

RENAMED = ("state", "metric", "segment")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Words with another meaning at the place of a state's name.
_RESERVED = {"state": ("else", "now", "never", "unit")}

# By file in the project, the stretches of its text that get the new name, as offsets.
Stretches = Mapping[str, Sequence[tuple[int, int]]]


class CannotRename(Exception):
    """A name cannot be changed; the message gives the reason."""


def renamable_at(view: View, path: str, text: str, offset: int) -> Occurrence:
    """The name at an offset, if it can be changed. Raises `CannotRename`."""
    occurrence = occurrence_at(view, path, text, offset)
    if occurrence is None:
        raise CannotRename("there is no name here that can be changed: a state, a metric or a segment")
    if occurrence.symbol.kind not in RENAMED:
        raise CannotRename(f"the name of a {occurrence.symbol.kind} cannot be changed here")
    if occurrence.symbol.kind == "state" and not occurrence.symbol.owner:
        raise CannotRename("this can be a state of several scenarios; rename it in the scenario")
    return occurrence


def renamed(project: OpenProject, symbol: Symbol, new: str) -> Stretches:
    """The stretches that get the new name. Raises `CannotRename` if the name is used already, is not a valid name, or
    breaks something.
    """
    view = project.view or project.read()
    _refuse_name(view, symbol, new)
    stretches = stretches_of(view, symbol)
    _refuse_new_errors(project, view, stretches, new)
    return stretches


def stretches_of(view: View, symbol: Symbol) -> Stretches:
    """The places of a symbol's name. Raises `CannotRename` if a place is uncertain, or written in another form."""
    stretches: dict[str, list[tuple[int, int]]] = {}
    for path, occurrence in view.everywhere():
        named = occurrence.symbol
        if (named.kind, named.name) != (symbol.kind, symbol.name):
            continue
        if symbol.kind == "state" and named.owner != symbol.owner:
            if symbol.owner in named.owners:
                place = f"{view.path_in_findings(path)}:{occurrence.span.line}"
                raise CannotRename(f"{place} can mean a state of {' or '.join(named.owners)}; name the scenario there")
            continue
        text = Text(view.named(path).text)
        start, end = text.offsets(occurrence.span)
        if text.content[start:end] != symbol.name:
            place = f"{view.path_in_findings(path)}:{occurrence.span.line}"
            raise CannotRename(f"{place} writes the name in another form; write it plainly there first")
        stretches.setdefault(path, []).append((start, end))
    return stretches


def _refuse_name(view: View, symbol: Symbol, new: str) -> None:
    kind, project = symbol.kind, view.project
    if not _NAME.fullmatch(new):
        raise CannotRename(f"'{new}' is not a name: use letters, digits and _, and no digit first")
    if new in _RESERVED.get(kind, ()) or not isinstance(core_scalar(new), str):
        raise CannotRename(f"'{new}' has a meaning of its own here")
    if not view.definitions(symbol):
        raise CannotRename(f"the {kind} '{symbol.name}' is not defined")
    scenario = project.scenarios.get(symbol.owner)
    definitions: Mapping[str, object] = {"metric": project.metrics, "segment": project.segments}.get(kind) or {}
    if new in (scenario.states if kind == "state" and scenario is not None else definitions):
        raise CannotRename(f"there is a {kind} '{new}' already")


def _refuse_new_errors(project: OpenProject, view: View, stretches: Stretches, new: str) -> None:
    """Reads the project as it would be, and raises if it has an error that it does not have now."""
    texts = {path: Text(view.named(path).text) for path in stretches}
    changed = {
        project.root / path: pieced(text.content, ((start, end, new) for start, end in stretches[path])).encode()
        for path, text in texts.items()
    }
    then = read_project(
        project.root, True, {**project.buffers, **changed}, errors_only=True, allow_outside=project.allow_outside
    )
    before = Counter(map(_place, _errors(view.loaded.findings)))
    for finding in _errors(then.findings):
        before[_place(finding)] -= 1
        if before[_place(finding)] < 0:
            place = f"{Path(finding.span.file).as_posix()}:{finding.span.line}"
            raise CannotRename(f"then {place} would be wrong: {finding.code} {finding.message}")


def _errors(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in findings if finding.severity == "error"]


def _place(finding: Diagnostic) -> tuple[str, str, int]:
    return finding.code, finding.span.file, finding.span.line
