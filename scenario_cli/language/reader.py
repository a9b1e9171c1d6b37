"""YAML text to located nodes, by the rules of YAML 1.2 core. Knows no schema and no meaning of keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from scenario_cli.language.merge_marks import merge_marks
from scenario_cli.language.text_places import text_places
from scenario_cli.language.yaml_slips import ODD_SPACES, Slip, in_quotes, odd_space, slip_of
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span, whole_file

LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what the parser counts as the end of a line
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 100  # levels of nesting
MAX_NODES = 200_000  # what a file may hold once its aliases are written out

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value with its place: a scalar, a list of nodes, or a mapping of text keys.

    A mapping keeps its keys as nodes too (`keys`), so that a message can point at a key. `plain` and
    `quoted` tell how a scalar was written: offsets inside a one-line scalar can be turned into columns.
    `lines` are those of the file, in which the characters of a scalar are found that stands on several.
    """

    span: Span
    value: Scalar | tuple[Node, ...] | dict[str, Node]
    keys: dict[str, Node] | None = None
    style: str = ""
    lines: Sequence[str] = field(default=(), repr=False, compare=False)

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def items(self) -> tuple[Node, ...]:
        """The elements of a list; of anything else, nothing."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def fields(self) -> dict[str, Node]:
        """The fields of a mapping; of anything else, nothing."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def text(self) -> str:
        """The scalar as a text; `''` for a list, a mapping or nothing."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value) if isinstance(self.value, int | float) else ""

    def get(self, key: str) -> Node | None:
        return self.fields.get(key)

    def key(self, name: str) -> Node:
        """The node of a mapping's key."""
        assert self.keys is not None
        return self.keys[name]

    def at(self, offset: int, length: int = 1) -> Span:
        """The place of a stretch of a text; the whole scalar where its characters cannot be found in the file."""
        span = self.span
        quotes = 1 if self.style in ("'", '"') else 0
        one_line = span.line == span.end_line and self.style not in ("|", ">")
        if one_line and span.end_column - span.column - 2 * quotes == len(self.text):
            return span.inside(offset + quotes, length)
        places = (
            text_places(self.lines, (span.line - 1, span.column - 1), self.style, self.text) if self.lines else None
        )
        if not places:
            return span
        line, column = places[min(offset, len(places) - 1)]
        end_line, end_column = places[min(max(offset + length, offset + 1), len(places)) - 1]
        if end_line != line:
            end_column = len(self.lines[line]) - 1
        return Span(span.file, line + 1, column + 1, line + 1, max(end_column, column) + 2)

    @property
    def first_line(self) -> Span:
        """The place of a text; of one that stands below a `|` or `>`, that of its first line."""
        if self.style not in ("|", ">"):
            return self.span
        return self.at(0, len(self.text.partition("\n")[0]))


class Entry(NamedTuple):
    """A key of a mapping with its value; `bare` where it stands in braces without a ':' behind it."""

    name: str
    key: Node
    value: Node
    bare: bool


def plain(node: Node) -> Any:
    """The node as plain Python values, places forgotten."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(value) for value in node.value]
    return node.value


def read_yaml(data: bytes, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The file's one document, and what is wrong with it. No node where the text cannot be read at all.

    A text that has not changed is not read again: editors, `--watch` and `new` load a project several times.
    """
    node, found = _read(data, file)
    return node, list(found)


@lru_cache(maxsize=1_000)
def _read(data: bytes, file: str) -> tuple[Node | None, Sequence[Diagnostic]]:
    if len(data) > MAX_BYTES:
        size = f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read"
        return None, [Diagnostic("YAML007", size, whole_file(file))]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        return None, [
            Diagnostic(
                "YAML008",
                f"byte 0x{data[error.start]:02x} is not UTF-8",
                Span(file, line, column, line, column + 1),
                hint="save the file as UTF-8",
            )
        ]
    unmerged = list(merge_marks(text, file))
    if unmerged:
        return None, unmerged
    builder = _Builder(file, text)
    try:
        node = builder.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        return None, [*(one for one in builder.found if one.code != "YAML009"), _syntax_error(error, file, text)]
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")  # the parser counts bytes
        ends = [match.end() for match in LINE_END.finditer(before)]
        line, column = len(ends) + 1, len(before) - (ends[-1] if ends else 0) + 1
        message = f"this character cannot stand in YAML: {error.reason}"
        return None, [Diagnostic("YAML001", message, Span(file, line, column, line, column + 1))]
    if builder.odd is not None:
        return None, [_told(odd_space(builder.lines) or builder.odd, file)]
    if node is None and not builder.found:
        builder.found.append(Diagnostic("YAML006", "the file is empty", whole_file(file)))
    from scenario_cli.language.cut_texts import cut_texts  # which reads comments by way of this module

    return node, [*builder.found, *cut_texts(text, builder.lines, file)]


