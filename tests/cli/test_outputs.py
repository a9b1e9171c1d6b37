"""The commands as a user runs them: exit codes, both streams, JSON against the shipped schemas."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.cli.main import run
from scenario_cli.language.project import load_model
from scenario_cli.language.rules.others import OTHERS
from scenario_cli.language.rules.support.rule import Rule
from scenario_cli.shipped import shipped
from tests.docs.pages import ROOT
from tests.output_schema import fitting
from tests.rows import rows
from tests.sample.shop import SCENARIOS

Run = tuple[int, str, str]


@pytest.fixture
def shop(small_shop: Path) -> Path:
    return small_shop


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    capsys.readouterr()
    code = run(list(arguments))
    output = capsys.readouterr()
    return code, output.out, output.err


def checked(name: str, text: str) -> dict[str, Any]:
    return fitting(name, text)


def test_the_shipped_project_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "validate", str(shipped("scenarios"))) == (0, "", "ok: 29 scenarios, no findings (8 ignored)\n")


def test_validate_as_json_fits_its_schema_and_exits_1_on_errors(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(three_scenarios, broken)
    welcome = broken / "welcome.yaml"
    welcome.write_text(welcome.read_text(encoding="utf-8").replace("to: trends", "to: trend"), encoding="utf-8")
    code, out, _ = call(capsys, "validate", str(broken), "--format", "json")
    document = checked("validate", out)
    assert code == 1
    assert document["counts"]["error"] == 2
    assert {finding["code"] for finding in document["findings"]} == {"REF002"}


def test_a_warning_fails_only_where_asked(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warned = tmp_path / "warned"
    shutil.copytree(three_scenarios, warned)
    (warned / "extra.yaml").write_text("scenario: extra\ntrigger: {event: unsubscribed}\nstates: {a: {end: b}}\n")
    assert call(capsys, "validate", str(warned))[0] == 0
    assert call(capsys, "validate", str(warned), "--fail-level", "warning")[0] == 1
    assert call(capsys, "validate", str(warned), "--fail-level", "warning", "--ignore", "CRM")[0] == 0
    assert call(capsys, "validate", str(warned / "welcome.yaml"), "--fail-level", "info")[0] == 0


def test_every_funnel_adds_up(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "dry-run", "--project", str(shop), "--format", "json")
    document = checked("dry-run", out)
    assert (code, err) == (0, "")
    assert len(document["scenarios"]) == len(SCENARIOS)
    for scenario in document["scenarios"]:
        assert scenario["entered"] == sum(scenario["outcomes"].values()) + scenario["running"]
        assert scenario["running"] == sum(state["waiting"] for state in scenario["funnel"])
        assert sum(scenario["sent"].values()) == sum(message["sent"] for message in scenario["messages"])
    sent = sum(sum(scenario["sent"].values()) for scenario in document["scenarios"])
    assert sent == sum(day["sent"] for day in document["days"])
    to_staff = sum(scenario["sent"].get("task", 0) for scenario in document["scenarios"])
    to_contacts = sum(int(number) * count for number, count in document["pressure"]["messages_per_contact"].items())
    assert sent == to_contacts + to_staff > 100
    assert to_staff > 0


def test_every_scenario_of_the_library_is_met_with_in_the_shipped_log() -> None:
    """The page of the library shows a run over the whole log; another test compares the page with the run."""
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    table = page.partition("\nscenario                 entered   sent  dropped  converted")[2].partition("```")[0]
    rows = [line.split() for line in table.splitlines()[1:]]
    assert sorted(row[0] for row in rows) == sorted(load_model(shipped("scenarios")).project.scenarios)
    for name, entered, sent, _, converted, *_ in rows:
        assert min(int(count.replace(",", "")) for count in (entered, sent, converted)) > 0, name


def test_events_that_scenarios_emit_are_not_reported_as_absent(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "dry-run", "--project", str(shop), "--format", "json", "-q")
    absent = [name["event"] for name in json.loads(out)["log"]["absent"]]
    # A shop would send these events, but these contacts have none of them.
    assert absent == ["lounge_visited", "subscription_renewed", "video_watched", "webinar_attended"]
    _, out, _ = call(capsys, "dry-run", "welcome", "--only", "--project", str(shop), "-q")
    assert "Data warnings" in out  # about other data
    for event_name in ("lead_handed_over", "loyalty_tier", "mail_frequency"):
        assert event_name not in out


def test_workers_and_repetition_change_no_byte(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for name, workers in (("a", "1"), ("b", "1"), ("c", "2")):
        plan = tmp_path / f"{name}.jsonl"
        code, out, _ = call(
            capsys, "dry-run", "cart_abandonment", "--only", "--project", str(shop),
            "--workers", workers, "--plan", str(plan),
        )  # fmt: skip
        assert code == 0
        assert plan.stat().st_size > 0
        outputs.append((out, plan.read_bytes(), plan.with_name(f"{name}.jsonl.head.json").read_bytes()))
    assert outputs[0] == outputs[1] == outputs[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{name}.jsonl{end}" for name in "abc" for end in ("", ".head.json")
    )


def test_the_page_has_the_facts_of_the_text(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "report.html"
    _, out, _ = call(capsys, "dry-run", "welcome", "--only", "--project", str(shop), "--report", str(page))
    written = page.read_text(encoding="utf-8")
    assert "16 entered = no_order 8 + ordered 7 + opted_out 1" in out
    assert "16 entered = no_order 8 + ordered 7 + opted_out 1" in written
    assert written.count("<script") == 1  # the script sorts tables and is part of the page
    assert "<script src" not in written
    assert "https://" not in written  # the page needs no other files


def test_a_plan_is_the_same_in_all_its_formats(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Points are balanced monthly at this time, and later some contacts are signed out by updates, which have no text.
    named = ("loyalty_points", "sunset", "--only")
    window = (*named, "--project", str(shop), "--as-of", "2025-02-05T10:00", "--horizon", "23d")
    lines = tmp_path / "plan.jsonl"
    code, out, _ = call(capsys, "plan", *window, "--format", "json", "--out", str(lines))
    rows = checked("plan", out)["rows"]
    assert code == 0
    assert {row["status"] for row in rows} == {"due", "scheduled", "dropped"}
    assert all("{{" not in (row["body"] or "") for row in rows)
    assert any(row["subject"] for row in rows)
    assert {row["kind"] for row in rows} == {"message", "update"}
    assert all(row["unless"] for row in rows if row["status"] == "scheduled")
    assert [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()] == rows
    for ending in ("csv", "parquet"):
        target = tmp_path / f"plan.{ending}"
        assert call(capsys, "plan", *window, "--out", str(target))[0] == 0
        reader = "read_csv" if ending == "csv" else "read_parquet"
        options = ", all_varchar = true" if ending == "csv" else ""
        with duckdb.connect() as database:
            cells = database.execute(
                f"SELECT message_id, send_at, status, subject, body, because FROM {reader}(?{options})", [str(target)]
            ).fetchall()
        assert [row[:3] for row in cells] == [(row["message_id"], row["send_at"], row["status"]) for row in rows]
        assert [row[3:5] for row in cells] == [(row["subject"], row["body"]) for row in rows]
        assert [json.loads(row[5]) for row in cells] == [row["because"] for row in rows]


def test_a_plan_rests_on_nothing_after_its_instant(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.jsonl"
    with gzip.open(shop / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as lines:
        cut.write_text("".join(line for line in lines if json.loads(line)["timestamp"] < "2024-11-28T23"))
    contacts = ("--contacts", str(shop / "data" / "contacts.csv"))
    window = ("--as-of", "2024-11-28T20:00", "--horizon", "3d", "--format", "json")
    _, whole, _ = call(capsys, "plan", "--project", str(shop), *window)
    _, part, _ = call(capsys, "plan", "--project", str(shop), "--events", str(cut), *contacts, *window)
    assert json.loads(whole)["rows"] == json.loads(part)["rows"]
    assert json.loads(whole)["rows"]


def test_nobody_enters_before_from_and_nothing_leaves_after_until(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.jsonl"
    window = ("--from", "2024-06-01", "--until", "2024-06-30")
    assert call(capsys, "dry-run", "welcome", "--only", "--project", str(shop), *window, "--plan", str(plan))[0] == 0
    rows = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    assert rows
    assert min(row["because"][0]["at"] for row in rows) >= "2024-05-31T22:00"
    assert max(row["send_at"] for row in rows) <= "2024-06-29T22:00:00.000000Z"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["dry-run", "welcom"], "unknown scenario 'welcom'\n  did you mean 'welcome'?"),
        (["dry-run", "--events", "nowhere.csv"], "nowhere.csv"),
        (["dry-run", "--plan", "plan.xlsx"], "--plan cannot write 'plan.xlsx'"),
        (["dry-run", "--plan", "nowhere/plan.csv"], "folder 'nowhere' does not exist"),
        (["dry-run", "--from", "yesterday"], "--from 'yesterday' is not a date"),
        (["dry-run", "welcome", "--only", "--from", "2030-01-01"], "--from is after the end"),
        (["dry-run", "--workers", "0"], "--workers must be 1 or more"),
        (["dry-run", "--map", "contact_id"], "does not have the form OURS=THEIRS"),
        (["dry-run", "--format", "jsn"], "--format cannot be 'jsn'\n  did you mean 'json'?"),
        (["dry-run", "--color", "red"], "--color cannot be 'red'"),
        (["plan", "--horizon", "soon"], "--horizon: 'soon' is not a duration"),
        (["plan", "--frobnicate"], "No such option"),
        (["validate", "--project", "nowhere"], "'nowhere' does not exist"),
        (["rules", "FLOW999"], "unknown rule 'FLOW999'"),
    ],
)
def test_a_job_that_cannot_be_done_exits_2_with_a_reason(
    arguments: list[str], expected: str, shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop.parent)
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert expected in err
    assert "Traceback" not in err


def test_a_project_with_errors_is_not_run(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(shop, broken)
    (broken / "extra.yaml").write_text("scenario: extra\ntrigger: {event: nothing}\nstates: {a: {end: b}}\n")
    code, out, err = call(capsys, "dry-run", "--project", str(broken))
    assert (code, out) == (2, "")
    assert "REF001 unknown event 'nothing'" in err
    assert "nothing was run" in err


def test_a_folder_without_a_project_is_an_error_with_the_places_searched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call(capsys, "validate")
    assert code == 2
    assert "no project.yaml here, in a folder above, or in a folder of this folder" in err


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "rules", "--format", "json")
    assert code == 0
    listed = checked("rules", out)["rules"]
    for rule in listed:
        code, out, _ = call(capsys, "rules", rule["code"])
        assert code == 0
        assert rule["because"] in " ".join(out.split())
        assert all(line.strip() in out for text in rule["example"].values() for line in text.splitlines())


@rows("document", OTHERS, ids=lambda document: document.code)
def test_every_other_code_is_explained(document: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "rules", document.code.lower())
    assert code == 0
    assert out.startswith(f"{document.code} {document.name} ({document.severity})")
    assert document.because in " ".join(out.split())


def test_sarif_documents_every_code_that_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project.yaml").write_text("project: shop\ntimezone: UTC\nphases: [a, a\n")
    monkeypatch.chdir(tmp_path)
    _, out, _ = call(capsys, "validate", "--format", "sarif")
    rules = json.loads(out)["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules if "help" not in rule] == []
    assert [rule["name"] for rule in rules] == ["no-yaml"]


def test_a_bug_in_the_tool_exits_3(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from scenario_cli.language import project

    def fail(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(project, "load_project", fail)
    code, out, err = call(capsys, "validate", "--project", str(shipped("scenarios")))
    assert (code, out) == (3, "")
    assert "this is a bug in scenario-cli" in err


SHOP = {
    "project.yaml": """
