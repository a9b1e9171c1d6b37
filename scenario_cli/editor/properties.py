"""Finds the property of an event, or another part of a value, that an expression reads at a place of a file."""

from __future__ import annotations

import re
from pathlib import Path

from scenario_cli.editor.expressions import value_at_end
from scenario_cli.editor.in_templates import value_in_template
from scenario_cli.editor.project import View
from scenario_cli.editor.scope_at import scope_at
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.schema.at_path import schemas_at
from scenario_cli.language.symbols.cursor import Cursor, cursor_at
from scenario_cli.model.project import Property

_WORD = re.compile(r"\w*")
_EXPRESSIONS = ("condition", "expression", "value", "wait")


def property_at(view: View, path: str, text: str, offset: int) -> Property | None:
    """The property at an offset of a file whose text is now `text`; None if none is known there."""
    word = _WORD.match(text, offset)
    end = word.end() if word is not None else offset
    if path.startswith("templates/"):
        return value_in_template(view, path, text, end)
    kind = kind_of(Path(path))
    cursor = cursor_at(text, end) if kind is not None else None
    if kind is None or cursor is None or not _is_expression(kind, cursor):
        return None
    return value_at_end(cursor.typed.removeprefix("="), scope_at(view.project, kind, cursor))


def _is_expression(kind: str, cursor: Cursor) -> bool:
    schemas = schemas_at(kind, cursor.path, cursor.root)
    if cursor.is_key:
        schemas = [schema.get("propertyNames", {}) for schema in schemas]
    return any(schema.get("meaning") in _EXPRESSIONS for schema in schemas)
