"""Which values the templates of a project read, as dotted names. Checks nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import jinja2
from jinja2 import nodes

from scenario_cli.language.expressions import environment
from scenario_cli.model.project import Project

Path = tuple[str, ...]


def template_reads(project: Project) -> dict[tuple[str, str], tuple[Path, ...]]:
    """By template and channel what its texts in all locales read, those they include or extend too.

    `{{ cart.total }}` reads (cart, total). Names that a template makes for itself are among them, since they name
    nothing outside it.
    """
    found: dict[tuple[str, str], dict[Path, None]] = {}
    for template in project.templates:
        paths = found.setdefault((template.name, template.channel), {})
        for text in (template.body, *(field.text for field in template.fields.values())):
            paths.update(dict.fromkeys(_reads(text, project.texts, set())))
    return {key: tuple(paths) for key, paths in found.items()}


def _reads(text: str, texts: Mapping[str, str], seen: set[str]) -> Iterator[Path]:
    try:
        parsed = environment().parse(text)
    except jinja2.TemplateSyntaxError:
        return  # told where templates are checked
    yield from _paths(parsed)
    for node in parsed.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        named = getattr(node, "template", None)
        name = named.value if isinstance(named, nodes.Const) else None
        if isinstance(name, str) and name in texts and name not in seen:
            seen.add(name)
            yield from _reads(texts[name], texts, seen)


def _paths(node: nodes.Node) -> Iterator[Path]:
    """The longest dotted names in the tree, without those that are meant to be missing at times: what has a default,
    and what stands under a condition that asks for it (`{% if cart.coupon %}`)."""
    path = _path(node)
    if path is not None:
        yield path
    elif isinstance(node, nodes.If | nodes.CondExpr):
        asked = set(_paths(node.test))
        for child in node.iter_child_nodes():
            if child is not node.test:
                yield from (path for path in _paths(child) if path not in asked)
    elif not (isinstance(node, nodes.Filter) and node.name in ("default", "d")):
        for child in node.iter_child_nodes():
            yield from _paths(child)


def _path(node: nodes.Node) -> Path | None:
    match node:
        case nodes.Name(ctx="load"):
            return (node.name,)
        case nodes.Getattr():
            base = _path(node.node)
            return None if base is None else (*base, node.attr)
        case nodes.Getitem(arg=nodes.Const(value=str(key))):
            base = _path(node.node)
            return None if base is None else (*base, key)
    return None
