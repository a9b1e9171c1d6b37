"""Values that the templates of a project read, followed through loops, names of their own and includes.

Checks nothing: names that do not exist are reported by the check of templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from itertools import takewhile

import jinja2
from jinja2 import nodes

from scenario_cli.language.templates.files import MOST_FILES
from scenario_cli.language.templates.syntax import parse_template
from scenario_cli.model.project import Project
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import EACH, Path, Variable, Variables

# Names that a template defines, with the path of each; None if a name has no path.
Locals = Mapping[str, Path | None]

# Filters that give the list they are given, perhaps shorter or in another order, and those that give one of it.
_KEEPS = frozenset(
    {"list", "sort", "unique", "reverse", "select", "reject", "selectattr", "rejectattr", "default", "d"}
)
_PICKS = frozenset({"first", "last", "min", "max"})


def template_variables(project: Project) -> Variables:
    """The values that a template's texts read, by template and channel, over all locales, in order of occurrence."""
    readers: dict[tuple[str, str], _Reader] = {}
    for template in project.templates:
        reader = readers.setdefault((template.name, template.channel), _Reader(project.texts))
        names: Locals = {}
        for text in (*(part.text for part in template.head), template.body):
            names = reader.text(text, names, frozenset())
    return {
        key: tuple(Variable(path, guarded) for path, guarded in reader.paths.items()) for key, reader in readers.items()
    }


def template_reads(project: Project) -> dict[tuple[str, str], tuple[Path, ...]]:
    """The values that a template's texts cannot do without, by template and channel: values with no default and no
    condition around them. Elements of lists are left out."""
    paths_by_message: dict[tuple[str, str], tuple[Path, ...]] = {}
    for key, variables in template_variables(project).items():
        paths = (
            tuple(takewhile(lambda step: step != EACH, variable.path)) for variable in variables if not variable.guarded
        )
        paths_by_message[key] = tuple(dict.fromkeys(paths))
    return paths_by_message


