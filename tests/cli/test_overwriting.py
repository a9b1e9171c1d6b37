"""A result never takes the place of a file that the command reads, or of another result."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.cli.main import run

PROJECT = "project: shop\ntimezone: UTC\nrun: {state: crm.db}\nexports: {events: log.csv}\n"
LOG = "contact_id,event,timestamp\nana,seen,2025-03-03T10:00:00Z\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "drop").mkdir()
    for name, content in {
        "project.yaml": PROJECT, "events.yaml": "events: {seen: {}}\n", "log.csv": LOG, "drop/old.csv": LOG,
        "people.csv": "contact_id\nana\n", "crm.db": "", "hello.yaml": "scenario: hello\ntrigger: {event: seen}\n"
        "states: {here: {after: {1d: {end: done}}}}\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "option", "file"),
    [
        ("dry-run --output log.csv --format json", "output", "log.csv"),
        ("dry-run --plan log.csv", "plan", "log.csv"),
        ("dry-run --events drop --rejects drop/old.csv", "rejects", "drop/old.csv"),
        ("dry-run --events drop/*.csv --report drop/old.csv", "report", "drop/old.csv"),
        ("dry-run --contacts people.csv --output ./people.csv --format json", "output", "people.csv"),
        ("events inspect log.csv --output log.csv --format json", "output", "log.csv"),
        ("events infer --output log.csv --format json", "output", "log.csv"),
        ("why ana --output log.csv --format json", "output", "log.csv"),
        ("plan --out log.csv", "out", "log.csv"),
        ("results --output log.csv --format json", "output", "log.csv"),
        ("results --state crm.db --output crm.db", "output", "crm.db"),
        ("audience --output log.csv --format json", "output", "log.csv"),
        ("run --output crm.db", "output", "crm.db"),
        ("run --state new.db --history people.csv --output people.csv --format json", "output", "people.csv"),
        ("state --output crm.db", "output", "crm.db"),
        ("state rows --state crm.db --output crm.db", "output", "crm.db"),
        ("deliver --output crm.db", "output", "crm.db"),
        ("diff . . --events log.csv --output log.csv --format json", "output", "log.csv"),
    ],
)
def test_a_file_that_is_read_is_not_replaced(
    arguments: str, option: str, file: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.*") if path.is_file()}
    assert run(arguments.split()) == 2
    assert f"scenario: --{option} would replace '{file}', which this command reads" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("dry-run --plan out.csv --output ./out.csv --format json", "--output and --plan"),
        ("dry-run --output out.csv --rejects out.csv --format json", "--output and --rejects"),
        ("run --out out.csv --output out.csv --format json", "--output and --out"),
    ],
)
def test_two_results_do_not_share_a_file(
    arguments: str, options: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split()) == 2
    assert f"scenario: {options} name the same file 'out.csv'" in capsys.readouterr().err


def test_devices_and_earlier_results_are_written_to(shop: Path) -> None:
    for _ in range(2):
        assert run("dry-run -q --output out.txt --plan plan.csv".split()) == 0
        assert run("dry-run -q --output /dev/null --report /dev/null".split()) == 0
