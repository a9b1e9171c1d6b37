"""`scenario diff` over a log: the contacts who would receive different messages, and limits that a change must
respect.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from scenario_cli.cli.main import run
from scenario_cli.shipped import shipped
from tests.engine.worlds import write_project

WELCOME = """
scenario: welcome
status: live
trigger: {event: started}
states:
  new: {after: {1h: hello}}
  hello: {send: {email: m/a}, end: done}
"""
RATED = """
scenario: rated
trigger: {event: started}
states: {new: {update: {advisor: 'old@example.com', points: 1}, after: {1h: {end: over}}}}
"""
TWICE = WELCOME.replace("end: done}", "after: {1d: again}}") + "  again: {send: {email: m/b}, end: done}\n"


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sides")
    for name, text in (("old", WELCOME), ("new", TWICE)):
        (folder / name).mkdir()
        write_project(folder / name, text)
    settings = folder / "new" / "project.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "review: {fail_on: [messages > +200%, scenarios.removed > 0]}\n",
        encoding="utf-8",
    )
    shutil.copytree(folder / "new", folder / "strict")
    (folder / "strict" / "s0.yaml").write_text(WELCOME, encoding="utf-8")
    strict = settings.read_text(encoding="utf-8").replace("scenarios.removed", "scenarios.changed")
    (folder / "strict" / "project.yaml").write_text(strict, encoding="utf-8")
    for name, text in (("rated", RATED), ("other", RATED.replace("old@", "new@"))):
        (folder / name).mkdir()
        write_project(folder / name, text)
    people = ("ana@example.com", "bea")
    rows = [{"contact_id": person, "event": "started", "timestamp": "2025-03-03T10:00:00Z"} for person in people]
    rows.append({"contact_id": "cem", "event": "changed", "timestamp": "2025-03-09T10:00:00Z"})
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    table = "contact_id,email,email_optin\n" + "".join(f"{person},reader@example.com,true\n" for person in people)
    (folder / "people.csv").write_text(table, encoding="utf-8")
    return folder


def diff(sides: Path, *options: str, log: bool = True, old: str = "old", new: str = "new") -> int:
    over = ["--events", str(sides / "log.jsonl"), "--contacts", str(sides / "people.csv")] if log else []
    return run(["diff", str(sides / old), str(sides / new), "-q", *over, *options])


def test_the_impact_comes_after_the_changes_with_ids_masked(sides: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(sides) == 0
    out = " ".join(capsys.readouterr().out.split())  # lines are as wide as the terminal
    assert "2 messages before, 4 after (+2, +100.0%); 2 of 2 contacts (100%) receive different messages." in out
    assert "a***@example.com" in out
    assert "ana@" not in out


@pytest.mark.parametrize(("limit", "code", "shown"), [
    ("messages > +50%", 1, "messages > +50%: 2 before, 4 after (+2, +100.0%)"),
    ("messages.email > +1", 1, "messages.email > +1: 2 before, 4 after"),
    ("contacts.more >= 2", 1, "contacts.more >= 2: 2"),
    ("messages > +100%", 0, ""),
    ("scenarios.removed > 0", 0, ""),
])  # fmt: skip
def test_a_limit_that_is_passed_fails_and_is_named_with_its_figure(
    limit: str, code: int, shown: str, sides: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(sides, "--fail-on", limit) == code
    out = capsys.readouterr().out
    assert ("Exceeded limits" in out) == bool(shown)
    assert shown in out


@pytest.mark.parametrize(
    ("rows", "reason"),
    [("", "it is empty"), (",started,2025-03-03\nana,started,soon\n", "1 no contact id, 1 unreadable")],
)
def test_no_limit_holds_over_a_log_without_a_usable_row(
    rows: str, reason: str, sides: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(f"contact_id,event,timestamp\n{rows}", encoding="utf-8")
    assert diff(sides, "--events", str(log), "--contacts", str(sides / "people.csv"), log=False) == 2
    error = capsys.readouterr().err
    assert f"the log has no row that can be used, so nothing was compared ({reason}" in error


def test_rows_that_are_not_used_are_named(sides: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.csv"
    log.write_text("contact_id,event,timestamp\nana,started,2025-03-03\nbea,started,soon\n", encoding="utf-8")
    assert diff(sides, "--events", str(log), log=False) == 0
    assert "- 1 of 2 rows of the log is not used: unreadable timestamp.\n" in capsys.readouterr().out


def test_a_limit_of_the_project_holds_for_every_change(sides: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", str(sides / "new"), str(sides / "strict"), "-q"]) == 1
    assert "scenarios.changed > 0: 1" in capsys.readouterr().out


@pytest.mark.parametrize(("options", "message"), [
    (("--fail-on", "stranded > 0"), "name the store with --state"),
    (("--fail-on", "strayed > 0"), "unknown figure 'strayed'"),
    (("--fail-on", "messages > +10%"), "name the log with --events"),
    (("--contact", "bea"), "--contact needs an event log"),
    (("--from", "2025-01-01"), "--from needs an event log"),
])  # fmt: skip
def test_options_that_need_a_log_are_an_error_without_one(
    options: tuple[str, ...], message: str, sides: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(sides, *options, log=False) == 2
    assert message in capsys.readouterr().err


def test_one_contact_is_shown_on_both_sides(sides: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(sides, "--contact", "bea") == 0
    out = capsys.readouterr().out
    assert "1 of 2 messages differ." in out
    assert out.index("Before the change") < out.index("After the change")
    assert diff(sides, "--contact", "bea", "--fail-on", "messages > +0") == 2
    assert "leave --contact out" in capsys.readouterr().err


def test_json_over_a_log_fits_its_schema(sides: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((shipped("schemas") / "diff.output.schema.json").read_text(encoding="utf-8"))
    assert diff(sides, "--format", "json", "--fail-on", "messages > +0") == 1
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema)
    assert document["impact"]["messages"] == {"before": 2, "after": 4}
    assert document["limits_passed"] == [{"limit": "messages > +0", "figure": "messages", "before": 2, "after": 4}]
    assert diff(sides, "--format", "json", "--contact", "bea") == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema)
    assert [pair["difference"] for pair in document["contact"]["messages"]] == ["same", "only_after"]
    lines = {side: [part["text"] for part in document["contact"][side]["timeline"]] for side in ("before", "after")}
    assert ["email m/b" in (text or "") for text in lines["after"]].count(True) == 1
    assert not any("m/b" in (text or "") for text in lines["before"])


def test_the_stories_of_both_sides_have_the_form_of_a_story_alone() -> None:
    mine, its = (
        json.loads((shipped("schemas") / f"{name}.output.schema.json").read_text(encoding="utf-8"))
        for name in ("diff", "why")
    )
    story = mine["definitions"]["story"]
    assert story["properties"] == {name: its["properties"][name] for name in story["properties"]}
    assert set(its["properties"]) - set(story["properties"]) == {"format_version", "command", "project"}
    assert {name: mine["definitions"][name] for name in its["definitions"]} == its["definitions"]


@pytest.mark.parametrize(("format_", "shown"), [
    ("markdown", "| welcome | email | 2 | 4 | 2 new |"),
    ("html", '<td data-label="what differs"><span>2 new</span></td>'),
])  # fmt: skip
def test_other_formats_have_the_same_figures(
    format_: str, shown: str, sides: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(sides, "--format", format_) == 0
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize(("format_", "shown"), [
    ("text", "2 to a different value"),
    ("markdown", "| rated | advisor | 2 | 2 | 2 to a different value |"),
    ("html", '<td data-label="what differs"><span>2 to a different value</span></td>'),
])  # fmt: skip
def test_changes_of_attributes_are_in_every_format_with_values_masked(
    format_: str, shown: str, sides: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(sides, "--format", format_, old="rated", new="other") == 0
    out = capsys.readouterr().out
    assert "2 attribute changes differ" in " ".join(out.split())
    assert shown in out
    assert "n***@example.com" in out.replace("\\", "")
    assert "new@" not in out.partition("Impact")[2]


def test_changes_of_attributes_are_in_json(sides: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((shipped("schemas") / "diff.output.schema.json").read_text(encoding="utf-8"))
    assert diff(sides, "--format", "json", "--show-data", old="rated", new="other") == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema)
    figures = dict.fromkeys(("only_before", "only_after", "moved"), 0)
    common = {"scenario": "rated", "changes": {"before": 2, "after": 2}, **figures}
    assert document["impact"]["updates"] == [
        {**common, "attribute": "advisor", "other_value": 2},
        {**common, "attribute": "points", "other_value": 0},
    ]
    assert diff(sides, "--format", "json", "--show-data", "--contact", "bea", old="rated", new="other") == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema)
    contact = document["contact"]
    assert [(pair["difference"], pair["before"]["value"], pair["after"]["value"]) for pair in contact["updates"]] == [
        ("other_value", "old@example.com", "new@example.com"),
        ("same", 1, 1),
    ]
