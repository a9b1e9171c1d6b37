"""Explains why a text is no YAML, in the words of somebody who wrote it: the place, what is wrong, what to write.

Goes by the lines of the file and what the parser complains of. Knows no key of the language and mends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

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
    """The first space of another kind in an indentation, or behind a ':' or a '-'."""
    for number, line in enumerate(lines):
        match = _ODD_PLACE.search(line)
        if match is not None:
            column = match.start("first") if match["first"] else match.start("behind")
            name = ODD_SPACES[line[column]]
            return Slip(number, column, 1, f"a {name} stands where YAML wants a space: the two look alike",
                        "delete it and type a space; texts that are copied from a web page or a word processor "
                        "bring it along")  # fmt: skip
    return None


def slip_of(error: yaml.MarkedYAMLError, text: str, lines: Sequence[str]) -> Slip | None:
    """The slip behind an error of the parser; None where it shows none that is known."""
    if (odd := odd_space(lines)) is not None:
        return odd
    problem, mark, context = error.problem or "", error.problem_mark, error.context_mark
    if mark is None:
        return None
    here = _Place(lines, min(mark.line, len(lines) - 1), mark.column)
    began = _Place(lines, context.line, context.column) if context is not None and context.line < len(lines) else here
    if "could not find expected ':'" in problem:
        return _without_colon(began)
    if "mapping values are not allowed" in problem:
        return _second_colon(here)
    if "unexpected end of stream" in problem and began.rest[:1] in ("'", '"'):
        return Slip(began.number, began.column, 1, f"the quote ({began.rest[0]}) that opens here is never closed",
                    f"close it with {began.rest[0]} at the end of the text")  # fmt: skip
    if "comment or line break" in problem:
        return _no_block(began)
    if "unknown escape" in problem or ("escape" in problem and "hexadecimal" in problem):
        return _escape(here, began)
    if "alphabetic or numeric" in problem:
        return _anchor(began)
    if "non-alphabetical character" in problem or "directive" in (error.context or ""):
        return Slip(began.number, began.column, 1, "a line cannot begin with '%'", "put the text in quotes")
    if "cannot start any token" in problem and here.rest[:1] not in ("\t", ""):
        return _odd_start(here)
    if "',' or" in problem:
        return _brackets(here, began)
    if "did not find expected key" in problem or "expected '-' indicator" in problem:
        return _behind_value(text, here) or _not_in_line(here, began)
    if "tab character" in problem:
        return Slip(here.number, 0, 1, "a tab character stands where YAML wants spaces", "indent with spaces")
    if "node content" in problem and here.rest[:1] in ("]", "}"):
        return Slip(here.number, here.column, 1, f"'{here.rest[0]}' closes nothing", "remove it")
    if "node content" in problem and here.rest[:1] == ",":
        return Slip(here.number, here.column, 1, "a value cannot begin with ','", "remove the comma")
    if "block sequence entries" in problem:
        return Slip(here.number, here.column, 1, "a list cannot begin on the line of its key",
                    "write each '- ' on a line of its own below the key, or the list as [a, b]; a text that begins "
                    "with '-' stands in quotes")  # fmt: skip
    if "<document start>" in problem:
        return Slip(here.number, here.column, len(here.rest) or 1, "the file goes on after '...', which ends it",
                    "remove the line '...'")  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the lines of a file, counted from 0."""

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


