"""Turns errors of the parser, and odd spaces, into findings: the position, the fault, a hint."""

from __future__ import annotations

import re

import yaml

from scenario_cli.language.yaml_lines import end_of, lines_of
from scenario_cli.language.yaml_node import Node
from scenario_cli.language.yaml_slips import ODD_SPACES, Slip, slip_of
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

_PROBLEMS: tuple[tuple[str, str, str], ...] = (
    ("cannot start any token", "a tab character instead of spaces", "indent with spaces"),
    ("did not find expected key", "this line does not fit the indentation around it",
     "keys of one mapping start in the same column"),
    ("could not find expected ':'", "a ':' is missing after a key",
     "write 'key: value'; quote a text that runs over lines"),
    ("mapping values are not allowed", "a ':' is not allowed here: a key cannot start at this place",
     "put the text in quotes if the ':' belongs to it, or check the indentation"),
    ("did not find expected node content", "a bracket or brace is not closed, or something in it is missing",
     "close it; inside [ ] and { } put a text with a comma, a colon or a bracket in quotes"),
    ("found unexpected end of stream", "a quote or bracket is not closed", "close it"),
    ("did not find expected ',' or", "something is missing inside these brackets or braces",
     "inside [ ] and { } put a text with a comma, a colon or a bracket in quotes, or on a line of its own"),
    ("block sequence entries are not allowed", "a '- ' is not allowed here", "check the indentation"),
)  # fmt: skip


def slip_finding(slip: Slip, file: str) -> Diagnostic:
    """The finding for a slip."""
    line, column = slip.line + 1, slip.column + 1
    return Diagnostic("YAML001", slip.message, Span(file, line, column, line, column + slip.length), hint=slip.hint)


_NAME_LIKE = re.compile(r"[\w./ -]+", re.ASCII)


_ODD = "".join(ODD_SPACES)


def odd_end(node: Node) -> Slip | None:
    """A space of another kind at an end of a name."""
    text = node.text
    stripped = text.strip(_ODD)
    if stripped == text or not _NAME_LIKE.fullmatch(stripped):
        return None
    at = node.at(0 if text[0] in ODD_SPACES else len(text) - 1)
    name = ODD_SPACES[text[0] if text[0] in ODD_SPACES else text[-1]]
    return Slip(
        at.line - 1,
        at.column - 1,
        1,
        f"'{stripped}' contains a {name}, which is invisible or looks like a space",
        "delete it",
    )


def syntax_error(error: yaml.MarkedYAMLError, file: str, text: str) -> Diagnostic:
    """The finding for the parser's error: a known slip, else the problem in plain words."""
    mark = error.problem_mark or error.context_mark
    last_line, last_column = end_of(text)
    if mark is not None and mark.line >= last_line and error.context_mark is not None:
        mark = error.context_mark  # the text ends too early: the unclosed part began here
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if line > last_line:
        line, column = last_line, last_column
    lines = lines_of(text)
    slip = slip_of(error, text, lines)
    if slip is not None:
        return slip_finding(slip, file)
    problem = error.problem or "the text cannot be read"
    message, hint = f"not YAML: {problem}", None
    if error.context:
        message += f" {error.context}"
    for sign, meaning, remedy in _PROBLEMS:
        rest = lines[line - 1][column - 1 :]
        if sign in problem and (sign != "cannot start any token" or rest.startswith("\t")):
            message, hint = meaning, remedy
            break
    else:
        if "cannot start any token" in problem:
            character = lines[line - 1][column - 1 : column]
            message, hint = f"a plain text cannot begin with '{character}'", "put the text in quotes"
    return Diagnostic("YAML001", message, Span(file, line, column, line, column + 1), hint=hint)
