"""The syntax of a template's text, by Jinja's own parser, with the place of every token. Knows no names.

Jinja's nodes know only their line. So its parser gets each token within braces on a line of its own: the line
identifies the token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache

import jinja2
from jinja2 import nodes

from scenario_cli.language.depth import MOST_BLOCKS, MOST_LEVELS, too_deep, too_deep_blocks
from scenario_cli.language.expressions import environment, parser_of
from scenario_cli.language.forgetting import of_texts
from scenario_cli.language.remembered import memory
from scenario_cli.language.templates.other_tools import slip_of
from scenario_cli.language.templates.packed import packed, unpacked
from scenario_cli.language.templates.parsed import Parsed
from scenario_cli.language.yaml_lines import with_line_feeds
from scenario_cli.model.source import Span

# Makes a place in a text, from an offset on and so many characters long, one of its file.
Place = Callable[[int, int], Span]


class TemplateFault(jinja2.TemplateSyntaxError):
    """A fault of syntax in a template: its position in the text, and a hint."""

    def __init__(self, message: str, offset: int, length: int, hint: str | None = None) -> None:
        super().__init__(message, 1)
        self.offset, self.length, self.hint = offset, length, hint


@of_texts
@lru_cache(maxsize=10_000)
def parse_template(text: str) -> Parsed:
    """The syntax of a text; raises `TemplateFault`. A layout that every e-mail extends is parsed once."""
    store = memory()
    if store is None:
        return _parsed(text)
    data = text.encode(errors="surrogatepass")
    remembered = store.recall("template", data)
    if remembered is not None:
        return unpacked(remembered)
    parsed = _parsed(text)
    with suppress(ValueError):
        store.note("template", data, packed(parsed))
    return parsed


def _parsed(text: str) -> Parsed:
    source = with_line_feeds(text)
    reader = _Tokens(source)
    try:
        reader.read()
    except jinja2.TemplateSyntaxError as error:
        raise _fault(source, reader.offset, 1, error) from None
    _check_depth(source, reader)
    try:
        tree = nodes.Template(parser_of(reader.stream).subparse(), lineno=1)
    except jinja2.TemplateSyntaxError as error:
        number = reader.lines.get(error.lineno)
        at_end = number is None or "end of template" in (error.message or "")
        offset, length = (len(source), 1) if at_end or number is None else reader.tokens[number]
        raise _fault(source, offset, length, error) from None
    except RecursionError:  # some other form that goes down level by level
        offset, length = reader.tokens[0]
        raise TemplateFault("the template is nested too deeply", offset, length, "write it in parts") from None
    return Parsed(tree, tuple(reader.tokens), reader.lines, tuple(reader.printed))


@of_texts
@lru_cache(maxsize=10_000)
def included_in(text: str) -> tuple[str, ...]:
    """The files that a text extends or includes, empty for a name that is calculated; a layout that every e-mail
    extends is looked through once."""
    if not any(word in text for word in ("extends", "include", "import")):
        return ()
    try:
        tree = parse_template(text).tree
    except jinja2.TemplateSyntaxError:
        return ()
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    names = [getattr(node, "template", node) for node in statements(tree) if isinstance(node, kinds)]
    items = [item for node in names for item in (node.items if isinstance(node, nodes.List | nodes.Tuple) else [node])]
    return tuple(constant(node) for node in items)


def statements(node: nodes.Node) -> Iterator[nodes.Node]:
    """The statements of a tree, each before those within it. Expressions are not gone through: they hold none."""
    for name in ("body", "elif_", "else_"):
        for statement in getattr(node, name, ()):
            if not isinstance(statement, nodes.Output):
                yield statement
                yield from statements(statement)


def constant(node: nodes.Node) -> str:
    """A text that is written out; empty if it is calculated."""
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else ""


def _check_depth(source: str, reader: _Tokens) -> None:
    """Raises `TemplateFault` if an expression or blocks are nested too deeply."""
    for first, last in reader.tags:
        if last - first <= MOST_LEVELS:
            continue
        words = [(offset, source[offset : offset + length]) for offset, length in reader.tokens[first:last]]
        deep = too_deep(words)
        if deep is not None:
            raise TemplateFault(
                "the expression is nested too deeply here", deep, 1, "calculate a part of it with 'set'"
            )
    if len(reader.tags) <= MOST_BLOCKS:
        return
    tags: list[tuple[int, str]] = []
    for first, last in reader.tags:
        offset, length = reader.tokens[first]
        texts = [source[at : at + size] for at, size in reader.tokens[first:last]]
        is_tag = re.search(r"\{%[-+]?\s*$", source[max(offset - 200, 0) : offset])
        if texts and is_tag and not (texts[0] == "set" and "=" in texts):
            tags.append((offset, source[offset : offset + length]))
    for deep in too_deep_blocks(tags):
        raise TemplateFault(
            "blocks are nested too deeply here", deep, 1, "write a part of it as a file, and include it"
        )


def _fault(source: str, offset: int, length: int, error: jinja2.TemplateSyntaxError) -> TemplateFault:
    slip = slip_of(source, offset, error.message or "")
    if slip is not None:
        return TemplateFault(slip.message, slip.offset, slip.length, slip.hint)
    message, hint = f"not a template: {error.message}", None
    unexpected = re.match(r"expected token '(.+)', got '(.+)'", error.message or "")
    if (error.message or "").startswith("Expected an expression, got"):
        message, hint = "a value is missing here", "write one, such as contact.first_name, or remove the braces"
    elif unexpected is not None:
        message, hint = f"'{unexpected[2]}' does not fit here", _EXPECTED.get(unexpected[1])
    return TemplateFault(message, min(offset, max(len(source) - 1, 0)), length, hint)


# What to write where Jinja's parser expects one of these.
_EXPECTED = {
    "end of statement block": "end the tag before it, with '%}'",
    "end of print statement": "end the value before it, with '}}', or join the two: {{ a ~ ' ' ~ b }}",
}


class _Tokens:
    """Reads a text's tokens; `stream` are all as (line, kind, text), each within braces on a line of its own."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.offset = 0
        self.line = 1
        self.stream: list[tuple[int, str, str]] = []
        self.tokens: list[tuple[int, int]] = []
        self.lines: dict[int, int] = {}
        self.tags: list[tuple[int, int]] = []
        self.printed: list[tuple[int, str]] = []

    def read(self) -> None:
        source, note = self.source, self.stream.append
        first = 0
        for _, kind, token in environment().lexer.tokeniter(source, None):
            if not source.startswith(token, self.offset):
                self.skip(token)
            note((self.line, kind, token))
            if kind in _OUTSIDE:
                if kind == "data":
                    self.printed.append((self.offset, token))
                self.line += token.count("\n")
            elif kind in ("variable_begin", "block_begin"):
                self.line += token.count("\n") + 1
                first = len(self.tokens)
            elif kind in ("variable_end", "block_end"):
                self.tags.append((first, len(self.tokens)))
                self.note(token)
                self.line += token.count("\n")
            elif kind != "whitespace":
                self.note(token)
                self.line += token.count("\n") + 1
            self.offset += len(token)
        # The space before an error that the lexer meets does not belong to it.
        self.skip("\0")

    def note(self, token: str) -> None:
        self.lines[self.line] = len(self.tokens)
        self.tokens.append((self.offset, len(token.rstrip()) or 1))

    def skip(self, token: str) -> None:
        """The space that a '-' next to a brace removes belongs to no token."""
        while not self.source.startswith(token, self.offset) and self.source[self.offset : self.offset + 1].isspace():
            self.line += self.source[self.offset] == "\n"
            self.offset += 1


# The kinds of tokens outside of braces.
_OUTSIDE = frozenset(("data", "comment_begin", "comment", "comment_end", "raw_begin", "raw_end"))