def _without_colon(place: _Place) -> Slip:
    """A line that was to be a key and has no `: `."""
    text = re.sub(r"\s+#.*", "", place.rest).rstrip().rstrip(",;")
    column = place.column
    if match := re.match(r"-(\w.*)", text):
        return Slip(place.number, column, 1, "a space is missing after '-'", f"write '- {match[1]}'")
    if match := re.match(r"([\w.-]+)\s*(:=|=>?|：|;|->)\s*(.+)", text):
        return Slip(place.number, column + match.start(2), len(match[2]), f"'{match[2]}' stands where YAML wants ': '",
                    f"write '{match[1]}: {match[3]}'")  # fmt: skip
    if match := re.match(r"([\w.-]+):(\S.*)", text):
        return Slip(place.number, column + match.end(1), 1, "a space is missing after ':'",
                    f"write '{match[1]}: {match[2]}'")  # fmt: skip
    if match := re.match(r"([\w-]+)\s+(\S.*)", text):
        return Slip(place.number, column, len(match[1]), f"a ':' is missing after '{match[1]}'",
                    f"write '{match[1]}: {match[2]}'; if it belongs to the text above, put that in quotes")  # fmt: skip
    return Slip(place.number, column, max(len(text), 1), f"a ':' is missing after '{text}'", f"write '{text}:'")


def _second_colon(place: _Place) -> Slip | None:
    """A `:` where no key can stand: a second one on the line, or a line below a value."""
    match = _KEY.match(place.line)
    if match is not None and place.column > match.end("key"):
        value = re.sub(r"\s+#.*", "", match["value"]).rstrip()
        whole = match["dash"].lstrip() + match["key"]
        if re.match(r"-[\w{\['\"]", whole):
            return Slip(place.number, match.start("key"), 1, "a space is missing after '-'",
                        f"write '- {whole[1:]}: {value}'")  # fmt: skip
        inner = re.match(r"([a-z_][\w-]*):\s+(\S+)$", value)
        text = f"put the text in quotes: '{whole}: {in_quotes(value)}'"
        if inner is None:
            return Slip(place.number, place.column, 1, "a second ':' stands on this line", text)
        hint = f"write '{whole}: {{{value}}}', or the second key on the next line; a text stands in quotes"
        return Slip(place.number, place.column, 1, "a second ':' stands on this line", hint)
    own = place.line.strip().partition(":")[0]
    above = next((number for number in range(place.number - 1, -1, -1) if _says_something(place.lines[number])), None)
    if above is None:
        return None
    line = place.lines[above]
    match = _KEY.match(line)
    indent = len(line) - len(line.lstrip(" "))
    if match is None:
        word = re.sub(r"\s+#.*", "", line).strip()
        return Slip(above, indent, len(word), f"a ':' is missing after '{word}'", f"write '{word}:'")
    if place.indent > indent and match["value"]:
        key = match["key"].strip()
        return Slip(place.number, place.indent, len(own),
                    f"'{own}' stands below '{key}', which has a value on its own line already",
                    f"begin '{own}' in the same column as '{key}', or remove the value of '{key}'")  # fmt: skip
    return None


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _no_block(place: _Place) -> Slip:
    sign = place.rest[:1]
    name = "a comparison" if sign == ">" and re.match(r">=?\s*[\w'\"(]", place.rest) else "a text"
    text = place.rest.strip()
    start = place.before.strip()
    key = f"{start} " if start.endswith(":") or start == "-" else ""
    if not key and (match := re.match(r"(.*?):(?:\s|$)(.*)", text)):
        whole = f"{in_quotes(match[1])}:{' ' + match[2].strip() if match[2].strip() else ''}"
    else:
        whole = f"{key}{in_quotes(text)}"
    hint = f"in quotes it is one: {whole}"
    if name == "a comparison":
        number = re.match(r">=?\s*[0-9]+(?![0-9-])", text)
        name_it = "trigger.total" if number else "contact.birthday"
        right = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"date('\g<0>')", text)
        hint = f"name what is compared before the '{sign}', such as: {key}{name_it} {right}"
    return Slip(place.number, place.column, 1,
                f"YAML reads '{sign}' at the beginning of a value as the sign of a text over several lines, "
                f"not as {name}", hint)  # fmt: skip


def _escape(place: _Place, began: _Place) -> Slip:
    written = place.line[place.column - 1 : place.column + 1] if place.rest[:1] != "\\" else place.rest[:2]
    column = place.column - 1 if place.rest[:1] != "\\" else place.column
    body = began.rest[1:].partition('"')[0]
    return Slip(place.number, column, 2, f"'{written}' means nothing between double quotes",
                f"single quotes take a '\\' as it is: '{body}'")  # fmt: skip


