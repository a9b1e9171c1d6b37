"""Texts from files and data made harmless for a terminal and a CI log. Escapes for no file format.

Three kinds of characters steer anyone who shows a text: control characters, marks that turn the direction of writing,
and a line that a CI system takes for a command of its own.
"""

from __future__ import annotations

import re
from unicodedata import category

_REPLACEMENT = "·"

# Parts of pictures of several characters, and of words in Persian and Hindi.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"

# Azure and GitHub find `##vso[...]` and `##[...]` anywhere in a line, GitHub finds `::command` after spaces.
# https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
_BRACKETED = re.compile(r"##(\w*)\[")
_AT_THE_BEGINNING = re.compile(r"\A([^\w:]*):(?=:)")

# Noncharacters of Unicode, which no text contains: they stand for the beginning of a style and for its end.
STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
STYLE_MARKS = {name: chr(0xFDD0 + number) for number, name in enumerate(STYLES)}
STYLE_END = chr(0xFDDF)
_CODES = {mark: STYLES[name] for name, mark in STYLE_MARKS.items()} | {STYLE_END: "0"}
_MARKED = re.compile(f"[{''.join(STYLE_MARKS.values())}]+|{STYLE_END}")

# Raw in a document of any format, these act on the terminal that shows it.
_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_ESCAPED = re.compile(rf"{_STEERING.pattern}|##(?=\w+\[)")
_SEQUENCE = re.compile(r"(\x1b\[[\d;]*m)")


class _Harmless(dict[int, str]):
    """Every character with its shown form, looked up in Unicode's tables at its first use."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        replacement = char if char.isprintable() or category(char) == "Zs" or char in _JOINERS else _REPLACEMENT
        self[code] = replacement
        return replacement


_TEXT = _Harmless()
_LINE = _Harmless({ord(mark): mark for mark in _CODES})
_SOURCE = _Harmless({**_LINE, ord("\t"): "\t"})


def printable(text: str) -> str:
    """Returns a text from a user's file or data as one line that controls no terminal and no CI log.

    Spaces of every width stay; a line break, like any control character, is shown as a dot.

    >>> printable("a\\x1b[31mb\\n##vso[task.setvariable]")
    'a·[31mb·##vso(task.setvariable]'
    """
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return _BRACKETED.sub(r"##\1(", text.translate(_TEXT))


def plain_line(line: str, source: bool = False) -> str:
    """Returns a line of output, written around texts of any origin, as a terminal can safely show it.

    The beginning of the line is not a command, and marks of styles have become escape sequences. A line of `source`
    keeps its tabs.

    >>> plain_line("  - ::error::gone")
    '  - : :error::gone'
    """
    if not (line.isascii() and line.isprintable()):
        line = line.translate(_SOURCE if source else _LINE)
    if "##" in line:
        line = _BRACKETED.sub(r"##\1(", line)
    if "::" in line:
        line = _AT_THE_BEGINNING.sub(r"\1: ", line)
    return _MARKED.sub(_sequence, line)


def _sequence(marks: re.Match[str]) -> str:
    return f"\x1b[{';'.join(_CODES[mark] for mark in marks[0])}m"


def plain_lines(text: str) -> str:
    """Returns a text of several lines, each made plain."""
    return "\n".join(map(plain_line, text.split("\n")))


def escaped(document: str) -> str:
    r"""Returns a document in JSON, or in YAML with its texts in double quotes, that has no effect on its viewer.

    All that it replaces is in texts of the document, and is written as an escape there: its values stay.

    >>> print(escaped('"a\N{RIGHT-TO-LEFT OVERRIDE}b"'))
    "a\u202eb"
    """
    return _ESCAPED.sub(lambda match: f"{match[0][:-1]}\\u{ord(match[0][-1]):04x}", document)


def is_steering(text: str) -> bool:
    """Whether a text contains anything that acts on the terminal or the CI log that shows it."""
    return bool(_ESCAPED.search(text)) or "\n" in text or "::" in text


def without_steering(text: str) -> str:
    """Returns a finished text of any format without a character that acts on a terminal, but for our own colours."""
    if not _STEERING.search(text):
        return text
    parts = _SEQUENCE.split(text)
    return "".join(part if number % 2 else _STEERING.sub(_REPLACEMENT, part) for number, part in enumerate(parts))
