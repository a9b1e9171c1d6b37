"""Values and names of an export as they can be shown and written into files: without data about people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from scenario_cli.model.export import Unusable
from scenario_cli.model.personal_data import names_a_person, personal_parts
from scenario_cli.reports.masking import masked, masked_unusable, masked_value

WITHHELD = "***"

# Answers without personal data, to any question.
_ANSWERS = frozenset("true false yes no y n on off 0 1 null none".split()) | {""}
_BARE_NUMBER = re.compile(r"(?<![\w.+-])\d{10,15}(?![\w.-])")
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*(?:"|$)|[^\s",\[\]{}]+)')


def shown_value(name: str, text: str) -> str:
    """A value of the property of that name, masked, or withheld if its name or its shape describes a person."""
    if text.lower() in _ANSWERS:
        return text
    hidden = shown_text(masked_value(name, text))
    return WITHHELD if hidden == text and names_a_person(name) else hidden


def shown_text(text: str) -> str:
    """A text whose personal data is masked."""
    parts = sorted(personal_parts(text))
    text_so_far, position = "", 0
    for start, end in parts:
        if start >= position:
            text_so_far += text[position:start] + WITHHELD
        position = max(position, end)
    return masked(text_so_far + text[position:])


@lru_cache(maxsize=10_000)
def shown_name(name: str) -> str:
    """The name of an event or a property. In some exports these are data: a telephone number, an address."""
    hidden = shown_text(name)
    return _BARE_NUMBER.sub(lambda match: f"{match[0][:3]}{WITHHELD}", hidden)


def is_shown(name: str, text: str) -> bool:
    """Whether a value of that property can be written unchanged."""
    return shown_value(name, text) == text


def shown_unusable(unusable: Iterable[Unusable]) -> tuple[Unusable, ...]:
    """Unusable rows with masked excerpts."""
    return tuple(
        replace(reject, samples=tuple(replace(sample, excerpt=_shown_row(sample.excerpt)) for sample in reject.samples))
        for reject in masked_unusable(unusable)
    )


def _shown_row(text: str) -> str:
    """A row as in the file, masked; for a JSON row also the values whose keys mean personal data."""
    return shown_text(_PAIR.sub(_shown_pair, text))


def _shown_pair(match: re.Match[str]) -> str:
    key, colon, value = match.groups()
    unquoted = value.strip('"')
    if not names_a_person(key.strip('"')) or shown_value(key.strip('"'), unquoted) == unquoted or "*" in unquoted:
        return match[0]
    return f'{key}{colon}"{WITHHELD}"'
