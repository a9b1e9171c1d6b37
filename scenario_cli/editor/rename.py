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
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.symbols.symbol import UNREADABLE, Occurrence, Symbol
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
        article = "an" if occurrence.symbol.kind[0] in "ae" else "a"
        raise CannotRename(f"the name of {article} {occurrence.symbol.kind} cannot be changed here")
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
    """The places of a symbol's name. Raises `CannotRename` if a place is uncertain, written in another form, or in a
    text that cannot be read.
    """
    stretches: dict[str, list[tuple[int, int]]] = {}
    for path in view.paths():
        if symbol.kind == "state" and path.startswith("templates/"):
            continue  # a template names none
        named, file = view.named(path), view.path_in_findings(path)
        if named.text != view.text(path):  # the last version that could be read
            if _is_in(symbol.name, view.text(path)):
                raise CannotRename(f"{file} cannot be read and may use the name; mend it first")
            continue
        text = Text(named.text)
        for occurrence in named.occurrences:
            if _names(occurrence, symbol, f"{file}:{occurrence.span.line}"):
                start, end = text.offsets(occurrence.span)
                if text.content[start:end] != symbol.name:
                    place = f"{file}:{occurrence.span.line}"
                    raise CannotRename(f"{place} writes the name in another form; write it plainly there first")
                stretches.setdefault(path, []).append((start, end))
    return stretches


def doubtful_places(view: View, symbol: Symbol) -> list[str]:
    """The places that compare an event's state with the name, of whatever scenario. They keep the name."""
    return [
        f"{view.path_in_findings(path)}:{occurrence.span.line}"
        for path, occurrence in view.everywhere()
        if symbol.kind == "state"
        and occurrence.symbol == Symbol("state", symbol.name)
        and kind_of(Path(path)) != "test"
    ]


def _names(occurrence: Occurrence, symbol: Symbol, place: str) -> bool:
    """Whether a symbol is named there. Raises `CannotRename` if that is uncertain."""
    named = occurrence.symbol
    if named.kind == UNREADABLE and _is_in(symbol.name, named.name):
        raise CannotRename(f"{place} cannot be read and may use the name; mend it first")
    if (named.kind, named.name) != (symbol.kind, symbol.name):
        return False
    if symbol.kind == "state" and symbol.owner in named.owners:
        raise CannotRename(f"{place} can mean a state of {' or '.join(named.owners)}; name the scenario there")
    return symbol.kind != "state" or named.owner == symbol.owner


def _is_in(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


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
