"""The test cases of a scenario, whether they pass, and the parts that no case goes through."""

from __future__ import annotations

from typing import Any

from scenario_cli.analysis.coverage import KINDS
from scenario_cli.model.case import Case
from scenario_cli.model.scenario import Scenario
from scenario_cli.reports.look.table import Column, Table, Text, row
from scenario_cli.reports.site.links import Links


def tests_of(scenario: Scenario, links: Links) -> dict[str, Any]:
    cases = links.content.cases.get(scenario.name, ())
    rows = [
        row(
            (tested.case.name, Text(f"{links.content.below(tested.file)}:{tested.case.span.line}", code=True)),
            _expected(tested.case, scenario),
            "passes" if tested.passed else "fails",
        )
        for tested in cases
    ]
    coverage = links.content.coverage.get(scenario.name)
    counts = [(kind, coverage.count(kind)) for kind in KINDS] if coverage is not None and cases else []
    return {
        "cases": Table("Test cases", (Column("case"), Column("expects"), Column("result")), tuple(rows), sorts=True),
        "failed": sum(not tested.passed for tested in cases),
        "covered": [f"{reached:,} of {total:,} {kind}" for kind, (reached, total) in counts if total],
        "missed": [Text(f"{part.state}: {part.text}" if part.state and part.kind != "states" else part.text)
                   for part in coverage.missed] if coverage is not None and cases else [],
    }  # fmt: skip


def _expected(case: Case, scenario: Scenario) -> tuple[str, ...]:
    """The messages and the outcomes that a case asks for, of this scenario."""
    expect = case.expect
    messages = [
        " ".join(part for part in (message.fields.get("channel", ""), message.fields.get("template", "")) if part)
        + (f" dropped: {message.dropped}" if message.dropped else "")
        for message in expect.messages or ()
        if message.fields.get("scenario", scenario.name) == scenario.name
    ]
    if expect.messages == ():
        messages = ["no message"]
    outcomes = [
        f"outcome {' and '.join(expected.value) if isinstance(expected.value, tuple) else expected.value}"
        for expected in expect.outcomes
        if expected.scenario in ("", scenario.name)
    ]
    return (*messages, *outcomes)