class _TooLarge(Exception):
    """Aliases write the document out past the bound, or it is nested past the other."""


class _Builder:
    """Turns the parser's events into nodes; aliases become the node they name."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = LINE_END.split(text)
        self.last_line, self.last_column = _end_of(text)
        self.found: list[Diagnostic] = []
        self.odd: Slip | None = None
        self.anchors: dict[str, Node] = {}
        self.sizes: dict[int, int] = {}
        self.count = 0
        self.depth = 0

    def document(self, events: Any) -> Node | None:
        root: Node | None = None
        try:
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    if root is not None:
                        self.error("YAML005", "a second document begins here", self.span(event),
                                   "one file holds one document: remove the '---' or split the file")  # fmt: skip
                        return None  # what the first half lacks may stand in the second
                elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent):
                    root = self.node(event, events)
        except _TooLarge as error:
            if error.args:
                self.error("YAML011", f"values are nested more than {MAX_DEPTH} levels deep", error.args[0])
                return None
            self.error("YAML007", f"aliases expand to more than {MAX_NODES:,} values", whole_file(self.file),
                       "write the values out, or use fewer aliases")  # fmt: skip
            return None
        return root

    def error(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        self.found.append(Diagnostic(code, message, span, hint=hint))

    def span(self, start: Any, end: Any = None) -> Span:
        first, last = start.start_mark, (end or start).end_mark
        if last.line < self.last_line:
            return Span(self.file, first.line + 1, first.column + 1, last.line + 1, last.column + 1)
        # The parser ends the last things of a file on the line behind its last.
        line, column = first.line + 1, first.column + 1
        if line > self.last_line:
            line, column = self.last_line, self.last_column
        return Span(self.file, line, column, self.last_line, self.last_column)

    def node(self, event: Any, events: Any) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.count += 1
        if self.count > MAX_NODES:
            raise _TooLarge
        if self.depth > MAX_DEPTH:
            raise _TooLarge(self.span(event))
        if event.tag is not None:
            written = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.error("YAML004", f"a tag ('{written}') is not allowed", self.span(event),
                       "write the value without it; quotes make a text")  # fmt: skip
        before = self.count
        if isinstance(event, yaml.ScalarEvent):
            style = event.style or ""
            value = event.value if style not in ("", None) else _core_scalar(event.value)
            if event.tag is not None and not event.value:
                value = event.tag  # '!important' is a text that lost its quotes
            node = Node(self.span(event), value, None, style, self.lines)
            if not style and isinstance(value, str) and self.odd is None:
                self.odd = _odd_end(node)
        else:
            self.depth += 1
            node = (self.sequence if isinstance(event, yaml.SequenceStartEvent) else self.mapping)(event, events)
            self.depth -= 1
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            self.sizes[id(node)] = self.count - before + 1
        return node

    def alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            self.error("YAML003", f"'*{event.anchor}' names no anchor that stands above it", self.span(event),
                       "an anchor is written '&name' before the value it names")  # fmt: skip
            return Node(self.span(event), None)
        self.count += self.sizes[id(node)]
        if self.count > MAX_NODES:
            raise _TooLarge
        return node

    def sequence(self, start: Any, events: Any) -> Node:
        items: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, events))
        return Node(self.span(start, event), tuple(items))

    def mapping(self, start: Any, events: Any) -> Node:
        entries: list[Entry] = []
        printed: Node | None = None
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.node(event, events)
            following = next(events)
            value = self.node(following, events)
            if not isinstance(event, yaml.ScalarEvent):
                text = self.odd_key(key)
                if text is not None:
                    printed = Node(self.span(start), text, None, '"')
                continue
            entries.append(Entry(event.value, key, value, start.flow_style and self.bare(start, event, following)))
        if printed is not None:
            return printed
        if any(entry.bare for entry in entries):
            from scenario_cli.language.flow_slips import meant  # which is made of nodes itself

            entries, faults = meant(entries)
            self.found.extend(faults)
        fields: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for name, key, value, _ in entries:
            if name in fields:
                first = keys[name].span
                self.found.append(
                    Diagnostic("YAML002", f"key '{name}' stands twice; the first is on line {first.line}",
                               key.span, hint="remove one of the two, or merge them")
                )  # fmt: skip
                continue
            fields[name] = value
            keys[name] = key
        return Node(self.span(start, event), fields, keys)

    def odd_key(self, key: Node) -> str | None:
        """Reports a key that is none; returns the text where it was to be one that prints a value, `{{ name }}`."""
        line = self.lines[key.span.line - 1]
        before = line[: key.span.column - 1]
        if not key.is_map or not before.endswith("{"):
            self.error("YAML009", "a key must be a plain text", key.span)
            return None
        text = re.sub(r"\s+#.*", "", line[len(before) - 1 :]).rstrip()
        span = Span(self.file, key.span.line, len(before), key.span.line, len(before) + 2)
        self.error("YAML009", "YAML reads '{{' at the beginning of a value as a mapping", span,
                   f"put the whole text in quotes: {in_quotes(text)}")  # fmt: skip
        return text

    def bare(self, start: Any, key: Any, value: Any) -> bool:
        """Whether a key within braces has no ':' behind it; what stands within `{{ }}` is no key."""
        opening = start.start_mark
        if self.lines[opening.line][: opening.column].endswith("{"):
            return False
        if not isinstance(value, yaml.ScalarEvent) or value.value or value.style not in ("", None):
            return False
        end = key.end_mark
        behind = self.lines[end.line][end.column :].lstrip() if end.line < len(self.lines) else ""
        return not behind.startswith(":") and bool(behind)


def _end_of(text: str) -> tuple[int, int]:
    """The number of the last line that has something on it or a line end, and the column behind its last character."""
    ends = [(match.start(), match.end()) for match in LINE_END.finditer(text)]
    if ends and ends[-1][1] == len(text):
        return len(ends), ends[-1][0] - (ends[-2][1] if len(ends) > 1 else 0) + 1
    return len(ends) + 1, len(text) - (ends[-1][1] if ends else 0) + 1


_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_TEXT = frozenset("nN~tTfF-+.0123456789") | {""}  # how a scalar begins that may be no text


def _core_scalar(text: str) -> Scalar:
    """The value of a plain scalar by the YAML 1.2 core schema, without octal, hexadecimal, infinity and NaN."""
    if text[:1] not in _NO_TEXT:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text) and len(text) < 100:
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 100:
        return float(text)
    return text


_PROBLEMS: tuple[tuple[str, str, str], ...] = (
    ("cannot start any token", "a tab character stands where YAML wants spaces", "indent with spaces"),
    ("did not find expected key", "this line does not fit the indentation around it",
     "keys of one mapping begin in the same column"),
    ("could not find expected ':'", "a ':' is missing after a key",
     "write 'key: value'; quote a text that runs over lines"),
    ("mapping values are not allowed", "a ':' stands where no key can be",
     "quote the text if the ':' belongs to it, or check the indentation"),
    ("did not find expected node content", "a bracket or a brace is never closed, or something in it is missing",
     "close it; inside [ ] and { } put a text with a comma, a colon or a bracket in quotes"),
    ("found unexpected end of stream", "a quote or a bracket is never closed", "close it"),
    ("did not find expected ',' or", "something inside these brackets or braces is cut short",
     "inside [ ] and { } put a text with a comma, a colon or a bracket in quotes, or on a line of its own"),
    ("block sequence entries are not allowed", "a '- ' stands where no list can be", "check the indentation"),
)  # fmt: skip


def _told(slip: Slip, file: str) -> Diagnostic:
    line, column = slip.line + 1, slip.column + 1
    return Diagnostic("YAML001", slip.message, Span(file, line, column, line, column + slip.length), hint=slip.hint)


_NAME_LIKE = re.compile(r"[\w./ -]+", re.ASCII)


def _odd_end(node: Node) -> Slip | None:
    """A space of another kind at an end of a name."""
    text = node.text
    kept = text.strip("".join(ODD_SPACES))
    if kept == text or not _NAME_LIKE.fullmatch(kept):
        return None
    at = node.at(0 if text[0] in ODD_SPACES else len(text) - 1)
    name = ODD_SPACES[text[0] if text[0] in ODD_SPACES else text[-1]]
    return Slip(
        at.line - 1,
        at.column - 1,
        1,
        f"a {name} belongs to '{kept}' here: it looks like a space, or like nothing",
        "delete it",
    )


def _syntax_error(error: yaml.MarkedYAMLError, file: str, text: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    last_line, last_column = _end_of(text)
    if mark is not None and mark.line >= last_line and error.context_mark is not None:
        mark = error.context_mark  # the text ends too early: what is not closed began here
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if line > last_line:
        line, column = last_line, last_column
    lines = LINE_END.split(text)
    slip = slip_of(error, text, lines)
    if slip is not None:
        return _told(slip, file)
    problem = error.problem or "the text cannot be read"
    message, hint = f"not YAML: {problem}", None
    if error.context:
        message += f" {error.context}"
    for sign, meaning, mend in _PROBLEMS:
        here = lines[line - 1][column - 1 :]
        if sign in problem and (sign != "cannot start any token" or here.startswith("\t")):
            message, hint = meaning, mend
            break
    else:
        if "cannot start any token" in problem:
            shown = lines[line - 1][column - 1 : column]
            message, hint = f"a plain text cannot begin with '{shown}'", "put the text in quotes"
    return Diagnostic("YAML001", message, Span(file, line, column, line, column + 1), hint=hint)
