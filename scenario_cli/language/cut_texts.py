"""Finds texts that YAML cuts off at a ` #`: `subject: Your order #{{ order.id }}` is read as "Your order".

A comment has a space after its `#`; if a character follows at once, the text was meant to continue. Looks only after
values without quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scenario_cli.language.comments import comments_of
from scenario_cli.language.yaml_slips import in_quotes
from scenario_cli.model.diagnostic import Diagnostic, Edit, Fix
from scenario_cli.model.source import Span

_SIGN = re.compile(r"#[^\s#!]")
# The part of a line before its value: its key, or the dash of an entry.
_BEFORE = re.compile(r"""\s*(?:- +)*(?:(?:"[^"]*"|'[^']*'|[^\s#'"{\[][^#'"{\[]*?)\s*:(?=\s))?\s*""")
_NOTE = re.compile(r"\s+#(?=\s|$)")  # a real comment behind the text
_MEANT_AS_TEXT = re.compile(r"#(?:\{\{|[0-9])")
_TEXTS = frozenset("title description subject preheader from_name objective kpi triggered_when cta name body".split())


def cut_texts(text: str, lines: Sequence[str], file: str) -> Iterator[Diagnostic]:
    """Each value that is cut off by a `#`, with the quotes that keep it whole."""
    if not any(_has_value_before(text, match.start()) for match in _SIGN.finditer(text)):
        return
    for comment in comments_of(text):
        if comment.own_line or comment.text[1:2] in ("", " ", "\t", "#", "!"):
            continue
        line = lines[comment.line - 1]
        before = line[: comment.column - 1]
        match = _BEFORE.match(before)
        start = match.end() if match is not None else 0
        value = before[start:].rstrip()
        if value[:1] in ("'", '"', "{", "[", "|", ">", "&", "*") or value.endswith(("}", "]", ",")):
            continue
        if not value:
            continue  # an empty value is reported as such
        note = _NOTE.search(line, comment.column)
        end = note.start() if note is not None else len(line.rstrip())
        quoted = in_quotes(line[start:end])
        span = Span(file, comment.line, comment.column, comment.line, comment.column + len(comment.text))
        key = re.match(r"\s*(?:- +)*([\w-]+)\s*:", before)
        has_key = before[:start].strip()
        sure = has_key and (_MEANT_AS_TEXT.match(comment.text) or (key is not None and key[1] in _TEXTS))
        edit = Edit(Span(file, comment.line, start + 1, comment.line, end + 1), quoted)
        quotes = f"put the text in quotes: {quoted}" if has_key else "put the whole text in quotes"
        if not sure and " " not in value:
            quotes = "if the text continues after it, put the whole text in quotes"
        yield Diagnostic(
            "SCH021", f"the text ends at ' #', where YAML begins a comment: '{value}' is all that is read", span,
            "warning", f"{quotes}; before a comment write '# ' with a space",
            fix=Fix("put the text in quotes", (edit,)) if sure else None,
        )  # fmt: skip


def _has_value_before(text: str, at: int) -> bool:
    """Whether a sign follows a space, with a value before it on its line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[-1:] in (" ", "\t") and not line.isspace()
