"""Places in files and positions in editors, in texts with characters of every size and line ends of every kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.editor.finding_places import carried_over
from scenario_cli.editor.texts import Text
from scenario_cli.model.source import Span

SIGNS = st.text(alphabet="aé🛒\u2028\x85\x0b\n\r\t ", max_size=40)


BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}  # of a unit


@given(SIGNS, st.sampled_from(sorted(BYTES)), st.data())
def test_an_offset_is_restored_from_its_position(text: str, encoding: str, data: st.DataObject) -> None:
    lines = Text(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n" and offset:
        return  # no position lies between the two
    assert lines.offset(lines.position(offset)) == offset


@given(SIGNS, st.sampled_from(sorted(BYTES)))
def test_a_position_counts_units_of_the_encoding(text: str, encoding: str) -> None:
    line, units = Text(text, encoding).position(len(text))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    name, size = BYTES[encoding]
    assert (line, units) == (len(lines) - 1, len(lines[-1].encode(name)) // size)


@pytest.mark.parametrize(
    ("text", "line", "column", "position"),
    [
        ("a: 🛒x\n", 1, 5, (0, 5)),
        ("a: x\r\nb: y\r\n", 2, 4, (1, 3)),
        ("a: 1\u2028b: y\n", 2, 4, (0, 8)),  # YAML ends a line here, an editor does not
        ("\ufeffa: x\n", 1, 4, (0, 4)),
        ("a\n", 9, 9, (1, 0)),
    ],
)
def test_a_place_of_a_finding_is_found_by_the_editor(
    text: str, line: int, column: int, position: tuple[int, int]
) -> None:
    assert Text(text).range(Span("f", line, column, line, column))[0] == position


@pytest.mark.parametrize("position", [(0, 99), (99, 0), (5, 5)])
def test_a_position_behind_the_text_is_its_end_or_that_of_the_line(position: tuple[int, int]) -> None:
    assert Text("ab\nc").offset(position) == (2 if position[0] == 0 else 4)


@pytest.mark.parametrize(
    ("now", "needle", "then"),
    [
        ("a\nb\nc\n", "b", 2),
        ("x\na\nb\nc\n", "b", 2),
        ("a\nB\nc\n", "c", 4),
        ("a\nB\nc\n", "B", None),
        ("a\nb\nc\nd\n", "d", None),
        ("", "", 6),
    ],
)
def test_an_unchanged_character_has_its_offset_in_the_version_before(now: str, needle: str, then: int | None) -> None:
    assert carried_over(now, "a\nb\nc\n", now.index(needle)) == then
