"""`scenario audience` over a small log: its counts, lists and files.

UPDATE_CASES=1 pytest tests/cli/audience writes the golden files anew; read the difference.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.cli.audience.stage import SHOP, audience, document, sizes
from tests.rows import rows

SHOWN = Path(__file__).parent / "shown"


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize(
    ("golden", "arguments"),
    [
        ("segments", []),
        ("groups", ["--none-of", "buyer,site_shop", "--none-of", "segment.written_to"]),
        ("before_the_log", ["--as-of", "2025-01-10"]),
        ("segment", ["segment.written_to"]),
        ("condition", ["metric.orders > 0 and metric.spent < 100", "--limit", "2"]),
        ("with_data", ["segment.tier_small", "--show-data"]),
        ("misfit", ["contact.email > 5"]),
        ("nobody", ["false"]),
    ],
)
def test_the_text_is_that_of_the_golden_file(
    golden: str, arguments: list[str], columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    code, out, err = audience(capsys, *arguments)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= int(columns)
    path = SHOWN / f"{golden}.{columns}.out"
    if os.environ.get("UPDATE_CASES"):
        path.write_text(out, encoding="utf-8")
    assert out == path.read_text(encoding="utf-8")


def test_a_segment_has_its_size_its_reach_and_its_change(capsys: pytest.CaptureFixture[str]) -> None:
    report = document(capsys)
    assert report["everyone"]["contacts"] == 6
    assert report["change_since"] == "2025-02-18T12:00:00+01:00"
    small = next(segment for segment in report["segments"] if segment["segment"] == "tier_small")
    # Ben, dot and fay; ana was in it before. Ben has no number, dot unsubscribed from mails, fay has no data.
    assert small["change"] == {"before": 2, "came": 2, "left": 1}
    assert small["reachable"] == {"email": 1, "sms": 1}
    assert small["share"] == 0.5


def test_revenue_is_what_was_paid_in_the_currency_of_the_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = document(capsys)
    revenue = {segment["segment"]: segment["revenue"] for segment in report["segments"]}
    assert (report["everyone"]["revenue"], report["currency"]) == (415.5, "EUR")
    # Ben 30 and fay 15; dot paid in dollars.
    assert (revenue["tier_small"], revenue["tier_large"]) == (45, 370.5)
    assert report["everyone"]["revenue_share"] == 1
    project = shutil.copytree(SHOP, tmp_path / "shop")
    text = (project / "project.yaml").read_text(encoding="utf-8")
    (project / "project.yaml").write_text(text.partition("insights:")[0], encoding="utf-8")
    without = document(capsys, project=project)
    assert without["everyone"]["revenue"] is None
    assert without["in_none_of"][0]["buyers"] is None
    assert "of revenue" not in audience(capsys, project=project)[1]


def test_a_channel_without_address_and_consent_and_one_to_staff_are_not_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = document(capsys)
    assert [channel["channel"] for channel in report["channels"]] == ["email", "sms"]
    assert report["open_channels"] == ["in_app"]


def test_every_pair_of_segments_with_somebody_in_both_is_an_overlap(capsys: pytest.CaptureFixture[str]) -> None:
    overlaps = {tuple(pair["segments"]): pair["contacts"] for pair in document(capsys)["overlaps"]}
    assert overlaps["buyer", "tier_small"] == 3
    assert overlaps["site_shop", "site_all"] == 3
    assert ("tier_small", "tier_large") not in overlaps


def test_only_names_of_one_word_of_which_nobody_is_in_two_are_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    # Every contact in site_shop is also in site_all.
    assert document(capsys)["in_none_of"] == [{"segments": ["tier_small", "tier_large"], "contacts": 1, "buyers": 0}]
    outside = document(capsys, "--none-of", "site_shop,site_all")["in_none_of"]
    assert outside[1:] == [{"segments": ["site_shop", "site_all"], "contacts": 1, "buyers": 1}]
    repeated = document(capsys, "--none-of", "tier_small,tier_large")["in_none_of"]
    assert repeated == [{"segments": ["tier_small", "tier_large"], "contacts": 1, "buyers": 0}]


def test_figures_that_depend_on_the_replay_name_its_effects(capsys: pytest.CaptureFixture[str]) -> None:
    report = document(capsys)
    rests = {segment["segment"]: segment["rests_on"] for segment in report["segments"] if segment["rests_on"]}
    assert rests == {"written_to": ["message.sent"]}
    assert report["channels"][0]["rests_on"] == ["contact.email_optin"]
    running = document(capsys, "running('thanks')")
    assert running["audience"]["rests_on"] == ["journeys"]


@pytest.mark.parametrize(
    "condition",
    [
        "buyer",
        "segment.buyer",
        " segment.buyer ",
        "metric.orders > 0",
        "happened('order_completed')",
        "segment['buyer']",
    ],
)
def test_a_condition_lists_the_contacts_of_such_a_segment(condition: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = document(capsys, condition)["audience"]["rows"]
    assert [row["contact_id"] for row in rows] == ["ana", "ben", "cyd", "d***@example.com", "fay"]


def test_a_condition_reads_constants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = shutil.copytree(SHOP, tmp_path / "shop")
    with (project / "project.yaml").open("a") as file:
        file.write("constants: {large: 100}\n")
    assert document(capsys, "metric.spent >= const.large", project=project)["audience"]["contacts"] == 2


@rows(
    ("arguments", "expected"),
    [
        (["segment.buyr"], "EXPRESSION:1:9: REF015 unknown segment 'buyr'\n  1 | segment.buyr\n    |         ^^^^"),
        (["metric.order > 1"], "did you mean 'orders'?"),
        (["metric.orders >"], "the expression breaks off after '>'"),
        (["event.total > 1"], "'event' is not allowed here"),
        (["journey.key == 1"], "'journey' is not allowed here"),
        (["metric.orders > 0 and\n  metric.order > 1"], "EXPRESSION:2:10: REF014"),
        (["--none-of", "buyr,tier_small"], "--none-of: unknown segment 'buyr'\n  did you mean 'buyer'?"),
        (["--none-of", ","], "--none-of ',' has no segment"),
        (["buyer", "--none-of", "buyer"], "--none-of and a list cannot be combined"),
        (["--out", "x.csv"], "--out needs a list of contacts"),
        (["--limit", "3"], "--limit needs a list of contacts"),
        (["buyer", "--limit", "-1"], "--limit must be 0 or more"),
        (["buyer", "--out", "x.xlsx"], "--out cannot write 'x.xlsx'"),
        (["--change-over", "1mo"], "--change-over: '1mo' counts months or years"),
        (["--as-of", "tomorrow"], "--as-of 'tomorrow' is not a date or date-time"),
        (["--workers", "0"], "--workers must be 1 or more"),
    ],
)
def test_an_error_comes_with_a_remedy(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = audience(capsys, *arguments)
    assert (code, out) == (2, "")
    assert expected in err


def test_a_warning_about_a_condition_does_not_stop_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = audience(capsys, "contact.country")
    assert code == 0
    assert "EXP008 warning: this condition is only a text" in err
    assert "is false (5 times)" in " ".join(out.split())


def test_a_list_is_the_same_in_all_its_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("jsonl", "csv", "parquet"):
        assert audience(capsys, "segment.buyer", "--out", str(tmp_path / f"list.{ending}"), "-q")[0] == 0
        head = json.loads((tmp_path / f"list.{ending}.head.json").read_text(encoding="utf-8"))
        assert (head["audience"], head["until"]) == ("segment.buyer", "2025-03-20T12:00:00+01:00")
        assert head["rests_on"] == {
            "reachable_email": ["contact.email_optin"],
            "segment_written_to": ["message.sent"],
            "metric_mails": ["message.sent"],
        }
    lines = [json.loads(line) for line in (tmp_path / "list.jsonl").read_text(encoding="utf-8").splitlines()]
    with duckdb.connect() as database:
        result = database.execute("SELECT * FROM read_parquet($file)", {"file": str(tmp_path / "list.parquet")})
        columns = [(str(name), str(type_)) for name, type_, *_ in result.description]
        names, types = [name for name, _ in columns], dict(columns)
        assert [dict(zip(names, row, strict=True)) for row in result.fetchall()] == lines
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [*rows[0]] == [*lines[0]] == names
    assert [row["contact_id"] for row in rows] == ["ana", "ben", "cyd", "dot@example.com", "fay"]
    assert {name: types[f"metric_{name}"] for name in ("orders", "spent", "last_note", "size")} == {
        "orders": "BIGINT", "spent": "DOUBLE", "last_note": "VARCHAR", "size": "BIGINT",
    }  # fmt: skip
    assert (types["segment_buyer"], types["reachable_in_app"]) == ("BOOLEAN", "BOOLEAN")


def test_no_spreadsheet_finds_a_formula_in_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audience(capsys, "buyer", "--as-of", "2025-02-01", "--out", str(tmp_path / "list.csv"), "-q")[0] == 0
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        assert [row["metric_last_note"] for row in csv.DictReader(file)] == ["'=1+1", ""]


def test_a_file_holds_everybody_whatever_the_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = document(capsys, "true", "--limit", "1", "--out", str(tmp_path / "list.jsonl"))
    assert len(report["audience"]["rows"]) == 1
    assert len((tmp_path / "list.jsonl").read_text(encoding="utf-8").splitlines()) == 6


def test_names_that_differ_only_in_case_cannot_be_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = shutil.copytree(SHOP, tmp_path / "shop")
    with (project / "metrics.yaml").open("a") as file:
        file.write("  Buyer: metric.orders > 1\n")
    code, _, err = audience(capsys, "buyer", "--out", str(tmp_path / "list.csv"), project=project)
    assert code == 2
    assert "'buyer' and 'Buyer' would share one column" in err
    assert audience(capsys, "segment.buyer", "--out", str(tmp_path / "list.jsonl"), project=project)[0] == 0


def test_a_project_without_scenarios_and_segments_has_a_base(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = shutil.copytree(SHOP, tmp_path / "shop")
    for name in ("metrics.yaml", "thanks.yaml"):
        (project / name).unlink()
    report = document(capsys, project=project)
    assert (report["everyone"]["contacts"], report["segments"], report["scenarios"]) == (6, [], [])
    assert document(capsys, "contact.country == 'BE'", project=project)["audience"]["contacts"] == 2


def test_the_sizes_at_the_earlier_instant_are_those_of_that_instant(capsys: pytest.CaptureFixture[str]) -> None:
    now = document(capsys, "--change-over", "45d")
    then = document(capsys, "--as-of", now["change_since"])
    assert {segment["segment"]: segment["change"]["before"] for segment in now["segments"]} == sizes(then)
    assert now["everyone"]["change"]["before"] == then["everyone"]["contacts"]
    for segment in now["segments"]:
        assert (
            segment["contacts"] == segment["change"]["before"] + segment["change"]["came"] - segment["change"]["left"]
        )


def test_workers_change_no_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.csv"
        code, shown, _ = audience(capsys, "segment.buyer", "--workers", workers, "--out", str(out))
        assert code == 0
        outputs.append((shown, out.read_bytes()))
    assert outputs[0] == outputs[1]
    assert len(outputs[0][1].splitlines()) == 6
