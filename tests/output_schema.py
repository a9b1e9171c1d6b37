"""Checks of commands' JSON documents by their shipped schemas."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from scenario_cli.shipped import shipped


@cache
def _validator(name: str) -> Draft7Validator:
    schema = json.loads((shipped("schemas") / f"{name}.output.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def fitting(name: str, text: str) -> dict[str, Any]:
    """The JSON document of this kind; checks that it fits its schema."""
    document: dict[str, Any] = json.loads(text)
    _validator(name).validate(document)
    return document