project: shop
timezone: Europe/Paris
channels: {push: {}}
exports: {events: log.jsonl, contacts: people.csv, contacts_map: {contact_id: id, known_since: member_since}}
""",
    "events.yaml": """
profile: {points: number}
events:
  viewed: {properties: {sku: string}}
  price_changed: {broadcast: true, properties: {sku: string}}
""",
    "metrics.yaml": "metrics:\n  skus: {list: event.sku, of: viewed}\n",
    "cheaper.yaml": """
scenario: cheaper
trigger: {event: price_changed, where: event.sku in metric.skus}
states: {in: {send: {push: note}, end: told}}
""",
    "weekly.yaml": """
scenario: weekly
trigger: {schedule: at 09:00 on mon}
states: {in: {send: {push: note}, end: told}}
""",
    "templates/note.push.j2": "Hello",
    "people.csv": "id,member_since,points\nold,2019-05-01,1\nnew,2025-03-12,2\n",
    "log.jsonl": """
{"contact_id": "ana", "event": "viewed", "timestamp": "2025-03-05T10:00:00", "properties": {"sku": "A1"}}
{"event": "price_changed", "timestamp": "2025-03-07T10:00:00", "properties": {"sku": "A1"}}
{"event": "price_changed", "timestamp": "2025-03-18T10:00:00", "properties": {"sku": "B7"}}
""",
}


def test_broadcasts_need_no_contact_and_ticks_begin_when_a_contact_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in SHOP.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    plan = tmp_path / "plan.jsonl"
    code, _, _ = call(capsys, "dry-run", "--project", str(tmp_path / "shop"), "--plan", str(plan))
    assert code == 0
    rows = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    assert [(row["contact_id"], row["scenario"], row["send_at_local"][:16]) for row in rows] == [
        ("ana", "cheaper", "2025-03-07T10:00"),
        ("ana", "weekly", "2025-03-10T09:00"),
        ("ana", "weekly", "2025-03-17T09:00"),
        ("new", "weekly", "2025-03-17T09:00"),
        ("old", "weekly", "2025-03-10T09:00"),
        ("old", "weekly", "2025-03-17T09:00"),
    ]


@pytest.mark.parametrize("output", [".", "nowhere/page.txt"])
@pytest.mark.parametrize("command", [("validate", "--output"), ("dry-run", "--output"), ("dry-run", "--report")])
def test_an_unwritable_result_is_an_error_before_the_work(
    command: tuple[str, str], output: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, option = command
    code, out, err = call(capsys, name, "--project", str(shop), option, output)
    assert (code, out) == (2, "")
    assert err.startswith(f"scenario: cannot write '{output}': ")
    assert err.count("\n") == 2


def test_a_result_can_be_written_to_a_device(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert call(capsys, "rules", "FLOW001", "--output", str(pipe))[0] == 0
    assert os.read(reader, 7) == b"FLOW001"
    os.close(reader)
    assert pipe.is_fifo()


def test_an_error_that_cites_a_file_of_any_bytes_sends_no_escape_sequence(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.csv").write_bytes(b"one,\x1b[31mtwo\x1b[0m,three\n1,2,3\n")
    code, _, err = call(capsys, "dry-run", "--project", str(shop), "--events", str(tmp_path / "odd.csv"))
    assert code == 2
    assert "two" in err
    assert "\x1b" not in err


def test_a_log_without_rows_stops_at_no_instant(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.csv").write_text("contact_id,event,timestamp\n")
    code, out, _ = call(capsys, "dry-run", "--project", str(shop), "--events", str(tmp_path / "none.csv"))
    assert code == 0
    assert out.startswith("boutique: 0 rows\n")
    assert "1970" not in out


def test_a_change_of_an_attribute_is_not_a_message_of_the_plan(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    arguments = ("sunset", "--only", "--project", str(shop))
    _, out, _ = call(capsys, "plan", *arguments, "--as-of", "2025-02-12", "--horizon", "8d", "-q")
    assert out.startswith("boutique: 1 message from ")
    assert "0 due now, 1 scheduled if nothing else happens; 1 attribute change" in out
    assert "email_optin: True -> False" in out
