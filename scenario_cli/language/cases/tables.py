"""Test cases over a table of values: one case for each row, `<column>` replaced by the row's value. Checks no names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from scenario_cli.language.cases.shared import Shared
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

_COLUMN = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")

# The lists of a case in which a column can be a whole line.
_OF_LINES = (("timeline",), ("expect", "messages"), ("expect", "conversions"))


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """A case without its table: its node, its name, and the row it comes from, if any."""

    node: Node
    name: str
    row: Span | None = None


def write_out(case: Node, shared: Shared, findings: list[Diagnostic]) -> list[WrittenOut]:
    """The cases that a case with a table expands to. Adds findings about the table to `findings`."""
    table = case.get("table")
    name = case.get("name")
    if name is None:
        return []
    if table is None:
        return [WrittenOut(shared.expand(case, lambda node, path: node), name.text)]
    rows = [row for row in table.items if row.fields]
    findings.extend(_uneven(rows))
    fields = {key: node for key, node in case.fields.items() if key != "table"}
    body = Node(case.span, fields, case.keys)
    used_columns: set[str] = set()
    cases = []
    for number, row in enumerate(rows, 1):
        filling = _Filling(row, findings, first=number == 1)
        filled = shared.expand(filling.fill(body), filling.fill)
        used_columns |= filling.used
        filled_name = filled.fields["name"].text
        if filled_name:  # a name can be a number in YAML: it is a text here
            filled.fields["name"] = Node(name.span, filled_name)
        cases.append(
            WrittenOut(filled, filled_name if filled_name != name.text else f"{filled_name} (row {number})", row.span)
        )
    for column in rows[0].fields if rows else ():
        if column not in used_columns:
            findings.append(Diagnostic("REF050", f"no line uses the column '{column}'", rows[0].key(column).span,
                                       hint=f"write <{column}> where its value belongs, or remove it"))  # fmt: skip
    return cases


def _uneven(rows: list[Node]) -> Iterator[Diagnostic]:
    for number, row in enumerate(rows[1:], 2):
        for column in rows[0].fields:
            if column not in row.fields:
                yield Diagnostic("SCH002", f"row {number} of the table has no '{column}'", row.span,
                                 hint="every row has the columns of the first")  # fmt: skip
        for column in row.fields:
            if column not in rows[0].fields:
                hint = did_you_mean(column, rows[0].fields, "columns")
                message = f"row {number} of the table has another column, '{column}'"
                yield Diagnostic("SCH001", message, row.key(column).span, hint=hint)


@dataclass(slots=True)
class _Filling:
    """Puts one row's values into a case. A missing column is reported for the `first` row alone."""

    row: Node
    findings: list[Diagnostic]
    first: bool
    used: set[str] = field(default_factory=set)

    def fill(self, node: Node, path: tuple[str, ...] = ()) -> Node:
        """The node that is at a path in the case, filled in."""
        if isinstance(node.value, dict):
            fields = {key: self.fill(part, (*path, key)) for key, part in node.value.items()}
            return Node(node.span, fields, node.keys, node.style)
        if isinstance(node.value, tuple):
            filled = [(part, self.fill(part, (*path, ""))) for part in node.value]
            if path[:2] in _OF_LINES:  # a row leaves a line out by null
                filled = [(part, line) for part, line in filled if line.value is not None or part.value is None]
            return Node(node.span, tuple(line for _, line in filled), None, node.style)
        if not isinstance(node.value, str) or "<" not in node.value:
            return node
        column = _COLUMN.fullmatch(node.value)
        if column:
            return self.cell(column, node) or node
        return Node(node.span, _COLUMN.sub(lambda match: self.text(match, node), node.value), None, node.style)

    def cell(self, match: re.Match[str], node: Node) -> Node | None:
        column = match[1]
        self.used.add(column)
        cell = self.row.get(column)
        if cell is None and self.first:
            self.findings.append(Diagnostic("REF050", f"the table has no column '{column}'",
                                         node.at(match.start(), len(match[0])),
                                         hint=did_you_mean(column, self.row.fields, "columns")))  # fmt: skip
        return cell

    def text(self, match: re.Match[str], node: Node) -> str:
        cell = self.cell(match, node)
        if cell is None:
            return match[0]
        if cell.is_map or cell.is_list:
            message = f"<{match[1]}> is inside a text, so its value cannot be a list or a mapping"
            self.findings.append(Diagnostic("SCH003", message, cell.span, related=(("used here", node.span),)))
        return cell.text
