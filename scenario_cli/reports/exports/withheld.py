"""Values and names of an export as they may be shown and written into files: without data about people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from scenario_cli.model.export import Unusable
from scenario_cli.model.personal_data import names_a_person, personal_parts
from scenario_cli.reports.masking import masked, masked_unusable, masked_value

WITHHELD = "***"

# Answers that tell nothing of a person, whatever they answer.
_ANSWERS = frozenset("true false yes no y n on off 0 1 null none".split()) | {""}
_BARE_NUMBER = re.compile(r"(?<![\w.+-])\d{10,15}(?![\w.-])")
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*(?:"|$)|[^\s",\[\]{}]+)')


def shown_value(name: str, text: str) -> str:
    """A value of the property of that name, masked, or withheld where its name or its shape tells of a person."""
    if text.lower() in _ANSWERS:
        return text
    hidden = shown_text(masked_value(name, text))
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
    return tuple(
        replace(each, samples=tuple(replace(sample, excerpt=_shown_row(sample.excerpt)) for sample in each.samples))
        for each in masked_unusable(unusable)
    )


def _shown_row(text: str) -> str:
    """A row as it stands in a file; of a JSON row also the values whose keys tell of a person."""
    return shown_text(_PAIR.sub(_shown_pair, text))


def _shown_pair(found: re.Match[str]) -> str:
    key, colon, value = found.groups()
    bare = value.strip('"')
    if not names_a_person(key.strip('"')) or shown_value(key.strip('"'), bare) == bare or "*" in bare:
        return found[0]
    return f'{key}{colon}"{WITHHELD}"'
