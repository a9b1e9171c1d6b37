"""Writes the files of a project that a command has worked out: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, notes

if TYPE_CHECKING:
    from scenario_cli.language.library import Change


_MOST_FINDINGS = 20


def refuse_to_overwrite(root: Path, changes: Sequence[Change], hint: str) -> None:
    """Stops where a file stands that would be a new one."""
    there = [change.path for change in changes if not change.added and (root / change.path).exists()]
    there.sort(key=lambda path: (path.startswith("."), path.count("/")))
    if there:
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        raise Stop(f"{', '.join(there[:3])}{more}: there already, and nothing is written over", hint)


def try_out(root: Path, changes: Sequence[Change]) -> None:
    """Stops where the project would have errors after these changes; shows them."""
    from scenario_cli.language.library import trial

    found = trial(root, changes)
    if found:
        for finding in found[:_MOST_FINDINGS]:
            note(f"{finding.code} {finding.message}")
            notes([f"  = {finding.hint}"] if finding.hint else [])
        if len(found) > _MOST_FINDINGS:
            note(f"and {len(found) - _MOST_FINDINGS} more")
        raise Stop("the project would have errors then, so nothing was written", "mend what is named above first")


def write(root: Path, changes: Sequence[Change]) -> None:
    """New files first, none over another; then those that get entries, each there whole or as it was."""
    made: list[Path] = []
    beside: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            target = root / change.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if change.added and target.exists():
                draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
                beside.append((draft, target))
                draft.write_bytes(change.content)
            else:
                with target.open("xb") as out:
                    made.append(target)
                    out.write(change.content)
        for draft, target in beside:
            draft.replace(target)
    except OSError as error:
        for path in (*made, *(draft for draft, _ in beside)):
            path.unlink(missing_ok=True)
        raise Stop(f"cannot write '{error.filename}': {error.strerror}") from None


def change_text(changes: Sequence[Change], columns: int) -> str:
    """The changes that were written, in lines."""
    from scenario_cli.language.library import SCHEMAS
    from scenario_cli.reports.text import lines_text, wrapped

    new = [change.path for change in changes if not change.added and not change.path.startswith(".")]
    lines = [f"wrote     {path}" for path in sorted(new)]
    if any(change.path.startswith(f"{SCHEMAS}/") for change in changes):
        lines.append(f"wrote     {SCHEMAS}/ (what an editor completes and checks by)")
    for change in changes:
        if change.added:
            lines += wrapped(f"added to  {change.path}: ", change.added, ", ", columns)
    return lines_text(lines)
