"""The shape of a filter's result. Reports unknown filters, and filters that do not fit the value."""

from __future__ import annotations

from scenario_cli.language.names.reader_filters import faulty_filter
from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type
from scenario_cli.language.names.walk import Walk
from scenario_cli.language.templates.other_tools import FILTERS as OTHER_FILTERS
from scenario_cli.language.templates.other_tools import to_write
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.project import Property
from scenario_cli.model.vocabulary import READER_FILTERS, TESTS

# Results of the filters that keep or pick elements of a list, by its shape.
_KEEPS = frozenset({"list", "sort", "unique", "reverse", "select", "reject", "selectattr", "rejectattr"})
_PICKS = frozenset({"first", "last", "min", "max"})


def shape_of_filter(walk: Walk, node: tree.Filter, scope: Scope) -> Property:
    base = walk.shape(node.base, scope)
    for arg in (*node.args, *(value for _, value in node.keywords)):
        walk.shape(arg, scope)
    if node.name not in walk.filters:
        walk.report(
            "EXP004",
            f"unknown filter '{node.name}'",
            node,
            "it is for templates: pass the value with 'with', and use the filter in the template"
            if node.name in READER_FILTERS
            else to_write(OTHER_FILTERS[node.name])
            if node.name in OTHER_FILTERS
            else did_you_mean(node.name, walk.filters, "filters"),
        )
        return ANYTHING
    if base.items is not None and base.items.fields:
        attribute = dict(node.keywords).get("attribute")
        if node.name in ("selectattr", "rejectattr") and node.args:
            attribute = node.args[0]
        if isinstance(attribute, tree.Const) and isinstance(attribute.value, str):
            first = attribute.value.split(".")[0]
            if first not in base.items.fields:
                walk.report("REF004", f"the elements have no key '{first}'", attribute,
                            did_you_mean(first, base.items.fields, "their keys"))  # fmt: skip
    _named_as_text(walk, node)
    if walk.written is not None and node.name in READER_FILTERS:
        walk.findings += faulty_filter(node, base, walk.written)
        if node.name != "list":
            return of_type("string")
    if node.name in _KEEPS:
        return base
    if node.name in _PICKS:
        return base.items or ANYTHING
    if node.name in ("default", "d"):
        return base
    return of_type("integer") if node.name in ("length", "count") else ANYTHING


def _named_as_text(walk: Walk, node: tree.Filter) -> None:
    """`map('upper')`, `select('odd')`, `selectattr('price', 'gt', 5)` name a filter or a test in a text."""
    index = {"map": 0, "select": 0, "reject": 0, "selectattr": 1, "rejectattr": 1}.get(node.name)
    if index is None or len(node.args) <= index:
        return
    name_node = node.args[index]
    if not isinstance(name_node, tree.Const) or not isinstance(name_node.value, str):
        return
    names = walk.filters if node.name == "map" else TESTS
    if name_node.value not in names:
        noun, code = ("filter", "EXP004") if node.name == "map" else ("test", "EXP005")
        walk.report(
            code, f"unknown {noun} '{name_node.value}'", name_node, did_you_mean(name_node.value, names, f"{noun}s")
        )
