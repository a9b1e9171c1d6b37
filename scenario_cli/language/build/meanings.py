"""Replaces names by the expressions they are defined as: constants of the project, names of `define`.

Later steps (checks, executor, reports) see these expressions as if their author had written them in place. Each place
keeps the names it was written with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, fields, replace
from typing import Any, TypeVar

from scenario_cli.language.expressions import MAX_DEPTH, MAX_LENGTH
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expr, Expression, Named, path_of, with_expressions
from scenario_cli.model.expression_text import expression_text
from scenario_cli.model.project import Constant
from scenario_cli.model.scenario import Definition
from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import FUNCTIONS, RESERVED

T = TypeVar("T")


@dataclass(slots=True)
class Meanings:
    """The names defined as expressions that a place can use, and the faults of expressions that use them."""

    constants: Mapping[str, Constant]
    defined: dict[str, Expression] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    _lengths: dict[str, int] = field(default_factory=dict)

    def within(self, value: T) -> T:
        """A value of the model with the names in its expressions written out."""
        return with_expressions(value, self.expression) if self.constants or self.defined else value

    def forget(self, name: str) -> None:
        """Forgets the length of the placeholder of a name, once the name has its meaning."""
        self._lengths.pop(name, None)

    def expression(self, expression: Expression) -> Expression:
        names: list[Named] = []
        try:
            root = self._tree(expression.root, names)
        except _TooLong:
            root = None
        if root is not None and not names:
            return expression
        if root is None or _depth(root) > MAX_DEPTH:
            self.findings.append(Diagnostic("EXP001", "the expression is too long with its names expanded",
                                         expression.span,
                                         hint=(
                                             f"at most {MAX_LENGTH:,} characters and {MAX_DEPTH} levels of "
                                             "brackets: calculate a part with 'set', or in a metric"
                                         )))  # fmt: skip
            return replace(expression, root=tree.Const(None, expression.span))
        return replace(expression, root=root, names=tuple(names))

    def _tree(self, node: Expr, names: list[Named]) -> Expr:
        path = path_of(node)
        if path is not None and len(path) == 2 and path[0] == "const" and path[1] in self.constants:
            value = constant_tree(self.constants[path[1]].value, node.span)
            self._add(names, Named(".".join(path), value, node.span))
            return value
        if isinstance(node, tree.Ref) and node.name in self.defined:
            meaning = self.defined[node.name]
            self._add(names, Named(node.name, meaning.root, node.span))
            names.extend(meaning.names)
            return meaning.root
        changed = {part_name: self._part(getattr(node, part_name), names) for part_name in _PARTS[type(node)]}
        fresh = {part_name: part for part_name, part in changed.items() if part is not getattr(node, part_name)}
        return replace(node, **fresh) if fresh else node

    def _add(self, names: list[Named], name: Named) -> None:
        """Adds a name. Nested names double fast, so the size of the expression is measured before it is copied."""
        names.append(name)
        if name.name not in self._lengths:
            self._lengths[name.name] = len(expression_text(name.root))
        if sum(self._lengths[added.name] for added in names) > MAX_LENGTH:
            raise _TooLong

    def _part(self, part: Any, names: list[Named]) -> Any:
        if type(part) is tuple:
            parts = tuple(self._part(element, names) for element in part)
            return parts if any(new is not old for new, old in zip(parts, part, strict=True)) else part
        return self._tree(part, names) if type(part) in _PARTS else part


class _TooLong(Exception):
    """An expression that is too long after its names are written out."""


_PARTS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(entry.name for entry in fields(kind) if entry.name not in ("span", "name", "op", "value"))
    for kind in tree.Expr.__args__
}


def constant_tree(value: Any, span: Span) -> Expr:
    """A constant's value as an expression at the place that reads its name."""
    if isinstance(value, list):
        return tree.ListOf(tuple(constant_tree(element, span) for element in value), span)
    if isinstance(value, dict):
        return tree.MapOf(
            tuple((tree.Const(key, span), constant_tree(element, span)) for key, element in value.items()), span
        )
    return tree.Const(value, span)


def meanings(
    constants: Mapping[str, Constant],
    definitions: Iterable[tuple[Name, Expression | None]],
    captured: Iterable[str],
) -> tuple[Meanings, tuple[Definition, ...]]:
    """The meanings of a scenario's names, in the order written: each can use those above it.

    A definition that could not be read is None and means a missing value, so its fault is reported once.
    """
    built = Meanings(constants)
    pairs, captured_names = list(definitions), frozenset(captured)
    defined = {name.text: name for name, _ in pairs if name.text not in RESERVED}
    # A name without a meaning is reported at its use, so it is not repeated here.
    built.defined.update(
        {text: Expression("", tree.Const(None, name.span), name.span) for text, name in defined.items()}
    )
    below = set(defined)
    for name, expression in pairs:
        built.findings.extend(_clash(name, captured_names))
        if expression is not None:
            built.findings.extend(_forward(expression, name.text, below))
        if expression is not None and name.text in defined:
            built.defined[name.text] = built.expression(expression)
            built.forget(name.text)
        below.discard(name.text)
    texts = ((name, " ".join(expression_.source.split())) for name, expression_ in pairs if expression_ is not None)
    return built, tuple(Definition(name, text) for name, text in texts)


def _clash(name: Name, captured: frozenset[str]) -> Iterator[Diagnostic]:
    if name.text in RESERVED or name.text in FUNCTIONS:
        yield Diagnostic("REF010", f"'{name}' cannot be defined: the name is reserved", name.span,
                         hint="use another name")  # fmt: skip
    elif name.text in captured:
        yield Diagnostic("REF010", f"'{name}' is defined here and also captured by the scenario", name.span,
                         hint="rename one of them")  # fmt: skip


def _forward(expression: Expression, name: str, below: set[str]) -> Iterator[Diagnostic]:
    """The names in a definition that are its own, or are below it."""
    for node in tree.walk(expression.root):
        if not isinstance(node, tree.Ref) or node.name not in below:
            continue
        if node.name == name:
            yield Diagnostic("EXP013", f"'{name}' depends on itself", node.span,
                             hint="a name can use only names above it")  # fmt: skip
        else:
            yield Diagnostic("EXP002", f"'{node.name}' is defined below '{name}'", node.span,
                             hint=f"move '{node.name}' above: a name can use only names above it")  # fmt: skip


def _depth(node: Expr) -> int:
    return 1 + max(map(_depth, tree.children(node)), default=0)
