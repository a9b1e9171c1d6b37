"""The symbols that a template names: metrics, segments, attributes, constants, tables, files below
templates/. Looks up none.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from scenario_cli.language.expressions import ExpressionError
from scenario_cli.language.symbols.in_expressions import named_by
from scenario_cli.language.symbols.symbol import UNREADABLE, Occurrence, Symbol
from scenario_cli.language.templates.files import TemplateText, converted
from scenario_cli.language.templates.syntax import TemplateFault, parse_template, statements
from scenario_cli.model.expression import Const

_ROOTS = ("metric", "segment", "contact", "const")
_WITH_FILE = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
_CALLS = ("count", "happened", "last", "lookup", "running")


def in_template(template: TemplateText) -> Iterator[Occurrence]:
    """The symbols in the front matter and the body of a file below templates/."""
    for text in (*template.sets, *template.fields.values(), template):
        try:
            tree = parse_template(text.text).tree
        except TemplateFault as fault:
            yield Occurrence(Symbol(UNREADABLE, text.text), text.span_at(fault.offset, fault.length))
            continue
        for statement in statements(tree):
            file = converted(text, statement.template) if isinstance(statement, _WITH_FILE) else None
            if isinstance(file, Const) and isinstance(file.value, str):
                yield Occurrence(Symbol("file", file.value), file.span.inside(1, len(file.value)))
        for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Call)):
            base = getattr(node, "node", None)
            if isinstance(base, nodes.Name) and base.name in (_CALLS if isinstance(node, nodes.Call) else _ROOTS):
                expression = converted(text, node)
                if not isinstance(expression, ExpressionError):
                    yield from named_by(expression)  # the parts within it have their own turn
