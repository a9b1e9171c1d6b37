"""The files of a project as a git revision holds them. Reads git's objects and leaves the work tree alone."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path

from scenario_cli.language.files import no_file
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.value_class import dataclass

_LARGEST_AT_ONCE = 1024 * 1024  # bytes of a file that is read along with all others; a larger one is read when asked
_MOST_LINKS = 20


class NoRevision(Exception):
    """A project cannot be read at a revision. The message gives the reason, the hint the remedy."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file of the tree: its object, its size in bytes, and whether it is a symbolic link."""

    object: str
    size: int
    link: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """A project's files at one commit. `folder` is the project's path below the repository, empty at its top."""

    root: Path
    repository: Path
    commit: str
    folder: str
    entries: Mapping[str, _Entry]
    blobs: dict[str, bytes] = field(default_factory=dict)
    allow_outside: bool = False

    def paths(self) -> Collection[str]:
        prefix = f"{self.folder}/" if self.folder else ""
        return [path.removeprefix(prefix) for path in self.entries if path.startswith(prefix)]

    def read(self, path: str) -> bytes:
        location = self.location(path)
        if location is not None:
            return location.read_bytes()
        if not self.blobs:
            prefix = f"{self.folder}/" if self.folder else ""
            small = [entry for name, entry in self.entries.items()
                     if name.startswith(prefix) and entry.size <= _LARGEST_AT_ONCE]  # fmt: skip
            self.blobs.update(_contents(self.repository, (entry.object for entry in small)))
        entry = self._entry(path)
        if entry.object not in self.blobs:
            self.blobs.update(_contents(self.repository, [entry.object]))
        if entry.object not in self.blobs:
            raise OSError(0, "git does not have this object", path)
        return self.blobs[entry.object]

    def location(self, path: str) -> Path | None:
        """The path on disk of a file outside the repository, the same at every revision; None for a file inside."""
        path_on_disk = Path(os.path.normpath(self.root / path))
        return None if path_on_disk.is_relative_to(self.repository) else path_on_disk

    def is_off_limits(self, path: str) -> bool:
        """Whether a path is on this disk, outside the repository."""
        return not self.allow_outside and self.location(path) is not None

    def _entry(self, path: str) -> _Entry:
        """The file that a path names, symbolic links followed."""
        name = Path(os.path.normpath(self.root / path)).relative_to(self.repository).as_posix()
        for _ in range(_MOST_LINKS):
            entry = self.entries.get(name)
            if entry is None:
                break
            if not entry.link:
                return entry
            target = _contents(self.repository, [entry.object]).get(entry.object, b"").decode(errors="replace")
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        raise no_file(path)


def revision(root: Path, name: str) -> Revision:
    """The files of the project in the folder `root` as they were at a revision: a commit, branch or tag.

    The folder itself can be gone by now. A project that was in another folder then is found by its name. Raises
    `NoRevision` if there is no repository, the revision does not exist, or it has no project.
    """
    existing = next(folder for folder in (root, *root.parents) if folder.is_dir())
    top = git(existing, "rev-parse", "--show-toplevel")
    if top.returncode:
        raise NoRevision(
            f"'{root}' is not in a git repository: {_reason(top)}", "give a folder instead of the revision"
        )
    repository = Path(os.fsdecode(top.stdout.rstrip(b"\n"))).resolve()
    root = root.resolve()
    commit = _commit(repository, name)
    listed = git(repository, "ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    if listed.returncode:
        raise NoRevision(f"revision '{name}' cannot be read: {_reason(listed)}", "fetch it again: git fetch")
    folder = root.relative_to(repository).as_posix()
    folder = "" if folder == "." else folder
    entries = _entries(listed.stdout)
    at_commit = Revision(root, repository, commit, folder, entries)
    return at_commit if _PROJECT in at_commit.paths() else _moved(at_commit, name)


_PROJECT = "project.yaml"
_PROJECT_NAME = re.compile(rb"^project:[ \t]*[\"']?([\w-]+)", re.MULTILINE)


def _moved(at_commit: Revision, name: str) -> Revision:
    """The same project in its folder at the revision."""
    paths = [path for path in at_commit.entries if posixpath.basename(path) == _PROJECT]
    folders = [posixpath.dirname(path) or "." for path in paths]
    own = _project_name((at_commit.root / _PROJECT).read_bytes()) if (at_commit.root / _PROJECT).is_file() else None
    projects = [
        replace(at_commit, root=at_commit.repository / folder, folder="" if folder == "." else folder)
        for folder in folders
    ]
    candidates = [project for project in projects if own and _project_name(project.read(_PROJECT)) == own]
    if len(candidates) == 1:
        return candidates[0]
    raise NoRevision(f"no project in '{at_commit.folder or '.'}' at revision '{name}'",
                     did_you_mean(at_commit.folder or ".", folders, "projects there"))  # fmt: skip


def _project_name(text: bytes) -> bytes:
    match = _PROJECT_NAME.search(text)
    return match[1] if match is not None else b""


def _commit(repository: Path, name: str) -> str:
    answer = git(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") if name[:1] != "-" else None
    if answer is not None and not answer.returncode:
        return answer.stdout.decode().strip()
    message = f"the repository '{repository.name}' has no revision '{name}'"
    if git(repository, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        raise NoRevision(message, "the history is incomplete: run git fetch --unshallow, or set 'fetch-depth: 0' in CI")
    names = git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags")
    if not names.stdout.strip():
        raise NoRevision(f"the repository '{repository.name}' has no commit yet", "commit the project, then change it")
    raise NoRevision(message, did_you_mean(name, names.stdout.decode(errors="replace").split(), "branches and tags"))


def _entries(listed: bytes) -> dict[str, _Entry]:
    """The files of a tree by path, from lines `mode type object size<TAB>path` that end in a null byte."""
    by_path: dict[str, _Entry] = {}
    for line in listed.split(b"\0"):
        about, _, path = line.partition(b"\t")
        parts = about.split()
        if len(parts) == 4 and parts[1] == b"blob":  # a commit is another repository's
            size = int(parts[3]) if parts[3].isdigit() else 0
            by_path[os.fsdecode(path)] = _Entry(parts[2].decode(), size, parts[0] == b"120000")
    return by_path


def _contents(repository: Path, objects: Iterable[str]) -> dict[str, bytes]:
    """The contents of objects by name; one that git lacks has no entry."""
    names = list(dict.fromkeys(objects))
    answer = git(repository, "cat-file", "--batch", standard_input="\n".join([*names, ""]).encode()).stdout
    contents: dict[str, bytes] = {}
    start = 0
    for name in names:
        end = answer.find(b"\n", start)
        if end < 0:
            break  # git stopped at an object that it cannot read
        head = answer[start:end].split()
        start = end + 1
        if len(head) == 3:
            size = int(head[2])
            contents[name] = answer[start : start + size]
            start += size + 1
    return contents


def git(folder: Path, *arguments: str, standard_input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The output of a git command in a folder. Raises `NoRevision` if git is not installed."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=standard_input,
            capture_output=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise NoRevision("the program 'git' is not installed", "install git, or give a folder instead") from None


def _reason(process: subprocess.CompletedProcess[bytes]) -> str:
    lines = process.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git ended with {process.returncode}"
