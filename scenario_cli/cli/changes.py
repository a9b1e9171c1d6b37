"""Writes the files of a project that a command has calculated: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, notes
from scenario_cli.whole_file import drafts_beside, put, put_new

if TYPE_CHECKING:
    from scenario_cli.language.library import Change


_MOST_FINDINGS = 20


def refuse_to_overwrite(root: Path, changes: Sequence[Change], hint: str) -> None:
    """Stops if the path of a new file already exists."""
    existing = [change.path for change in changes if not change.added and (root / change.path).exists()]
    existing.sort(key=lambda path: (path.startswith("."), path.count("/")))
    if existing:
        more = f" and {len(existing) - 3} more" if len(existing) > 3 else ""
        raise Stop(f"{', '.join(existing[:3])}{more}: exists already; nothing was written", hint)


def try_out(root: Path, changes: Sequence[Change]) -> None:
    """Stops if the project would have errors after these changes; shows them."""
    from scenario_cli.language.library import trial

    errors = trial(root, changes)
    if errors:
        for finding in errors[:_MOST_FINDINGS]:
            note(f"{finding.code} {finding.message}")
            notes([f"  = {finding.hint}"] if finding.hint else [])
        if len(errors) > _MOST_FINDINGS:
            note(f"and {len(errors) - _MOST_FINDINGS} more")
        raise Stop("the project would have errors, so nothing was written", "fix the errors above first")


def write(root: Path, changes: Sequence[Change], overwrite: bool = False) -> None:
    """Writes new files first, overwriting none unless allowed, then files that get entries; each is complete or
    unchanged.
    """
    created: list[Path] = []
    folders: list[Path] = []
    try:
        _make_folder(root, folders)
        with drafts_beside(root / "project.yaml") as drafts_folder:
            drafts = [(drafts_folder / str(number), change) for number, change in enumerate(changes)]
            for draft, change in drafts:
                draft.write_bytes(change.content)
            for draft, change in sorted(drafts, key=lambda pair: pair[1].added != ()):
                target = root / change.path
                _make_folder(target.parent, folders)
                if (change.added or overwrite) and target.exists():
                    put(draft, target)
                else:
                    put_new(draft, target)
                    created.append(target)
    except BaseException as error:
        for path in created:
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):  # another program has put a file there
                folder.rmdir()
        if isinstance(error, OSError):
            raise Stop(f"cannot write '{error.filename}': {error.strerror}") from None
        raise


def _make_folder(folder: Path, created: list[Path]) -> None:
    """Creates a folder with its parents, and records each new folder."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        created.append(path)


def change_text(changes: Sequence[Change], columns: int) -> str:
    """The changes that were written, in lines."""
    from scenario_cli.language.library import SCHEMAS
    from scenario_cli.reports.text import lines_text, wrapped

    new = [change.path for change in changes if not change.added and not change.path.startswith(".")]
    lines = [f"wrote     {path}" for path in sorted(new)]
    if any(change.path.startswith(f"{SCHEMAS}/") for change in changes):
        lines.append(f"wrote     {SCHEMAS}/ (for completion and checks in the editor)")
    for change in changes:
        if change.added:
            lines += wrapped(f"added to  {change.path}: ", change.added, ", ", columns)
    return lines_text(lines)
