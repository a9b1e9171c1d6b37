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
    if len(data) == MAX_BYTES:
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
    return columns, list(merge_marks(text, file)) or list(_uneven(text, delimiter, len(columns), file))


def _uneven(text: str, delimiter: str, count: int, file: str) -> Iterator[Diagnostic]:
    """The first line with more or fewer values than there are columns: the table would be cut up in another way.

    An empty value too many, after a last delimiter, does no harm.
    """
    if count < 2:
        return
    number, lines = 1, text.splitlines()
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for values in reader:
            if values and len(values) != count and not (len(values) > count and not any(values[count:])):
                has = f"{len(values)} values" if len(values) > 1 else "1 value"
                message = f"this line of the table has {has}, but the first line names {count} columns"
                hint = f"write '{delimiter}' between two values, and a value with it in quotes"
                yield Diagnostic(
                    "REF019", message, Span(file, number, 1, number, len(lines[number - 1]) + 1), hint=hint
                )
                return
            number = reader.line_num + 1
    except csv.Error:
        return  # a field too long for this reader
