"""Conditions of other tools as expressions of ours, each with a contact for whom it holds, if one is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

BEGIN = "2025-03-03 10:00"  # when the cases of the tests begin; a Monday
PAST = "2025-02-24 10:00"  # a week before
NEXT_WEEK = "2025-03-10 10:00"
BEFORE, LATER = "2025-03-02 10:00", "2025-03-04 10:00"


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression. `profile` describes a contact for whom it holds: attributes of the contact, under `event:NAME`
    properties of the entry event, under `did:EVENT` events of its past. None if it is unknown.

    `rank` states how loosely its operator binds: 0 a comparison or tighter, 1 `and`, 2 `or`.
    """

    text: str
    profile: Mapping[str, Any] | None = field(default=None, compare=False)
    rank: int = 0

    def within(self, rank: int) -> str:
        """The text as an operand next to an operator that binds with this rank."""
        return self.text if self.rank <= rank else f"({self.text})"


def both(conditions: Iterable[Condition]) -> Condition:
    """All of them hold; a repeated condition is written once."""
    parts = list(dict.fromkeys(conditions))
    if len(parts) == 1:
        return parts[0]
    profiles = [part.profile for part in parts]
    merged: dict[str, Any] | None = {}
    for profile in profiles:
        if profile is None or merged is None or any(merged.get(key, value) != value for key, value in profile.items()):
            merged = None
        else:
            merged.update(profile)
    return Condition(" and ".join(part.within(1) for part in parts), merged, 1)


def either(conditions: Iterable[Condition]) -> Condition:
    """One of them holds."""
    parts = list(dict.fromkeys(conditions))
    if len(parts) == 1:
        return parts[0]
    profile = next((part.profile for part in parts if part.profile is not None), None)
    return Condition(" or ".join(part.within(2) for part in parts), profile, 2)


_OPPOSITES = (" == ", " != "), (" not in ", " in "), (" is not none", " is none")


def negated(condition: Condition, profile: Mapping[str, Any] | None = None) -> Condition:
    """The opposite condition. `profile` is of a contact for whom this condition does not hold."""
    text = condition.text
    if condition.rank == 0:
        for sign, opposite in (*_OPPOSITES, *((opposite, sign) for sign, opposite in _OPPOSITES)):
            if text.count(sign) == 1 and "(" not in text:
                return Condition(text.replace(sign, opposite), profile, 0)
        return Condition(text.removeprefix("not ") if text.startswith("not ") else f"not {text}", profile, 0)
    return Condition(f"not ({text})", profile, 0)


def literal(value: Any) -> str:
    """A value as an expression writes it."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return str(value)


_PATH = re.compile(r"(contact|event|trigger|past)(?:\.(\w+)|\['(.+)'\])")


def _holding(path: str, value: Any) -> dict[str, Any] | None:
    """The profile for which a path has a value; None for a path of the past."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    name = match[2] or match[3]
    return {name if match[1] == "contact" else f"event:{name}": value}


_SIGNS = {"==": 0, ">": 1, ">=": 0, "<": -1, "<=": 0}


def compared(name: str, sign: str, value: Any) -> Condition:
    """`contact.points >= 3`, with a contact that has such a value."""
    profile = None
    if sign in _SIGNS and (_SIGNS[sign] == 0 or isinstance(value, int | float)):
        profile = _holding(name, value + _SIGNS[sign] if _SIGNS[sign] else value)
    elif sign == "!=":
        profile = {}
    return Condition(f"{name} {sign} {literal(value)}", profile, 0)


def present(name: str) -> Condition:
    """The value is there."""
    return Condition(f"{name} is not none", None, 0)


def missing(name: str) -> Condition:
    return Condition(f"{name} is none", {} if name.startswith("contact.") else None, 0)


def contains(name: str, part: str) -> Condition:
    """The text, or the list, contains that."""
    profile = _holding(name, part)
    return Condition(f"{literal(part)} in {name}", profile, 0)


def among(name: str, values: list[Any]) -> Condition:
    profile = _holding(name, values[0]) if values else None
    return Condition(f"{name} in {literal(values)}", profile, 0)


def begins(name: str, part: str) -> Condition:
    profile = _holding(name, part)
    return Condition(f"{name}[:{len(part)}] == {literal(part)}", profile, 0)


def ends(name: str, part: str) -> Condition:
    profile = _holding(name, part)
    return Condition(f"{name}[-{len(part)}:] == {literal(part)}", profile, 0)
