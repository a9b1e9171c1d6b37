"""YAML text to located nodes, by the rules of YAML 1.2 core. Knows no schema and no meaning of keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import yaml

from scenario_cli.language.cut_texts import cut_texts
from scenario_cli.language.flow_slips import intended_entries
from scenario_cli.language.forgetting import of_texts
from scenario_cli.language.merge_marks import merge_marks
from scenario_cli.language.remembered import memory
from scenario_cli.language.text_places import Lines
from scenario_cli.language.yaml_faults import odd_end, slip_finding, syntax_error
from scenario_cli.language.yaml_lines import LINE_END, end_of, lines_of
from scenario_cli.language.yaml_node import UNANCHORED, Entry, Node
from scenario_cli.language.yaml_packed import packed, unpacked
from scenario_cli.language.yaml_scalars import core_scalar
from scenario_cli.language.yaml_slips import Slip, in_quotes, odd_space
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span, whole_file

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 100  # levels of nesting
MAX_NODES = 200_000  # the most that a file can contain after its aliases are written out

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF_8 = "save the file as UTF-8"
_FROM_UTF_16 = "it is in UTF-16: save it as UTF-8"


def read_yaml(data: bytes, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The file's one document and its faults. No node if the text cannot be read at all.

    An unchanged text is not read again: editors, `--watch` and `new` load a project several times.
    """
    node, faults = _read(data, file)
    return node, list(faults)


def read_yaml_once(data: bytes, file: str) -> tuple[Node | None, Sequence[Diagnostic]]:
    """The same for a text that is not read a second time: it takes no place among those that are remembered."""
    return _read.__wrapped__(data, file)


@of_texts
@lru_cache(maxsize=1_000)
def _read(data: bytes, file: str) -> tuple[Node | None, Sequence[Diagnostic]]:
    if len(data) > MAX_BYTES:
        size = f"the file has {len(data):,} bytes; the limit is {MAX_BYTES:,}"
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
                hint=_AS_UTF_8 if not data.startswith(_UTF_16) else _FROM_UTF_16,
            )
        ]
    unmerged = list(merge_marks(text, file))
    if unmerged:
        return None, unmerged
    store = memory()
    remembered = store.recall("YAML", data) if store is not None else None
    if remembered is not None:
        return unpacked(remembered, file, Lines(lines_of(text))), []
    builder = _Builder(file, text)
    try:
        # Until it has no event left; `yaml.parse` asks twice for each.
        node = builder.document(iter(yaml.CSafeLoader(text).get_event, None))
    except yaml.MarkedYAMLError as error:
        return None, [
            *(finding for finding in builder.findings if finding.code != "YAML009"),
            syntax_error(error, file, text),
        ]
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")  # the parser counts bytes
        ends = [match.end() for match in LINE_END.finditer(before)]
        line, column = len(ends) + 1, len(before) - (ends[-1] if ends else 0) + 1
        message = f"this character is not allowed in YAML: {error.reason}"
        hint = _FROM_UTF_16 if data.count(b"\0") > len(data) // 4 else "delete it"
        return None, [Diagnostic("YAML001", message, Span(file, line, column, line, column + 1), hint=hint)]
    if builder.odd is not None:
        return None, [slip_finding(odd_space(builder.lines) or builder.odd, file)]
    if node is None and not builder.findings:
        builder.findings.append(
            Diagnostic("YAML006", "the file is empty", whole_file(file), hint="write into it, or remove it")
        )
    faults = [*builder.findings, *cut_texts(text, builder.lines, file)]
    if store is not None and node is not None and not faults:
        store.note("YAML", data, packed(node, builder.anchors.values()))
    return node, faults


class _TooLarge(Exception):
    """Aliases write the document out past the bound, or it is nested past the other."""


