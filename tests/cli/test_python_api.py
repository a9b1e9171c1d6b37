"""The public interface for Python: its results, and its errors if a job cannot be done."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import scenario_cli
from scenario_cli.cli.main import run


@pytest.fixture(scope="module")
def shop(small_shop: Path) -> scenario_cli.Project:
    return scenario_cli.load(small_shop)


def test_a_project_lists_its_parts(shop: scenario_cli.Project, small_shop: Path) -> None:
    assert (shop.folder, shop.name, shop.errors) == (small_shop, "boutique", [])
    welcome = shop.scenarios["welcome"]
    assert welcome["title"] == "Welcome" and "code" in welcome["states"]
    json.dumps(dict(shop.scenarios))  # plain values


def test_findings_are_those_of_the_command(three_scenarios: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(three_scenarios, tmp_path / "shop"))
    text = (root / "welcome.yaml").read_text(encoding="utf-8")
    (root / "welcome.yaml").write_text(text.replace("program: acquisition", "program: aquisition"), encoding="utf-8")
    (finding,) = scenario_cli.validate(root)
    assert (finding.code, finding.severity, finding.message) == ("REF005", "error", "unknown program 'aquisition'")
    assert str(finding) == f"{finding.file}:{finding.line}:{finding.column}: REF005 unknown program 'aquisition'"
    with pytest.raises(scenario_cli.ScenarioError, match="the project has errors, so nothing was run") as raised:
        scenario_cli.replay(root)
    assert raised.value.findings == (finding,)


def test_a_replay_is_that_of_the_command(
    shop: scenario_cli.Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = scenario_cli.replay(shop, ["welcome", "cart_abandonment"])
    assert capsys.readouterr() == ("", "")
    rows = tmp_path / "rows.jsonl"
    arguments = ["dry-run", "welcome", "cart_abandonment", "--project", str(shop.folder), "--plan", str(rows)]
    assert run([*arguments, "--format", "json", "-q"]) == 0
    assert result.summary == json.loads(capsys.readouterr().out)
    assert result.rows == [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    assert result.table.aggregate("count(*)").fetchall() == [(len(result.rows),)]


def test_a_plan_is_that_of_the_command(shop: scenario_cli.Project, capsys: pytest.CaptureFixture[str]) -> None:
    result = scenario_cli.plan(shop, as_of="2025-02-20", horizon="7d")
    arguments = ["plan", "--project", str(shop.folder), "--as-of", "2025-02-20", "--horizon", "7d", "--format", "json"]
    assert run([*arguments, "--show-data", "-q"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert result.rows == document.pop("rows")
    assert result.summary == document


def test_a_log_can_be_named_with_its_columns(shop: scenario_cli.Project, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("who,what,when,newsletter\nz1,newsletter_subscribed,2025-03-01T10:00:00Z,x\n", encoding="utf-8")
    columns = {"contact_id": "who", "event": "what", "timestamp": "when"}
    result = scenario_cli.replay(shop, events=log, map=columns, until="2025-03-02")
    assert result.summary["log"]["rows"] == 1


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda shop: scenario_cli.load("/nowhere"), "'/nowhere' does not exist"),
        (lambda shop: scenario_cli.replay(shop, ["welcom"]), "unknown scenario 'welcom'"),
        (lambda shop: scenario_cli.replay(shop, events="none.csv"), "none.csv"),
        (lambda shop: scenario_cli.plan(shop, horizon="soon"), "horizon: 'soon' is not a duration"),
        (lambda shop: scenario_cli.plan(shop, as_of="soon"), "as_of 'soon' is not a date or date-time"),
    ],
)  # fmt: skip
def test_a_job_that_cannot_be_done_raises_an_error_with_a_reason(
    shop: scenario_cli.Project, ask: object, reason: str
) -> None:
    assert callable(ask)
    with pytest.raises(scenario_cli.ScenarioError, match=reason):
        ask(shop)


def test_a_table_goes_to_arrow(shop: scenario_cli.Project) -> None:
    pytest.importorskip("pyarrow", reason="DuckDB makes Arrow tables with pyarrow, which is not installed")
    table = scenario_cli.plan(shop, as_of="2025-02-20").table
    assert table.to_arrow_table().num_rows == table.aggregate("count(*)").fetchall()[0][0]


def test_the_package_has_a_version_types_and_no_cost() -> None:
    assert scenario_cli.__version__
    assert (Path(scenario_cli.__file__).parent / "py.typed").is_file()
    assert set(scenario_cli.__all__) <= set(dir(scenario_cli))
    code = "import sys, scenario_cli; print([m for m in ('duckdb', 'yaml', 'typer', 'jinja2') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
    with pytest.raises(AttributeError):
        scenario_cli.nothing  # noqa: B018
