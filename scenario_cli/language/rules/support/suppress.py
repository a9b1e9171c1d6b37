"""`# scenario: ignore[CODE] reason`: findings that the author has accepted. Reads no file.

A comment after a value concerns its own line; a comment alone concerns the next line with content. In a template it is
written as a Jinja comment. An error that comes from no rule cannot be ignored, because nothing could run with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from scenario_cli.language.comments import IGNORE, Comment, comments_of
from scenario_cli.language.yaml_lines import lines_of
from scenario_cli.model.diagnostic import Diagnostic, Edit, Fix, did_you_mean
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

_IGNORE = re.compile(r"#-?[ \t]*scenario:[ \t]*ignore\b[ \t]*(\[(?P<codes>[^\]]*)\])?(?P<reason>.*)")
_JINJA = re.compile(r"\{#.*?#\}")
_FENCE = re.compile(r"---[ \t]*")
FORM = "write '# scenario: ignore[CODE] reason', with commas between several codes"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment that ignores `codes` on a line. `stretch` is the text that is removed with it."""

    span: Span
    line: int
    codes: tuple[str, ...]
    reason: str
    stretch: Span


def suppress(
    findings: Sequence[Diagnostic], sources: Mapping[str, str], graded: Collection[str], complete: bool
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The remaining findings, with those about the comments themselves, and the ignored findings.

    `graded` are the codes that can be ignored. A comment without effect is reported only if the findings are
    `complete`, so every rule has run: otherwise it can have its effect once the errors are fixed.
    """
    ignores = [ignore for file, text in sources.items() for ignore in ignores_of(text, file)]
    if not ignores:
        return list(findings), []
    by_line = {(comment.span.file, comment.line, code): comment for comment in ignores for code in comment.codes}
    reported: list[Diagnostic] = []
    ignored: list[Diagnostic] = []
    used_codes: set[tuple[Ignore, str]] = set()
    refused: list[Diagnostic] = []
    for finding in findings:
        ignore = by_line.get((finding.span.file, finding.span.line, finding.code))
        if ignore is None:
            reported.append(finding)
            continue
        used_codes.add((ignore, finding.code))
        if finding.severity == "error" and finding.code not in graded:
            reported.append(finding)
            refused.append(Diagnostic("IGN003", f"'{finding.code}' cannot be ignored: nothing can run with this error",
                                      ignore.span, hint="fix the error and remove the comment"))  # fmt: skip
        else:
            ignored.append(finding)
    return [*reported, *refused, *_ignore_faults(ignores, used_codes, graded, complete)], ignored


def _ignore_faults(
    ignores: Iterable[Ignore], used_codes: set[tuple[Ignore, str]], graded: Collection[str], complete: bool
) -> Iterator[Diagnostic]:
    for ignore in ignores:
        if not ignore.codes:
            yield Diagnostic("IGN003", "this 'ignore' has no code", ignore.span, hint=FORM)
            continue
        if not ignore.reason:
            yield Diagnostic("IGN002", "this 'ignore' has no reason", ignore.span, "warning",
                             "write the reason after the bracket")  # fmt: skip
        idle = [code for code in ignore.codes if (ignore, code) not in used_codes]
        if idle and complete:
            names = " or ".join(f"'{code}'" for code in idle)
            unknown = next((code for code in idle if code not in graded), None)
            hint = (
                did_you_mean(unknown, graded, "rules")
                if unknown
                else "remove it, or move it to the line with the finding"
            )
            yield Diagnostic("IGN001", f"nothing to ignore here: no {names} on line {ignore.line}", ignore.span,
                             "warning", hint, fix=None if unknown else _fix_without(ignore, idle))  # fmt: skip


def _fix_without(ignore: Ignore, idle: Sequence[str]) -> Fix:
    codes = ", ".join(code for code in ignore.codes if code not in idle)
    if codes:
        comment = f"# scenario: ignore[{codes}] {ignore.reason}".rstrip()
        return Fix(f"ignore only {codes}", (Edit(ignore.span, comment),))
    return Fix("remove the comment", (Edit(ignore.stretch, ""),))


def ignores_of(text: str, file: str) -> list[Ignore]:
    """The comments of a file that ignore something, in the order written."""
    if not IGNORE.search(text):
        return []
    lines = lines_of(text)
    comments = comments_of(text) if file.endswith((".yaml", ".yml")) else _in_template(lines)
    comment_lines = {comment.line for comment in comments if comment.own_line}
    ignores: list[Ignore] = []
    for comment in comments:
        match = _IGNORE.match(comment.text.removeprefix("{"))
        if match is None:
            continue
        line = comment.line
        if comment.own_line:
            line += 1
            while line < len(lines) and (line in comment_lines or not lines[line - 1].strip()):
                line += 1
        codes = tuple(code for part in (match["codes"] or "").split(",") if (code := part.strip()))
        reason = match["reason"].removesuffix("#}").removesuffix("-").strip()
        ignores.append(Ignore(_span(comment, file), line, codes, reason, _stretch(comment, file, lines)))
    return ignores


def _in_template(lines: Sequence[str]) -> list[Comment]:
    """Jinja comments of one line, and those of YAML in the front matter."""
    comments: list[Comment] = []
    body = 0
    if lines and _FENCE.fullmatch(lines[0]):
        body = next((number + 1 for number, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), 0)
        comments += comments_of("\n".join(["", *lines[1 : max(body - 1, 0)]]))
    for number, line in enumerate(lines[body:], body + 1):
        for match in _JINJA.finditer(line):
            comments.append(Comment(number, match.start() + 1, match.group(), line.strip() == match.group()))
    return comments


def _span(comment: Comment, file: str) -> Span:
    return Span(file, comment.line, comment.column, comment.line, comment.column + len(comment.text))


def _stretch(comment: Comment, file: str, lines: Sequence[str]) -> Span:
    """The comment with its line if it is alone, else with the space before it."""
    end = comment.column + len(comment.text)
    if comment.own_line and comment.line < len(lines):
        return Span(file, comment.line, 1, comment.line + 1, 1)
    before = lines[comment.line - 1][: comment.column - 1]
    return Span(file, comment.line, len(before.rstrip()) + 1, comment.line, end)
