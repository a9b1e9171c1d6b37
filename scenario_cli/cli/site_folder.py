"""Writes a folder of files so that it is there whole or not at all, in the place of one that was written so before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from scenario_cli.cli.console import Stop, cannot_write
from scenario_cli.whole_file import drafts_beside

# Lists the written files, so that files of other people are never removed.
_LIST = ".scenario-docs.json"
_FORMAT_VERSION = 1


def check_folder(folder: Path) -> None:
    """Stops if a site could not be written: a long job checks this before it begins."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Stop(f"cannot write '{folder}': it is not a folder", "name another with --out DIR")
    if not folder.absolute().parent.is_dir():
        raise Stop(f"cannot write '{folder}': folder '{folder.parent}' does not exist", "create it first")
    if not folder.exists():
        return
    written = _own_files(folder)
    if written is None:
        if any(folder.iterdir()):
            raise Stop(f"'{folder}' is not empty, and 'scenario docs' did not write it", "name another with --out DIR")
        return
    strange = sorted({*_files(folder)} - {_LIST, *written})
    if strange:
        raise Stop(
            f"'{folder}' holds '{strange[0]}', which 'scenario docs' did not write",
            "take it out, or name another folder with --out DIR",
        )


def write_folder(folder: Path, files: Iterable[tuple[str, str]]) -> int:
    """Writes the files, by their paths in the folder, and returns how many; an older site goes away when they are all
    there."""
    check_folder(folder)
    folder = folder.absolute()
    try:
        with drafts_beside(folder) as drafts:
            fresh = drafts / "fresh"  # with the permissions of any new folder
            fresh.mkdir()
            names = []
            for name, text in files:
                path = fresh / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
                names.append(name)
            listed = {"format_version": _FORMAT_VERSION, "files": sorted(names)}
            (fresh / _LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
            _put(fresh, folder, drafts / "before")
    except OSError as error:
        raise cannot_write(folder, error) from None
    return len(names)


def _put(fresh: Path, folder: Path, aside: Path) -> None:
    """Replaces a folder by another. The old folder is set aside, and comes back if that fails."""
    was_there = folder.exists()
    if was_there:
        folder.rename(aside)
    try:
        fresh.rename(folder)
    except OSError:
        if was_there:
            aside.rename(folder)
        raise


def _own_files(folder: Path) -> set[str] | None:
    """The files that were written there; None for a folder that belongs to someone else."""
    try:
        listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        return set(listed["files"]) if listed["format_version"] == _FORMAT_VERSION else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()
