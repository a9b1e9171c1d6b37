"""Values and names of an export as they may be shown and written into files: without data about people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from scenario_cli.model.export import Cells, Sample, Unusable
from scenario_cli.model.personal_data import names_a_person, personal_parts
from scenario_cli.reports.masking import masked, masked_id, masked_value

WITHHELD = "***"

# Answers that tell nothing of a person, whatever they answer.
_ANSWERS = frozenset("true false yes no y n on off 0 1 null none".split()) | {""}
_BARE_NUMBER = re.compile(r"(?<![\w.+-])\d{10,15}(?![\w.-])")
_KEY = re.compile(r'("(?:[^"\\]|\\.)*")\s*:\s*')
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|[^\s",\[\]{}]+')
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|[\[\]{}]')
# What says nothing of a person in whichever column it stands: a number that is none to dial, an instant.
_TELLS_NOTHING = re.compile(
    r"\s*(?:[-+]?\d{0,9}(?:[.,]\d{0,6})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)\s*"
)


def shown_value(name: str, text: str) -> str:
    """A value of the property of that name, masked, or withheld where its name or its shape tells of a person."""
    if text.lower() in _ANSWERS:
        return text
    bare = _shown_json(text) if text.startswith(("{", "[")) else text
    hidden = shown_text(masked_value(name, bare))
    return WITHHELD if hidden == text and names_a_person(name) else hidden


def shown_text(text: str) -> str:
    """A text with what looks like data about a person masked."""
    parts = sorted(personal_parts(text))
    written, at = "", 0
    for start, end in parts:
        if start >= at:
            written += text[at:start] + WITHHELD
        at = max(at, end)
    return masked(written + text[at:])


@lru_cache(maxsize=10_000)
def shown_name(name: str) -> str:
    """The name of an event or a property. In some exports these are data: a telephone number, an address."""
    hidden = shown_text(name)
    return _BARE_NUMBER.sub(lambda found: f"{found[0][:3]}{WITHHELD}", hidden)


def is_shown(name: str, text: str) -> bool:
    """Whether a value of that property may be written as it is."""
    return shown_value(name, text) == text


def shown_unusable(unusable: Iterable[Unusable]) -> tuple[Unusable, ...]:
    """Rows that could not be used, with nothing personal in what is shown of them."""
    return tuple(replace(each, samples=tuple(map(shown_sample, each.samples))) for each in unusable)


def shown_sample(sample: Sample) -> Sample:
    """A row with what tells of a person withheld: by the names of its columns or keys, and by the shape of values."""
    text = sample.excerpt if sample.cells is None else _shown_cells(sample.cells)
    return replace(sample, excerpt=shown_text(masked_id(_shown_json(text))), cells=None)


def _shown_cells(cells: Cells) -> str:
    if len(cells.texts) == len(cells.columns):
        shown = [shown_value(column, text.strip()) for column, text in zip(cells.columns, cells.texts, strict=True)]
    elif any(map(names_a_person, cells.columns)):
        # Nothing says which column is which.
        shown = [text if _TELLS_NOTHING.fullmatch(text) else WITHHELD for text in cells.texts]
    else:
        shown = list(cells.texts)
    return cells.delimiter.join(shown)


def _shown_json(text: str) -> str:
    """A text with JSON in it, which may be cut off: the values of keys that tell of a person are withheld."""
    written, at = "", 0
    while found := _KEY.search(text, at):
        written += text[at : found.end()]
        at = found.end()
        if names_a_person(found[1].strip('"')):
            end = _value_end(text, at)
            value = text[at:end]
            written += value if value.strip('"').lower() in _ANSWERS or "*" in value else f'"{WITHHELD}"'
            at = end
    return written + text[at:]


def _value_end(text: str, start: int) -> int:
    """Where a value of JSON ends, in a text that may end before."""
    if text[start : start + 1] not in ("[", "{"):
        scalar = _SCALAR.match(text, start)
        return scalar.end() if scalar else start
    depth = 0
    for found in _TEXT_OR_BRACKET.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text)
