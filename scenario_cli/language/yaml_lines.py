"""The line ends of a YAML text."""

from __future__ import annotations

import re

LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what the parser counts as the end of a line


def end_of(text: str) -> tuple[int, int]:
    """The number of the last line that has something on it or a line end, and the column behind its last character."""
    ends = [(match.start(), match.end()) for match in LINE_END.finditer(text)]
    if ends and ends[-1][1] == len(text):
        return len(ends), ends[-1][0] - (ends[-2][1] if len(ends) > 1 else 0) + 1
    return len(ends) + 1, len(text) - (ends[-1][1] if ends else 0) + 1
