"""The line ends of a YAML text."""

from __future__ import annotations

import re

LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # the characters that the parser counts as line ends


def lines_of(text: str) -> list[str]:
    """The lines of a text, without their ends."""
    return LINE_END.split(text) if _has_others(text) else text.split("\n")


def with_line_feeds(text: str) -> str:
    """The text with a line feed for each end of a line."""
    return LINE_END.sub("\n", text) if _has_others(text) else text


def end_of(text: str) -> tuple[int, int]:
    """The number of the last line that is not empty or has a line end, and the column after its last character."""
    if not _has_others(text):
        last = len(text) - text.endswith("\n")
        return text.count("\n", 0, last) + 1, last - text.rfind("\n", 0, last)
    ends = [(match.start(), match.end()) for match in LINE_END.finditer(text)]
    if ends[-1][1] == len(text):
        return len(ends), ends[-1][0] - (ends[-2][1] if len(ends) > 1 else 0) + 1
    return len(ends) + 1, len(text) - ends[-1][1] + 1


def _has_others(text: str) -> bool:
    """Whether a text has line ends other than a line feed. Few texts have them, and finding them takes longer."""
    return any(sign in text for sign in "\r\x85\u2028\u2029")
