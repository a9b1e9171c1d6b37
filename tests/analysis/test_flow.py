"""States in the order of a scenario's flow, with its main line and the branches marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.analysis.flow import Step, flow
from tests.analysis.projects import one_scenario


def step_text(step: Step) -> str:
    """`a` on the main line, `a < source: exit` on a branch."""
    return step.state if step.is_main else f"{step.state} < {step.source}: {step.exit}"


@pytest.mark.parametrize(
    ("states", "steps"),
    [
        pytest.param("{a: {after: {1d: b}}, b: {next: c}, c: {end: over}}", ["a", "b", "c"], id="a line"),
        pytest.param(
            "{a: {after: {1d: c}}, b: {end: over}, c: {next: b}}", ["a", "c", "b"], id="a line in another order"
        ),
        pytest.param(
            "{a: {choose: {contact.email_optin: b, else: c}}, b: {next: d}, c: {next: d}, d: {end: over}}",
            ["a", "b < a: if contact.email_optin", "c < a: else", "d"],
            id="a fork that joins again",
        ),
        pytest.param(
            "{a: {choose: {contact.email_optin: b, else: c}}, b: {after: {1d: d}}, c: {end: over}, d: {end: over}}",
            ["a", "b < a: if contact.email_optin", "d < b: after 1d", "c < a: else"],
            id="a fork, each branch in one piece",
        ),
        pytest.param(
            "{a: {choose: {contact.tier: {end: no}, else: b}}, b: {split: {c: 1, d: 3}}, c: {end: x}, d: {end: x}}",
            ["a", "b", "c < b: 25%", "d < b: 75%"],
            id="an end is no branch",
        ),
        pytest.param(
            "{a: {on: {viewed: b}, after: {1d: c}}, b: {after: {1d: c}}, c: {end: over}}",
            ["a", "b < a: viewed", "c"],
            id="an event leads aside where time leads on",
        ),
        pytest.param(
            "{a: {on: {viewed: b}}, b: {on: {bought: a}, after: {1d: c}}, c: {end: over}}",
            ["a", "b", "c"],
            id="an event leads on where nothing else does",
        ),
        pytest.param(
            "{a: {after: {1d: b}}, b: {after: {1d: a}}}", ["a", "b"], id="a circle"
        ),
        pytest.param(
            "{a: {after: {1d: b}}, b: {end: over}, sorry: {next: b}}",
            ["a", "sorry < : left", "b"],
            id="a way from every state",
        ),
    ],
)  # fmt: skip
def test_states_come_in_the_order_of_the_flow(states: str, steps: list[str], tmp_path: Path) -> None:
    everywhere = "on: {left: sorry}\n" if "sorry" in states else ""
    text = f"trigger: {{event: carted}}\n{everywhere}states: {states}\n"
    project = one_scenario(tmp_path, text)
    in_order = flow(project.scenarios["one"])
    assert list(map(step_text, in_order)) == steps
    assert sorted(step.state for step in in_order) == sorted(project.scenarios["one"].states)
