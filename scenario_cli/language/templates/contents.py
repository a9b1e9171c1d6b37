"""A template with all that it extends and includes as one tree of pieces, each under its conditions.

Parts that cannot be followed (macros, names calculated at run time) are left out. Renders nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import jinja2
from jinja2 import nodes

from scenario_cli.language.expressions import ExpressionError
from scenario_cli.language.templates.files import MOST_FILES, TemplateText, converted
from scenario_cli.language.templates.syntax import constant, included_in, parse_template, statements
from scenario_cli.model.expression import Expr
from scenario_cli.model.memo import memoized
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A piece that is printed unchanged."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """`{{ value }}`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Choice:
    """`{% if %}`: conditions with the pieces that each prints, None for a condition that is not followed; the last is
    `else`.
    """

    options: tuple[tuple[Expr | None, Contents], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """`{% for names in over %}`."""

    names: tuple[str, ...]
    over: Expr | None
    body: Contents


@dataclass(frozen=True, slots=True)
class Assignment:
    """`{% set name = value %}`; None if the value is not followed."""

    name: str
    value: Expr | None


Piece = Text | Output | Choice | Loop | Assignment
Contents = tuple[Piece, ...]


@memoized
def contents(text: TemplateText, texts: Mapping[str, TemplateText]) -> Contents:
    """The pieces that a text prints; nothing if its syntax is wrong."""
    return _Reader(texts, {}).read(text)


def sources(text: str, texts: Mapping[str, TemplateText]) -> Iterator[str]:
    """A text and every file that it extends or includes, by name."""
    visited: set[str] = set()
    waiting = [text]
    while waiting:
        source = waiting.pop()
        yield source
        for name in included_in(source):
            if name in texts and name not in visited:
                visited.add(name)
                waiting.append(texts[name].text)


class _Reader:
    """Reads one text; `blocks` are those of the texts that extend it, innermost first."""

    def __init__(
        self, texts: Mapping[str, TemplateText], blocks: dict[str, list[tuple[nodes.Block, TemplateText]]],
        within: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.texts = texts
        self.blocks = blocks
        self.within = within
        self.source = TemplateText("", "", 1)

    def read(self, source: TemplateText) -> Contents:
        self.source = source
        try:
            parsed = parse_template(source.text).tree
        except jinja2.TemplateSyntaxError:
            return ()
        parent = next((node for node in parsed.body if isinstance(node, nodes.Extends)), None)
        if parent is None:
            return self.all(parsed.body)
        name = constant(parent.template)
        for block in statements(parsed):
            if isinstance(block, nodes.Block):
                self.blocks.setdefault(block.name, []).append((block, source))
        if name not in self.texts or name in self.within or len(self.within) > MOST_FILES:
            return ()
        before = tuple(piece for piece in self.all(parsed.body, blocks=False) if isinstance(piece, Assignment))
        above = _Reader(self.texts, self.blocks, self.within | {name})
        return before + above.read(self.texts[name])

    def all(self, body: list[nodes.Node], blocks: bool = True) -> Contents:
        pieces: list[Piece] = []
        for node in body:
            if blocks or not isinstance(node, nodes.Block):
                pieces.extend(self.pieces(node))
        return tuple(pieces)

    def pieces(self, node: nodes.Node) -> Iterator[Piece]:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    yield from self.output(part)
            case nodes.If():
                options = [(self.value(branch.test), self.all(branch.body)) for branch in (node, *node.elif_)]
                yield Choice((*options, (None, self.all(node.else_))))
            case nodes.For():
                yield Loop(tuple(_names(node.target)), self.value(node.iter), self.all(node.body))
                yield from self.all(node.else_) if node.else_ else ()
            case nodes.Assign():
                value = self.value(node.node) if isinstance(node.target, nodes.Name) else None
                yield from (Assignment(name, value) for name in _names(node.target))
            case nodes.AssignBlock():
                yield from (Assignment(name, None) for name in _names(node.target))
            case nodes.With():
                for target, value_node in zip(node.targets, node.values, strict=True):
                    yield from (Assignment(name, self.value(value_node)) for name in _names(target))
                yield from self.all(node.body)
            case nodes.Block():
                yield from self.block(node)
            case nodes.Include():
                yield from self.included(node)
            case nodes.FilterBlock() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                yield from self.all(node.body)

    def output(self, part: nodes.Node) -> Iterator[Piece]:
        if isinstance(part, nodes.TemplateData):
            yield Text(part.data)
        elif (value := self.value(part)) is not None:
            yield Output(value)

    def block(self, node: nodes.Block) -> Iterator[Piece]:
        inner = self.blocks.get(node.name)
        if not inner:
            yield from self.all(node.body)
            return
        block, source = inner[0]
        reader = _Reader(self.texts, self.blocks, self.within)
        reader.source = source
        yield from reader.all(block.body)

    def included(self, node: nodes.Include) -> Iterator[Piece]:
        name = constant(node.template)
        if name in self.texts and name not in self.within and len(self.within) <= MOST_FILES:
            yield from _Reader(self.texts, {}, self.within | {name}).read(self.texts[name])

    def value(self, node: nodes.Node) -> Expr | None:
        value = converted(self.source, node)
        # A call of a macro, `super()`, `loop.index`: reported, or allowed, elsewhere.
        return None if isinstance(value, ExpressionError) else value


def _names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    elif isinstance(node, nodes.Tuple):
        for item in node.items:
            yield from _names(item)
