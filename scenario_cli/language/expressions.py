"""Jinja expression syntax to the model's tree, by Jinja's own parser. Knows no names and evaluates nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache

import jinja2
from jinja2 import nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser

from scenario_cli.language.depth import too_deep
from scenario_cli.language.expression_slips import date_of, unquoted
from scenario_cli.language.remembered import memory
from scenario_cli.language.templates.other_tools import METHODS, to_write
from scenario_cli.language.templates.packed import packed_node, unpacked_node
from scenario_cli.language.yaml_node import Node
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

MAX_LENGTH = 4_000
MAX_DEPTH = 60
MAX_BITS = 1_024  # of a whole number in digits

_BINARY = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
           "And": "and", "Or": "or"}  # fmt: skip
_COMPARE = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}

# Each token of an expression with its offset.
Tokens = list[tuple[int, str]]
# The span of a node, from its line in the text that Jinja parsed, the tokens to skip, and its length.
Locate = Callable[[int, int, int], Span]


class ExpressionError(ValueError):
    """A text that the language does not take as an expression."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.span = span
        self.hint = hint

    def diagnostic(self) -> Diagnostic:
        return Diagnostic("EXP001", str(self), self.span, hint=self.hint)


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The only environment whose lexer and parser read expressions and templates."""
    return jinja2.Environment()


def parser_of(tokens: Iterable[tuple[int, str, str]]) -> Parser:
    """Jinja's parser over tokens of its lexer, (line, kind, text): its nodes then name the lines that are given."""
    parser = Parser(environment(), "")
    parser.stream = TokenStream(environment().lexer.wrap(tokens), None, None)
    return parser


def parse_expression(node: Node, skip: int = 0, stop: int | None = None) -> tree.Expression:
    """The expression that a text holds, from `skip` to `stop` characters in; raises `ExpressionError`.

    A condition can also be written as a bare YAML boolean or number.
    """
    if not isinstance(node.value, str):
        if node.value is None or node.is_map or node.is_list:
            raise ExpressionError(
                "a condition is missing here", node.span, "write an expression, such as event.total > 80"
            )
        return tree.Expression(node.text, tree.Const(node.value, node.span), node.span)
    source = node.value[skip:stop]
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH:,} characters", node.first_line)
    slip = date_of(source)
    if slip is not None:
        raise ExpressionError(slip.message, node.at(slip.start + skip, slip.length), slip.hint)
    try:
        return _parsed(source, node, skip)
    except ExpressionError as error:
        slip = unquoted(source)
        span = node.at(slip.start + skip, slip.length) if slip is not None else None
        if slip is None or span is None or not _touches(error.span, span):
            raise
        raise ExpressionError(slip.message, span, slip.hint) from None


def _touches(fault: Span, span: Span) -> bool:
    return fault.line == span.line and span.column <= fault.column <= span.end_column


@lru_cache(maxsize=4_000)
def _parsed(source: str, node: Node, skip: int) -> tree.Expression:
    tokens: Tokens = []

    def locate(line: int, ahead: int, length: int) -> Span:
        index = min(line - 1 + ahead, len(tokens) - 1)
        offset, token = tokens[index]
        return node.at(offset + skip, length or len(token))

    try:
        remembered = _sound(source)
        if remembered is not None:
            tokens, parsed = remembered
        else:
            kinds, tokens = _tokens(source, node, skip)
            parsed = _tree(kinds, tokens, node, skip)
        return tree.Expression(source.strip(), Converter(locate).convert(parsed), node.first_line)
    except jinja2.TemplateSyntaxError as error:
        raise _syntax_error(error, source, tokens, locate, node) from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply", node.first_line) from None


_ANYWHERE = Node(Span("", 1, 1, 1, 1), "")


