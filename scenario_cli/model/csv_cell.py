"""A text as a cell of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

# Patterns that DuckDB reads as well. A number keeps its sign, also a telephone's.
# https://owasp.org/www-community/attacks/CSV_Injection
BEGINS_FORMULA = r"^[=@\t\r\n+\-＝＋－＠]"
IS_NUMBER = r"^[+\-][0-9 .,()/+\-]*([eE][+\-]?[0-9]+)?%?$"
TEXT_MARK = "'"  # characters that spreadsheets read as the beginning of a formula

_BEGINS_FORMULA, _IS_NUMBER = re.compile(BEGINS_FORMULA), re.compile(IS_NUMBER)


def csv_cell(text: str) -> str:
    """Returns the text, with an apostrophe before it if a spreadsheet would calculate it.

    >>> csv_cell("=HYPERLINK(A1)"), csv_cell("-12.5"), csv_cell("+33 6 12 34 56 78")
    ("'=HYPERLINK(A1)", '-12.5', '+33 6 12 34 56 78')
    """
    return TEXT_MARK + text if _BEGINS_FORMULA.match(text) and not _IS_NUMBER.match(text) else text
