"""Nodes to values: the forms that many keys share (names, conditions, values, waits). Resolves no reference.

The builders skip values of the wrong shape, which the schema has reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expression, Literal, Value
from scenario_cli.model.source import Name, Span
from scenario_cli.model.wait_grammar import WaitError, parse_duration, parse_wait, parse_window, split_date_wait
from scenario_cli.model.waits import Duration, Wait


class Builder:
    """Collects findings while it makes values out of nodes."""

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []

    def report(self, code: str, message: str, node: Node, hint: str | None = None) -> None:
        self.findings.append(Diagnostic(code, message, node.first_line, hint=hint))

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

    def written_names(self, node: Node | None) -> tuple[Name, ...]:
        """A list of names, or one name alone, each with its place."""
        if node is None or node.is_map or (node.value is None and not node.is_list):
            return ()
        return tuple(Name(item.text, item.span) for item in (node.items if node.is_list else (node,)))

    def expression(self, node: Node | None, skip: int = 0, stop: int | None = None) -> Expression | None:
        if node is None or node.is_map or node.is_list or node.value is None:
            return None
        try:
            return parse_expression(node, skip, stop)
        except ExpressionError as error:
            self.findings.append(error.diagnostic())
            return None

    def value(self, node: Node) -> Value | None:
        """A literal, or after `=` an expression."""
        if isinstance(node.value, str) and node.value.startswith("="):
            return self.expression(node, skip=1)
        return Literal(plain(node), node.span)

    def values(self, node: Node | None) -> tuple[tuple[Name, Value], ...]:
        if node is None or not node.is_map:
            return ()
        pairs = ((Name(key, node.key(key).span), self.value(field)) for key, field in node.fields.items())
        return tuple((name, value) for name, value in pairs if value is not None)

    def wait(self, node: Node) -> Wait | None:
        if not isinstance(node.value, str):
            return None
        try:
            dated = split_date_wait(node.value)
            if dated is None:
                return self.known_cron(parse_wait(node.value, node.span), node)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
            return None
        date = self.expression(node, dated.start, dated.stop)
        if date is None:
            return None
        return Wait(node.value.strip(), node.span, dated.length, dated.at, dated.days, date=date, before=dated.before,
                    back=dated.back)  # fmt: skip

    def known_cron(self, wait: Wait, node: Node) -> Wait | None:
        """The wait, unless it is by cron and its fields never match a time."""
        if wait.cron and not ever_matches(wait.cron):
            self.report("TIME001", f"'{wait.cron}' never comes", node,
                        "write minute, hour, day of the month, month, day of the week: 'cron 0 9 * * mon'")  # fmt: skip
            return None
        return wait

    def duration(self, node: Node | None, elapsed: bool) -> Duration | None:
        """A duration. An `elapsed` duration has no months."""
        if node is None or not isinstance(node.value, str):
            return None
        try:
            return parse_window(node.value) if elapsed else parse_duration(node.value)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
            return None

    def share(self, node: Node | None) -> float:
        """`10%` as 0.1; 0 if it is left out."""
        text = self.text(node)
        return float(text[:-1]) / 100 if text.endswith("%") and text[:-1].replace(".", "", 1).isdigit() else 0.0

    def flag(self, node: Node | None) -> bool:
        return node is not None and node.value is True


def entries(node: Node | None) -> Iterator[tuple[str, Span, Node]]:
    """The entries of a mapping: each key, its place, and its value."""
    if node is not None:
        for name, value in node.fields.items():
            yield name, node.key(name).span, value


def ever_matches(fields: str) -> bool:
    """Whether cron's fields can match at all: each is within its range, and the day exists in some year."""
    from croniter import croniter
    from croniter.croniter import CroniterError

    try:
        croniter(fields, datetime(2024, 1, 1)).get_next()
    except (CroniterError, ValueError, KeyError, IndexError, TypeError):
        return False
    return True
