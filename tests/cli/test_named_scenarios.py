"""Named scenarios limit the output; all live and draft scenarios run, because they share caps and groups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run

PROJECT = """
project: shop
timezone: Europe/Paris
channels:
  push: {address: contact.push_token, consent: contact.push_optin}
exports: {events: log.jsonl, contacts: contacts.csv}
"""
EVENTS = """
profile: {push_token: string, push_optin: boolean}
events:
  viewed: {properties: {sku: string}}
  bought: {properties: {sku: string}}
"""
POLICY = "policy:\n  caps: [{max: 1, per: day}]\n"
SCENARIO = """
scenario: {name}
status: {status}
priority: {priority}
trigger: {{event: viewed}}
goal: {{event: bought}}
reentry: always
{more}
states:
  told:
    send: {{push: hello}}
    after: {{1d: {{end: over}}}}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`first` has the higher priority and uses up the cap of the day; `second` comes too late."""
    files = {
        "project.yaml": PROJECT,
        "events.yaml": EVENTS,
        "policy.yaml": POLICY,
        "first.yaml": SCENARIO.format(name="first", status="live", priority=90, more=""),
        "second.yaml": SCENARIO.format(name="second", status="live", priority=10, more=""),
        "old.yaml": SCENARIO.format(name="old", status="archived", priority=99, more=""),
        "templates/hello.push.j2": "Hello\n",
        "contacts.csv": "contact_id,push_token,push_optin\na,t,true\n",
        "log.jsonl": json.dumps(
            {"contact_id": "a", "event": "viewed", "timestamp": "2025-03-03T10:00:00Z", "properties": {"sku": "A"}}
        )
        + "\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run([*arguments, "-q"]) == 0
    return capsys.readouterr().out


def result(capsys: pytest.CaptureFixture[str], name: str, *arguments: str) -> dict[str, Any]:
    document = json.loads(output(capsys, "dry-run", *arguments, "--format", "json"))
    (own,) = (scenario for scenario in document["scenarios"] if scenario["scenario"] == name)
    return {key: own[key] for key in ("entered", "sent", "dropped", "messages")}


def test_a_named_scenario_has_the_figures_that_it_has_among_all(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    among_all = result(capsys, "second")
    assert among_all["dropped"] == [{"channel": "push", "reason": "capped", "count": 1}]
    assert result(capsys, "second", "second") == among_all


def test_only_named_scenarios_are_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(output(capsys, "dry-run", "second", "--format", "json"))
    assert [scenario["scenario"] for scenario in document["scenarios"]] == ["second"]
    assert document["days"] == []
    assert "left_out" not in document
    output(capsys, "dry-run", "second", "--plan", "plan.jsonl")
    rows = [json.loads(line) for line in Path("plan.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["scenario"], row["reason"]) for row in rows] == [("second", "capped")]


def test_only_runs_the_named_scenarios_with_a_warning(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = "Caps and exclusive groups ignore 1 other scenario, because of --only."
    assert result(capsys, "second", "second", "--only")["sent"] == {"push": 1}
    assert note in output(capsys, "dry-run", "second", "--only")
    assert json.loads(output(capsys, "dry-run", "second", "--only", "--format", "json"))["left_out"] == 1
    assert note in output(capsys, "plan", "second", "--only", "--as-of", "2025-03-03T11:00")
    for format_ in ("text", "json"):
        run(["why", "a", "--scenario", "second", "--only", "--format", format_])
        assert note in capsys.readouterr().err
    run(["why", "a", "--scenario", "second"])
    assert "run alone" not in capsys.readouterr().err


def test_only_without_a_name_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dry-run", "--only", "-q"]) == 2
    assert "needs the name of a scenario" in capsys.readouterr().err


def test_an_archived_scenario_runs_when_it_is_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert result(capsys, "old", "old")["entered"] == 1
    assert result(capsys, "old", "old")["sent"] == {"push": 1}


def test_a_plan_and_a_story_show_the_named_among_all(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planned = json.loads(output(capsys, "plan", "second", "--as-of", "2025-03-03T11:00", "--format", "json"))
    assert [(row["scenario"], row["reason"]) for row in planned["rows"]] == [("second", "capped")]
    story = json.loads(output(capsys, "why", "a", "second", "--format", "json"))
    assert story["scenarios"] == ["second"]
    assert "capped" in json.dumps(story)
    assert '"first"' not in json.dumps(story)


def test_counts_on_a_picture_are_those_of_the_run_of_all(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "from 2025-03-03" in output(capsys, "graph", "second", "--counts")


def test_a_picture_counts_a_scenario_alone_where_asked(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exclusive = SCENARIO.format(name="second", status="live", priority=10, more="audience: not running('first')")
    (shop / "second.yaml").write_text(exclusive, encoding="utf-8")

    def entered(*arguments: str) -> int:
        drawn = output(capsys, "graph", "second", "--counts", "--format", "json", *arguments)
        times: int = json.loads(drawn)["edges"][0]["times"]
        return times

    assert (entered(), entered("--only")) == (0, 1)
