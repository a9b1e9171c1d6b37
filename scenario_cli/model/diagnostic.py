"""A finding about a user's files: a value that is returned with the results, never raised."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of a file and its new text; an empty part is a place to insert at.

    `instead_of` is the text that must be there now, without quotes around it; None if that is certain.
    """

    span: Span
    text: str
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that is safe to make without asking: it changes nothing that the author can have meant.

    `title` describes it, such as "write 'live'"; its edits are made together or not at all.
    """

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `code` is a category and a number (`REF001`); `message` describes the fault in lower case, without a full stop;
    `hint` gives the probable meaning or the correction; `related` cites a second place; `fix` corrects it, if that is
    safe.
    """

    code: str
    message: str
    span: Span
    severity: Severity = "error"
    hint: str | None = None
    related: tuple[tuple[str, Span], ...] = ()
    fix: Fix | None = None


def in_reading_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by file, line and column; a text found from several places is reported once."""
    unique: dict[tuple[str, str, Span], Diagnostic] = {}
    for finding in findings:
        unique.setdefault((finding.code, finding.message, finding.span), finding)
    return sorted(unique.values(), key=lambda d: (d.span.file, d.span.line, d.span.column, d.code, d.message))


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The known name that was probably meant; None if none resembles the word."""
    return _nearest(word.lower(), tuple(sorted(names)))


@lru_cache(maxsize=1_000)
def _nearest(word: str, names: tuple[str, ...]) -> str | None:
    """The same for a name in lower case: in a large project a removed name is used in many places."""
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word, lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


_FEW = 12  # names that a hint lists


def did_you_mean(word: str, options: Iterable[str], label: str = "known") -> str:
    """A hint with the nearest known name, and all names if they are few or none is near.

    >>> did_you_mean("remindr", ["reminder", "offer"])
    "did you mean 'reminder'? known: 'offer', 'reminder'"
    """
    names = sorted(set(options))
    if not names:
        return f"{label}: none"
    close = nearest(word, names)
    if close and len(names) > _FEW:
        return f"did you mean '{close}'? {label}: {len(names)} names"
    listed = ", ".join(f"'{name}'" for name in names[:_FEW])
    if len(names) > _FEW:
        listed += f" and {len(names) - _FEW} more"
    suggestion = f"did you mean '{close}'? " if close else ""
    return f"{suggestion}{label}: {listed}"
