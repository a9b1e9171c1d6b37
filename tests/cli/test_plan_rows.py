"""The rows of a plan and the figures of the same run: templates that fail, and values that JSON does not have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.test_outputs import call, checked

FILES = {
    "project.yaml": """
project: shop
timezone: Europe/Paris
channels:
  push: {}
  in_app: {}
""",
    "events.yaml": """
profile:
  seen: array
  greeted_at: datetime
events:
  go:
    description: somebody goes
    properties: {sku: string, price: {description: a number}}
""",
    "greeting.yaml": """
scenario: greeting
status: live
trigger: {event: go}
reentry: always
states:
  greeted:
    update: {greeted_at: =now}
    send: {push: price, in_app: note}
    end: greeted
""",
    "digest.yaml": """
scenario: digest
status: live
trigger: {event: go}
states:
  collecting:
    set: {looks: "=[event]"}
    on: {go: {collect: looks}}
    after: {6h: told}
  told:
    update: {seen: =looks}
    send: {in_app: note}
    end: told
""",
    "templates/price.push.j2": "---\ntitle: New\n---\nHalf of it: {{ trigger.price / 2 }}\n",
    "templates/note.in_app.j2": "Hello\n",
}
# The price of two contacts is a text, which a template cannot divide by 2.
PRICES = {"ana": 10, "ben": '"much"', "cleo": 30, "dan": '"more"'}


@pytest.fixture
def shop(tmp_path: Path) -> tuple[str, ...]:
    """Options that name the project and its log."""
    for name, text in FILES.items():
        file = tmp_path / "shop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    events = tmp_path / "events.jsonl"
    lines = [
        f'{{"contact_id": "{contact}", "event": "go", "timestamp": "2025-04-01T{hour}:00:00Z",'
        f' "properties": {{"sku": "A", "price": {price}}}}}\n'
        for contact, price in PRICES.items()
        for hour in (10, 11)
    ]
    events.write_text("".join(lines), encoding="utf-8")
    return ("--project", str(tmp_path / "shop"), "--events", str(events), "-q")


def dry_run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, err = call(capsys, "dry-run", *arguments, "--until", "2025-04-03", "--format", "json")
    assert (code, err) == (0, "")
    return checked("dry-run", out)


def rows_of(plan: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_dry_run_counts_the_same_with_rows_and_without(
    workers: str, shop: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without = dry_run(capsys, *shop, "--report", str(tmp_path / "report.html"))
    with_rows = dry_run(capsys, *shop, "--plan", str(tmp_path / "plan.jsonl"), "--workers", workers)
    unrendered = [scenario.pop("unrendered") for scenario in with_rows["scenarios"]]
    assert unrendered == [{}, {"push": 4}]
    assert [scenario.pop("unrendered") for scenario in without["scenarios"]] == [None, None]
    assert sum(with_rows.pop("complaints").values()) == 4
    assert without.pop("complaints") == {}
    assert with_rows == without
    failed = [row for row in rows_of(tmp_path / "plan.jsonl") if row["reason"] == "render_error"]
    assert [(row["contact_id"], row["status"]) for row in failed] == [
        (name, "dropped") for name in "ben ben dan dan".split()
    ]


def test_the_text_counts_messages_that_could_not_be_rendered(
    shop: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = ("--plan", str(tmp_path / "plan.jsonl"), "--report", str(tmp_path / "report.html"))
    _, without, _ = call(capsys, "dry-run", "greeting", *shop)
    _, with_rows, _ = call(capsys, "dry-run", "greeting", *shop, *plan)
    fact = "in_app 8, push 8 (4 not rendered)"
    assert fact in with_rows
    assert fact in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert with_rows.replace(" (4 not rendered)", "").startswith(without)


def test_collected_events_stand_in_every_kind_of_plan(
    shop: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = [{"sku": "A", "price": price, "event": "go"} for price in (10, 10)]
    for ending in ("jsonl", "csv", "parquet"):
        plan = tmp_path / f"plan.{ending}"
        dry_run(capsys, "digest", *shop, "--plan", str(plan))
        if ending == "jsonl":
            after = [row["after"] for row in rows_of(plan) if row["kind"] == "update"]
        else:
            query = f"SELECT after FROM read_{ending}('{plan}') WHERE kind = 'update'"
            with duckdb.connect() as database:
                after = [json.loads(value) for (value,) in database.execute(query).fetchall()]
        assert len(after) == len(PRICES)
        assert [{name: event[name] for name in ("sku", "price", "event")} for event in after[0]] == expected
        assert [event["timestamp"] for event in after[0]] == ["2025-04-01 12:00:00+02:00", "2025-04-01 13:00:00+02:00"]


def test_collected_events_stand_in_the_json_of_a_plan_and_a_story(
    shop: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(capsys, "plan", "digest", *shop, "--as-of", "2025-04-01T13:00", "--format", "json")
    update, message = checked("plan", out)["rows"][:2]
    assert (code, update["kind"], message["kind"]) == (0, "update", "message")
    assert [event["sku"] for event in update["after"]] == ["A", "A"]
    code, out, _ = call(capsys, "why", "ana", "digest", *shop, "--until", "2025-04-03", "--format", "json")
    (change,) = (entry for entry in checked("why", out)["timeline"] if entry["kind"] == "update")
    assert (code, change["after"]) == (0, update["after"])


def test_a_date_time_of_the_profile_is_text_in_a_row(
    shop: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.jsonl"
    dry_run(capsys, "greeting", *shop, "--plan", str(plan))
    update = next(row for row in rows_of(plan) if row["kind"] == "update")
    assert (update["before"], update["after"]) == (None, "2025-04-01 12:00:00+02:00")
