"""`scenario rules`: the rules, or the document of one code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, width
from scenario_cli.cli.options import TEXT_OR_JSON, Output, TextOrJson, format_of
from scenario_cli.model.plain_text import plain_lines

if TYPE_CHECKING:
    from scenario_cli.language.rules.support.rule import Example, Rule

_TEXTS = ("code", "name", "severity", "finds", "because", "mend", "fixes")


def rules(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="The code of a finding, such as FLOW001.")
    ] = None,
    format_: TextOrJson = None,
    output: Output = None,
) -> int:
    """List the rules, or explain the code of a finding.

    Examples:
      scenario rules
      scenario rules FLOW001
    """
    from scenario_cli.language.rules import RULES
    from scenario_cli.language.rules.others import OTHERS
    from scenario_cli.model.diagnostic import nearest

    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    by_code = {rule.code: rule for rule in (*RULES, *OTHERS)}
    if code is not None and code.upper() not in by_code:
        close = nearest(code.upper(), by_code)
        suggestion = f"did you mean '{close}'? " if close else ""
        raise Stop(
            f"unknown rule '{code}'",
            f"{suggestion}list the rules with 'scenario rules'; docs/rules.md has every finding",
        )
    chosen = [by_code[code.upper()]] if code is not None else sorted(RULES, key=lambda rule: rule.code)
    if chosen_format == "json":
        emit(_json(chosen), output)
    elif code is not None:
        emit(plain_lines(_document(chosen[0], min(width(sys.stdout), 100))), output)
    else:
        room = width(sys.stdout) if sys.stdout.isatty() and output is None else 10_000
        emit("".join(_line(rule, room) for rule in chosen), output)
    return 0


def _line(rule: Rule, room: int) -> str:
    from scenario_cli.reports.text import fit

    return fit(f"{rule.code:8} {rule.severity:8} {rule.name}: {rule.finds}", room) + "\n"


def _document(rule: Rule, room: int) -> str:
    """A rule's document: its findings, their harm, an example, the mend, and the mended example."""
    import textwrap

    def paragraph(label: str, text: str) -> str:
        return textwrap.fill(f"{label:9}{text}", room, subsequent_indent=" " * 9, break_on_hyphens=False) + "\n"

    return (
        f"{rule.code} {rule.name} ({rule.severity})\n\n"
        + paragraph("finds", rule.finds)
        + paragraph("because", rule.because)
        + paragraph("mend", rule.mend)
        + (paragraph("--fix", rule.fixes) if rule.fixes else "")
        + (f"\nwrong\n\n{_files(rule.example)}\nright\n\n{_files(rule.instead)}" if rule.example else "")
    )


def _files(example: Example) -> str:
    """The files of an example, indented, each under its name if there are several."""
    import textwrap

    from scenario_cli.language.rules.support.rule import files_of

    files = files_of(example)
    blocks = []
    for name, text in files.items():
        head = f"  {name}:\n" if len(files) > 1 else ""
        blocks.append(head + textwrap.indent(text, "    "))
    return "\n".join(blocks)


def _json(chosen: list[Rule]) -> str:
    from scenario_cli.language.rules.support.rule import files_of
    from scenario_cli.reports.json_text import json_text

    document = {
        "format_version": 1,
        "command": "rules",
        "rules": [
            {
                **{key: getattr(rule, key) for key in _TEXTS},
                "example": dict(files_of(rule.example)),
                "instead": dict(files_of(rule.instead)),
            }
            for rule in chosen
        ],
    }
    return json_text(document)
