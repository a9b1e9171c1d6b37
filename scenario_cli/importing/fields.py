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

    def __init__(self, node: Node, ignored: Iterable[str] = ()) -> None:
        """`ignored` are fields without meaning for behaviour, such as positions on a canvas."""
        if not node.is_map:
            raise Damaged("a mapping of keys is required here", node.span)
        self.node = node
        self.read = set(ignored)

    @property
    def span(self) -> Span:
        return self.node.span

    def has(self, key: str) -> bool:
        """Whether there is a value with content."""
        node = self.node.get(key)
        return node is not None and not is_empty(node)

    def get(self, key: str) -> Node | None:
        """The value; None if it is missing or null."""
        self.read.add(key)
        node = self.node.get(key)
        return None if node is None or node.value is None else node

    def place(self, *keys: str) -> Span:
        """The place of the first of these values that exists; the whole mapping if none does."""
        return next((node.span for key in keys if (node := self.node.get(key)) is not None), self.node.span)

    def text(self, *keys: str) -> str:
        """The text under the first of these keys that exists; empty if none does. Numbers count as texts."""
        for key in keys:
            node = self.get(key)
            if node is not None:
                if node.is_map or node.is_list:
                    raise Damaged(f"'{key}' must be a text", node.span)
                return node.text.strip()
        return ""

    def required(self, *keys: str) -> str:
        text = self.text(*keys)
        if not text:
            raise Damaged(f"'{keys[0]}' is missing or empty", self.place(*keys))
        return text

    def number(self, *keys: str) -> int | float | None:
        """The number under the first of these keys that exists, also if it is written as a text."""
        for key in keys:
            node = self.get(key)
            if node is not None and node.value != "":
                value = as_number(node.value if not isinstance(node.value, dict | tuple) else None)
                if value is None:
                    raise Damaged(f"'{key}' must be a number", node.span)
                return value
        return None

    def clock(self, *keys: str) -> str:
        """The time of day under the first of these keys that exists, as HH:MM; empty if none does."""
        text = self.text(*keys)
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(:\d\d(\.\d+)?)?", text)
        if text and match is None:
            raise Damaged(f"'{text}' is not a time of day", self.place(*keys), "write hours and minutes, such as 09:30")
        return f"{match[1].zfill(2)}:{match[2]}" if match is not None else ""

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
            node = self.get(key)
            if node is not None and node.value != "":
                if node.value not in (True, False, 0, 1, "0", "1", "true", "false"):
                    raise Damaged(f"'{key}' must be true or false", node.span)
                return node.value in (True, 1, "1", "true")
        return None

    def mapping(self, *keys: str) -> Fields | None:
        """The mapping under the first of these keys that exists. An empty list counts as missing, because PHP writes
        empty mappings as lists.
        """
        for key in keys:
            node = self.get(key)
            if node is not None and not (node.is_list and not node.items):
                if not node.is_map:
                    raise Damaged(f"'{key}' must be a mapping of keys", node.span)
                return Fields(node)
        return None

    def items(self, *keys: str) -> tuple[Node, ...]:
        """The elements of the list under the first of these keys that exists; a mapping counts as its values."""
        for key in keys:
            node = self.get(key)
            if node is not None:
                if node.is_map:
                    return tuple(node.fields.values())
                if not node.is_list:
                    raise Damaged(f"'{key}' must be a list", node.span)
                return node.items
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
