"""Documents as Markdown and as text: code, escaped characters, and the width of tables."""

from __future__ import annotations

import pytest

from scenario_cli.reports.document.markdown import document_markdown
from scenario_cli.reports.document.parts import Bullets, Document, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.document.text import document_text
from tests.rows import rows


@rows(
    ("text", "markdown"),
    [
        ("plain words", "plain words"),
        ("a_b and _c_", r"a_b and \_c\_"),
        ("2 * 3 [x] ~", r"2 \* 3 \[x\] \~"),
        ("<script> & co", "&lt;script&gt; &amp; co"),
        ("`a_b | c < d` is *so*", r"`a_b | c < d` is \*so\*"),
        ("over\nlines", "over lines"),
    ],
)
def test_texts_stand_for_themselves_in_markdown(text: str, markdown: str) -> None:
    assert document_markdown([Paragraph(text)]) == f"{markdown}\n"


def test_a_bar_does_not_end_a_cell() -> None:
    shown = document_markdown([Grid(("a", "b"), (row("`x | length`", ("one", "two")), row("", "y|z")))])
    assert shown == "| a | b |\n| --- | --- |\n| `x \\| length` | one<br>two |\n| – | y\\|z |\n"


DOCUMENT: Document = [
    Heading(1, "Title", "note"),
    Paragraph("Words."),
    Heading(2, "Part"),
    facts(("one", "said"), ("not said", ""), ("several", ("first", "second"))),
    Bullets(("a", "b")),
]


def test_a_document_in_a_terminal() -> None:
    assert document_text(DOCUMENT, False, 80) == (
        "Title  note\nWords.\n\nPart\n━━━━\n  one      said\n  several  first\n           second\n\n- a\n- b\n"
    )


def test_the_same_document_in_markdown() -> None:
    assert document_markdown(DOCUMENT) == (
        "# Title · note\n\nWords.\n\n## Part\n\n- **one**: said\n- **several**:\n  - first\n  - second\n\n- a\n- b\n"
    )


GRID = Grid(("name", "what it is for"), (row("cart_abandonment", "some longer words"), row("x", "")))


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, "  name              what it is for\n  cart_abandonment  some longer words\n  x                 –\n"),
        (32, "  name              what it is\n                    for\n  cart_abandonment  some longer\n"
             "                    words\n  x                 –\n"),
        (22, "  cart_abandonment\n    what it is for\n      some longer\n      words\n"
             "  x\n    what it is for\n      –\n"),
    ],
)  # fmt: skip
def test_a_table_wraps_its_widest_column_or_lists_rows_if_words_do_not_fit(width: int, shown: str) -> None:
    assert document_text([GRID], False, width) == shown


def test_characters_that_steer_a_terminal_do_not_reach_it() -> None:
    assert "\x1b" not in document_text([Paragraph("a\x1b[31mb")], False, 80)


def test_colour_is_only_used_on_request() -> None:
    assert "\x1b[" in document_text(DOCUMENT, True, 80)
    assert "\x1b[" not in document_text(DOCUMENT, False, 80)
