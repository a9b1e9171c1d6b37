"""Facts about the arrays and objects among a property's values. Looks at a sample."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from scenario_cli.model.inspection import NestedFacts, ValueKind

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?))?")


def nested_facts(texts: Iterable[str]) -> NestedFacts | None:
    """The facts of JSON texts; None if none of them is an array or an object."""
    values = [value for text in texts if (value := _parsed(text)) is not None]
    if not values:
        return None
    elements: dict[ValueKind, int] = {}
    fields: dict[str, dict[ValueKind, int]] = {}
    objects = 0
    for value in values:
        for element in value if isinstance(value, list) else ():
            if element is not None:
                elements[kind_of(element)] = elements.get(kind_of(element), 0) + 1
        for object_ in value if isinstance(value, list) else (value,):
            if isinstance(object_, dict):
                objects += 1
                for key, inner in object_.items():
                    kinds = fields.setdefault(str(key), {})
                    if inner is not None:
                        kinds[kind_of(inner)] = kinds.get(kind_of(inner), 0) + 1
    return NestedFacts(elements, objects, fields)


def kind_of(value: Any) -> ValueKind:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            text = str(value)
            if _DATE.fullmatch(text):
                return "date"
            return "datetime" if _MOMENT.fullmatch(text) else "string"


def _parsed(text: str) -> list[Any] | dict[str, Any] | None:
    # In CSV an array is a text that holds one.
    for _ in range(2):
        if not text.lstrip().startswith(("[", "{", '"[', '"{', '"\\"')):
            return None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if isinstance(value, list | dict):
            return value
        text = value if isinstance(value, str) else ""
    return None
