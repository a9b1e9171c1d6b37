"""The targets of an export's paths: files and databases. Opens none to read its rows."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scenario_cli.events import external_exports
from scenario_cli.events.errors import ExportError
from scenario_cli.events.inputs import located
from scenario_cli.hosts.store.read_inputs import state_of
from scenario_cli.model.export import Access

_BUCKETS = ("s3://", "gs://", "gcs://", "r2://")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, or the copy of an address's content.

    `path` is the place of its bytes, `label` its name in messages, `name` its name in the store. `modified` is its
    state, 0 for a copy.
    """

    path: Path
    label: str
    name: str
    size: int
    modified: int

    @property
    def is_copy(self) -> bool:
        """Whether the file is a copy of our own."""
        return self.modified == 0


@dataclass(frozen=True, slots=True)
class FoundDatabase:
    """A database, a table in one or, without a `text`, the files that a query names; and the query to ask."""

    text: str
    query: str | None

    @property
    def label(self) -> str:
        """The words of messages for it."""
        return external_exports.without_password(self.text) or "the query"

    @property
    def name(self) -> str:
        """Its name in the store."""
        address, separator, table = self.text.partition(external_exports.IN_A_TABLE)
        if address and "://" not in address:
            address = os.path.realpath(address)
        source = f"{external_exports.without_password(address)}{separator}{table}"
        return " ".join(filter(None, (source, self.query)))


FoundSource = FoundFile | FoundDatabase


def find_sources(
    texts: Sequence[str],
    query: str | None,
    access: Access,
    workspace: Path,
    notes: list[str],
    *,
    may_be_empty: bool = False,
) -> list[FoundSource]:
    """The files and databases in reading order, each once. A folder or pattern can be empty if `may_be_empty`.

    Raises ExportError for files that do not exist, are not readable, or cannot be read a second time.
    """
    if query is not None and not texts:
        return [FoundDatabase("", query)]
    by_name: dict[str, FoundSource] = {}
    for text in texts:
        _refuse_passing(text)
        if query is not None and not external_exports.is_database(text):
            external_exports.copied(text, query, workspace, access)  # raises: a query needs a database
        if query is not None or external_exports.is_database(text):
            database = FoundDatabase(text, query)
            by_name.setdefault(database.name, database)
            continue
        for path, label in located((text,), workspace, notes, access=access, may_be_empty=may_be_empty):
            file = _file(path, label, text)
            if file.name in by_name:
                notes.append(f"{label} is given more than once and was read once")
            by_name.setdefault(file.name, file)
    return list(by_name.values())


def _file(path: Path, label: str, text: str) -> FoundFile:
    try:
        facts = path.stat()
    except OSError as error:
        raise ExportError(f"{label} cannot be read: {error.strerror}", "run again when all files are there") from None
    if "://" in text:
        return FoundFile(path, label, text, facts.st_size, 0)
    return FoundFile(path, label, os.path.realpath(path), facts.st_size, state_of(facts))


def _refuse_passing(text: str) -> None:
    """A run that breaks off is finished with the same input, so it must be there again."""
    if text.lower().startswith(_BUCKETS):
        raise ExportError(
            f"'scenario run' cannot read the bucket {text}: it would download everything to find new rows",
            "copy the new files into a folder first (aws s3 sync, gsutil rsync), and give the folder",
        )
    if text == "-" or (Path(text).exists() and not Path(text).is_dir() and not stat.S_ISREG(Path(text).stat().st_mode)):
        label = "standard input" if text == "-" else text
        raise ExportError(
            f"'scenario run' cannot read {label}: an interrupted run could not read it again",
            "write it to a file, and give the file",
        )
