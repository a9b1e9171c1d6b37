"""`scenario import` reports unreadable content with file, line and column, and never overwrites files."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from tests.importing.conftest import EXAMPLES

ONE_NODE = (
    '{"entryNode": {"type": "EventEntryNode", "event": "a", "child": "n"}, "exitNode": {"type": "ExitNode"},\n'
    ' "nodes": [%s]}'
)
TDX = """type: journey
name: A
segments: {s: {rule: {type: Value, attribute: x, operator: {type: Equal, value: 1}}}}
stages:
  - name: One
    entry_criteria: {segment: s}
    steps:
      - %s
"""

# The tool, the file's text, and the message.
REFUSED = {
    # Python 3.13 and newer point to the comma, older ones to the bracket after it.
    "a comma too many": ("klaviyo", '{"data": [1,\n 2,]}', ":2:"),
    "a comma too few": ("klaviyo", '{"data": [1,\n 2 3]}', ":2:4: this is not JSON: "),
    "NaN": ("klaviyo", '{"data":\n NaN}', ":2:2: 'NaN' is not a JSON value"),
    "a key that stands twice": (
        "klaviyo",
        '{"data": 1,\n "data": 2}',
        ":2:2: key 'data' is used twice; the first is on line 1",
    ),
    "YAML that is none": ("tdx", "type: journey\nname: [a\n", ":2:7: this '[' is"),
    "an empty file": ("tdx", "", ": the file is empty"),
    "a list of numbers": ("dittofeed", "[1, 2]", ":1:1: this is not a journey of Dittofeed"),
    "another tool's file": (
        "klaviyo",
        TDX % "{type: end, name: e}",
        "it looks like a tdx journey: write 'scenario import tdx'",
    ),
    "no type": ("tdx", "journeys: []\nname: A\n", ":1:1: 'type: journey' is missing"),
    "no name": ("tdx", "type: journey\nname: ''\n", ":2:7: 'name' is missing or empty"),
    "no stages": ("tdx", "type: journey\nname: A\nstages: []\n", ":3:9: the journey has no stages"),
    "an unknown step behind": (
        "tdx",
        TDX % "{type: merge, name: m, next: mm}",
        ":8:38: 'next' cannot be 'mm'\n  did you mean 'm'? it can be: 'm'",
    ),
    "a unit of time that is none": (
        "tdx",
        TDX % "{type: wait, name: w, with: {duration: 2, unit: days}}",
        ":8:57: 'unit' cannot be 'days'\n  did you mean 'day'?",
    ),
    "a wait for nothing": ("tdx", TDX % "{type: wait, name: w, with: {}}", ":8:9: the wait 'w' has no duration"),
    "a text where a list must be": (
        "tdx",
        TDX.replace("steps:\n      - %s", "steps: none"),
        ":7:12: 'steps' must be a list",
    ),
    "an action without an id": (
        "klaviyo",
        '{"name": "A", "definition": {"triggers": [],\n "actions": [{"type": "send-email"}]}}',
        ":2:14: the action has neither 'id' nor 'temporary_id'",
    ),
    "an action that nobody wrote": (
        "klaviyo",
        '{"definition": {"actions": [\n{"id": "1", "type": "send-sms", "links": {"next": "2"}, "data": {}}]}}',
        ":2:51: 'next' cannot be '2'",
    ),
    "half a day of delay": (
        "klaviyo",
        '{"definition": {"actions": [\n{"id": "1", "type": "time-delay", "data": {"value": 0.5}}]}}',
        ":2:53: 'value' must be a whole number",
    ),
    "a time that is none": (
        "klaviyo",
        '{"definition": {"actions": [\n{"id": "1", "type": "target-date", "data": {"target_time": "25:00"}}]}}',
        ":2:60: '25:00' is not a time of day",
    ),
    "a date that is none": (
        "mautic",
        '{"name": "A", "publishUp": "soon",\n "events": [{"id": 1, "type": "x"}]}',
        ":1:28: 'soon' is not a date",
    ),
    "a flow without its definition": (
        "klaviyo",
        '{"data": {"type": "flow", "attributes": {"name": "A"}}}',
        "ask the API for the flow with additional-fields[flow]=definition",
    ),
    "no campaign": ("mautic", '[{"campaign": [],\n "campaign_event": []}]', ":1:1: the file has no campaign"),
    "an orphan": (
        "mautic",
        '{"campaign": {"name": "A", "events": [\n{"id": 1, "type": "email.send", "parent": {"id": 9}}]}}',
        ":2:1: the event '1' follows '9', which is not there",
    ),
    "events that follow each other": (
        "mautic",
        '{"name": "A", "events": [{"id": 1, "type": "x", "parent": 2}, {"id": 2, "type": "x", "parent": 1}]}',
        ":1:1: every event follows another one: there is no first",
    ),
    "a node that nobody wrote": ("dittofeed", ONE_NODE % "", ":1:65: 'child' cannot be 'n'"),
    "a delay of an unknown type": (
        "dittofeed",
        ONE_NODE % '{"id": "n", "type": "DelayNode", "child": "ExitNode", "variant": {"type": "Moon"}}',
        ":2:86: a delay of type 'Moon' is unknown",
    ),
    "two nodes of one id": (
        "dittofeed",
        ONE_NODE % '{"id": "n", "type": "X"}, {"id": "n", "type": "X"}',
        ":2:45: two nodes have the id 'n'",
    ),
}


@pytest.mark.parametrize(("tool", "text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_damaged_file_is_named_with_its_line(
    tool: str, text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "export.txt"
    source.write_text(text, encoding="utf-8")
    assert run(["import", tool, str(source), "--out", str(tmp_path / "shop")]) == 2
    errors = capsys.readouterr().err
    assert f"scenario: {source}" in errors and message in errors
    assert not (tmp_path / "shop").exists()


def test_bytes_and_archives_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content, message in (
        (b'{"a": "\xff"}', ":1:8: byte 0xff is not UTF-8"),
        (b"PK\x03\x04", "this is a ZIP archive"),
    ):
        (tmp_path / "export").write_bytes(content)
        assert run(["import", "mautic", str(tmp_path / "export")]) == 2
        assert message in capsys.readouterr().err
    assert run(["import", "mautic", str(tmp_path / "gone.json")]) == 2
    assert "gone.json:1:1: cannot read it: there is no such file" in capsys.readouterr().err


def test_deep_nesting_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for depth in (150, 100_000):
        (tmp_path / "export").write_text("[" * depth + "]" * depth)
        assert run(["import", "mautic", str(tmp_path / "export")]) == 2
        assert "nested more than 100 levels deep" in capsys.readouterr().err


def test_existing_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, shop = str(EXAMPLES / "tdx" / "onboarding.yml"), tmp_path / "shop"
    assert run(["import", "tdx", source, "--out", str(shop), "-q"]) == 0
    (shop / "policy.yaml").write_text("policy: {on_cap: delay}\n")
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    assert run(["import", "tdx", source, "--out", str(shop), "-q"]) == 2
    assert "and 11 more: " in capsys.readouterr().err
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before
    assert run(["import", "tdx", source, "--out", str(shop), "-q", "--overwrite"]) == 0
    assert "on_cap: drop" in (shop / "policy.yaml").read_text()


def test_check_writes_nothing(tmp_path: Path) -> None:
    assert (
        run(["import", "tdx", str(EXAMPLES / "tdx" / "winback.yml"), "--out", str(tmp_path / "shop"), "--check"]) == 0
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hubspot", "x.json"], "TOOL cannot be 'hubspot'"),
        (["tdx", "x.yml", "--timezone", "Moon/Base"], "--timezone 'Moon/Base' is not a time zone"),
        (["tdx", "x.yml", "--format", "xml"], "--format cannot be 'xml'"),
    ],
)
def test_options_that_cannot_be_are_named(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_several_files_make_one_project_and_names_stay_apart(tmp_path: Path) -> None:
    sources = []
    for number in (1, 2):
        sources.append(str(tmp_path / f"{number}.yml"))
        text = (EXAMPLES / "tdx" / "onboarding.yml").read_text().replace("value: 28", f"value: {number}")
        Path(sources[-1]).write_text(text)
    shop = tmp_path / "shop"
    assert run(["import", "tdx", *sources, "--out", str(shop), "--timezone", "Europe/Paris", "-q"]) == 0
    assert run(["test", "--project", str(shop), "-q"]) == 0
    assert sorted(path.name for path in shop.glob("first_steps*.yaml")) == ["first_steps.yaml", "first_steps_2.yaml"]
    metrics = (shop / "metrics.yaml").read_text()
    assert "newcomers:" in metrics and "newcomers_2:" in metrics
    assert "timezone: Europe/Paris" in (shop / "project.yaml").read_text()


@pytest.mark.parametrize(("tool", "name"), [("mautic", "course"), ("dittofeed", "onboarding")])
def test_a_segment_that_two_files_bring_along_is_written_once(
    tool: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXAMPLES / tool / f"{name}.json").read_text(encoding="utf-8")
    changed = text.replace('"filter": "course"', '"filter": "class"').replace('"value": "free"', '"value": "paid"')
    for number, each in enumerate((text, text, changed), 1):
        (tmp_path / f"{number}.json").write_text(each, encoding="utf-8")
    sources = [str(tmp_path / f"{number}.json") for number in (1, 2, 3)]
    assert run(["import", tool, *sources, "--out", str(tmp_path / "shop"), "-q"]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert output.count("an earlier file defines this segment differently") == 1
    # A path longer than a line is broken.
    before = output.partition("an earlier file defines")[0].rpartition("- ")[2]
    assert str(tmp_path / "3.json") in before.replace(" ", "")
    assert run(["test", "--project", str(tmp_path / "shop"), "-q"]) == 0


def test_texts_that_steer_a_terminal_or_a_ci_log_are_made_harmless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = '\\u001b[31m::error::x\\n::error::y\\u202e"]: {# {{ {% }} %} #} --- &a *b !c'
    text = (EXAMPLES / "dittofeed" / "onboarding.json").read_text(encoding="utf-8")
    text = text.replace('"name": "', '"name": "' + name.replace('"', '\\"')).replace(
        "Project Created", "\\u001b[2J#a: b"
    )
    (tmp_path / "export.json").write_text(text, encoding="utf-8")
    shop = tmp_path / "shop"
    for format_ in ("text", "markdown", "json"):
        arguments = [str(tmp_path / "export.json"), "--out", str(shop), "--format", format_, "--overwrite", "-q"]
        assert run(["import", "dittofeed", *arguments]) == 0
        shown = capsys.readouterr().out
        assert "\x1b" not in shown and "\u202e" not in shown
        assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]
    assert run(["validate", "--project", str(shop), "-q"]) == 0
    assert run(["test", "--project", str(shop), "-q"]) == 0
    for path in shop.rglob("*.yaml"):
        assert "\x1b" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("tool", "sound", "draft", "note"),
    [
        (
            "dittofeed",
            '{"name": "Sent", "definition": {"entryNode": {"type": "EventEntryNode", "event": "Seen", '
            '"child": "ExitNode"}, "exitNode": {"type": "ExitNode"}, "nodes": []}}',
            '{"name": "Only drawn", "status": "NotStarted", "draft": {"nodes": [], "edges": []}}',
            "journey 'Only drawn': the export holds no definition, only a draft",
        ),
        (
            "klaviyo",
            '{"attributes": {"name": "Sent", "definition": {"triggers": [{"type": "metric", "id": "M"}], '
            '"entry_action_id": "a", "actions": [{"id": "a", "type": "send-sms", "links": {"next": null}, '
            '"data": {"message": {"body": "Hello"}}}]}}}',
            '{"type": "flow", "id": "F", "attributes": {"name": "Only drawn", "status": "draft"}}',
            "flow 'Only drawn': the export holds no definition of it",
        ),
    ],
)
def test_a_journey_without_a_definition_is_not_left_out_in_silence(
    tool: str, sound: str, draft: str, note: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.json"
    several = '{{"journeys": [{}]}}' if tool == "dittofeed" else '{{"data": [{}]}}'
    file.write_text(several.format(f"{draft}, {sound}"), encoding="utf-8")
    assert run(["import", tool, str(file), "--out", str(tmp_path / "shop"), "-q"]) == 0
    assert note in " ".join(capsys.readouterr().out.split())
    assert "# TODO(import): " + note in (tmp_path / "shop" / "project.yaml").read_text(encoding="utf-8")
    file.write_text(several.format(draft), encoding="utf-8")
    assert run(["import", tool, str(file), "--out", str(tmp_path / "none"), "-q"]) == 2
    assert "it looks like" not in capsys.readouterr().err
