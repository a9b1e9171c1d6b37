"""Values and examples as messages about a file's shape write them. Knows no places."""

from __future__ import annotations

import re
from typing import Any

from scenario_cli.language.schema.files import Schema
from scenario_cli.language.schema.fits import types_of
from scenario_cli.language.schema.synonyms import value_meant

_LONGEST_TEXT = 40
_LONGEST_EXAMPLE = 120


def quoted_value(value: Any, bare: bool = False) -> str:
    """A value as a message quotes it; with its type if the type matters (not `bare`)."""
    if isinstance(value, str):
        text = re.sub(r"\s+", " ", value)  # a space at an end can be the fault
        quoted = f"'{text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + '…'}'"
        return quoted if bare else f"the text {quoted}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value) if bare else f"the number {value}"
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a mapping"


def flow(value: Any, inside: bool = False) -> str:
    """A value as one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key, True)}: {flow(field, True)}" for key, field in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item, True) for item in value) + "]"
    if not isinstance(value, str):
        return "null" if value is None else quoted_value(value, bare=True)
    risky = r": |:$| #|^[-?!&*|>%@`\"'\[\]{}#]|^$" + (r"|[,\[\]{}]" if inside else "")
    return f'"{value}"' if re.search(risky, value) else value


def for_example(key: str | int, schema: Schema, message: str = "") -> str | None:
    """A hint that writes the key with the first example of the schema that is short enough; of a list, the entry.

    None if `message` shows a value already.
    """
    if "such as" in message:
        return None
    start = f"{key}: " if isinstance(key, str) and key else "- "
    lines = (f"for example: {start}{flow(example)}" for example in schema.get("examples", ()) if example != {})
    return next((line for line in lines if len(line) <= _LONGEST_EXAMPLE), None)


def for_type(key: str | int, value: Any, schema: Schema, is_entry: bool = True) -> str | None:
    """The probable intention of a value of the wrong type. `is_entry`: where a list is expected, the value can be an
    entry of it.
    """
    types = types_of(schema)
    if "string" in types and (intended := value_meant(str(key), value, schema.get("enum", ()))):
        return f"did you mean '{intended}'?"
    if isinstance(value, str) and (literal := _as_written(value, types)):
        return literal
    if isinstance(value, int | float):
        if "percentage" in schema.get("errorMessage", ""):
            share = value * 100 if 0 < value < 1 else value
            return f"write {share:g}%"
        if re.search(r"time such as \d\d:\d\d", schema.get("errorMessage", "")) and value in range(24):
            return f"write {int(value):02}:00"
        if "duration" in schema.get("errorMessage", "") and isinstance(value, int) and value > 0:
            return f"a unit is missing: write {value}d, {value}h, {value}min or {value}s"
        if types == ("string",) and "errorMessage" not in schema:
            return f"in quotes it is a text: '{quoted_value(value, bare=True)}'"
    if isinstance(value, str) and types == ("boolean",) and value.lower() in _YES:
        return f"write {_YES[value.lower()]}"
    if isinstance(value, str) and set(types) & {"integer", "number"} and re.fullmatch(r"[0-9]+", value):
        return f"without quotes it is a number: {value}"
    if isinstance(value, list) and "object" in types and value and all(isinstance(i, dict) for i in value):
        if "properties" not in schema and (line := _under_its_name(value[0])):
            return line
        merged = {field: part for item in value for field, part in item.items()}
        if len(merged) == sum(map(len, value)):  # no key is there twice
            line = f"without the '- ' before its lines it is a mapping: {flow(merged)}"
            return line if len(line) <= _LONGEST_EXAMPLE else "remove the '- ' before its lines"
    if "string" in types and "object" not in types and isinstance(value, dict) and len(value) == 1:
        ((inner_key, inner),) = value.items()
        if inner_key in ("where", "if", "condition", "when", "value") and isinstance(inner, str):
            return f"write it without '{inner_key}': '{key}: {flow(inner)}'"
    if types == ("array",) and isinstance(value, str | dict) and is_entry:
        line = f"write a list: [{flow(value, True)}]"
        return line if len(line) <= _LONGEST_EXAMPLE else "write it as a list"
    return for_example(key, schema, message=schema.get("errorMessage", ""))


def _under_its_name(entry: dict[str, Any]) -> str | None:
    """The first entry of a list whose entries have names, as a mapping of names has it."""
    key = next((key for key in ("name", "id", "key") if isinstance(entry.get(key), str)), None)
    if key is None or len(entry) == 1:
        return None
    rest = {field: value for field, value in entry.items() if field != key}
    line = f"write each under its name, without '- ': {flow({entry[key]: rest})[1:-1]}"
    return line if len(line) <= _LONGEST_EXAMPLE else "write each under its name, without '- '"


def _as_written(value: str, types: tuple[str, ...]) -> str | None:
    """The intended text, if a space or a point was left out."""
    text = " ".join(value.split())
    if set(types) & {"object", "array"} and re.match(r"-\w", text):
        return f"a space is missing after each '-': write '- {text[1:].partition(' -')[0]}'"
    pair = re.fullmatch(r"([\w.-]+):(?!//)(\S.*)", text)
    if "object" in types and pair is not None:
        return f"a space is missing after ':': write '{pair[1]}: {pair[2]}'"
    number = re.fullmatch(r"([0-9]+),([0-9]+)", text)
    if "number" in types and number is not None:
        return f"a decimal number has a point: {number[1]}.{number[2]}"
    return None


_YES = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
