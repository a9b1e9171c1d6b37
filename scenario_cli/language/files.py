"""The files of a project, from any source: a folder, memory, unsaved buffers over either.

Lists and reads files. Does not look at their contents.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Protocol

from scenario_cli.model.inside import HOW_TO_ALLOW, leads_out
from scenario_cli.model.project import Project
from scenario_cli.model.value_class import dataclass

TEMPLATES = "templates"


class Files(Protocol):
    """Files by their path below the project's folder, with `/` between its parts.

    A path can lead out of the folder (`../prices.csv`): if that is allowed, a reference table can be anywhere.
    """

    @property
    def root(self) -> Path:
        """The folder that the project is in, or would be in; messages show paths below it."""
        ...

    def paths(self) -> Collection[str]:
        """Every file below the folder, and folders that cannot be listed. Hidden ones can be left out."""
        ...

    def read(self, path: str) -> bytes:
        """The content of a file. Raises `OSError` if it cannot be read."""
        ...

    def location(self, path: str) -> Path | None:
        """The place of a file on this disk, whether or not it is there; None if it is on no disk."""
        ...

    def is_off_limits(self, path: str) -> bool:
        """Whether a file must not be read because it is outside the folder or hidden in it."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder as they are saved; with `allow_outside`, links and paths can lead out of it."""

    root: Path
    allow_outside: bool = False

    def paths(self) -> Collection[str]:
        return list(_walk(self.root))

    def read(self, path: str) -> bytes:
        if self.is_off_limits(path):
            raise PermissionError(
                errno.EACCES, f"it is a link to a place outside '{self._bounds(path).name}'; {HOW_TO_ALLOW}", path
            )
        return (self.root / path).read_bytes()

    def location(self, path: str) -> Path | None:
        return self.root / path

    def is_off_limits(self, path: str) -> bool:
        return not self.allow_outside and leads_out(self.root / path, self._bounds(path))

    def _bounds(self, path: str) -> Path:
        """A template that is a link would show another file's text to anyone who reads the message."""
        return self.root / TEMPLATES if path.startswith(f"{TEMPLATES}/") else self.root


@dataclass(frozen=True, slots=True)
class Memory:
    """Files whose contents are in memory, as if they were in the folder `root`."""

    contents: Mapping[str, bytes]
    root: Path = field(default_factory=Path.cwd)

    def paths(self) -> Collection[str]:
        return self.contents.keys()

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise no_file(path)
        return self.contents[path]

    def location(self, path: str) -> Path | None:
        return None

    def is_off_limits(self, path: str) -> bool:
        return path not in self.contents and leads_out(self.root / path, self.root)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Files with other contents for some of them, as an editor has them before they are saved."""

    base: Files
    buffers: Mapping[str, bytes]

    @property
    def root(self) -> Path:
        return self.base.root

    def paths(self) -> Collection[str]:
        return {*self.base.paths(), *self.buffers}

    def read(self, path: str) -> bytes:
        return self.buffers[path] if path in self.buffers else self.base.read(path)

    def location(self, path: str) -> Path | None:
        return None if path in self.buffers else self.base.location(path)

    def is_off_limits(self, path: str) -> bool:
        return path not in self.buffers and self.base.is_off_limits(path)


def folder_with(root: Path, unsaved: Mapping[Path, bytes], allow_outside: bool = False) -> Files:
    """A folder's files; those in `unsaved`, by absolute path, have the contents given there."""
    inside = {path.relative_to(root).as_posix(): data for path, data in unsaved.items() if path.is_relative_to(root)}
    folder = Folder(root, allow_outside)
    return Overlay(folder, inside) if inside else folder


def no_file(path: str) -> FileNotFoundError:
    """The error of reading a file that does not exist, as the system words it."""
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def why_unread(error: OSError) -> str:
    """The reason why a listed file cannot be read."""
    is_gone = isinstance(error, FileNotFoundError)  # its name is there, so it leads nowhere
    return "it is a link to a file that does not exist" if is_gone else str(error.strerror)


def in_order(paths: Collection[str]) -> list[str]:
    """Paths folder by folder, as people list them."""
    return sorted(paths, key=lambda path: path.split("/"))


def entries_beside(files: Files, path: str) -> list[str]:
    """The names of the files and folders in the folder that a path is in."""
    location = files.location(path)
    if location is not None:
        return [entry.name for entry in location.parent.iterdir()] if location.parent.is_dir() else []
    folder = path.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    return list(
        {entry_path.removeprefix(prefix).split("/")[0] for entry_path in files.paths() if entry_path.startswith(prefix)}
    )


def is_file(files: Files, path: str) -> bool:
    """Whether a path names a file that can be read; on disk, whether it exists."""
    location = files.location(path)
    if location is not None:
        return location.is_file()
    try:
        files.read(path)
    except OSError:
        return False
    return True


def store_tables(project: Project, files: Files, folder: Path) -> Project:
    """The project with every reference table on disk, ready to be run.

    A table that is on no disk is written below `folder`, which the caller owns and removes. Raises `OSError` if
    one cannot be read or written.
    """
    tables = dict(project.tables)
    for name, table in project.tables.items():
        if table.path and files.location(table.path) is None and is_file(files, table.path):
            copy = folder / f"{name}{Path(table.path).suffix}"
            copy.write_bytes(files.read(table.path))
            tables[name] = replace(table, stored=str(copy))
    return replace(project, tables=tables)


def _walk(root: Path) -> Iterator[str]:
    """Every file below a folder, and with a `/` at its end every folder that cannot be listed.

    Nothing of a project is in a hidden folder, and `.git` can be large.
    """
    top = str(root)
    closed: list[str] = []
    for folder, folders, names in os.walk(top, onerror=lambda error: closed.append(str(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = os.path.relpath(folder, top).replace(os.sep, "/")
        prefix = "" if inside == "." else f"{inside}/"
        for name in names:
            yield prefix + name
    for folder in closed:
        yield os.path.relpath(folder, top).replace(os.sep, "/") + "/"
