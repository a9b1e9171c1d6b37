"""The output of `scenario state` for a store, a contact and the outbox, as text and as JSON.

UPDATE_CASES=1 pytest tests/cli/state writes the golden files anew; read the difference.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path

import pytest

from tests.cli.state.stage import GREETING, PHONE, document, feed, run, state
from tests.reports.why.stage import answer

SHOWN = Path(__file__).parent / "shown"


@pytest.mark.parametrize(
    ("golden", "arguments"),
    [
        ("overview", []),
        ("contact", ["contact", "eva"]),
        ("kept", ["contact", "ben", "--rows", "1"]),
        ("masked", ["contact", PHONE]),
        ("with_data", ["contact", PHONE, "--show-data"]),
        ("rows", ["rows"]),
        ("rows_of_a_run", ["rows", "--run", "3"]),
        ("dropped_rows", ["rows", "--status", "dropped", "--scenario", "greeting", "--limit", "1"]),
        ("check", ["check"]),
    ],
)
def test_the_text_is_that_of_the_golden_file(golden: str, arguments: list[str], shared_store: Path) -> None:
    code, out, err = state(*arguments)
    assert (code, err) == (0, "")
    shown = re.sub(r"(?m)^  size .*$", "  size       SIZE", out)
    path = SHOWN / f"{golden}.out"
    if os.environ.get("UPDATE_CASES"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        ("state", []),
        ("state", ["--runs", "0"]),
        ("state-contact", ["contact", "eva"]),
        ("state-contact", ["contact", "ben"]),
        ("state-rows", ["rows"]),
        ("state-check", ["check"]),
    ],
)
def test_json_fits_its_schema(schema: str, arguments: list[str], shared_store: Path) -> None:
    code, out, err = state(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    assert document(schema, out)["store"] == "crm.db"


def test_figures_are_those_of_the_runs(shared_store: Path) -> None:
    values = document("state", state("--format", "json")[1])
    assert (values["contacts"], values["kept"], values["clock"]) == (4, 1, "2025-03-06T00:00:00+01:00")
    assert [(run["run"], run["taken"], run["entered"], run["sent"]) for run in values["runs"]] == [
        (1, 4, 4, 3), (2, 2, 2, 4), (3, 0, 0, 1),
    ]  # fmt: skip
    journeys = [(count["scenario"], count["state"], count["standing"], count["count"]) for count in values["journeys"]]
    assert journeys == [("greeting", "reminder", "today", 3)]
    assert {(row["channel"], row["status"]): row["count"] for row in values["outbox"]} == {
        ("email", "pending"): 8, ("email", "dropped"): 2,
    }  # fmt: skip
    assert values["due"] == {"within_an_hour": 0, "within_a_day": 2, "earliest": "2025-03-06T10:00:00+01:00"}


def test_an_address_is_masked_unless_it_is_asked_for(shared_store: Path) -> None:
    for command in (["contact", PHONE], ["rows"], ["contact", PHONE, "--format", "json"], ["rows", "--format", "json"]):
        hidden, shown = state(*command)[1], state(*command, "--show-data")[1]
        assert PHONE not in hidden
        assert "tel@example.com" not in hidden
        assert PHONE in shown


def test_a_store_can_be_read_without_its_project(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_folder = tmp_path / "elsewhere"
    other_folder.mkdir()
    (own_store / "crm.db").rename(other_folder / "crm.db")
    monkeypatch.chdir(other_folder)
    code, out, err = state()
    assert (code, err) == (0, "")
    assert "times in UTC" in out
    code, out, _ = state("contact", "eva")
    assert code == 0
    assert "a wait ends at 2025-03-07 10:00" in " ".join(out.split())
    assert "1 without a name here" in out
    code, out, _ = state("check")
    assert code == 0
    assert "--project is not given" in out


def test_a_journey_on_an_older_definition_is_named_pinned(own_store: Path) -> None:
    (own_store / "s0.yaml").write_text(GREETING.replace("after: {2d", "after: {5d"), encoding="utf-8")
    assert "pinned" not in state("check")[1]
    feed(own_store, "day4.jsonl", (("zoe", "2025-03-06 12:00", "started"),))
    code, _, err = run(own_store, "2025-03-06T13:00", "day4.jsonl")
    assert code == 0, err
    counts = document("state", state("--format", "json")[1])["journeys"]
    assert {(count["state"], count["standing"]) for count in counts} == {("reminder", "pinned"), ("hello", "today")}
    assert "pinned" in state()[1]
    assert "after 2d" in state("contact", "eva")[1]
    assert state("check")[0] == 0


def test_a_project_with_errors_is_left_out(own_store: Path) -> None:
    (own_store / "s0.yaml").write_text("scenario: [", encoding="utf-8")
    code, out, err = state()
    assert code == 0
    assert "the project has errors, so the store is read without it" in err
    assert "times in UTC" in out


def test_another_project_is_left_out_or_refused(own_store: Path) -> None:
    project = own_store / "project.yaml"
    project.write_text(project.read_text(encoding="utf-8").replace("project: world", "project: moon"), "utf-8")
    code, _, err = state()
    assert code == 0
    assert "crm.db belongs to the project 'world', so it is read without the project 'moon'" in err
    assert answer("state", "--state", "crm.db", "--project", ".")[0] == 2


def test_the_store_of_project_yaml_is_read_where_none_is_named(own_store: Path) -> None:
    with (own_store / "project.yaml").open("a", encoding="utf-8") as project:
        project.write("run: {state: crm.db}\n")
    code, out, err = answer("state", "--project", str(own_store), "--format", "json")
    assert (code, err) == (0, "")
    assert document("state", out)["contacts"] == 4
    assert "no store is given" not in answer("state")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("contact", "evo"), "has no contact 'evo'\n  did you mean 'eva'?"),
        (("contact", "nobody-at-all"), "has no contact 'nobody-at-all'\n  no similar id exists"),
        (("rows", "--run", "7"), "crm.db has no run 7\n  its runs are 1 to 3"),
        (("rows", "--status", "handled"), "--status cannot be 'handled'"),
        (("rows", "--out", "rows.txt"), "--out cannot write 'rows.txt'"),
        (("rows", "--out", "nowhere/rows.csv"), "folder 'nowhere' does not exist"),
        (("--format", "yaml"), "--format cannot be 'yaml'"),
    ],
)
def test_a_mistake_is_an_error_with_a_remedy(arguments: tuple[str, ...], message: str, shared_store: Path) -> None:
    code, out, err = state(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_options_stand_behind_the_name_of_a_command(shared_store: Path) -> None:
    code, _, err = answer("state", "--state", "crm.db", "check")
    assert code == 2
    assert "write 'scenario state check --state FILE'" in err


def test_messages_are_counted_by_status_with_the_last_answers(own_store: Path) -> None:
    _edit(
        "UPDATE outbox SET status = 'failed', answer = '550 no mailbox ana@example.com' WHERE contact = 'ana'",
        "UPDATE outbox SET status = 'handed' WHERE contact = 'eva'",
    )
    values = document("state", state("--format", "json")[1])
    assert values["failed"] == [{"channel": "email", "answer": "550 no mailbox a***@example.com", "count": 3}]
    assert {(row["status"]): row["count"] for row in values["outbox"]} == {
        "dropped": 2, "failed": 3, "handed": 3, "pending": 2,
    }  # fmt: skip
    out = state()[1]
    assert "550 no mailbox a***@example.com" in out
    assert "ana@example.com" not in out
    assert "failed: 550 no mailbox" in " ".join(state("contact", "ana")[1].split())


def test_an_unfinished_run_is_shown(own_store: Path) -> None:
    _edit("INSERT INTO runs (began, clock, until, head) SELECT 'then', until, until + 1, '{}' FROM runs WHERE id = 3")
    assert "run 4, started then" in " ".join(state()[1].split())
    assert document("state", state("--format", "json")[1])["unfinished"]["run"] == 4


def test_rows_are_the_plan_of_a_dry_run_over_the_whole(own_store: Path) -> None:
    lines = [
        line for day in (1, 2, 3) for line in (own_store / f"day{day}.jsonl").read_text().splitlines(keepends=True)
    ]
    (own_store / "all.jsonl").write_text("".join(lines), encoding="utf-8")
    whole = ("--project", ".", "--events", "all.jsonl", "--contacts", "data/contacts.csv")
    assert answer("dry-run", *whole, "--until", "2025-03-06", "--plan", "plan.jsonl", "-q")[0] == 0
    for ending in ("jsonl", "csv"):
        assert state("rows", "--out", f"rows.{ending}") == (0, "", f"wrote rows.{ending} and rows.{ending}.head.json\n")
    assert (own_store / "rows.jsonl").read_bytes() == (own_store / "plan.jsonl").read_bytes()
    assert len((own_store / "rows.csv").read_text(encoding="utf-8").splitlines()) > 10
    head = json.loads((own_store / "rows.jsonl.head.json").read_text(encoding="utf-8"))
    assert (head["project"], [run["run"] for run in head["runs"]]) == ("world", [1, 2, 3])


def test_a_message_that_was_stale_when_it_was_to_be_handed_over_is_a_dropped_row(own_store: Path) -> None:
    _edit("UPDATE outbox SET status = 'stale' WHERE contact = 'eva'")
    assert state("rows", "--out", "rows.jsonl", "-q")[0] == 0
    rows = [json.loads(line) for line in (own_store / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    statuses = {(row["status"], row["reason"]) for row in rows if row["contact_id"] == "eva"}
    assert statuses == {("dropped", "stale")}


def _edit(*statements: str) -> None:
    with sqlite3.connect("crm.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()
