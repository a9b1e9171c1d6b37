"""Finds who wrote the files of a project from git's history. Reads no file and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

from scenario_cli.language.revision import NoRevision, git
from scenario_cli.model.authorship import Authorship


def authors(root: Path) -> dict[str, Authorship]:
    """The authors of each file below a folder, by the file's path from there.

    Empty outside a repository, without git, and if the history is incomplete: its first commit would seem to have
    written everything. Uncommitted changes have no author yet. A file that moved starts a new history.
    """
    try:
        if git(root, "rev-parse", "--is-shallow-repository").stdout.strip() != b"false":
            return {}
        log = git(
            root, "-c", "log.showSignature=false", "log", "--no-merges", "--relative", "--name-only", "-z",
            "--format=%x01%aN%x02%as%x03", "--", ".",
        )  # fmt: skip
    except NoRevision:
        return {}
    by_path: dict[str, Authorship] = {}
    for commit in log.stdout.split(b"\x01")[1:]:  # the newest first
        about, _, paths = commit.partition(b"\x03")
        name, _, day = about.decode(errors="replace").partition("\x02")
        for path in map(os.fsdecode, paths.strip(b"\0\n").split(b"\0")):
            last = by_path.get(path)
            by_path[path] = Authorship(name, day, last.last_by if last else name, last.last_on if last else day)
    by_path.pop("", None)
    return by_path