@dataclass(slots=True)
class _Reader:
    """Walks the statements of texts. `asked` are the paths that an `if` around a place looks at: they are there."""

    texts: Mapping[str, str]
    paths: dict[Path, bool] = field(default_factory=dict)
    visiting: set[str] = field(default_factory=set)
    overridden: set[str] = field(default_factory=set)

    def text(self, text: str, names: Locals, guards: frozenset[Path]) -> Locals:
        """Reads a text; returns the names that are known after it."""
        try:
            parsed = parse_template(text).tree
        except jinja2.TemplateSyntaxError:
            return names
        if any(isinstance(node, nodes.Extends) for node in parsed.body):
            for block in parsed.find_all(nodes.Block):
                self.overridden.add(block.name)
                self.block(block.body, names, guards)
            for node in parsed.body:
                if not isinstance(node, nodes.Block):
                    names = self.statement(node, names, guards)
            self.overridden.clear()
            return names
        return self.block(parsed.body, names, guards)

    def block(self, body: Iterable[nodes.Node], names: Locals, guards: frozenset[Path]) -> Locals:
        for node in body:
            names = self.statement(node, names, guards)
        return names

    def statement(self, node: nodes.Node, names: Locals, guards: frozenset[Path]) -> Locals:
        """Reads a statement; returns the names that are known after it."""
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self.read(part, names, guards)
            case nodes.If():
                within = guards | self.test(node.test, names, guards)
                self.block(node.body, names, within)
                for elif_ in node.elif_:
                    self.statement(elif_, names, within)
                self.block(node.else_, names, guards)
            case nodes.For():
                self.read(node.iter, names, guards)
                listed = self.path(node.iter, names)
                element = (*listed, EACH) if listed is not None else None
                inner = {**names, "loop": None, **_bound(node.target, element)}
                if node.test is not None:
                    self.read(node.test, inner, guards)
                self.block(node.body, inner, guards)
                self.block(node.else_, names, guards)
            case nodes.Assign():
                self.read(node.node, names, guards)
                return {**names, **_bound(node.target, self.path(node.node, names))}
            case nodes.AssignBlock():
                self.block(node.body, names, guards)
                return {**names, **_bound(node.target, None)}
            case nodes.With():
                inner = dict(names)
                for target, value in zip(node.targets, node.values, strict=True):
                    self.read(value, names, guards)
                    inner |= _bound(target, self.path(value, names))
                self.block(node.body, inner, guards)
            case nodes.Macro():
                self.block(node.body, {**names, "caller": None, **{arg.name: None for arg in node.args}}, guards)
                return {**names, node.name: None}
            case nodes.Block():
                if node.name not in self.overridden:
                    self.block(node.body, names, guards)
            case nodes.Extends() | nodes.Include():
                self.included(node.template, names, guards)
            case nodes.Import() | nodes.FromImport():
                self.included(node.template, names, guards)
                imported = [node.target] if isinstance(node, nodes.Import) else [
                    name if isinstance(name, str) else name[1] for name in node.names
                ]  # fmt: skip
                return {**names, **dict.fromkeys(imported)}
            case _:
                self.block(node.iter_child_nodes(), names, guards)
        return names

    def included(self, node: nodes.Node, names: Locals, guards: frozenset[Path]) -> None:
        name = node.value if isinstance(node, nodes.Const) else None
        if (
            isinstance(name, str)
            and name in self.texts
            and name not in self.visiting
            and len(self.visiting) <= MOST_FILES
        ):
            self.visiting.add(name)
            self.text(self.texts[name], names, guards)
            self.visiting.discard(name)

    def test(self, node: nodes.Node, names: Locals, guards: frozenset[Path]) -> frozenset[Path]:
        """Reads a condition; returns the paths that it checks, which counts as guarding them."""
        reader = _Reader(self.texts)
        reader.read(node, names, frozenset())
        for path in reader.paths:
            self.note(path, True)
        return frozenset(reader.paths)

    def read(self, node: nodes.Node, names: Locals, guards: frozenset[Path]) -> None:
        """Reads an expression: the longest paths in it."""
        path = self.path(node, names)
        match node:
            case nodes.Name() | nodes.Getattr() | nodes.Getitem() if path is not None:
                self.note(path, path in guards)
            case nodes.CondExpr():
                within = guards | self.test(node.test, names, guards)
                self.read(node.expr1, names, within)
                if node.expr2 is not None:
                    self.read(node.expr2, names, guards)
            case nodes.Filter() if node.name in ("default", "d") and node.node is not None:
                guarded = self.path(node.node, names)
                self.read(node.node, names, guards | ({guarded} if guarded is not None else set()))
                for arg in node.args:
                    self.read(arg, names, guards)
            case nodes.Filter() if node.node is not None:
                self.read(node.node, names, guards)
                self.attribute(node, names, guards)
                for part in (*node.args, *(keyword.value for keyword in node.kwargs)):
                    self.read(part, names, guards)
            case nodes.Call():
                if not isinstance(node.node, nodes.Name):
                    self.read(node.node, names, guards)
                for part in (*node.args, *(keyword.value for keyword in node.kwargs)):
                    self.read(part, names, guards)
            case nodes.Name():
                pass
            case _:
                for child in node.iter_child_nodes():
                    self.read(child, names, guards)

    def attribute(self, node: nodes.Filter, names: Locals, guards: frozenset[Path]) -> None:
        """`map(attribute='name')`, `sum('price')`, `selectattr('qty', ...)`: a key of the elements, as a text."""
        base = self.path(node.node, names) if node.node is not None else None
        attribute_nodes = [keyword.value for keyword in node.kwargs if keyword.key == "attribute"]
        attribute_nodes += node.args[:1] if node.name in ("selectattr", "rejectattr", "groupby", "sum") else []
        for attribute_node in attribute_nodes:
            if base is not None and isinstance(attribute_node, nodes.Const) and isinstance(attribute_node.value, str):
                self.note((*base, EACH, *attribute_node.value.split(".")), False)

    def note(self, path: Path, guarded: bool) -> None:
        self.paths[path] = self.paths.get(path, True) and guarded

    def path(self, node: nodes.Node, names: Locals) -> Path | None:
        """The path that an expression means; None for the template's own values and calculated values."""
        match node:
            case nodes.Name():
                return names.get(node.name, (node.name,))
            case nodes.Getattr():
                base = self.path(node.node, names)
                return None if base is None else (*base, node.attr)
            case nodes.Getitem():
                base = self.path(node.node, names)
                if base is None or isinstance(node.arg, nodes.Slice):
                    return base
                key = node.arg.value if isinstance(node.arg, nodes.Const) else None
                return (*base, key if isinstance(key, str) else EACH)
            case nodes.Filter() if node.node is not None and node.name in _KEEPS:
                return self.path(node.node, names)
            case nodes.Filter() if node.node is not None and node.name in _PICKS:
                base = self.path(node.node, names)
                return None if base is None else (*base, EACH)
        return None


def _bound(target: nodes.Node, path: Path | None) -> dict[str, Path | None]:
    """The names that a target makes; of several at once nothing is known."""
    if isinstance(target, nodes.Name):
        return {target.name: path}
    return {name.name: None for name in target.find_all(nodes.Name)}
