"""Linear paths, followed by the executor from end to end."""

from __future__ import annotations

from pathlib import Path

from scenario_cli.analysis.linear_path import linear_paths
from scenario_cli.hosts.previews import messages_on_path, stage_of
from tests.analysis.projects import one_scenario
from tests.engine.worlds import moment

TEXT = """\
trigger: {event: viewed}
states:
  drawn: {split: {nobody: 0, everybody: 1}}
  nobody: {send: {email: hello}, end: a}
  everybody: {send: {push: hello}, end: b}
"""


def test_a_path_leads_through_an_arm_that_nobody_gets(tmp_path: Path) -> None:
    project = one_scenario(tmp_path, TEXT)
    messages = [
        each.state
        for path in linear_paths(project.scenarios["one"], project.plan)
        for each in messages_on_path(
            stage_of(project), path.scenario, path.events, "ana", {"email": "ana@example.com", "push_token": "t"},
            lambda _: {}, moment("2025-03-03 10:00"),
        )
    ]  # fmt: skip
    assert sorted(messages) == ["everybody", "nobody"]
