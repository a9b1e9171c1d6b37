"""Writes Jinja templates as Python that follows the rules of expressions and counts its work. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst

_OPERATORS = {
    "eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in",
}  # fmt: skip


class Generator(CodeGenerator):
    """Jinja's own, with comparisons that are false for a missing value, and a count at the beginning of each block.

    A block is the body of a loop, a condition, a macro or a file. It counts its whole content except inner blocks,
    which count themselves.
    """

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        body = list(nodes)
        self.writeline(f"environment.spend({1 + sum(map(_work, body))})")
        super().blockvisit(body, frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        left = node.expr
        for index, operand in enumerate(node.ops):
            self.write("(" if index == 0 else " and ")
            self.write(f"environment.compare({_OPERATORS[operand.op]!r}, ")
            self.visit(left, frame)
            self.write(", ")
            self.visit(operand.expr, frame)
            self.write(")")
            left = operand.expr
        self.write(")")

    @optimizeconst
    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        join = "markup_join" if frame.eval_ctx.autoescape else "str_join"
        if frame.eval_ctx.volatile:
            join = "(markup_join if context.eval_ctx.volatile else str_join)"
        self.write(f"environment.joined({join}, (")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """A slice also asks the environment, which bounds the size of the copy."""
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.getitem(")
        self.visit(node.node, frame)
        self.write(", slice(")
        for part in (node.arg.start, node.arg.stop, node.arg.step):
            if part is None:
                self.write("None")
            else:
                self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        """The elements that a loop's `if` leaves out count as well."""
        if node.test is not None:
            walked = nodes.EnvironmentAttribute("walked", lineno=node.lineno)
            node.iter = nodes.Call(walked, [node.iter], [], None, None, lineno=node.lineno)
        super().visit_For(node, frame)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        before = self.temporary_identifier()
        self.writeline(f"{before} = environment.enter()", node)
        super().visit_Include(node, frame)
        self.writeline(f"environment.leave({before})")

    def visit_Extends(self, node: nodes.Extends, frame: Frame) -> None:
        self.writeline("environment.enter()", node)
        super().visit_Extends(node, frame)


def _work(node: nodes.Node) -> int:
    """The steps of a statement or value: one for each part of it, and one for ten characters that it prints."""
    if isinstance(node, nodes.TemplateData):
        return 1 + len(node.data) // 10
    return 1 + sum(_work(part) for part in _parts(node))


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """The nodes below a node that are carried out with it; a block counts itself."""
    for name, value in node.iter_fields():
        if name in ("body", "else_"):
            continue
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, nodes.Node):
                yield part
