"""Values of the data and of expressions as JSON can write them. Leaves values that JSON knows unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any


def json_value(value: Any) -> Any:
    """The value, and within lists and mappings each part, in JSON's own types.

    A date, a date-time, a `Decimal` and a number that is not finite become text.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(name): json_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(part) for part in value]
    return str(value)
