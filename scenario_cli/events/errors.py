"""Errors that stop the reading of an export, with a hint for the user. Unusable rows are values, not errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager


class ExportError(Exception):
    """The job cannot be done: `message` names the fault and the file, `hint` the remedy."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[type[ExportError], tuple[str, str | None]]:
        return ExportError, (self.message, self.hint)


class Faults:
    """Collects the faults of several files, so that the first does not hide the others."""

    def __init__(self) -> None:
        self._faults: list[ExportError] = []

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keeps a fault that is raised inside, and goes on."""
        try:
            yield
        except ExportError as error:
            self.add(error)

    def add(self, fault: ExportError) -> None:
        """Keeps a fault."""
        self._faults.append(fault)

    def refuse(self) -> None:
        """Raises one error if there are faults: the first in full, the messages of the others in its hint."""
        if not self._faults:
            return
        first, *others = self._faults
        if not others:
            raise first
        count = f"{len(others):,} more files have faults" if len(others) > 1 else "1 more file has a fault"
        shown = [f"- {error.message}" for error in others[:_MOST_SHOWN]]
        rest = [f"- and {len(others) - _MOST_SHOWN:,} more"] if len(others) > _MOST_SHOWN else []
        raise ExportError(first.message, "\n".join(filter(None, [first.hint, f"{count}:", *shown, *rest]))) from first


_MOST_SHOWN = 10

# DuckDB's message as a pattern, our message, our hint. The first match counts.
_TRANSLATIONS: tuple[tuple[str, str, str], ...] = (
    (
        r"unexpected end of gzip",
        "{file} is incomplete: the compressed file ends early",
        "download or copy it again",
    ),
    (r"gzip", "{file} is not a valid gzip file", "rename it without .gz if it is not compressed, or copy it again"),
    (r"zstd", "{file} is not a valid zstd file", "rename it without .zst if it is not compressed, or copy it again"),
    (
        r"magic bytes|too small to be a parquet",
        "{file} is not a complete Parquet file",
        "copy it again, or give it the right ending (.csv, .jsonl)",
    ),
    (r"no space left|max_temp_directory_size", "the disk is full", "free some space, or set TMPDIR to a larger disk"),
    (r"out of memory|memory_limit", "there is not enough memory to read {file}", "read it in parts"),
    (r"permission denied|cannot open file", "{file} cannot be opened", "check your permission to read it"),
    (
        r"maximum_object_size",
        "{file} has a JSON value of more than 16 MB",
        "write one event per line, as JSON lines (.jsonl)",
    ),
    (
        r"malformed json|json array|json_array",
        "{file} is not valid JSON",
        "check its end, or export it as JSON lines (.jsonl), where only the broken line is lost",
    ),
    (
        r"parquet|thrift|snappy|decompress",
        "{file} is damaged: parts of the Parquet file cannot be read",
        "copy it again",
    ),
)


def translated(error: Exception, file: str) -> ExportError:
    """DuckDB's error about a file in words that lead somewhere."""
    # The file's own name could contain any of the searched words.
    text = re.sub(r"\S*/\S*", "", str(error).replace(file, ""))
    for pattern, message, hint in _TRANSLATIONS:
        if re.search(pattern, text, re.IGNORECASE):
            return ExportError(message.format(file=file), hint)
    first = re.sub(r"^[\w ]*Error: ", "", text.strip().split("\n")[0])[:200]
    return ExportError(f"{file} cannot be read: {first}", "open it and check that it is complete")