@lru_cache(maxsize=4_000)
def _sound(source: str) -> tuple[Tokens, nodes.Node] | None:
    """The tokens and the tree of an expression; None if its syntax is faulty."""
    store, data = memory(), source.encode(errors="surrogatepass")
    remembered = store.recall("expression", data) if store is not None else None
    if remembered is not None:
        offsets, texts, root = remembered
        return list(zip(offsets, texts, strict=True)), unpacked_node(root)
    try:
        kinds, tokens = _tokens(source, _ANYWHERE, 0)
        parsed = _tree(kinds, tokens, _ANYWHERE, 0)
    except (jinja2.TemplateSyntaxError, ExpressionError, RecursionError):
        return None
    if store is not None:
        with suppress(ValueError):
            offsets, texts = [offset for offset, _ in tokens], [token for _, token in tokens]
            store.note("expression", data, (offsets, texts, packed_node(parsed)))
    return tokens, parsed


def _tree(kinds: list[str], tokens: Tokens, node: Node, skip: int) -> nodes.Node:
    """Jinja's tree. Its nodes know their line alone: with one token on each line, the line is the token."""
    deep = too_deep(tokens)
    if deep is not None:
        raise ExpressionError("the expression is nested too deeply here", node.at(deep + skip),
                              "work a part of it out with 'set', or in a metric")  # fmt: skip
    stream = [(line, kind, token) for line, (kind, (_, token)) in enumerate(zip(kinds, tokens, strict=True), start=1)]
    parser = parser_of(stream)
    parsed = parser.parse_expression()
    if not parser.stream.eos:
        line = parser.stream.current.lineno
        raise jinja2.TemplateSyntaxError("chunk after expression", line)
    return parsed


def _tokens(source: str, node: Node, skip: int) -> tuple[list[str], Tokens]:
    """The kinds of the tokens, and each with its offset."""
    kinds: list[str] = []
    tokens: Tokens = []
    offset = 0
    try:
        for _, kind, token in environment().lexer.tokeniter(source, None, None, "variable"):
            if kind not in ("whitespace", "newline"):
                kinds.append(kind)
                tokens.append((offset, token))
            offset += len(token)
    except jinja2.TemplateSyntaxError as error:
        raise _strange_character(source, offset, node.at(offset + skip)) from error
    if not tokens:
        raise ExpressionError("the expression is empty", node.first_line)
    return kinds, tokens


_OPERATORS = {"&": "and", "|": "or", "!": "not"}
_STRANGE = {
    "?": "write 'VALUE if CONDITION else OTHER'",
    "$": "remove the '$': contact.first_name",
    "@": "remove the '@': contact.first_name",
    "#": "a comment begins with ' #', outside of quotes",
    "\\": "write the expression without '\\'",
    "`": "put a text between ' or \"",
}
_CURLY = frozenset("‘’‚“”„«»`´")

# Operators that people write between two values and that have another form here.
_WORDS = {
    "and": "and", "or": "or", "not": "not", "in": "in", "is": "is",
    "eq": "==", "equal": "==", "equals": "==", "===": "==", "ne": "!=", "<>": "!=",
    "gt": ">", "ge": ">=", "gte": ">=", "=>": ">=", "lt": "<", "le": "<=", "lte": "<=", "=<": "<=",
}  # fmt: skip


def _strange_character(source: str, offset: int, span: Span) -> ExpressionError:
    following = source[offset:].lstrip()
    sign = following[:2] if following[:2] in ("&&", "||") else following[:1]
    if sign in ("'", '"'):
        return ExpressionError("a quoted text is not closed", span, "a text needs a quote at both ends")
    if sign[:1] in _OPERATORS:
        return ExpressionError(f"'{sign}' is not an operator", span, f"write '{_OPERATORS[sign[:1]]}'")
    if sign in _CURLY:
        hint = "word processors bend quotes: write ' or \""
        return ExpressionError(f"{sign} is no quote that an expression knows", span, hint)
    return ExpressionError(f"'{sign}' is not allowed in an expression", span, _STRANGE.get(sign[:1]))


