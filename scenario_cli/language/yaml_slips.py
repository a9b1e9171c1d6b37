"""Explains errors of YAML syntax in the author's words: the position, the fault, the correct text.

Works from the lines of the file and the parser's error. Knows no key of the language and changes no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml

from scenario_cli.language.yaml_lines import lines_of
from scenario_cli.model.value_class import dataclass

_KEY = re.compile(r"(?P<dash>\s*(?:- +)*)(?P<key>[^\s:#'\"\[\]{}][^:#]*?)\s*:(?: +|$)(?P<value>.*)")
_QUOTED_THEN_MORE = re.compile(r"""(['"])(?:(?!\1).)*\1(?P<rest>.*)""")
# Characters that look like a space or like nothing, and are neither to YAML.
ODD_SPACES = {
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), "typographic space"),
    "\u00a0": "no-break space",
    "\u2007": "no-break space",
    "\u202f": "no-break space",
    "\u3000": "wide space",
    "\u00ad": "soft hyphen",
    "\u200b": "zero-width space",
    "\u200c": "zero-width mark",
    "\u200d": "zero-width mark",
    "\u2060": "zero-width mark",
    "\ufeff": "byte order mark",
}
_ODD = "".join(ODD_SPACES)
_ODD_PLACE = re.compile(rf"^[ \t{_ODD}]*?(?P<first>[{_ODD}])|[:-](?P<behind>[{_ODD}])")


@dataclass(frozen=True, slots=True)
class Slip:
    """A fault at a position; `line` and `column` count from 0."""

    line: int
    column: int
    length: int
    message: str
    hint: str


