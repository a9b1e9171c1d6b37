"""Exits of states, in scenarios of YAML text."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.model.exits import Exit, all_exits, exits, outcomes, own_exits
from scenario_cli.model.scenario import Scenario
from tests.analysis.projects import one_scenario

EVERYTHING = """\
trigger: {event: viewed}
goal: {event: bought, where: event.total > 10, ends: won}
on:
  left: {end: gone}
  carted: {set: {worth: event.total}}
when:
  contact.tier == 'gold': rich
states:
  start:
    on:
      carted: {where: event.total > 1, to: waiting}
      viewed: {update: {tier: "'seen'"}}
    when: {contact.email_optin: rich}
    after:
      - {wait: 1d, to: waiting}
      - {wait: 2d, if: contact.tier, to: {end: tired}}
  waiting:
    after:
      - {wait: date contact.birthday, to: drawn, if_past: rich, if_missing: {end: unknown}}
      - {wait: 9d, to: drawn}
  drawn: {split: {rich: 1, poor: 3}}
  rich: {choose: {contact.tier == 'gold': poor, else: {end: none_left}}}
  poor: {next: last}
  last: {end: over}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    folder: Path = tmp_path_factory.mktemp("exits")
    return one_scenario(folder, EVERYTHING).scenarios["one"]


def kind_and_target(exit_: Exit) -> tuple[str, str | None]:
    return exit_.kind, exit_.state or exit_.outcome


def test_a_state_has_its_own_exits_and_those_of_every_state(scenario: Scenario) -> None:
    state_exits = exits(scenario, scenario.states["start"])
    assert [kind_and_target(result) for result in state_exits] == [
        ("on", "waiting"), ("on", None), ("on", "gone"), ("on", None), ("when", "rich"), ("when", "rich"),
        ("after", "waiting"), ("after", "tired"), ("goal", "won"),
    ]  # fmt: skip
    assert [result.from_scenario for result in state_exits] == [
        False,
        False,
        True,
        True,
        False,
        True,
        False,
        False,
        True,
    ]


def test_a_fallback_that_leads_elsewhere_is_an_exit_of_its_own(scenario: Scenario) -> None:
    state_exits = own_exits(scenario.states["waiting"])
    assert [(*kind_and_target(result), result.fallback) for result in state_exits] == [
        ("after", "drawn", None), ("after", "rich", "past"), ("after", "unknown", "missing"), ("after", "drawn", None),
    ]  # fmt: skip
    assert all(
        result.wait is not None and result.timeout is not None and result.wait is result.timeout.wait
        for result in state_exits
    )


def test_an_arm_of_a_split_has_its_share_in_percent(scenario: Scenario) -> None:
    assert [(*kind_and_target(exit), exit.percent) for exit in own_exits(scenario.states["drawn"])] == [
        ("split", "rich", 25.0), ("split", "poor", 75.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("rich", [("choose", "poor"), ("choose", "none_left")]),
        ("poor", [("next", "last")]),
        ("last", [("end", "over")]),
    ],
)
def test_a_state_leads_on_by_choose_next_and_end(
    scenario: Scenario, state: str, expected: list[tuple[str, str]]
) -> None:
    assert [kind_and_target(exit) for exit in own_exits(scenario.states[state])] == expected


def test_an_exit_is_named_by_its_transition_or_its_target(scenario: Scenario) -> None:
    for exit in all_exits(scenario):
        if exit.transition is not None:
            assert exit.span == exit.transition.span
        elif exit.target is not None:
            assert exit.span == exit.target.span


def test_conditions_and_events_are_those_written(scenario: Scenario) -> None:
    conditions = {
        kind_and_target(exit): exit.condition.source for exit in all_exits(scenario) if exit.condition is not None
    }
    assert conditions == {
        ("goal", "won"): "event.total > 10", ("when", "rich"): "contact.email_optin",
        ("on", "waiting"): "event.total > 1", ("after", "tired"): "contact.tier",
        ("choose", "poor"): "contact.tier == 'gold'",
    }  # fmt: skip
    events = {
        kind_and_target(exit): exit.event.text for exit in all_exits(scenario) if exit.event is not None and exit.target
    }
    assert events == {("on", "gone"): "left", ("goal", "won"): "bought", ("on", "waiting"): "carted"}


def test_outcomes_are_those_of_ends_targets_and_the_goal(scenario: Scenario) -> None:
    assert set(outcomes(scenario)) == {"gone", "won", "tired", "unknown", "none_left", "over"}


def test_a_goal_that_only_measures_is_not_an_exit(tmp_path: Path) -> None:
    text = "trigger: {event: viewed}\ngoal: {event: bought, ends: false}\nstates: {start: {end: over}}\n"
    measured = one_scenario(tmp_path, text).scenarios["one"]
    assert [kind_and_target(exit) for exit in exits(measured, measured.first)] == [("end", "over")]