def _syntax_error(
    error: jinja2.TemplateSyntaxError, source: str, tokens: list[tuple[int, str]], locate: Locate, node: Node
) -> ExpressionError:
    at_end = error.lineno > len(tokens) or "end of" in (error.message or "")
    token = tokens[min(error.lineno, len(tokens)) - 1][1]
    span = locate(error.lineno, 0, 0)
    if tokens[0][1] == "=":
        return ExpressionError("a condition takes no '=' before it", locate(1, 0, 0), "write it without the '='")
    equals = _comparing_equals([token_text for _, token_text in tokens])
    if equals is not None:
        after = tokens[equals + 1][1] if equals + 1 < len(tokens) else ""
        if "=" + after in _WORDS:
            return _wrong_operator("=" + after, locate(equals + 1, 0, 2))
        return ExpressionError("'=' compares nothing", locate(equals + 1, 0, 0), "write '==' to compare")
    if "{{" in source or "{%" in source or "{" in source:
        return ExpressionError("braces do not belong here", span, "write the expression without '{{ }}'")
    if "||" in source:
        return ExpressionError("'||' is not an operator", span, "write 'or'")
    if at_end and (source.count("(") > source.count(")") or source.count("[") > source.count("]")):
        return ExpressionError(
            f"the expression breaks off after '{token}'", span,
            "inside { } a comma ends the text: put the expression in quotes, or on a line of its own",
        )  # fmt: skip
    if at_end:
        return ExpressionError(f"the expression breaks off after '{token}'", span, "something is missing at its end")
    before = tokens[min(error.lineno, len(tokens)) - 2][1] if error.lineno > 1 else ""
    if before == "<" and token == ">":
        return _wrong_operator("<>", locate(error.lineno - 1, 0, 2))
    if before == "is" and token[:1] in "'\"":
        return ExpressionError("'is' asks what kind of value it is", locate(error.lineno - 1, 0, 0),
                               f"write == {token} to compare")  # fmt: skip
    if token.lower() in _WORDS and token not in ("not", "in", "is"):
        return _wrong_operator(token, span)
    if token.lower() in ("contains", "includes"):
        hint = f"turn it round: {tokens[-1][1]} in {source[: tokens[error.lineno - 1][0]].strip()}"
        return ExpressionError(f"'{token}' is not an operator", span, hint)
    if token == "," and (values := _AFTER_IN.search(source)):
        return ExpressionError("',' does not fit here", span, f"a list needs brackets: in [{values[1]}]")
    if before == "if":
        return ExpressionError("'if' does not belong here", locate(error.lineno - 1, 0, 0), "write the condition alone")
    reason = "" if error.message == "chunk after expression" else f": {error.message}"
    quote = "" if token[:1] in ("'", '"') else "'"
    return ExpressionError(f"{quote}{token}{quote} does not fit here{reason}", span)


# Values with commas between them, after `in`.
_AFTER_IN = re.compile(r"\bin\s+((?:'[^']*'|\"[^\"]*\"|[\w.]+)(?:\s*,\s*(?:'[^']*'|\"[^\"]*\"|[\w.]+))+)")


def _comparing_equals(tokens: list[str]) -> int | None:
    """The first `=` that does not give a value of a call its name, as that of `within='30d'` does."""
    return next(
        (
            index
            for index, token in enumerate(tokens)
            if token == "=" and not (index > 1 and tokens[index - 2] in ("(", ",") and tokens[index - 1].isidentifier())
        ),
        None,
    )


def _wrong_operator(sign: str, span: Span) -> ExpressionError:
    return ExpressionError(f"'{sign}' is not an operator", span, f"write '{_WORDS[sign.lower()]}'")


