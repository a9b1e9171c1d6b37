"""The locales of the locale data, and the plural forms of their languages. Writes no text.

A locale is looked up by the names of Babel's files: importing Babel takes longer than most checks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
HOW_TO_WRITE_A_LOCALE = "write a language such as 'fr', or a language and a country such as 'fr-BE'"

_NUMBERS = 200  # whole numbers that show which forms a language uses every day


@lru_cache(maxsize=1)
def _locale_parts() -> frozenset[tuple[str, ...]]:
    spec = find_spec("babel")
    if spec is None or spec.origin is None:
        return frozenset()
    return frozenset(tuple(file.stem.split("_")) for file in (Path(spec.origin).parent / "locale-data").glob("*.dat"))


def known_locale(tag: str) -> bool:
    """Whether the locale data contain a locale such as `fr`, `fr-BE` or `zh_Hant`."""
    match = _TAG.fullmatch(tag.strip())
    if match is None:
        return False
    language, script, territory = match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()
    subtags = {part for part in (script, territory) if part}
    return any(parts[0] == language and subtags <= set(parts[1:]) for parts in _locale_parts())


@lru_cache(maxsize=100)
def plural_forms(tag: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """All plural forms of a locale's language, and those that its small whole numbers use; None if it is unknown."""
    if not known_locale(tag):
        return None
    from babel import Locale

    rule = Locale.parse(tag.strip().replace("-", "_")).plural_form
    return frozenset(rule.tags) | {"other"}, frozenset(rule(number) for number in range(_NUMBERS + 1))


@lru_cache(maxsize=1)
def known_currencies() -> frozenset[str]:
    """The currencies by their three letters."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())
