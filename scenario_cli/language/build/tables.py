"""The text of reference tables in CSV: the columns, and what keeps a table from being read. Uses no value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from scenario_cli.language.files import Files
from scenario_cli.language.find import shown_path
from scenario_cli.language.merge_marks import merge_marks
from scenario_cli.language.reader import MAX_BYTES
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span


def read_table(files: Files, path: str) -> tuple[tuple[str, ...] | None, Sequence[Diagnostic]]:
    """The columns that the first line of a CSV file names, and the faults of its lines; of a large file, of its top.

    No columns if the file is of another kind or cannot be read.
    """
    if not path.lower().endswith((".csv", ".tsv")):
        return None, ()
    try:
        location = files.location(path)
        with location.open("rb") if location is not None else io.BytesIO(files.read(path)) as opened:
            data = opened.read(MAX_BYTES)
    except OSError:
        return None, ()
    is_cut = len(data) == MAX_BYTES
    if is_cut:
        data = data[: data.rfind(b"\n") + 1]
    file = shown_path(files.root / path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        place = Span(file, line, column, line, column + 1)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return None, [Diagnostic("YAML008", message, place, hint="save the file as UTF-8")]
    first = text[: 1 + text.find("\n")] or text
    delimiter = max(",;\t|", key=first.count)
    columns = tuple(next(csv.reader([first], delimiter=delimiter), ()))
    return columns, list(merge_marks(text, file)) or list(_uneven(text, delimiter, len(columns), file, is_cut))


def _uneven(text: str, delimiter: str, count: int, file: str, is_cut: bool) -> Iterator[Diagnostic]:
    """The first line with more or fewer values than there are columns: the table would be cut up in another way.

    An empty value too many, after a last delimiter, does no harm. In a text that is cut, quotes of the last row can be
    open.
    """
    if count < 2:
        return
    # `splitlines` would also end a row at U+2028 and other characters that a value can hold.
    number, lines = 1, list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for values in reader:
            if is_cut and reader.line_num == len(lines):
                return
            if values and len(values) != count and not (len(values) > count and not any(values[count:])):
                has = f"{len(values)} values" if len(values) > 1 else "1 value"
                message = f"this line of the table has {has}, but the first line names {count} columns"
                hint = f"write '{delimiter}' between two values, and a value with it in quotes"
                place = Span(file, number, 1, number, len(lines[number - 1].rstrip("\r\n")) + 1)
                yield Diagnostic("REF019", message, place, hint=hint)
                return
            number = reader.line_num + 1
    except csv.Error:
        return  # a field too long for this reader
