"""The nodes of a YAML file as tuples, and back. Reads nothing.

A scalar is its span, its value and its style; a list its span and its elements; a mapping its span, and the names,
values and keys of its fields. A node that an alias repeats is stored once, after a number; later that number alone
represents it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scenario_cli.language.text_places import Lines
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.source import Span


def packed(root: Node, anchored: Iterable[Node]) -> Any:
    """A node, some within it that aliases can name, as a tuple. The name of the file and its lines are left out."""
    numbers = {id(node): number for number, node in enumerate(anchored)}
    done: set[int] = set()

    def pack(node: Node) -> Any:
        number = numbers.get(id(node))
        if number is None:
            return pack_anew(node)
        if number in done:
            return number
        done.add(number)
        return number, pack_anew(node)

    def pack_anew(node: Node) -> tuple[Any, ...]:
        span = node.span
        place = (span.line, span.column, span.end_line, span.end_column)
        if isinstance(node.value, tuple):
            return (*place, [pack(item) for item in node.value])
        if isinstance(node.value, dict):
            values, keys = node.value.values(), (node.keys or {}).values()
            return (*place, list(node.value), [pack(value) for value in values], [pack(key) for key in keys])
        return (*place, node.value, node.style)

    return pack(root)


def unpacked(root: Any, file: str, lines: Lines) -> Node:
    """The node that a tuple was made of, as a part of a file."""
    nodes: dict[int, Node] = {}

    def unpack(value: Any) -> Node:
        if type(value) is int:
            return nodes[value]
        length = len(value)
        if length == 2:
            node = nodes[value[0]] = unpack(value[1])
            return node
        span = Span(file, value[0], value[1], value[2], value[3])
        if length == 6:
            return Node(span, value[4], None, value[5], lines)
        if length == 5:
            return Node(span, tuple([unpack(item) for item in value[4]]))
        values = [unpack(item) for item in value[5]]
        keys = [unpack(item) for item in value[6]]
        return Node(span, dict(zip(value[4], values, strict=True)), dict(zip(value[4], keys, strict=True)))

    return unpack(root)
