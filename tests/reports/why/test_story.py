"""The story of one contact: everything that happened, once, with its reason.

`UPDATE_CASES=1 pytest tests/reports/why` writes the golden stories anew; read the difference.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.reports.why.stage import answer, why

HERE = Path(__file__).parent

# The contact, the width, and the scenarios shown (all scenarios fill pages); the comment gives the reason for the
# choice.
GOLDEN = [
    ("c0111", 80, ["cart_abandonment", "welcome"]),  # capped and held
    ("c0595", 120, ["nurturing"]),  # reaches the goal, with the credit for a message
    ("c0747", 80, ["nurturing"]),  # no address, and in another zone
    ("c0305", 80, ["welcome"]),  # opted out
    ("c0694", 120, ["cart_abandonment"]),  # dropped as too late
    ("c0876", 80, ["loyalty_points"]),  # an attribute of the profile is set; the journey still runs at the end
    ("c0078", 80, ["cart_abandonment", "welcome", "nurturing", "reactivation"]),  # never entered any scenario
]
# Together they have every reason for which a message is dropped, and have updates.
MET = ["c0012", "c0034", "c0038", "c0059", "c0257"]


@pytest.fixture(scope="module")
def shop(small_shop: Path) -> str:
    return str(small_shop)


@pytest.mark.parametrize(("contact", "width", "scenarios"), GOLDEN)
def test_stories_of_the_shipped_log(
    contact: str, width: int, scenarios: list[str], shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    code, printed, err = answer("why", contact, *scenarios, "--only", "--project", shop)
    assert code == 0
    assert err.startswith("Caps and exclusive groups ignore")
    golden = HERE / f"{contact}.{width}.out"
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(printed, encoding="utf-8")
    assert printed == golden.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def plan(shop: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The rows of a dry run's plan, by contact."""
    path = tmp_path_factory.mktemp("plan") / "plan.jsonl"
    assert answer("dry-run", "--project", shop, "--plan", str(path), "--quiet")[0] == 0
    rows = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["contact_id"]].append(row)
    return rows


def test_the_plan_has_rows_of_every_kind(plan: dict[str, list[dict[str, Any]]]) -> None:
    assert {(row["kind"], row["reason"]) for contact in MET for row in plan[contact]} == {
        ("update", None),
        *(("message", reason) for reason in (None, "no_consent", "no_address", "unreachable", "capped", "holdout",
                                             "expired", "quiet_hours", "cancelled")),
    }  # fmt: skip


@pytest.mark.parametrize("contact", MET)
def test_every_row_of_a_plan_is_in_the_story_with_the_same_reason(
    contact: str, shop: str, plan: dict[str, list[dict[str, Any]]]
) -> None:
    timeline = why(Path(shop), contact, "--show-data")["timeline"]
    same = {
        "message": ("message_id", "scenario", "state", "channel", "template", "reason", "detail", "address"),
        "update": ("journey_id", "scenario", "attribute", "before", "after"),
    }
    for kind, fields in same.items():
        told_of = [line for line in timeline if line["kind"] == kind]
        assert [[record[field] for field in fields] for record in told_of] == [
            [row[field] for field in fields] for row in plan[contact] if row["kind"] == kind
        ]
        assert all(
            (record.get("reason") or {"message": "is sent", "update": "sets"}[kind]) in record["text"]
            for record in told_of
        )


def test_an_unknown_contact_stops_with_the_nearest_ids(shop: str) -> None:
    code, out, err = answer("why", "c01111", "--project", shop)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "scenario: the export has no contact 'c01111'",
        "  did you mean 'c0111' or 'c0011' or 'c0151'?",
    ]
    assert answer("why", "nobody@example.com", "--project", shop)[2].endswith("no similar id exists\n")


def test_only_named_scenarios_are_in_the_story(shop: str) -> None:
    document = why(Path(shop), "c0111", "welcome")
    assert document["scenarios"] == ["welcome"] == list({line["scenario"] for line in document["timeline"]} - {None})
    assert why(Path(shop), "c0111", "--scenario", "welcome") == document
    assert answer("why", "c0111", "welcom", "--project", shop)[2].startswith("scenario: unknown scenario 'welcom'")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for line in answer("why", "c0111", "--project", shop)[1].splitlines():
        assert cell_len(line) <= width, line


def test_colour_changes_no_word(shop: str) -> None:
    plain = answer("why", "c0305", "welcome", "--project", shop)[1]
    colored = answer("why", "c0305", "welcome", "--project", shop, "--color", "always")[1]
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_the_result_is_written_to_a_named_file(tmp_path: Path, shop: str) -> None:
    target = tmp_path / "story.txt"
    arguments = ("why", "c0078", "welcome", "--project", shop)
    assert answer(*arguments, "--output", str(target)) == (0, "", "")
    assert target.read_text(encoding="utf-8") == answer(*arguments)[1]
