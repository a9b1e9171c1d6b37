"""Reads the fields of a node of an export, and shows which were not read, so that nothing is left out in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.language.yaml_node import Node
from scenario_cli.language.yaml_scalars import Scalar
from scenario_cli.model.source import Span


class Fields:
    """The fields of a mapping. A value of another kind than expected raises `Damaged`, which names its place."""

    def __init__(self, node: Node, known: Iterable[str] = ()) -> None:
        """`known` are fields without meaning for behaviour, such as positions on a canvas."""
        if not node.is_map:
            raise Damaged("a mapping of keys is required here", node.span)
        self.node = node
        self.read = set(known)

    @property
    def span(self) -> Span:
        return self.node.span

    def has(self, key: str) -> bool:
        """Whether there is a value with content."""
        found = self.node.get(key)
        return found is not None and not is_empty(found)

    def get(self, key: str) -> Node | None:
        """The value; None if it is missing or null."""
        self.read.add(key)
        found = self.node.get(key)
        return None if found is None or found.value is None else found

    def place(self, *keys: str) -> Span:
        """The place of the first of these values that exists; the whole mapping if none does."""
        return next((found.span for key in keys if (found := self.node.get(key)) is not None), self.node.span)

    def text(self, *keys: str) -> str:
        """The text under the first of these keys that exists; empty if none does. Numbers count as texts."""
        for key in keys:
            found = self.get(key)
            if found is not None:
                if found.is_map or found.is_list:
                    raise Damaged(f"'{key}' must be a text", found.span)
                return found.text.strip()
        return ""

    def required(self, *keys: str) -> str:
        found = self.text(*keys)
        if not found:
            raise Damaged(f"'{keys[0]}' is missing or empty", self.place(*keys))
        return found

    def number(self, *keys: str) -> int | float | None:
        """The number under the first of these keys that exists, also if it is written as a text."""
        for key in keys:
            found = self.get(key)
            if found is not None and found.value != "":
                value = as_number(found.value if not isinstance(found.value, dict | tuple) else None)
                if value is None:
                    raise Damaged(f"'{key}' must be a number", found.span)
                return value
        return None

    def clock(self, *keys: str) -> str:
        """The time of day under the first of these keys that exists, as HH:MM; empty if none does."""
        text = self.text(*keys)
        found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(:\d\d(\.\d+)?)?", text)
        if text and found is None:
            raise Damaged(f"'{text}' is not a time of day", self.place(*keys), "write hours and minutes, such as 09:30")
        return f"{found[1].zfill(2)}:{found[2]}" if found is not None else ""

    def moment(self, *keys: str) -> str:
        """The date or date-time under the first of these keys that exists, as written."""
        text = self.text(*keys)
        try:
            datetime.fromisoformat(text or "2000-01-01")
        except ValueError:
            raise Damaged(
                f"'{text}' is not a date", self.place(*keys), "write 2025-03-01 or 2025-03-01T10:00"
            ) from None
        return text

    def flag(self, *keys: str) -> bool | None:
        """Whether it is set; None if it is missing."""
        for key in keys:
            found = self.get(key)
            if found is not None and found.value != "":
                if found.value not in (True, False, 0, 1, "0", "1", "true", "false"):
                    raise Damaged(f"'{key}' must be true or false", found.span)
                return found.value in (True, 1, "1", "true")
        return None

    def mapping(self, *keys: str) -> Fields | None:
        """The mapping under the first of these keys that exists. An empty list counts as missing, because PHP writes
        empty mappings as lists.
        """
        for key in keys:
            found = self.get(key)
            if found is not None and not (found.is_list and not found.items):
                if not found.is_map:
                    raise Damaged(f"'{key}' must be a mapping of keys", found.span)
                return Fields(found)
        return None

    def items(self, *keys: str) -> tuple[Node, ...]:
        """The elements of the list under the first of these keys that exists; a mapping counts as its values."""
        for key in keys:
            found = self.get(key)
            if found is not None:
                if found.is_map:
                    return tuple(found.fields.values())
                if not found.is_list:
                    raise Damaged(f"'{key}' must be a list", found.span)
                return found.items
        return ()

    def unread(self) -> list[str]:
        """The keys that have a value and were never requested."""
        return [key for key, node in self.node.fields.items() if key not in self.read and not is_empty(node)]


def is_empty(node: Node) -> bool:
    """Whether a value has no content: null, false, an empty text, or a collection of such values."""
    if node.is_map:
        return all(map(is_empty, node.fields.values()))
    if node.is_list:
        return all(map(is_empty, node.items))
    return node.value in (None, "", False)


def as_number(value: Scalar) -> int | float | None:
    """The number, also if it is written as a text; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def texts(nodes: Iterable[Node]) -> list[str]:
    return [node.text for node in nodes if node.text]


def one_of(text: str, allowed: Collection[str], span: Span, label: str) -> str:
    """The text, which must be one of a few."""
    from scenario_cli.model.diagnostic import did_you_mean

    if text not in allowed:
        raise Damaged(f"{label} cannot be '{text}'", span, did_you_mean(text, allowed, "it can be"))
    return text
