"""Lengths of a template's text, at its shortest and its longest. Renders nothing.

The shortest is certain: it has all that is always printed. The longest takes a value without a bound to be of a usual
length; `maxLength`, `enum` and `const` in events.yaml bound a value. Both include the parameters that links get.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce

from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.templates.contents import Assignment, Choice, Contents, Loop, Output, Text
from scenario_cli.language.templates.link_lengths import LinkMeter
from scenario_cli.model.expression import (
    Attr,
    Binary,
    Call,
    Const,
    Expr,
    Expression,
    Filter,
    IfElse,
    Item,
    Literal,
    Ref,
    Value,
)
from scenario_cli.model.value_class import dataclass

# The usual length of a value without a bound, in characters.
USUAL_TEXT = 20
USUAL_NUMBER = 7
USUAL_LIST = 3  # elements

# The usual length of the output of the filters that follow the locale.
USUAL_FORMATS = {"date": 17, "time": 8, "datetime": 25, "number": 9, "money": 12, "percent": 6}

_PLACEHOLDER = re.compile(r"%[-+ 0#]*\d*(?:\.(\d+))?[sdifgeGx]|%%")
_SAME_LENGTH = frozenset({"upper", "lower", "capitalize", "title", "e", "escape", "forceescape", "safe", "string"})
_SHORTER = frozenset({"trim", "striptags", "truncate"})


@dataclass(frozen=True, slots=True)
class Extent:
    """The least and the most places that a text takes, and the texts that are printed always and sometimes.

    `parameters` are the most places of the parameters that its links get; `least` and `most` include them.
    """

    least: int
    most: int
    always: str = ""
    ever: str = ""
    parameters: int = 0

    def __add__(self, other: Extent) -> Extent:
        return Extent(
            self.least + other.least,
            self.most + other.most,
            self.always + other.always,
            self.ever + other.ever,
            self.parameters + other.parameters,
        )


_NOTHING = Extent(0, 0)


def either(left: Extent, right: Extent) -> Extent:
    parameters = max(left.parameters, right.parameters)
    return Extent(min(left.least, right.least), max(left.most, right.most), "", left.ever + right.ever, parameters)


class Lengths:
    """Measures the contents of one message's template. `count` states how many places a text takes."""

    def __init__(
        self,
        scope: Scope,
        handed: Mapping[str, Value],
        count: Callable[[str], int],
        links: LinkMeter | None = None,
    ) -> None:
        self.scope = scope
        self.handed = handed
        self.count = count
        self.links = links
        # Where the piece at hand is: the text before it on its line, and whether a text after it is unknown.
        self._line = ""
        self._goes_on = False

    def extent(self, pieces: Contents) -> Extent:
        """The whole text, without the blanks at its ends, which are not sent."""
        first = next((index for index, piece in enumerate(pieces) if not isinstance(piece, Assignment)), 0)
        if pieces and isinstance(start := pieces[first], Text):
            pieces = (*pieces[:first], Text(start.text.lstrip()), *pieces[first + 1 :])
        if pieces and isinstance(pieces[-1], Text):
            pieces = (*pieces[:-1], Text(pieces[-1].text.rstrip()))
        self._line = ""
        return self._all(pieces, {}, is_part=False)

    def _all(self, pieces: Contents, local: Mapping[str, Expr | None], is_part: bool = True) -> Extent:
        local = dict(local)
        extent = _NOTHING
        for place, piece in enumerate(pieces):
            self._goes_on = _goes_on(pieces[place + 1 :], is_part)
            line = self._line
            match piece:
                case Text(text=text):
                    extent += self._text(text)
                    line = (line + text).rpartition("\n")[2]
                case Output():
                    self._goes_on = self._goes_on or not isinstance(piece.value, Const | Ref)
                    extent += self._value(piece.value, local)
                case Assignment():
                    local[piece.name] = piece.value
                case Choice():
                    options = []
                    for _, body in piece.options:
                        self._line = line
                        options.append(self._all(body, local))
                    extent += reduce(either, options)
                case Loop():
                    once = self._all(piece.body, {**local, **dict.fromkeys(piece.names)})
                    extent += Extent(0, once.most * USUAL_LIST, "", once.ever, once.parameters * USUAL_LIST)
            self._line = line
        return extent

    def _text(self, text: str) -> Extent:
        length = self.count(text)
        least, most = self.links.of_text(self._line, text, self._goes_on) if self.links is not None else (0, 0)
        return Extent(length + least, length + most, text, text, most)

    def _value(self, node: Expr, local: Mapping[str, Expr | None]) -> Extent:
        match node:
            case Const(value=value):
                return self._text("" if value is None else str(value))
            case Ref() if node.name in local:
                inner = local[node.name]
                outer = {name: value for name, value in local.items() if name != node.name}
                return self._value(inner, outer) if inner is not None else self._unknown(node)
            case Ref() if node.name in self.handed:
                return self._handed(self.handed[node.name])
            case Binary(op="~"):
                return self._value(node.left, local) + self._value(node.right, local)
            case Binary(op="or"):
                return either(self._value(node.left, local), self._value(node.right, local))
            case IfElse():
                otherwise = self._value(node.otherwise, local) if node.otherwise is not None else _NOTHING
                return either(self._value(node.then, local), otherwise)
            case Filter():
                return self._filter(node, local)
            case Ref() | Attr() | Item():
                return self._declared(node, local)
            case Binary() | Call():
                return Extent(0, USUAL_NUMBER)
        return Extent(0, USUAL_TEXT)

    def _handed(self, value: Value) -> Extent:
        if isinstance(value, Expression):
            return self._value(value.root, {})
        return self._text("" if value.value is None else str(value.value)) if _plain(value) else Extent(0, USUAL_TEXT)

    def _filter(self, node: Filter, local: Mapping[str, Expr | None]) -> Extent:
        base = self._value(node.base, local)
        match node.name:
            case "default" | "d":
                default = self._value(node.args[0], local) if node.args else _NOTHING
                return either(Extent(0, base.most, "", base.ever, base.parameters), default)
            case "format" if isinstance(node.base, Const) and isinstance(node.base.value, str):
                return self._formatted(node.base.value)
            case "length" | "count":
                return Extent(1, 2)
            case "round" | "int" | "float" | "sum" | "abs":
                return Extent(0, USUAL_NUMBER)
            case "plural":
                forms = [self._value(form, local) for _, form in node.keywords]
                return reduce(either, forms) if forms else base
        if node.name in USUAL_FORMATS:
            return Extent(0, USUAL_FORMATS[node.name])
        if node.name in _SAME_LENGTH:
            return base
        if node.name in _SHORTER:
            most = (
                node.args[0].value
                if node.name == "truncate" and node.args and isinstance(node.args[0], Const)
                else None
            )
            own = base.most - base.parameters  # parameters come after the value is cut
            cut = min(own, most) if isinstance(most, int) else own
            return Extent(0, cut + base.parameters, "", base.ever, base.parameters)
        return Extent(0, max(base.most, USUAL_TEXT), "", base.ever, base.parameters)

    def _formatted(self, pattern: str) -> Extent:
        extent = _NOTHING
        at = 0
        for match in _PLACEHOLDER.finditer(pattern):
            extent += self._text(pattern[at : match.start()])
            decimals = int(match[1]) + 1 if match[1] else 0
            kind = match[0][-1]
            extent += (
                self._text("%")
                if kind == "%"
                else Extent(0 if kind == "s" else 1 + decimals, USUAL_TEXT if kind == "s" else 4 + decimals)
            )
            at = match.end()
        return extent + self._text(pattern[at:])

    def _unknown(self, node: Expr, most: int = USUAL_TEXT, ever: str = "") -> Extent:
        """A value of at most so many characters, with the parameters that it gets if it is a link."""
        name = _name(node) if self.links is not None else ""
        parameters = self.links.of_value(self._line, name) if self.links is not None and name else 0
        return Extent(0, most + parameters, "", ever, parameters)

    def _declared(self, node: Expr, local: Mapping[str, Expr | None]) -> Extent:
        shape = Checker(in_template=True).shape(node, self.scope) if not _roots(node) & set(local) else None
        if shape is None:
            return self._unknown(node)
        if shape.enum:
            lengths = [self.count(str(value)) for value in shape.enum]
            return self._unknown(node, max(lengths), "".join(map(str, shape.enum)))
        if shape.max_length is not None:
            return self._unknown(node, shape.max_length)
        usual = {"number": USUAL_NUMBER, "integer": USUAL_NUMBER, "boolean": 5, "date": 10, "datetime": 25}
        return self._unknown(node, usual.get(shape.type or "", USUAL_TEXT))


def _goes_on(following: Contents, is_part: bool) -> bool:
    """Whether the characters right after a piece can be part of an address that it begins."""
    piece = next((piece for piece in following if not isinstance(piece, Assignment)), None)
    if isinstance(piece, Text):
        return not piece.text[:1].isspace()
    return is_part or piece is not None


def _name(node: Expr) -> str:
    """The last name of a value: `url` of `trigger.cart.url`."""
    if isinstance(node, Item):
        return str(node.index.value) if isinstance(node.index, Const) else ""
    return node.name if isinstance(node, Attr | Ref) else ""


def _plain(value: Literal) -> bool:
    return isinstance(value.value, str | int | float | bool) or value.value is None


def _roots(node: Expr) -> set[str]:
    while isinstance(node, Attr | Item):
        node = node.base
    return {node.name} if isinstance(node, Ref) else set()
