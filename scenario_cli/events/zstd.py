"""Reads zstd files, for which the standard library has no module: head, lines, completeness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import duckdb

from scenario_cli.events.errors import translated

_MAGIC = b"\x28\xb5\x2f\xfd"
_MOST_OF_A_BLOCK = 128 * 1024


def lines(path: Path, label: str) -> Iterator[bytes]:
    """The unpacked lines, without their ends. Latin-1 maps bytes to characters one to one, so none is lost."""
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        con.execute("SET enable_progress_bar = false")
        rows = con.execute(
            "SELECT line FROM read_csv(?, auto_detect=false, columns={'line': 'VARCHAR'}, delim='\x01', quote='',"
            " escape='', header=false, strict_mode=false, compression='zstd', encoding='latin-1')",
            [str(path)],
        )
        while batch := rows.fetchmany(1000):
            for (line,) in batch:
                yield (line or "").encode("latin-1")
    except duckdb.Error as error:
        raise translated(error, label) from None
    finally:
        con.close()


def head(path: Path, label: str, size: int = 1 << 16) -> bytes:
    """About the first `size` bytes, unpacked, in whole lines."""
    found_lines: list[bytes] = []
    for line in lines(path, label):
        found_lines.append(line)
        size -= len(line)
        if size <= 0:
            break
    return b"\n".join(found_lines) + b"\n" if found_lines else b""


def is_complete(path: Path) -> bool:
    """True if every frame ends with its last block (RFC 8878, 3.1.1); a cut file would be read as a short one."""
    return most_size(path) is not None


def most_size(path: Path) -> int | None:
    """The most bytes that the file can hold unpacked; None if it is not complete. No block is unpacked."""
    total = 0
    with path.open("rb") as file:
        size = path.stat().st_size
        while file.tell() < size:
            magic = file.read(4)
            if len(magic) == 4 and 0x184D2A50 <= int.from_bytes(magic, "little") <= 0x184D2A5F:
                file.seek(int.from_bytes(file.read(4), "little"), 1)
                continue
            frame = _skip_frame(file) if magic == _MAGIC else None
            if frame is None:
                return None
            total += frame
        return total if file.tell() == size else None


def _skip_frame(file: BinaryIO) -> int | None:
    """The most bytes that a frame holds; None if it breaks off."""
    descriptor = file.read(1)
    if not descriptor:
        return None
    flags = descriptor[0]
    single, checksum = flags >> 5 & 1, flags >> 2 & 1
    content_size = (1 if single else 0, 2, 4, 8)[flags >> 6]
    file.seek((0 if single else 1) + (0, 1, 2, 4)[flags & 3] + content_size, 1)
    total = 0
    while True:
        header = file.read(3)
        if len(header) < 3:
            return None
        block = int.from_bytes(header, "little")
        kind, length = block >> 1 & 3, block >> 3
        # A block of type 1 repeats one byte, at any size.
        file.seek(1 if kind == 1 else length, 1)
        total += _MOST_OF_A_BLOCK if kind == 2 else length
        if block & 1:
            return total if checksum == 0 or len(file.read(4)) == 4 else None