class Converter:
    """Turns Jinja's nodes into the model's; `locate` gives the place of each."""

    def __init__(self, locate: Locate) -> None:
        self.locate = locate
        self.depth = 0

    def convert(self, node: nodes.Node) -> tree.Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply", self.locate(node.lineno, 0, 0))
        try:
            return self._convert(node)
        finally:
            self.depth -= 1

    def _convert(self, node: nodes.Node) -> tree.Expr:
        span = self.locate(node.lineno, 0, 0)
        match node:
            case nodes.Const():
                if isinstance(node.value, int) and node.value.bit_length() > MAX_BITS:
                    raise ExpressionError("this number is too large", span)
                return tree.Const(node.value, span)
            case nodes.TemplateData():
                return tree.Const(node.data, span)
            case nodes.Name():
                return tree.Ref(node.name, span)
            case nodes.Getattr():
                return tree.Attr(self.convert(node.node), node.attr, self.locate(node.lineno, 1, len(node.attr)))
            case nodes.Getitem():
                base = self.convert(node.node)
                if isinstance(node.arg, nodes.Slice):
                    return self._slice(base, node.arg, span)
                return tree.Item(base, self.convert(node.arg), span)
            case nodes.List() | nodes.Tuple():
                return tree.ListOf(tuple(self.convert(item) for item in node.items), span)
            case nodes.Dict():
                pairs = tuple((self.convert(pair.key), self.convert(pair.value)) for pair in node.items)
                return tree.MapOf(pairs, span)
            case nodes.Not():
                return tree.Unary("not", self.convert(node.node), span)
            case nodes.Neg():
                return tree.Unary("-", self.convert(node.node), span)
            case nodes.Pos():
                return tree.Unary("+", self.convert(node.node), span)
            case nodes.Concat():
                return self._joined(node, span)
            case nodes.BinExpr():
                operator = _BINARY[type(node).__name__]
                return tree.Binary(operator, self.convert(node.left), self.convert(node.right), span)
            case nodes.Compare():
                comparisons = tuple((_COMPARE[op.op], self.convert(op.expr)) for op in node.ops)
                return tree.Compare(self.convert(node.expr), comparisons, span)
            case nodes.CondExpr():
                otherwise = self.convert(node.expr2) if node.expr2 is not None else None
                return tree.IfElse(self.convert(node.test), self.convert(node.expr1), otherwise, span)
            case nodes.Filter() if node.node is not None:
                args, keywords = self._arguments(node)
                return tree.Filter(
                    self.convert(node.node),
                    node.name,
                    args,
                    keywords,
                    self.locate(node.lineno, 0, len(node.name)),
                )
            case nodes.Test():
                args, keywords = self._arguments(node)
                if keywords:
                    raise ExpressionError(f"'is {node.name}' takes no named values", span)
                return tree.Test(self.convert(node.node), node.name, args, self.locate(node.lineno, 1, 0))
            case nodes.Call():
                return self._call(node, span)
            case _:
                raise ExpressionError("this form of expression is not part of the language", span)

    def _joined(self, node: nodes.Concat, span: Span) -> tree.Expr:
        if len(node.nodes) > MAX_DEPTH:
            raise ExpressionError(f"more than {MAX_DEPTH} texts are joined", span)
        joined = self.convert(node.nodes[0])
        for part in node.nodes[1:]:
            joined = tree.Binary("~", joined, self.convert(part), span)
        return joined

    def _slice(self, base: tree.Expr, node: nodes.Slice, span: Span) -> tree.Slice:
        if node.step is not None:
            raise ExpressionError("a slice takes no step", span)
        start = self.convert(node.start) if node.start is not None else None
        stop = self.convert(node.stop) if node.stop is not None else None
        return tree.Slice(base, start, stop, span)

    def _call(self, node: nodes.Call, span: Span) -> tree.Call:
        if not isinstance(node.node, nodes.Name):
            name = node.node.attr if isinstance(node.node, nodes.Getattr) else "this"
            at_point = isinstance(node.node, nodes.Getattr)
            hint = to_write(METHODS[name]) if name in METHODS else "to change a value use a filter: '| name'"
            raise ExpressionError(
                f"'{name}(...)' cannot be called: only the language's functions can",
                self.locate(node.node.lineno, 1 if at_point else 0, 0),
                hint if at_point else None,
            )
        args, keywords = self._arguments(node)
        return tree.Call(node.node.name, args, keywords, self.locate(node.node.lineno, 0, len(node.node.name)))

    def _arguments(
        self, node: nodes.Call | nodes.Filter | nodes.Test
    ) -> tuple[tuple[tree.Expr, ...], tuple[tuple[str, tree.Expr], ...]]:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise ExpressionError("'*' and '**' are not part of the language", self.locate(node.lineno, 0, 0))
        args = tuple(self.convert(arg) for arg in node.args)
        keywords = tuple((str(keyword.key), self.convert(keyword.value)) for keyword in node.kwargs)
        return args, keywords
