"""The ways to write numbers with a decimal comma and with groups of digits, as patterns. Reads no data.

The patterns hold for Python and for the database.
"""

from __future__ import annotations

import re

MARKS = ("comma", "point")

# Between groups of digits: blanks, also those that do not break, and apostrophes.
GAPS = "[ \u00a0\u2009\u202f'\u2019]"
_SPACED = rf"\d{{1,3}}(?:{GAPS}\d{{3}})+"

SPACED = rf"[-+]?{_SPACED}"
PLAIN = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
WITH_COMMA = rf"[-+]?(?:\d{{1,3}}(?:\.\d{{3}})+|{_SPACED}|\d+)(?:,\d+)?"
WITH_POINT = rf"[-+]?(?:\d{{1,3}}(?:,\d{{3}})+|{_SPACED})(?:\.\d+)?"
MARKED = rf"(?:{WITH_COMMA}|{WITH_POINT})"

# Three digits after a single mark can be thousands: `1,234`, `1.234`.
OPEN = r"[-+]?[1-9]\d{0,2}[.,]\d{3}"
ONLY_COMMA = rf"[-+]?(?:(?:\d{{1,3}}(?:\.\d{{3}})+|{_SPACED}|\d+),\d+|\d{{1,3}}(?:\.\d{{3}}){{2,}})"
ONLY_POINT = (
    rf"[-+]?(?:(?:\d{{1,3}}(?:,\d{{3}})+|{_SPACED})\.\d+|\d{{1,3}}(?:,\d{{3}}){{2,}}|\d*\.\d+(?:[eE][-+]?\d+)?)"
)


def remedy(name: str, type_: str, text: str) -> str:
    """The option to type for a number whose decimal mark is ambiguous; empty for any other text.

    >>> remedy("total", "number", "1,234")
    '--decimal total=comma or --decimal total=point names the decimal mark'
    >>> remedy("total", "number", "12 pieces")
    ''
    >>> remedy("stock", "integer", "9223372036854775808")
    ''
    """
    if type_ not in ("number", "integer") or not re.fullmatch(MARKED, text) or not re.search("[.,]", text):
        return ""
    return f"--decimal {name}=comma or --decimal {name}=point names the decimal mark"
