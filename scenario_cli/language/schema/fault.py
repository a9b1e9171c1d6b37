"""A fault of a file's shape, before it is put into words."""

from __future__ import annotations

from typing import Any

from scenario_cli.language.schema.files import Schema
from scenario_cli.language.schema.positions import Path
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the keyword of the schema that a value fails, and the value's path.

    `key` is the unknown, missing, required or excluded key; `others` are the keys that would fit.
    """

    keyword: str
    path: Path
    value: Any
    schema: Schema
    key: str = ""
    alternatives: tuple[str, ...] = ()
