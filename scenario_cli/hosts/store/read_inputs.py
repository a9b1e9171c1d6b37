"""The inputs that runs have read, as the store remembers them. Reads nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["events", "contacts", "history"]

Mark = tuple[int, str]  # the number of bytes from the beginning of a file, and their digest


@dataclass(frozen=True, slots=True)
class ReadInput:
    """A file, or a table or query of a database, that runs have read.

    - `path` is the file's, with every link in it followed; else the address or query.
    - `size` is the number of bytes read, from the beginning of the file, `digest` that of these bytes; for a gzip file
      both are of its content. For a database they are the number and the event ids of the rows with the largest value.
    - `modified` stands for the file's size and the time of its last change: a file that still has them is not opened
      again. 0: unknown.
    - `watermark` is the column that shows new rows, `=`, and the largest value read.
    - without a `digest` it is about no file any more: its content is known under another path.
    """

    role: Role
    path: str
    size: int
    digest: str
    modified: int
    watermark: str | None = None

    @property
    def mark(self) -> Mark:
        """The content that was read."""
        return self.size, self.digest


@dataclass(frozen=True, slots=True)
class Reading:
    """The part of an input that one run reads: for a file the bytes from `start` on; nothing if it starts at their end.

    For a database it is the rows with a value of at least `least`, or above `above`; `rest` is the digest of those
    without the largest value.
    """

    input: ReadInput
    start: int = 0
    least: str | None = None
    above: str | None = None
    rest: str | None = None


def reading_of(values: dict[str, Any]) -> Reading:
    """The reading from values that `dataclasses.asdict` made."""
    return Reading(**{**values, "input": ReadInput(**values["input"])})


@dataclass(frozen=True, slots=True)
class InputIndex:
    """The readings of earlier runs: by path the last one, and for logs all of them, by size."""

    logs: dict[str, ReadInput] = field(default_factory=dict)
    databases: dict[str, ReadInput] = field(default_factory=dict)
    contacts: dict[str, ReadInput] = field(default_factory=dict)
    contents: dict[int, set[str]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no run has read anything."""
        return not (self.logs or self.databases or self.contacts)


def index_of(inputs: Iterable[ReadInput]) -> InputIndex:
    """An index of inputs, which come in the order in which they were read."""
    index = InputIndex()
    for each in inputs:
        by_path = index.logs if each.watermark is None else index.databases
        if each.role == "contacts":
            by_path = index.contacts
        elif each.watermark is None and each.size:
            index.contents.setdefault(each.size, set()).add(each.digest)
        for read_before in (by_path,) if by_path is index.contacts else (index.logs, index.databases):
            read_before.pop(each.path, None)
        if each.digest:
            by_path[each.path] = each
    return index


def state_of(stat: os.stat_result) -> int:
    """A number for the size and the time of the last change of a file."""
    text = f"{stat.st_size} {stat.st_mtime_ns}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "big") or 1
