"""CSV with every quote, escape, delimiter and line ending is read as the standard library reads it."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any

import pytest

from tests.events.exports import Read

VALUES = [
    'say "hi"',
    '"',
    "C:\\dir\\",
    'a\\"b',
    "plain",
    "it's",
    "semi;colon,comma\ttab|bar",
    "two\nlines",
    "end\\",
    "'q'",
]
HEAD = ["contact_id", "event", "timestamp", "note", "last"]
WANTED: dict[str, dict[str, str | None]] = {"e": {"note": "string", "last": "string"}}


def written(rows: list[list[str]], **dialect: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **dialect).writerows([HEAD, *rows])
    return out.getvalue()


DELIMITERS, ENDINGS = ",;\t|", ("\n", "\r\n", "\r")
ESCAPES: tuple[dict[str, Any], ...] = ({}, {"doublequote": False, "escapechar": "\\"})
QUOTINGS = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)


@pytest.mark.parametrize(
    ("delimiter", "ending", "escape", "quoting"),
    [
        each
        for number, each in enumerate(itertools.product(DELIMITERS, ENDINGS, ESCAPES, QUOTINGS))
        if number % 5 == 0 or each[0] == ","
    ],
)
def test_every_dialect_is_read_as_the_standard_library_reads_it(
    read: Read, delimiter: str, ending: str, escape: dict[str, Any], quoting: int
) -> None:
    values = [value for value in VALUES if ending == "\n" or "\n" not in value]
    rows = [["a", "e", str(number), value, values[-number]] for number, value in enumerate(values, 1)]
    dialect: dict[str, Any] = {"delimiter": delimiter, "quoting": quoting, **escape}
    text = written(rows, lineterminator=ending, **dialect)
    read_rows = list(csv.reader(io.StringIO(text, newline=""), **dialect))[1:]
    log = read({"events.csv": text.encode()}, WANTED)
    assert log.report.unusable == ()
    (contact,) = log.stream()
    cells = [(event.properties["note"], event.properties["last"]) for event in contact.events]
    assert cells == [(row[3], row[4]) for row in read_rows]


def test_a_sound_file_with_a_backslash_before_a_closing_quote_keeps_its_rows(read: Read) -> None:
    export = 'contact_id,event,timestamp,note,last\n"a","e",1,"C:\\dir\\","x"\n"a","e",2,"D:\\","y"\n'
    log = read(export, WANTED)
    (contact,) = log.stream()
    assert [event.properties for event in contact.events] == [
        {"note": "C:\\dir\\", "last": "x"},
        {"note": "D:\\", "last": "y"},
    ]


@pytest.mark.parametrize("first", [0, 1])
def test_both_escapes_in_one_file_are_read(read: Read, first: int) -> None:
    escapes = ['a,e,{},"say ""hi"", then",x', 'a,e,{},"say \\"ho\\", then",x']
    lines = [escapes[(number + first) % 2].format(number + 1) for number in range(4)]
    log = read("contact_id,event,timestamp,note,last\n" + "\n".join(lines) + "\n", WANTED)
    (contact,) = log.stream()
    assert sorted({event.properties["note"] for event in contact.events}) == ['say "hi", then', 'say "ho", then']
    assert log.report.unusable == ()


def test_an_escaped_quote_far_down_is_read(read: Read) -> None:
    lines = [f'a,e,{number},"plain, {number}",x' for number in range(1, 20_000)] + ['a,e,20000,"say \\"hi\\", then",x']
    log = read("contact_id,event,timestamp,note,last\n" + "\n".join(lines) + "\n", WANTED)
    (contact,) = log.stream()
    assert contact.events[-1].properties["note"] == 'say "hi", then'


def test_single_quotes_are_quotes_where_nothing_else_is(read: Read) -> None:
    export = "contact_id,event,timestamp,note,last\n'a','e',1,'it''s, fine','x'\n'a','e',2,'b','y'\n"
    (contact,) = read(export, WANTED).stream()
    assert [event.properties["note"] for event in contact.events] == ["it's, fine", "b"]


def test_a_column_that_a_file_has_twice_is_read_once_with_a_note(read: Read) -> None:
    log = read({"log.csv": "contact_id,event,timestamp,note,note,,\na,e,1740823200,first,second,,\n"}, WANTED)
    (contact,) = log.stream()
    assert contact.events[0].properties == {"note": "first"}
    (note,) = log.report.notes
    assert note.endswith("log.csv has two columns 'note'; only the first is read")
