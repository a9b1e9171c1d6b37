"""Patterns of dates and times: the four lengths, and patterns in the letters of Unicode's locale data.

Writes no date: that is `messages.formats`. A pattern that is certainly a mistake (`YYYY` for the year, `mm` for the
month, `%d`) is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LENGTHS = ("short", "medium", "long", "full")
MAX_PATTERN = 100  # characters

# The fields of each filter's patterns, with the allowed numbers of their letter in a row.
_DATE: Mapping[str, range] = {
    "G": range(1, 6), "y": range(1, 6), "Y": range(1, 6), "Q": range(1, 5), "q": range(1, 5), "M": range(1, 6),
    "L": range(1, 6), "w": range(1, 3), "W": range(1, 2), "d": range(1, 3), "E": range(1, 6), "e": range(1, 6),
    "c": range(1, 6),
}  # fmt: skip
_TIME: Mapping[str, range] = {
    "a": range(1, 6), "b": range(1, 6), "B": range(1, 6), "h": range(1, 3), "H": range(1, 3), "K": range(1, 3),
    "k": range(1, 3), "m": range(1, 3), "s": range(1, 3), "S": range(1, 7), "z": range(1, 5), "v": range(1, 5, 3),
    "Z": range(1, 6), "O": range(1, 5, 3), "x": range(1, 6), "X": range(1, 6),
}  # fmt: skip
_FIELDS: Mapping[str, Mapping[str, range]] = {"date": _DATE, "time": _TIME, "datetime": {**_DATE, **_TIME}}
_EXAMPLES: Mapping[str, str] = {"date": "d MMMM y", "time": "H:mm", "datetime": "d MMMM, H:mm"}


class PatternError(ValueError):
    """A text that is neither a length nor a pattern; `hint` is the text to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def check_pattern(pattern: str, kind: str) -> None:
    """Raises `PatternError` if a text is not a pattern of a `date`, a `time` or a `datetime`."""
    if pattern in LENGTHS:
        return
    usual = f"write 'short', 'medium', 'long' or 'full', or a pattern such as '{_EXAMPLES[kind]}'"
    if pattern.strip().lower() in LENGTHS:
        raise PatternError(f"'{pattern}' is not a pattern of a {kind}", f"write '{pattern.strip().lower()}'")
    if not pattern.strip() or len(pattern) > MAX_PATTERN:
        fault = (
            f"a pattern has at most {MAX_PATTERN} characters" if pattern.strip() else "an empty text is not a pattern"
        )
        raise PatternError(fault, usual)
    if re.search(r"%-?[a-zA-Z]", pattern):
        raise PatternError(f"'{pattern}' is written as for strftime, which is not read here",
                           f"write '{_from_strftime(pattern)}'")  # fmt: skip
    if pattern.count("'") % 2:
        raise PatternError(f"a quote is not closed in {pattern}", "put a text between two quotes: \"d 'de' MMMM\"")
    runs = list(_runs(pattern))
    hours = [run for run in runs if run[0] in "hHkK"]
    if len({run[0] for run in hours}) > 1:
        quoted = pattern.replace(hours[1], f"'{hours[1]}'", 1)
        raise PatternError(f"'{hours[0]}' and '{hours[1]}' both are the hour", f'put a text in quotes: "{quoted}"')
    for run in runs:
        _check_run(run, pattern, kind, runs, usual)
    if not runs:
        raise PatternError(f"'{pattern}' shows nothing of a {kind}", usual)


def _runs(pattern: str) -> Iterator[str]:
    """The letters that stand for a field, each run of the same letter by itself; a quoted part is a text."""
    for part in re.split(r"'[^']*'", pattern):
        for match in re.finditer(r"([A-Za-z])\1*", part):
            yield match[0]


def _check_run(run: str, pattern: str, kind: str, runs: list[str], usual: str) -> None:
    letter, fields = run[0], _FIELDS[kind]
    if letter == "Y" and not any(run_[0] == "w" for run_ in runs):
        raise PatternError(f"'{run}' is the year that a week belongs to, which differs around New Year",
                           f"write '{run.lower()}' for the year")  # fmt: skip
    if letter == "D":
        raise PatternError(f"'{run}' is the day of the year", f"write '{run.lower()[:2]}' for the day of the month")
    if letter not in fields:
        if kind == "date" and letter == "m" and not any(run_[0] in "hH" for run_ in runs):
            raise PatternError(f"'{run}' are minutes", f"write '{run.upper()}' for the month")
        if letter in _TIME or letter in _DATE:
            part, other_part = ("date", "time") if letter in _DATE else ("time", "date")
            raise PatternError(f"'{run}' is a part of a {part}, and this writes a {other_part}",
                               "write both with '| datetime(...)'")  # fmt: skip
        quoted = _quoted(pattern, fields)
        raise PatternError(f"'{run}' is no part of a {kind}",
                           f'put a text in quotes: "{quoted}"' if any(_runs(quoted)) else usual)  # fmt: skip
    if len(run) not in fields[letter]:
        raise PatternError(f"'{run}' has too many or too few '{letter}'", usual)


def _quoted(pattern: str, fields: Mapping[str, range]) -> str:
    """The pattern with its words in quotes, those that cannot be a row of fields."""

    def word(match: re.Match[str]) -> str:
        text = match[0]
        return text if text[0] in fields and len(set(text)) == 1 else f"'{text}'"

    parts = re.split(r"('[^']*')", pattern)
    return "".join(part if part.startswith("'") else re.sub(r"[A-Za-z]+", word, part) for part in parts)


_STRFTIME = {
    "d": "dd", "e": "d", "m": "MM", "B": "MMMM", "b": "MMM", "h": "MMM", "Y": "yyyy", "y": "yy", "A": "EEEE",
    "a": "EEE", "H": "HH", "I": "hh", "M": "mm", "S": "ss", "p": "a", "F": "yyyy-MM-dd", "D": "MM/dd/yy", "R": "HH:mm",
    "T": "HH:mm:ss",
}  # fmt: skip


def _from_strftime(pattern: str) -> str:
    """The pattern in the letters that are read here, if each of its directives has a letter."""
    translated = re.sub(r"%-?([a-zA-Z])", lambda match: _STRFTIME.get(match[1], "?"), pattern)
    return "d MMMM y" if "?" in translated or "%" in translated else translated
