"""The values of plain scalars, by the YAML 1.2 core schema."""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_TEXT = frozenset("nN~tTfF-+.0123456789") | {""}  # first characters of scalars that need not be texts


def core_scalar(text: str) -> Scalar:
    """The value of a plain scalar by the YAML 1.2 core schema, without octal, hexadecimal, infinity and NaN."""
    if text[:1] not in _NO_TEXT:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text) and len(text) < 100:
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 100:
        return float(text)
    return text
