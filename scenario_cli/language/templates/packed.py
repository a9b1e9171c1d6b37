"""The tree of a template as tuples, and back. Parses nothing."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from scenario_cli.language.templates.parsed import Parsed

_CLASSES = [kind for kind in vars(nodes).values() if isinstance(kind, type) and issubclass(kind, nodes.Node)]
_NUMBERS = {kind: number for number, kind in enumerate(_CLASSES)}
_NO_NODE = -1  # marks a tuple of texts
_FIELDS = [kind.fields for kind in _CLASSES]


def packed(parsed: Parsed) -> tuple[Any, ...]:
    """A template's tree as a tuple: the numbers of tokens and lines one after another."""
    tokens = [number for token in parsed.tokens for number in token]
    lines = [number for pair in parsed.lines.items() for number in pair]
    printed = [part for pair in parsed.printed for part in pair]
    return packed_node(parsed.tree), tokens, lines, printed


def unpacked(value: tuple[Any, ...]) -> Parsed:
    """The tree that a tuple was made of."""
    tree, tokens, lines, printed = value
    return Parsed(unpacked_node(tree), tuple(_pairs(tokens)), dict(_pairs(lines)), tuple(_pairs(printed)))


def _pairs(flat: list[Any]) -> zip[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)


def packed_node(value: Any) -> Any:
    """A node as the number of its class, its line and its fields."""
    if isinstance(value, nodes.Node):
        fields = [packed_node(getattr(value, name)) for name in value.fields]
        return (_NUMBERS[type(value)], value.lineno, *fields)
    if isinstance(value, list):
        return [packed_node(item) for item in value]
    return (_NO_NODE, *value) if isinstance(value, tuple) else value


def unpacked_node(value: Any) -> Any:
    """The node that `packed_node` made a tuple of."""
    kind = type(value)
    if kind is tuple:
        if value[0] == _NO_NODE:
            return value[1:]
        # As its class would make it, without the checks of arguments that take most of the time.
        node = _CLASSES[value[0]].__new__(_CLASSES[value[0]])
        fields = node.__dict__
        fields["lineno"], fields["environment"] = value[1], None
        for name, field in zip(_FIELDS[value[0]], value[2:], strict=True):
            fields[name] = unpacked_node(field) if type(field) in (tuple, list) else field
        return node
    return [unpacked_node(item) for item in value] if kind is list else value
