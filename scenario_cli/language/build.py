"""Nodes to values: the forms that many keys share (names, conditions, values, waits). Resolves no reference.

The builders skip what has the wrong shape: the schema has already said so.
"""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.reader import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expression, Literal, Value
from scenario_cli.model.source import Name
from scenario_cli.model.wait_grammar import WaitError, parse_duration, parse_wait, parse_window
from scenario_cli.model.waits import Duration, Wait


class Builder:
    """Collects what is wrong while values are made out of nodes."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def report(self, code: str, message: str, node: Node, hint: str | None = None) -> None:
        self.found.append(Diagnostic(code, message, node.span, hint=hint))

    def name(self, node: Node | None) -> Name | None:
        if node is None or node.value is None or node.is_map or node.is_list:
            return None
        return Name(node.text, node.span)

    def text(self, node: Node | None, default: str = "") -> str:
        return node.text if node is not None and node.text else default

    def names(self, node: Node | None) -> tuple[str, ...]:
        """A list of texts, or one text alone."""
        if node is None or node.is_map or node.value is None:
            return ()
        return tuple(item.text for item in node.items) if node.is_list else (node.text,)

    def expression(self, node: Node | None, skip: int = 0) -> Expression | None:
        if node is None or node.is_map or node.is_list or node.value is None:
            return None
        try:
            return parse_expression(node, skip)
        except ExpressionError as error:
            self.found.append(error.diagnostic())
            return None

    def value(self, node: Node) -> Value | None:
        """A literal, or after `=` an expression."""
        if isinstance(node.value, str) and node.value.startswith("="):
            return self.expression(node, skip=1)
        return Literal(plain(node), node.span)

    def values(self, node: Node | None) -> tuple[tuple[Name, Value], ...]:
        if node is None or not node.is_map:
            return ()
        made = ((Name(key, node.key(key).span), self.value(field)) for key, field in node.fields.items())
        return tuple((name, value) for name, value in made if value is not None)

    def wait(self, node: Node) -> Wait | None:
        if not isinstance(node.value, str):
            return None
        try:
            return parse_wait(node.value, node.span)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
            return None

    def duration(self, node: Node | None, elapsed: bool) -> Duration | None:
        """A duration; one that `elapsed` takes no months."""
        if node is None or not isinstance(node.value, str):
            return None
        try:
            return parse_window(node.value) if elapsed else parse_duration(node.value)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
            return None

    def share(self, node: Node | None) -> float:
        """`10%` as 0.1; nothing where nothing is written."""
        text = self.text(node)
        return float(text[:-1]) / 100 if text.endswith("%") and text[:-1].replace(".", "", 1).isdigit() else 0.0

    def to_come(self, node: Node | None, keys: Iterable[str], where: str) -> None:
        """Refuses constructs of the language that this version does not carry out, rather than ignore them."""
        for key in keys:
            if node is not None and node.is_map and key in node.fields:
                self.report("SCH090", f"'{key}' {where} is not carried out by this version", node.key(key),
                            "remove it: it would have no effect")  # fmt: skip