def in_quotes(text: str) -> str:
    """A text as a quoted scalar, in the quotes that it does not hold."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def odd_space(lines: Sequence[str]) -> Slip | None:
    """The first space of another kind in an indentation, or after a ':' or a '-'."""
    for number, line in enumerate(lines):
        match = _ODD_PLACE.search(line)
        if match is not None:
            column = match.start("first") if match["first"] else match.start("behind")
            name = ODD_SPACES[line[column]]
            return Slip(number, column, 1, f"a {name} instead of a space: the two look alike",
                        (
                            "delete it and type a space; it comes from text copied from a web page or a word "
                            "processor"
                        ))  # fmt: skip
    return None


def _odd_break(text: str) -> Slip | None:
    """The first line break that people do not see as one: copied text contains such breaks."""
    match = re.search("[\x85\u2028\u2029]", text)
    if match is None:
        return None
    before = lines_of(text[: match.start()])
    return Slip(len(before) - 1, len(before[-1]), 1, "an invisible line separator ends the line here",
                "delete it; it comes from text copied from a web page or a word processor")  # fmt: skip


def slip_of(error: yaml.MarkedYAMLError, text: str, lines: Sequence[str]) -> Slip | None:
    """The slip that causes an error of the parser; None if it is unknown."""
    if (odd := odd_space(lines) or _odd_break(text)) is not None:
        return odd
    problem, mark, context = error.problem or "", error.problem_mark, error.context_mark
    if mark is None:
        return None
    at = _Position(lines, min(mark.line, len(lines) - 1), mark.column)
    start = _Position(lines, context.line, context.column) if context is not None and context.line < len(lines) else at
    if "could not find expected ':'" in problem:
        return _without_colon(start)
    if "mapping values are not allowed" in problem:
        return _second_colon(at)
    if "unexpected end of stream" in problem and start.rest[:1] in ("'", '"'):
        return Slip(start.number, start.column, 1, f"the quote ({start.rest[0]}) that opens here is not closed",
                    f"close it with {start.rest[0]} at the end of the text")  # fmt: skip
    if "comment or line break" in problem:
        return _no_block(start)
    if "unknown escape" in problem or ("escape" in problem and "hexadecimal" in problem):
        return _escape(at, start)
    if "alphabetic or numeric" in problem:
        return _anchor(start)
    if "non-alphabetical character" in problem or "directive" in (error.context or ""):
        return Slip(start.number, start.column, 1, "a line cannot start with '%'", "put the text in quotes")
    if "cannot start any token" in problem and at.rest[:1] not in ("\t", ""):
        return _odd_start(at)
    if "',' or" in problem:
        return _brackets(at, start)
    if "did not find expected key" in problem or "expected '-' indicator" in problem:
        return _behind_value(text, at) or _not_in_line(at, start)
    if "tab character" in problem:
        return Slip(at.number, 0, 1, "a tab character instead of spaces", "indent with spaces")
    if "node content" in problem and at.rest[:1] in ("]", "}"):
        return Slip(at.number, at.column, 1, f"'{at.rest[0]}' closes nothing", "remove it")
    if "node content" in problem and at.rest[:1] == ",":
        return Slip(at.number, at.column, 1, "a value cannot start with ','", "remove the comma")
    if "block sequence entries" in problem:
        return Slip(at.number, at.column, 1, "a list cannot start on the line of its key",
                    (
                        "write each '- ' on its own line below the key, or the list as [a, b]; put a text that "
                        "starts with '-' in quotes"
                    ))  # fmt: skip
    if "<document start>" in problem:
        return Slip(at.number, at.column, len(at.rest) or 1, "the file continues after '...', which ends it",
                    "remove the line '...'")  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class _Position:
    """A position in the lines of a file, counted from 0."""

    lines: Sequence[str]
    number: int
    column: int

    @property
    def line(self) -> str:
        return self.lines[self.number]

    @property
    def before(self) -> str:
        return self.line[: self.column]

    @property
    def rest(self) -> str:
        return self.line[self.column :]

    @property
    def indent(self) -> int:
        return len(self.line) - len(self.line.lstrip(" "))


def _without_colon(at: _Position) -> Slip:
    """A line that was to be a key and has no `: `."""
    text = re.sub(r"\s+#.*", "", at.rest).rstrip().rstrip(",;")
    column = at.column
    if match := re.match(r"-(\w.*)", text):
        return Slip(at.number, column, 1, "a space is missing after '-'", f"write '- {match[1]}'")
    if match := re.match(r"([\w.-]+)\s*(:=|=>?|：|;|->)\s*(.+)", text):
        return Slip(at.number, column + match.start(2), len(match[2]), f"'{match[2]}' instead of ': '",
                    f"write '{match[1]}: {match[3]}'")  # fmt: skip
    if match := re.match(r"([\w.-]+):(\S.*)", text):
        return Slip(at.number, column + match.end(1), 1, "a space is missing after ':'",
                    f"write '{match[1]}: {match[2]}'")  # fmt: skip
    if match := re.match(r"([\w-]+)\s+(\S.*)", text):
        return Slip(at.number, column, len(match[1]), f"a ':' is missing after '{match[1]}'",
                    (
                        f"write '{match[1]}: {match[2]}'; if it belongs to "
                        "the text above, put that text in quotes"
                    ))  # fmt: skip
    return Slip(at.number, column, max(len(text), 1), f"a ':' is missing after '{text}'", f"write '{text}:'")


def _second_colon(at: _Position) -> Slip | None:
    """A `:` at a place without a key: a second one on the line, or a line below a value."""
    match = _KEY.match(at.line)
    if match is not None and at.column > match.end("key"):
        value = re.sub(r"\s+#.*", "", match["value"]).rstrip()
        item = match["dash"].lstrip() + match["key"]
        if re.match(r"-[\w{\['\"]", item):
            return Slip(at.number, match.start("key"), 1, "a space is missing after '-'",
                        f"write '- {item[1:]}: {value}'")  # fmt: skip
        inner = re.match(r"([a-z_][\w-]*):\s+(\S.*)$", value)
        text = f"put the text in quotes: '{item}: {in_quotes(value)}'"
        if inner is None:
            return Slip(at.number, at.column, 1, "this line has a second ':'", text)
        hint = f"write '{item}: {{{value}}}', or the second key on the next line; put a text in quotes"
        if " " in inner[2]:
            hint = f"{text}; or, if '{inner[1]}' is a key: '{item}: {{{value}}}'"
        return Slip(at.number, at.column, 1, "this line has a second ':'", hint)
    key_here = at.line.strip().partition(":")[0]
    above = next((number for number in range(at.number - 1, -1, -1) if _has_content(at.lines[number])), None)
    if above is None:
        return None
    line = at.lines[above]
    match = _KEY.match(line)
    indent = len(line) - len(line.lstrip(" "))
    if match is None:
        word = re.sub(r"\s+#.*", "", line).strip()
        if at.indent <= indent and (pair := re.match(r"([\w-]+)\s+(\S.*)", word)):
            return Slip(above, indent, len(pair[1]), f"a ':' is missing after '{pair[1]}'",
                        f"write '{pair[1]}: {pair[2]}'")  # fmt: skip
        return Slip(above, indent, len(word), f"a ':' is missing after '{word}'", f"write '{word}:'")
    if at.indent > indent and match["value"]:
        key = match["key"].strip()
        return Slip(at.number, at.indent, len(key_here),
                    f"'{key_here}' is below '{key}', which already has a value on its line",
                    f"start '{key_here}' in the same column as '{key}', or remove the value of '{key}'")  # fmt: skip
    return None


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _no_block(at: _Position) -> Slip:
    sign = at.rest[:1]
    name = "a comparison" if sign == ">" and re.match(r">=?\s*[\w'\"(]", at.rest) else "a text"
    text = at.rest.strip()
    start = at.before.strip()
    key = f"{start} " if start.endswith(":") or start == "-" else ""
    if not key and (match := re.match(r"(.*?):(?:\s|$)(.*)", text)):
        quoted = f"{in_quotes(match[1])}:{' ' + match[2].strip() if match[2].strip() else ''}"
    else:
        quoted = f"{key}{in_quotes(text)}"
    hint = f"in quotes it is one: {quoted}"
    if name == "a comparison":
        number = re.match(r">=?\s*[0-9]+(?![0-9-])", text)
        name_it = "trigger.total" if number else "contact.birthday"
        compared = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"date('\g<0>')", text)
        hint = f"write the compared value before '{sign}', such as: {key}{name_it} {compared}"
    return Slip(at.number, at.column, 1,
                (
                    f"YAML reads '{sign}' at the start of a value as the start of a text on several lines, not "
                    f"as {name}"
                ), hint)  # fmt: skip


def _escape(at: _Position, start: _Position) -> Slip:
    escape = at.line[at.column - 1 : at.column + 1] if at.rest[:1] != "\\" else at.rest[:2]
    column = at.column - 1 if at.rest[:1] != "\\" else at.column
    body = start.rest[1:].partition('"')[0]
    return Slip(at.number, column, 2, f"'{escape}' is not a valid escape in double quotes",
                f"use single quotes: '{body}'")  # fmt: skip


def _anchor(at: _Position) -> Slip:
    text = re.sub(r"\s+#.*", "", at.rest).rstrip()
    return Slip(at.number, at.column, 1, f"a text without quotes cannot start with '{at.rest[:1]}'",
                f"put the text in quotes: {in_quotes(text)}")  # fmt: skip


def _odd_start(at: _Position) -> Slip:
    text = re.sub(r"\s+#.*", "", at.rest).rstrip()
    if text[:1] == "`" and text.endswith("`") and len(text) > 2:
        return Slip(at.number, at.column, 1, "'`' is not a quote", f"write {in_quotes(text[1:-1])}")
    flow = at.before.count("{") > at.before.count("}") or at.before.count("[") > at.before.count("]")
    quoted = "" if flow else f": {in_quotes(text)}"
    return Slip(at.number, at.column, 1, f"a text without quotes cannot start with '{text[:1]}'",
                f"put the text in quotes{quoted}")  # fmt: skip


_CLOSING = {"{": "}", "[": "]"}


def _brackets(at: _Position, start: _Position) -> Slip | None:
    opening = start.rest[:1]
    closing = _CLOSING.get(opening)
    if closing is None:
        return None
    sign = at.rest[:1]
    if sign in ("]", "}") and sign != closing:
        hint = f"write '{closing}' to close line {start.number + 1}, column {start.column + 1}"
        message = f"'{sign}' is wrong here: '{opening}' is closed with '{closing}'"
        return Slip(at.number, at.column, 1, message, hint)
    below = at.number > start.number and at.indent <= start.indent
    if at.number >= len(at.lines) or below or not at.rest.strip():
        if comment := re.search(r"\s(#[^\s#]\S*)", start.rest):
            return Slip(start.number, start.column + comment.start(1), len(comment[1]),
                        f"YAML starts a comment at ' #', so the '{closing}' after it is lost",
                        "put the text with the '#' in quotes")  # fmt: skip
        return Slip(start.number, start.column, 1, f"this '{opening}' is not closed", f"close it with '{closing}'")
    if sign == ":" and (match := re.search(r"(\w+):\s*\S+$", at.before.rstrip())):
        return Slip(at.number, at.column, 1, "a second ':' without a comma or braces",
                    f"write '{match[1]}: {{...}}', or a ',' before the next key")  # fmt: skip
    if not at.before.strip() and (match := re.match(r"([\w.-]+)\s*:", at.rest)):
        return Slip(at.number, at.column, len(match[1]), f"a ',' or a '{closing}' is missing before '{match[1]}'",
                    (
                        f"the value from line {start.number + 1} continues to here: put a ',' at the end of the "
                        f"line above, or close it there with '{closing}'"
                    ))  # fmt: skip
    return None


def _behind_value(text: str, at: _Position) -> Slip | None:
    """The text after a complete value: after a quote or a closing bracket."""
    last = _last_value(text, at)
    if last is None:
        return None
    start, end, kind = last
    if start[0] != end[0] and kind in ("'", '"'):
        return Slip(start[0], start[1], 1, f"the quote ({kind}) that opens here is not closed on its line",
                    f"close it with {kind} at the end of the text")  # fmt: skip
    if end[0] != at.number or at.line[end[1] : at.column].strip():
        return None
    line = at.line
    opened = line[: start[1]].strip()
    key = f"{opened} " if opened.endswith(":") else ""
    value = re.sub(r"\s+#.*", "", line[start[1] :]).rstrip()
    entry = re.match(r"(.*[^:\s])\s*:(?:\s+(.*))?$", value) if not key else None
    if kind in ("'", '"'):
        return _behind_quote(at, start, end, kind, key, value, entry)
    quoted = f"{key}{in_quotes(value)}"
    if value.startswith("{{"):
        return Slip(at.number, start[1], 2, "YAML reads '{{' at the start of a value as a mapping",
                    f"put the whole text in quotes: {quoted}")  # fmt: skip
    if line[end[1] - 1] in "]}" and line[at.column] in "]}":
        return Slip(at.number, at.column, 1, f"'{line[at.column]}' closes nothing", "remove it")
    return Slip(at.number, start[1], 1, (
        f"a text cannot start with '{line[start[1]]}': that opens a "
        f"{'list' if line[start[1]] == '[' else 'mapping'}, which ends before the text does"
    ),
                f"put the whole text in quotes: {quoted}")  # fmt: skip


def _behind_quote(
    at: _Position, start: tuple[int, int], end: tuple[int, int], kind: str, key: str, value: str,
    entry: re.Match[str] | None,
) -> Slip:  # fmt: skip
    inside, behind = at.line[start[1] + 1 : end[1] - 1], at.line[end[1] : end[1] + 1]
    if kind == "'" and re.match(r"\w", behind):
        body = value[1:-1] if value.endswith("'") else value[1:]
        return Slip(at.number, end[1] - 1, 1, f"the text ends at this quote, after '{inside}'",
                    f"put a text with an apostrophe in double quotes: {key}{in_quotes(body)}")  # fmt: skip
    if kind == '"' and re.match(r"\w", behind):
        body = value[1:-1] if value.endswith('"') else value[1:]
        return Slip(at.number, end[1] - 1, 1, f'the text ends at this quote, after "{inside}"',
                    f"put a text with a double quote in single quotes: {key}{in_quotes(body)}")  # fmt: skip
    quoted = f"{in_quotes(entry[1])}: {entry[2] or ''}".rstrip() if entry is not None else f"{key}{in_quotes(value)}"
    return Slip(at.number, start[1], end[1] - start[1],
                "a value in quotes ends with the closing quote, but more text follows",
                f"put the whole text in quotes: {quoted}")  # fmt: skip


def _last_value(text: str, at: _Position) -> tuple[tuple[int, int], tuple[int, int], str] | None:
    """The quoted text, list or mapping that ends last before a place: its start, its end, its quote or bracket."""
    opened: list[tuple[int, int]] = []
    value: tuple[tuple[int, int], tuple[int, int], str] | None = None
    for token in _tokens(text):
        start, end = (token.start_mark.line, token.start_mark.column), (token.end_mark.line, token.end_mark.column)
        if end > (at.number, at.column):
            break
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            opened.append(start)
            value = None
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            value = (opened.pop(), end, "bracket") if opened else None
        elif isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
            value = (start, end, token.style)
        elif not isinstance(token, yaml.BlockEndToken):
            value = None
    return value


def _tokens(text: str) -> Iterator[yaml.Token]:
    try:
        yield from yaml.scan(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return


def _not_in_line(at: _Position, start: _Position) -> Slip | None:
    """A line that begins in another column than the entries around it."""
    if at.before.strip():
        return None
    word = re.match(r"[^\s:]+", at.rest)
    length = len(word[0]) if word else 1
    if at.rest.startswith("- ") and not start.rest.startswith("-"):
        return Slip(at.number, at.column, 1, "a '- ' instead of a key",
                    "write a list below its own key, with '- ' before each entry")  # fmt: skip
    if at.column == start.column:
        return Slip(at.number, at.column, length, "this list entry does not start with '- '",
                    "write '- ' before it, or start it in the column of its key")  # fmt: skip
    above = " or ".join(str(indent + 1) for indent in _open_indents(at))
    return Slip(at.number, at.column, length,
                f"this line starts in column {at.column + 1}, but the entries above it in column {above}",
                "entries of one mapping start in the same column")  # fmt: skip


def _open_indents(at: _Position) -> list[int]:
    """The indentations of the entries that a line could belong to, the nearest first."""
    indents: list[int] = []
    for line in reversed(at.lines[: at.number]):
        indent = len(line) - len(line.lstrip(" "))
        if _has_content(line) and (not indents or indent < indents[-1]):
            indents.append(indent)
    return indents
