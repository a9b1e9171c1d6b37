"""The part of a brief for writers: each message with its time, recipients, purpose, length and languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scenario_cli.analysis.writing_needs import MessageNeed, VariableNeed, WritingNeeds
from scenario_cli.reports.document.parts import Document, Heading, Paragraph, facts


def brief_writing(needs: Sequence[WritingNeeds], everywhere: Iterable[VariableNeed]) -> Document:
    """`everywhere` are the values that every message can hold."""
    names = ", ".join(f"`{variable.name}`" for variable in everywhere)
    document: Document = [
        Heading(2, "For writers"),
        Paragraph(
            "Write a value as its name in double braces. A value that can be missing needs a fallback: "
            "`{{ contact.first_name | default('there', true) }}`."
        ),
        facts(("available in every text", f"`contact.id`, {names}" if names else "`contact.id`")),
    ]
    for scenario_needs in needs:
        document += _scenario(scenario_needs)
    return document


def _scenario(needs: WritingNeeds) -> Document:
    scenario, program = needs.scenario, needs.program
    document: Document = [
        Heading(3, scenario.title or scenario.name, f"`{scenario.name}`, {scenario.status}"),
        facts(
            ("about", scenario.description),
            ("objective", program.objective if program is not None else ""),
            ("measured by", program.kpi if program is not None else ""),
            ("success is", needs.goal),
            ("who enters", needs.enters),
            ("the same key can enter again", needs.frees_key),
            ("clock", needs.clock),
            ("names", tuple(f"`{definition.name}`: `{definition.text}`" for definition in scenario.define)),
            ("available in texts", ", ".join(f"`{variable.name}`" for variable in needs.available)),
        ),
    ]
    if not needs.messages:
        return [*document, Paragraph("Nothing is sent.")]
    for message in needs.messages:
        document += _message(message)
    return document


def _message(need: MessageNeed) -> Document:
    unused = [variable for variable in need.own if variable.name not in {used.name.split(".")[0] for used in need.used}]
    return [
        Heading(4, f"{need.state}: {need.channel}", f"`{need.template}`"),
        facts(
            ("about", need.about),
            ("when", need.moments or ("no path leads here",)),
            ("no later than", need.expiry),
            ("to whom", need.conditions),
            ("purpose", need.purpose),
            ("to write", ", ".join(need.parts) if need.parts else "everything: no template yet"),
            ("length", need.limits),
            ("languages", _languages(need)),
            ("uses", tuple(map(_variable, need.used))),
            ("also available", tuple(map(_variable, unused))),
        ),
    ]


def _languages(need: MessageNeed) -> str:
    present = ", ".join(need.locales) or "none yet"
    return f"{present}; missing: {', '.join(need.missing)}" if need.missing else present


def _variable(need: VariableNeed) -> str:
    text = f"`{need.name}`" + (f" {need.type}" if need.type else "")
    text += f", such as {need.example}" if need.example else ""
    return f"{text}; can be missing, and has no fallback" if need.may_be_missing else text