def _anchor(place: _Place) -> Slip:
    text = re.sub(r"\s+#.*", "", place.rest).rstrip()
    return Slip(place.number, place.column, 1, f"a plain text cannot begin with '{place.rest[:1]}'",
                f"put the text in quotes: {in_quotes(text)}")  # fmt: skip


def _odd_start(place: _Place) -> Slip:
    text = re.sub(r"\s+#.*", "", place.rest).rstrip()
    if text[:1] == "`" and text.endswith("`") and len(text) > 2:
        return Slip(place.number, place.column, 1, "'`' is no quote", f"write {in_quotes(text[1:-1])}")
    flow = place.before.count("{") > place.before.count("}") or place.before.count("[") > place.before.count("]")
    mended = "" if flow else f": {in_quotes(text)}"
    return Slip(place.number, place.column, 1, f"a plain text cannot begin with '{text[:1]}'",
                f"put the text in quotes{mended}")  # fmt: skip


_CLOSING = {"{": "}", "[": "]"}


def _brackets(here: _Place, began: _Place) -> Slip | None:
    opening = began.rest[:1]
    wanted = _CLOSING.get(opening)
    if wanted is None:
        return None
    sign = here.rest[:1]
    if sign in ("]", "}") and sign != wanted:
        hint = f"write '{wanted}' for what opens in line {began.number + 1}, column {began.column + 1}"
        message = f"'{sign}' closes nothing here: it is '{wanted}' that closes '{opening}'"
        return Slip(here.number, here.column, 1, message, hint)
    below = here.number > began.number and here.indent <= began.indent
    if here.number >= len(here.lines) or below or not here.rest.strip():
        if lost := re.search(r"\s(#[^\s#]\S*)", began.rest):
            return Slip(began.number, began.column + lost.start(1), len(lost[1]),
                        f"YAML begins a comment at ' #', and the '{wanted}' behind it is lost",
                        "put the text with the '#' in quotes")  # fmt: skip
        return Slip(began.number, began.column, 1, f"this '{opening}' is never closed", f"close it with '{wanted}'")
    if sign == ":" and (match := re.search(r"(\w+):\s*\S+$", here.before.rstrip())):
        return Slip(here.number, here.column, 1, "a second ':' follows without a comma or braces",
                    f"write '{match[1]}: {{...}}', or a ',' before the next key")  # fmt: skip
    if not here.before.strip() and (match := re.match(r"([\w.-]+)\s*:", here.rest)):
        return Slip(here.number, here.column, len(match[1]), f"a ',' or a '{wanted}' is missing before '{match[1]}'",
                    f"what opens in line {began.number + 1} goes on to here: put a ',' at the end of the line above, "
                    f"or close it there with '{wanted}'")  # fmt: skip
    return None


def _behind_value(text: str, here: _Place) -> Slip | None:
    """The text after a complete value: behind a quote or a closing bracket."""
    last = _last_value(text, here)
    if last is None:
        return None
    start, end, kind = last
    if start[0] != end[0] and kind in ("'", '"'):
        return Slip(start[0], start[1], 1, f"the quote ({kind}) that opens here is not closed on its line",
                    f"close it with {kind} at the end of the text")  # fmt: skip
    if end[0] != here.number or here.line[end[1] : here.column].strip():
        return None
    line = here.line
    opened = line[: start[1]].strip()
    key = f"{opened} " if opened.endswith(":") else ""
    rest = re.sub(r"\s+#.*", "", line[start[1] :]).rstrip()
    entry = re.match(r"(.*[^:\s])\s*:(?:\s+(.*))?$", rest) if not key else None
    if kind in ("'", '"'):
        return _behind_quote(here, start, end, kind, key, rest, entry)
    whole = f"{key}{in_quotes(rest)}"
    if rest.startswith("{{"):
        return Slip(here.number, start[1], 2, "YAML reads '{{' at the beginning of a value as a mapping",
                    f"put the whole text in quotes: {whole}")  # fmt: skip
    if line[end[1] - 1] in "]}" and line[here.column] in "]}":
        return Slip(here.number, here.column, 1, f"'{line[here.column]}' closes nothing", "remove it")
    return Slip(here.number, start[1], 1, f"a text cannot begin with '{line[start[1]]}': that opens a "
                f"{'list' if line[start[1]] == '[' else 'mapping'}, which ends before the text does",
                f"put the whole text in quotes: {whole}")  # fmt: skip


