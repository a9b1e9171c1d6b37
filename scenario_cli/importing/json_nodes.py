"""JSON text to located nodes. YAML's reader does for much JSON, but not for `\\ud83d\\ude00` and files over 1 MiB."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from json.decoder import JSONDecodeError, JSONDecoder

from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

MAX_DEPTH = 100

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
_TEXTS = JSONDecoder()


class Damaged(Exception):
    """A file that cannot be read, with the fault and its place."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.finding = Diagnostic("IMPORT", message, span, hint=hint)


def read_json(text: str, file: str) -> Node:
    """The file's value. Raises `Damaged` at the first character that is not JSON."""
    places = _Places(file, text)
    try:
        json.loads(text, parse_constant=_refuse)
    except JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise Damaged(f"this is not JSON: {message}", places.span(error.pos, error.pos + 1)) from None
    except _Constant as error:
        position = text.find(str(error))
        message = f"'{error}' is not a JSON value"
        raise Damaged(message, places.span(position, position + len(str(error)))) from None
    except (RecursionError, ValueError):  # also a number of thousands of digits
        raise Damaged(f"values are nested more than {MAX_DEPTH} levels deep, or a number is too long",
                      places.span(0, 1)) from None  # fmt: skip
    return _Reader(text, places).value(_after_space(text, 0), 0)[0]


class _Constant(Exception):
    """NaN or an infinity, which Python reads and JSON does not have."""


def _refuse(constant: str) -> None:
    raise _Constant(constant)


class _Places:
    """Lines and columns of offsets in a text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        line, end_line = bisect_right(self.starts, start), bisect_right(self.starts, end)
        return Span(self.file, line, start - self.starts[line - 1] + 1, end_line, end - self.starts[end_line - 1] + 1)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at


class _Reader:
    """Reads values of a text that is known to be JSON."""

    def __init__(self, text: str, places: _Places) -> None:
        self.text = text
        self.places = places

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """The value that begins there, and its end."""
        if depth > MAX_DEPTH:
            raise Damaged(f"values are nested more than {MAX_DEPTH} levels deep", self.places.span(at, at + 1))
        first = self.text[at]
        if first == "{":
            return self.mapping(at, depth)
        if first == "[":
            return self.sequence(at, depth)
        if first == '"':
            content, end = _TEXTS.raw_decode(self.text, at)
            return Node(self.places.span(at, end), content, None, '"'), end
        for word, constant in _WORDS.items():
            if self.text.startswith(word, at):
                return Node(self.places.span(at, at + len(word)), constant), at + len(word)
        match = _NUMBER.match(self.text, at)
        assert match is not None, "the text was read as JSON before"
        is_whole = match[2] is None and match[3] is None
        number: int | float = int(match[0]) if is_whole else float(match[0])
        return Node(self.places.span(at, match.end()), number), match.end()

    def mapping(self, start: int, depth: int) -> tuple[Node, int]:
        fields: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        at = _after_space(self.text, start + 1)
        while self.text[at] != "}":
            name, end = _TEXTS.raw_decode(self.text, at)
            span = self.places.span(at, end)
            if name in fields:
                raise Damaged(f"key '{name}' is used twice; the first is on line {keys[name].span.line}", span)
            at = _after_space(self.text, _after_space(self.text, end) + 1)
            keys[name] = Node(span, name, None, '"')
            fields[name], at = self.value(at, depth + 1)
            at = _after_space(self.text, at)
            if self.text[at] == ",":
                at = _after_space(self.text, at + 1)
        return Node(self.places.span(start, at + 1), fields, keys), at + 1

    def sequence(self, start: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        at = _after_space(self.text, start + 1)
        while self.text[at] != "]":
            item, at = self.value(at, depth + 1)
            items.append(item)
            at = _after_space(self.text, at)
            if self.text[at] == ",":
                at = _after_space(self.text, at + 1)
        return Node(self.places.span(start, at + 1), tuple(items)), at + 1