class _Builder:
    """Turns the parser's events into nodes; aliases become the node they name."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = Lines(lines_of(text))
        self.last_line, self.last_column = end_of(text)
        self.findings: list[Diagnostic] = []
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
                        self.error("YAML005", "a second document starts here", self.span(event),
                                   "a file has one document: remove the '---' or split the file")  # fmt: skip
                        return None  # parts missing in the first half can be in the second
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
        self.findings.append(Diagnostic(code, message, span, hint=hint))

    def span(self, start: Any, end: Any = None) -> Span:
        first, last = start.start_mark, (end or start).end_mark
        last_line: int = last.line
        if last_line < self.last_line:
            return Span(self.file, first.line + 1, first.column + 1, last_line + 1, last.column + 1)
        # The parser ends the last values of a file on the line after its last line.
        line, column = first.line + 1, first.column + 1
        if line > self.last_line:
            line, column = self.last_line, self.last_column
        return Span(self.file, line, column, self.last_line, self.last_column)

    def node(self, event: Any, events: Any) -> Node:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self.alias(event)
        self.count += 1
        if self.count > MAX_NODES:
            raise _TooLarge
        if self.depth > MAX_DEPTH:
            raise _TooLarge(self.span(event))
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.error("YAML004", f"a tag ('{tag}') is not allowed", self.span(event),
                       "write the value without the tag; quotes make a text")  # fmt: skip
        before = self.count
        if kind is yaml.ScalarEvent:
            style = event.style or ""
            value = event.value if style else core_scalar(event.value)
            if event.tag is not None and not event.value:
                value = event.tag  # '!important' is a text that lost its quotes
            node = Node(self.span(event), value, None, style, self.lines)
            if not style and isinstance(value, str) and not value.isascii() and self.odd is None:
                self.odd = odd_end(node)
        else:
            self.depth += 1
            node = (self.sequence if kind is yaml.SequenceStartEvent else self.mapping)(event, events)
            self.depth -= 1
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            self.sizes[id(node)] = self.count - before + 1
        return node

    def alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            self.error("YAML003", f"'*{event.anchor}' has no anchor above it", self.span(event),
                       "write the anchor '&name' before its value")  # fmt: skip
            return Node(self.span(event), None, style=UNANCHORED)
        self.count += self.sizes[id(node)]
        if self.count > MAX_NODES:
            raise _TooLarge
        return node

    def sequence(self, start: Any, events: Any) -> Node:
        items: list[Node] = []
        for event in events:
            if type(event) is yaml.SequenceEndEvent:
                break
            items.append(self.node(event, events))
        return Node(self.span(start, event), tuple(items))

    def mapping(self, start: Any, events: Any) -> Node:
        entries: list[tuple[str, Node, Node, bool]] = []
        printed: Node | None = None
        flow = start.flow_style
        for event in events:
            if type(event) is yaml.MappingEndEvent:
                break
            key = self.node(event, events)
            following = next(events)
            value = self.node(following, events)
            if type(event) is not yaml.ScalarEvent:
                text = self.odd_key(key)
                if text is not None:
                    printed = Node(self.span(start), text, None, '"')
                continue
            if not isinstance(key.value, str):
                key = Node(key.span, event.value, None, key.style, self.lines)  # the name `60` is a text
            entries.append((event.value, key, value, flow and self.bare(start, event, following)))
        if printed is not None:
            return printed
        if flow and any(without_colon for *_, without_colon in entries):
            intended, faults = intended_entries([Entry(*entry) for entry in entries])
            entries = list(intended)
            self.findings.extend(faults)
        fields: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for name, key, value, _ in entries:
            if name in fields:
                first = keys[name].span
                self.findings.append(
                    Diagnostic("YAML002", f"key '{name}' appears twice; the first is on line {first.line}",
                               key.span, hint="remove one of them, or merge them")
                )  # fmt: skip
                continue
            fields[name] = value
            keys[name] = key
        return Node(self.span(start, event), fields, keys)

    def odd_key(self, key: Node) -> str | None:
        """Reports a key that is none; returns the text if it was meant to print a value, `{{ name }}`."""
        line = self.lines[key.span.line - 1]
        before = line[: key.span.column - 1]
        if not key.is_map or not before.endswith("{"):
            self.error("YAML009", "a key must be a plain text", key.span)
            return None
        text = re.sub(r"\s+#.*", "", line[len(before) - 1 :]).rstrip()
        span = Span(self.file, key.span.line, len(before), key.span.line, len(before) + 2)
        self.error("YAML009", "YAML reads '{{' at the start of a value as a mapping", span,
                   f"put the whole text in quotes: {in_quotes(text)}")  # fmt: skip
        return text

    def bare(self, start: Any, key: Any, value: Any) -> bool:
        """Whether a key within braces has no ':' after it. A text within `{{ }}` is not a key."""
        opening = start.start_mark
        if self.lines[opening.line][: opening.column].endswith("{"):
            return False
        if not isinstance(value, yaml.ScalarEvent) or value.value or value.style not in ("", None):
            return False
        end = key.end_mark
        behind = self.lines[end.line][end.column :].lstrip() if end.line < len(self.lines) else ""
        return not behind.startswith(":") and bool(behind)