def _behind_quote(
    here: _Place, start: tuple[int, int], end: tuple[int, int], kind: str, key: str, rest: str,
    entry: re.Match[str] | None,
) -> Slip:  # fmt: skip
    inside, behind = here.line[start[1] + 1 : end[1] - 1], here.line[end[1] : end[1] + 1]
    if kind == "'" and re.match(r"\w", behind):
        body = rest[1:-1] if rest.endswith("'") else rest[1:]
        return Slip(here.number, end[1] - 1, 1, f"the text ends at this quote, after '{inside}'",
                    f"an apostrophe stands between double quotes: {key}{in_quotes(body)}")  # fmt: skip
    if kind == '"' and re.match(r"\w", behind):
        body = rest[1:-1] if rest.endswith('"') else rest[1:]
        return Slip(here.number, end[1] - 1, 1, f'the text ends at this quote, after "{inside}"',
                    f"a double quote stands between single quotes: {key}{in_quotes(body)}")  # fmt: skip
    whole = f"{in_quotes(entry[1])}: {entry[2] or ''}".rstrip() if entry is not None else f"{key}{in_quotes(rest)}"
    return Slip(here.number, start[1], end[1] - start[1],
                "a value that begins with a quote ends with that quote, and more follows here",
                f"put the whole in quotes: {whole}")  # fmt: skip


def _last_value(text: str, here: _Place) -> tuple[tuple[int, int], tuple[int, int], str] | None:
    """The quoted text, list or mapping that ends last before a place: its start, its end, its quote or bracket."""
    opened: list[tuple[int, int]] = []
    found: tuple[tuple[int, int], tuple[int, int], str] | None = None
    for token in _tokens(text):
        start, end = (token.start_mark.line, token.start_mark.column), (token.end_mark.line, token.end_mark.column)
        if end > (here.number, here.column):
            break
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            opened.append(start)
            found = None
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            found = (opened.pop(), end, "bracket") if opened else None
        elif isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
            found = (start, end, token.style)
        elif not isinstance(token, yaml.BlockEndToken):
            found = None
    return found


def _tokens(text: str) -> Iterator[yaml.Token]:
    try:
        yield from yaml.scan(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return


def _not_in_line(here: _Place, began: _Place) -> Slip | None:
    """A line that begins in another column than the entries around it."""
    if here.before.strip():
        return None
    word = re.match(r"[^\s:]+", here.rest)
    length = len(word[0]) if word else 1
    if here.rest.startswith("- ") and not began.rest.startswith("-"):
        return Slip(here.number, here.column, 1, "a '- ' stands where a key is wanted",
                    "a list stands below a key of its own, with '- ' before each entry")  # fmt: skip
    if here.column == began.column:
        return Slip(here.number, here.column, length, "an entry of a list begins with '- ', and this one does not",
                    "write '- ' before it, or begin it in the column of the key that it belongs to")  # fmt: skip
    above = " or ".join(str(indent + 1) for indent in _open_indents(here))
    return Slip(here.number, here.column, length,
                f"this line begins in column {here.column + 1}, and the entries above it in column {above}",
                "entries of one mapping begin in the same column")  # fmt: skip


def _open_indents(here: _Place) -> list[int]:
    """Where the entries begin that a line could belong to, the nearest first."""
    found: list[int] = []
    for line in reversed(here.lines[: here.number]):
        indent = len(line) - len(line.lstrip(" "))
        if _says_something(line) and (not found or indent < found[-1]):
            found.append(indent)
    return found
