"""The lines of a text file with any compression and encoding, numbered. Knows neither CSV nor JSON."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scenario_cli.events import zstd
from scenario_cli.events.encoding import utf16
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.events.inputs import InputFile


class Line(NamedTuple):
    """`foreign`: its bytes are not UTF-8, it was read as Latin-1."""

    number: int
    text: str
    foreign: bool


def lines_of(file: InputFile) -> Iterator[Line]:
    """Every line without its end (\\n, \\r\\n or \\r)."""
    try:
        if codec := utf16(file.head):
            yield from _utf16_lines(file, codec)
            return
        for number, raw in enumerate(_raw_lines(file), 1):
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            yield _decoded(number, raw)
    except (EOFError, zlib.error, OSError) as error:
        cut = isinstance(error, EOFError)
        raise translated(OSError("Unexpected end of GZIP" if cut else str(error)), file.label) from None


def head_lines(file: InputFile) -> list[str]:
    """The whole lines among the first bytes of the file."""
    if codec := utf16(file.head):
        text = codecs.getincrementaldecoder(codec)("replace").decode(file.head)
    else:
        text = "\n".join(
            _decoded(0, raw).text for raw in file.head.removeprefix(codecs.BOM_UTF8).splitlines(keepends=False)
        )
    lines = io.StringIO(text, newline=None).read().split("\n")
    # The last line can be incomplete.
    return lines[:-1] if len(lines) > 1 and len(file.head) >= 1 << 16 else lines


def needs_copy(file: InputFile) -> bool:
    """True if the database cannot read the file as it is: UTF-16, JSON behind a byte order mark, a NUL byte."""
    if utf16(file.head) is not None or (file.format == "json" and file.head.startswith(codecs.BOM_UTF8)):
        return True
    return file.format != "parquet" and b"\0" in file.head


def utf8_copy(file: InputFile, workspace: Path) -> tuple[InputFile, int | None]:
    """A plain UTF-8 copy with the same lines, and the first line that was not UTF-8."""
    target = workspace / f"copy-{len(list(workspace.glob('copy-*')))}"
    first_foreign: int | None = None
    with target.open("w", encoding="utf-8", newline="\n") as copy:
        for line in lines_of(file):
            if line.foreign and first_foreign is None:
                first_foreign = line.number
            copy.write(line.text.replace("\0", ""))
            copy.write("\n")
    head = file.head.removeprefix(codecs.BOM_UTF8)
    head = head.replace(b"\0", b"") if not utf16(file.head) else head
    if utf16(file.head):
        head = "\n".join(head_lines(file)).encode()
    return replace(file, path=target, compression="none", head=head), first_foreign


def latin1_note(file: InputFile, line: int) -> str:
    return f"{file.label} is not UTF-8 everywhere: lines such as {line} were read as Latin-1 (Windows-1252)"


def _raw_lines(file: InputFile) -> Iterator[bytes]:
    if file.compression == "zstd":
        yield from zstd.lines(file.path, file.label)
        return
    with gzip.open(file.path, "rb") if file.compression == "gzip" else file.path.open("rb") as binary:
        # Latin-1 maps bytes to characters one to one; the wrapper is there for its line ends.
        for text in io.TextIOWrapper(binary, encoding="latin-1", newline=None):
            yield text.removesuffix("\n").encode("latin-1")


def _utf16_lines(file: InputFile, codec: str) -> Iterator[Line]:
    if file.compression == "zstd":
        raise ExportError(f"{file.label} is UTF-16 inside zstd", "convert it to UTF-8")
    with gzip.open(file.path, "rb") if file.compression == "gzip" else file.path.open("rb") as binary:
        text = io.TextIOWrapper(binary, encoding=codec, errors="replace", newline=None)
        for number, line in enumerate(text, 1):
            yield Line(number, line.removesuffix("\n"), False)


def _decoded(number: int, raw: bytes) -> Line:
    try:
        return Line(number, raw.decode("utf-8"), False)
    except UnicodeDecodeError:
        pass
    try:
        # Text declared as Latin-1 usually comes from Windows: same letters, but also € and ’.
        return Line(number, raw.decode("cp1252"), True)
    except UnicodeDecodeError:
        return Line(number, raw.decode("latin-1"), True)
