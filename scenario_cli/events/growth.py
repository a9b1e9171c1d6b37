"""The size to which compressed files can grow. A file that grows more is made to fill the disk. Unpacks nothing."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from scenario_cli.events import zstd
from scenario_cli.events.errors import ExportError

# Texts shrink to a hundredth at the very most.
MOST_GROWTH = 200
ALWAYS_ALLOWED = 1 << 30
_MOST_OF_GZIP = 1_032
_CHUNK = 1 << 20


def limit(size: int) -> int:
    """The most bytes that an export of so many compressed bytes can have."""
    return max(ALWAYS_ALLOWED, MOST_GROWTH * size)


def refuse_growth(path: Path, label: str, compression: str) -> None:
    """Raises ExportError if a gzip or zstd file grows more than an export can.

    Neither format states its unpacked size reliably, so a file that could become too large is counted.
    """
    size = path.stat().st_size
    allowed = limit(size)
    grown = 0
    if compression == "zstd" and (zstd.most_size(path) or 0) > allowed:
        grown = _first_above(allowed, (len(line) + 1 for line in zstd.lines(path, label)))
    elif compression == "gzip" and size * _MOST_OF_GZIP > allowed:
        grown = _first_above(allowed, _gzip_sizes(path))
    if grown > allowed:
        raise too_large(label, f"more than {allowed / 1e9:,.1f} GB")


def too_large(label: str, size: str) -> ExportError:
    return ExportError(f"{label} would grow to {size}, which exceeds the limit", "unpack it and check its content")


def _first_above(allowed: int, sizes: Iterable[int]) -> int:
    """The sum of the sizes, or the first partial sum above the limit."""
    count = 0
    for size in sizes:
        count += size
        if count > allowed:
            break
    return count


def _gzip_sizes(path: Path) -> Iterator[int]:
    """The sizes of the parts after unpacking. A damaged file is left for the reading to report."""
    with suppress(OSError, EOFError, zlib.error), gzip.open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            yield len(chunk)
