"""Values and names of an export as people are shown them without --show-data. Changes no counts."""

from __future__ import annotations

import re

from scenario_cli.analysis.tracking_plan.personal import is_personal_name, looks_personal
from scenario_cli.reports.masking import masked, masked_value

HIDDEN = "***"
# A key or an id of so many digits is a telephone number, as a rule; a day or a timestamp has 8, 10 or 13.
_DIALLED = re.compile(r"\+?\d(?:[ ./()-]?\d){8,14}")
_TIMES = (10, 13)


def is_personal_value(name: str, value: str) -> bool:
    """True where the value of that property is shown masked, or not at all."""
    return shielded(name, value) != value


def shielded(name: str, value: str) -> str:
    """The value of that property: addresses and telephone numbers masked, other personal data hidden but for its first
    character."""
    text = masked_value(name, value)
    if text != value and "***" in text:
        return text
    if value not in ("true", "false") and (is_personal_name(name) or looks_personal(value)):
        return f"{value[:1]}{HIDDEN}"
    return text


def shielded_name(name: str) -> str:
    """A name that comes from data, such as the key of an object: an address or a telephone number masked."""
    text = masked(name)
    if text != name:
        return text
    digits = sum(character.isdigit() for character in name)
    if _DIALLED.fullmatch(name) and digits not in _TIMES:
        return f"{name[:3]}{'*' * (len(name) - 5)}{name[-2:]}"
    return f"{name[:1]}{HIDDEN}" if looks_personal(name) else name
