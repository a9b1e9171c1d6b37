"""Makes the fixes that findings carry. Writes no file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from scenario_cli.language.edit.splicing import spliced
from scenario_cli.language.project import Loaded
from scenario_cli.model.diagnostic import Diagnostic, Edit
from scenario_cli.model.value_class import dataclass

BOM = b"\xef\xbb\xbf"
_MOST_ROUNDS = 10  # a fix can make room for the next, but not for ever


def without_overlap(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings whose fixes can be made together. If two change the same text, the first is kept."""
    touched: dict[str, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
    chosen: list[Diagnostic] = []
    for finding in findings:
        stretches = [
            (edit.span.file, ((edit.span.line, edit.span.column), (edit.span.end_line, edit.span.end_column)))
            for edit in (finding.fix.edits if finding.fix is not None else ())
        ]
        free = all(
            end <= other_start or start >= other_end
            for file, (start, end) in stretches
            for other_start, other_end in touched.get(file, ())
            if (start, end) != (other_start, other_end) or start != end
        )
        if stretches and free:
            chosen.append(finding)
            for file, stretch in stretches:
                touched.setdefault(file, []).append(stretch)
    return chosen


@dataclass(frozen=True, slots=True)
class Mended:
    """The result of fixing: the new contents by file, the findings that are gone, and the project read again."""

    contents: Mapping[Path, bytes]
    fixed: Sequence[Diagnostic]
    loaded: Loaded


Load = Callable[[Mapping[Path, bytes]], Loaded]


def mend(
    loaded: Loaded, load: Load, accepts: Callable[[Diagnostic], bool], unsaved: Mapping[Path, bytes] | None = None
) -> Mended:
    """Makes the fixes of the findings that are wanted, until none is left that can be made.

    `load` reads the project again with these contents instead of those of its files, as it was read with `unsaved`. If
    all of them together bring new errors, the fixes that bring some are left out.
    """
    result = _with_fixes(loaded, load, accepts, unsaved or {}, careful=False)
    if _worse(result.loaded, loaded):
        result = _with_fixes(loaded, load, accepts, unsaved or {}, careful=True)
    return result


def _with_fixes(
    loaded: Loaded, load: Load, accepts: Callable[[Diagnostic], bool], unsaved: Mapping[Path, bytes], careful: bool
) -> Mended:
    """Makes fixes in rounds; if `careful`, none that adds errors."""
    contents: Mapping[Path, bytes] = dict(unsaved)
    fixed: list[Diagnostic] = []
    refused: set[tuple[str, str, str]] = set()
    for _ in range(_MOST_ROUNDS):
        fixable = [
            finding
            for finding in loaded.findings
            if finding.fix is not None and accepts(finding) and _name(finding) not in refused
        ]
        chosen = without_overlap(fixable)
        if not chosen:
            break
        new_contents = _contents(loaded, chosen, contents)
        reloaded = load(new_contents)
        if careful and _worse(reloaded, loaded) and len(chosen) > 1:
            # One of them is wrong, so each is tried alone.
            chosen = chosen[:1]
            new_contents = _contents(loaded, chosen, contents)
            reloaded = load(new_contents)
        if careful and _worse(reloaded, loaded):
            refused.add(_name(chosen[0]))
            continue
        contents, loaded = new_contents, reloaded
        fixed.extend(chosen)
    return Mended(contents, fixed, loaded)


def _contents(loaded: Loaded, chosen: Iterable[Diagnostic], before: Mapping[Path, bytes]) -> Mapping[Path, bytes]:
    """The contents of the files after these fixes."""
    by_file: dict[str, list[Edit]] = {}
    for finding in chosen:
        for edit in finding.fix.edits if finding.fix is not None else ():
            by_file.setdefault(edit.span.file, []).append(edit)
    after = dict(before)
    for file, edits in by_file.items():
        path = Path(file).resolve()
        mark = BOM if (before.get(path) or path.read_bytes()).startswith(BOM) else b""
        after[path] = mark + spliced(loaded.sources[file], edits).encode()
    return after


def _worse(now: Loaded, before: Loaded) -> bool:
    return any(count > count_before for count, count_before in zip(_errors(now), _errors(before), strict=True))


def _errors(loaded: Loaded) -> tuple[int, int]:
    """The number of errors, and of those about reading a file."""
    errors = [finding for finding in loaded.findings if finding.severity == "error"]
    return len(errors), sum(finding.code.startswith("YAML") for finding in errors)


def _name(finding: Diagnostic) -> tuple[str, str, str]:
    return finding.span.file, finding.code, finding.message
