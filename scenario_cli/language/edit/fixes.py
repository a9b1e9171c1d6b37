"""Fixes that are safe to make: a right word in the wrong spelling, a value in or without quotes.

Judges no more than the spelling. Before one is offered, `sure` looks once more at the text that it replaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scenario_cli.language.edit.plan_text import scalar
from scenario_cli.language.yaml_lines import lines_of
from scenario_cli.model.diagnostic import Diagnostic, Edit, Fix
from scenario_cli.model.source import Span

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SIMPLE = re.compile(r"[\w./+ -]+")  # is between quotes of any kind
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_QUOTES = ("'", '"')


def same_word(word: str, known_words: Iterable[str]) -> str | None:
    """The only known word that differs just in case, space, '-' and '_'."""
    matches = {known_word for known_word in known_words if _folded(known_word) == _folded(word)}
    return matches.pop() if len(matches) == 1 and word not in matches else None


def _folded(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


def renamed(word: str, span: Span, names: Iterable[str]) -> Fix | None:
    """The right name for a wrong name that is a whole value or key."""
    right = same_word(word, names)
    return _fix(right, Edit(span, scalar(right), word)) if right is not None else None


def renamed_in_expression(word: str, span: Span, names: Iterable[str]) -> Fix | None:
    """The right name for one within an expression, such as `event.total`."""
    right = same_word(word, names)
    if right is None or not _NAME.fullmatch(right):
        return None
    return _fix(right, Edit(span, right, word))


def respelt_text(text: str, span: Span, texts: Iterable[str]) -> Fix | None:
    """The right text for a text in quotes in an expression; the quotes stay."""
    right = same_word(text, texts)
    if right is None or not _SIMPLE.fullmatch(right):
        return None
    return _fix(right, Edit(span.inside(1, len(text)), right, text))


def unquoted(text: str, span: Span, type_: str | None) -> Fix | None:
    """The number, or true or false, that a text in quotes spells, if that type is required."""
    if type_ in ("number", "integer") and _NUMBER.fullmatch(text):
        right = text
    elif type_ == "boolean" and text.lower() in ("true", "false"):
        right = text.lower()
    else:
        return None
    return Fix(f"write {right} without quotes", (Edit(span, right, text),))


def quoted(value: object, span: Span, type_: str | None) -> Fix | None:
    """The text for a number that YAML reads at the place of a text."""
    if type_ != "string" or isinstance(value, bool) or not isinstance(value, int):
        return None
    return Fix(f'write "{value}" in quotes', (Edit(span, f'"{value}"', str(value)),))


def _fix(right: str, edit: Edit) -> Fix:
    return Fix(f"write '{right}'", (edit,))


def sure(findings: Iterable[Diagnostic], sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    """The findings, without fixes whose place in the file has a different text than they expect.

    A place within a text is exact only if the text has no escapes.
    """
    lines: dict[str, Sequence[str]] = {}
    for finding in findings:
        edits = finding.fix.edits if finding.fix is not None else ()
        current = all(_is_current(edit, sources, lines) for edit in edits)
        if edits and not (current and any(_changes(edit, sources, lines) for edit in edits)):
            finding = replace(finding, fix=None)
        yield finding


def _is_current(edit: Edit, sources: Mapping[str, str], lines: dict[str, Sequence[str]]) -> bool:
    if edit.instead_of is None:
        return True
    current_text = _text_at(edit.span, sources, lines)
    if current_text is None:
        return False
    if len(current_text) > 1 and current_text[0] in _QUOTES and current_text[-1] == current_text[0]:
        current_text = current_text[1:-1]
    return current_text == edit.instead_of


def _changes(edit: Edit, sources: Mapping[str, str], lines: dict[str, Sequence[str]]) -> bool:
    """Whether an edit would change the text at its place; always true over several lines."""
    return _text_at(edit.span, sources, lines) != edit.text


def _text_at(span: Span, sources: Mapping[str, str], lines: dict[str, Sequence[str]]) -> str | None:
    """The text of a stretch of one line."""
    if span.line != span.end_line or span.file not in sources:
        return None
    if span.file not in lines:
        lines[span.file] = lines_of(sources[span.file])
    return lines[span.file][span.line - 1][span.column - 1 : span.end_column - 1]
