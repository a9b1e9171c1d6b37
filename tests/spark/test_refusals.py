"""Questions that only a whole export can settle are refused, with a solution, before or while pieces are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenario_cli.cli.main import run

pytest.importorskip("pyspark", reason="PySpark is not installed")

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.spark.columns import FACTS
from scenario_cli.hosts.spark.reading import facts_of
from scenario_cli.spark import Reading
from tests.spark.cluster import job_of, pieces, read

EVENTS = "events: {buy: {properties: {amount: number, day: date}}}\n"
SCENARIO = """
scenario: thanks
trigger: {event: buy, where: event.amount > 1 and event.day}
states: {one: {end: done}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project.yaml").write_text("project: shop\ntimezone: UTC\n", encoding="utf-8")
    (tmp_path / "events.yaml").write_text(EVENTS, encoding="utf-8")
    (tmp_path / "thanks.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def row(**properties: object) -> str:
    return json.dumps({"contact_id": "ana", "event": "buy", "timestamp": "2025-03-01T10:00:00Z", **properties})


# The row, the name in the message, and the option that settles the question.
UNSETTLED: dict[str, tuple[str, str, Reading]] = {
    "a date of two orders": (row(day="03/04/2025"), "day", {"date_format": ["day=day-first"]}),
    "a timestamp of two orders": (
        row(timestamp="03/04/2025 10:00"), "timestamp", {"date_format": ["timestamp=month-first"]},
    ),
    "a decimal comma": (row(amount="1,50"), "amount", {"decimal": ["amount=comma"]}),
    "an anonymous id": (row(anonymous_id="a1"), "anonymous id", {"identity": "off"}),
}  # fmt: skip


@pytest.mark.parametrize("case", UNSETTLED)
def test_a_form_that_a_piece_cannot_settle_must_be_stated(project: Path, case: str) -> None:
    line, named, stated = UNSETTLED[case]
    batches = read(job_of(project, False), "events", pieces([line], ()))
    errors = [facts_of(data) for data in batches[0].column("facts").to_pylist()]
    assert len(errors) == 1
    assert isinstance(errors[0], ExportError)
    assert named in errors[0].message
    assert errors[0].hint
    job = job_of(project, False, **stated)
    kinds = [kind for batch in read(job, "events", pieces([line], ())) for kind in batch.column("kind").to_pylist()]
    assert kinds == [FACTS, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--dedupe"], "--dedupe"),
        (["--group", "order"], "--group"),
        (["--query", "SELECT 1"], "--query"),
        (["--rejects", "rows.csv"], "--rejects"),
    ],
)
def test_options_about_a_whole_export_are_refused(
    project: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(project)
    (project / "log.jsonl").write_text(row(amount=3, day="2025-03-01") + "\n", encoding="utf-8")
    assert run(["dry-run", "--project", str(project), "--engine", "spark", "--events", "log.jsonl", *options]) == 2
    assert message in capsys.readouterr().err


def test_an_engine_that_does_not_exist_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dry-run", "--project", str(project), "--engine", "flink", "--events", "log.jsonl"]) == 2
    assert "spark" in capsys.readouterr().err
