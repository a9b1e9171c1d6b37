"""Documents of the findings that come from no rule, and the parts that their examples share."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Example, Rule
from scenario_cli.model.diagnostic import Severity

# Enough states for an example that is about something else.
WAITING = "states: {waiting: {after: {1d: {end: over}}}}\n"
SENDING = "states: {reminded: {send: {push: note}, end: reminded}}\n"
PROJECT = "project: shop\ntimezone: Europe/Paris\n"


def document(
    code: str,
    name: str,
    finds: str,
    because: str,
    mend: str,
    example: Example,
    mended: Example,
    severity: Severity = "error",
    fixes: str = "",
) -> Rule:
    """The document of a code that has no check of its own: its faults are found while the file is read.

    The examples are empty if the fault cannot be written as a text.
    """
    return Rule(code, name, severity, finds, because, mend, example, mended, fixes=fixes)


def tested(expect: str, line: str = "at: 2025-03-03 10:00, event: cart_updated") -> dict[str, str]:
    """A scenario with a test of one line, which expects something."""
    case = f"  - {{name: a, contact: {{id: ana}}, timeline: [{{{line}}}], expect: {{{expect}}}}}\n"
    return {"example.yaml": WAITING, "tests/example.test.yaml": f"scenario: example\ncases:\n{case}"}
