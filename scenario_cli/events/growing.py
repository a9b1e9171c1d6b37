"""Text files that get new lines at their end: the part before the rows, and the end of the last whole row.

Knows nothing of earlier readings.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from scenario_cli.events.csv_records import Dialect, open_record, split_fields
from scenario_cli.events.encoding import utf16
from scenario_cli.events.formats.delimited import headed_table, lines_before_rows
from scenario_cli.events.formats.json_text import is_line_by_line
from scenario_cli.events.inputs import Compression, InputFile
from scenario_cli.events.lines import Line

_CHUNK = 1 << 20
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of rows in lines.

    - `codec` turns its bytes into characters; of all that is not UTF-16 into as many.
    - `before` is the number of bytes before the first row: byte order mark, titles, header.
    - `dialect` and `width` (the number of columns) are those of a CSV; no `dialect`: it is of JSON lines.
    """

    path: Path
    compression: Compression
    codec: str
    before: int
    dialect: Dialect | None = None
    width: int = 0

    @property
    def unit(self) -> int:
        """The bytes of a line end."""
        return len("\n".encode(self.codec))


def text_file(file: InputFile, expected: tuple[str, ...]) -> TextFile | None:
    """The file as one that can grow; None if it has no rows in lines, or is packed by a program other than gzip.

    `expected` are columns that a CSV has.
    """
    if file.format == "parquet" or file.compression == "zstd":
        return None
    codec, mark = _encoding(file.head)
    if file.format == "json":
        return TextFile(file.path, file.compression, codec, mark) if is_line_by_line(file) else None
    table = headed_table(file, expected)
    text = file.head[mark:].decode(codec, errors="replace")
    position = 0
    for _ in range(lines_before_rows(file, table)):
        line = _LINE.match(text, position)
        position = line.end() if line else len(text)
    before = mark + len(text[:position].encode(codec))
    return TextFile(file.path, file.compression, codec, before, table.dialect, len(table.names))


def is_complete(file: InputFile) -> bool:
    """Whether a JSON text that is not read line by line is complete."""
    if file.format != "json" or file.compression != "none":
        return True
    codec, _ = _encoding(file.head)
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.size - 4096))
        end = stream.read(file.size - stream.tell()).decode(codec, errors="replace").strip("\0 \t\r\n")
    return not end or end[-1] in "]}"


def content(path: Path, compression: Compression) -> BinaryIO:
    """The bytes of a file, unpacked."""
    return cast(BinaryIO, gzip.open(path, "rb")) if compression == "gzip" else path.open("rb")


def whole_lines(text: TextFile, size: int) -> int:
    """The bytes up to the end of the last whole line among the first `size` of an unpacked file.

    A last line without an end is whole if it is sound JSON, or has every column.
    """
    size -= size % text.unit
    begins = _last_line(text, size)
    if begins == size:
        return size
    with text.path.open("rb") as stream:
        stream.seek(begins)
        last = stream.read(size - begins)
    return size if _is_whole(text, last) else begins


def next_line(text: TextFile, end: int) -> int | None:
    """The byte at which the line after the first `end` bytes begins; None if the last of these continues."""
    with content(text.path, text.compression) as stream:
        stream.seek(max(0, end - text.unit))
        around = stream.read(min(end, text.unit) + 2 * text.unit).decode(text.codec, errors="replace")
    last, following = (around[0], around[1:]) if end else ("\n", around)
    if last == "\n" or (last == "\r" and following[:1] != "\n"):
        return end
    if following[:1] not in ("\r", "\n") or not following:
        return None if following else end
    return end + (2 if following == "\r\n" and last != "\r" else 1) * text.unit


def write_rows(text: TextFile, begin: int, end: int, target: Path) -> None:
    """Writes the bytes from `begin` to `end` into a separate file, after the part that precedes the rows."""
    with content(text.path, text.compression) as stream, target.open("wb") as part:
        if begin > 0:
            part.write(stream.read(text.before))
            stream.seek(max(begin, text.before))
        remaining = end - stream.tell()
        while remaining > 0 and (chunk := stream.read(min(remaining, _CHUNK))):
            part.write(chunk)
            remaining -= len(chunk)


def cut_open_record(text: TextFile, part: Path) -> int:
    """Cuts a record that is not complete off the end of a file of these rows. Returns the number of bytes cut off."""
    if text.dialect is None or not text.dialect.escape or not _has_open_quote(text, part):
        return 0
    starts: list[int] = []

    def lines() -> Iterator[Line]:
        position = text.before
        with part.open("rb") as stream:
            stream.seek(text.before)
            reader = io.TextIOWrapper(stream, encoding=text.codec, errors="replace", newline="")
            for number, line in enumerate(reader):
                starts.append(position)
                position += len(line.encode(text.codec))
                yield Line(number, line.rstrip("\r\n"), False)

    number = open_record(lines(), text.dialect, text.width)
    if number is None:
        return 0
    size = part.stat().st_size
    with part.open("rb+") as stream:
        stream.truncate(starts[number])
    return size - starts[number]


def _has_open_quote(text: TextFile, part: Path) -> bool:
    assert text.dialect is not None
    quote = text.dialect.quote
    escaped = f"\\{quote}" if text.dialect.escape == "\\" else None
    count, last = 0, ""
    with part.open("rb") as stream:
        stream.seek(text.before)
        while chunk := stream.read(_CHUNK).decode(text.codec, errors="replace"):
            count += chunk.count(quote)
            if escaped is not None:
                count -= (last + chunk).count(escaped)
                last = chunk[-1]
    return count % 2 == 1


def _encoding(head: bytes) -> tuple[str, int]:
    """The codec, and the length of the byte order mark."""
    codec = utf16(head)
    if codec == "utf-16":
        return ("utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"), 2
    if codec is not None:
        return codec, 0
    return "latin-1", len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0


def _last_line(text: TextFile, size: int) -> int:
    """The byte at which the last line begins."""
    ends = ["\n".encode(text.codec), "\r".encode(text.codec)]
    position = size
    with text.path.open("rb") as stream:
        while position > 0:
            begin = max(0, position - _CHUNK)
            stream.seek(begin)
            block = stream.read(position - begin)
            place = max(_last(block, end) for end in ends)
            if place >= 0:
                return begin + place + text.unit
            position = begin
    return 0


def _last(block: bytes, end: bytes) -> int:
    """The place of the last of these characters; in UTF-16 it is even."""
    place = block.rfind(end)
    while place > 0 and place % len(end):
        place = block.rfind(end, 0, place + len(end) - 1)
    return place


def _is_whole(text: TextFile, line: bytes) -> bool:
    plain = line.decode("utf-8" if text.codec == "latin-1" else text.codec, errors="replace").strip("\0 \t\ufeff")
    if not plain:
        return True
    if text.dialect is not None:
        # A field in quotes can begin on an earlier line; whether it is closed is checked later.
        fields = split_fields(text.dialect)(plain)
        return text.dialect.quote in plain or (fields is not None and len(fields) >= text.width)
    try:
        json.loads(plain)
    except (ValueError, RecursionError):
        return False
    return True
