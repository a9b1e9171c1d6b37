"""`scenario schema`: the schemas of a project, in the places where editors look for them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scenario_cli.cli.main import run


@pytest.fixture
def shop(three_scenarios: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three_scenarios, tmp_path / "shop"))


def test_the_schemas_are_written_where_the_files_name_them(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--project", str(shop)]) == 0
    assert "wrote     .schemas/scenario.schema.json\n" in capsys.readouterr().out
    written = json.loads((shop / ".schemas/scenario.schema.json").read_text(encoding="utf-8"))
    assert written["definitions"]["state of welcome"]["anyOf"][0]["enum"]
    first_line = (shop / "welcome.yaml").read_text(encoding="utf-8").partition("\n")[0]
    assert first_line == "# yaml-language-server: $schema=.schemas/scenario.schema.json"


def test_a_schema_that_is_as_it_was_is_not_written_again(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["schema", "--project", str(shop)])
    before = (shop / ".schemas/test.schema.json").stat().st_mtime_ns
    capsys.readouterr()
    assert run(["schema", "--project", str(shop)]) == 0
    assert "wrote" not in capsys.readouterr().out
    assert (shop / ".schemas/test.schema.json").stat().st_mtime_ns == before


def test_the_schema_of_one_kind_is_printed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "policy", "--project", str(shop)]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "policy.schema.json"


def test_another_folder_can_be_named(shop: Path, tmp_path: Path) -> None:
    assert run(["schema", "--project", str(shop), "--output", str(tmp_path / "a" / "b")]) == 0
    assert len(list((tmp_path / "a" / "b").iterdir())) == 7


def test_a_project_with_errors_has_the_names_that_can_be_read(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "welcome.yaml").write_text("scenario: welcome\n  states: [\n", encoding="utf-8")
    assert run(["schema", "scenario", "--project", str(shop)]) == 0
    assert "state of cart_abandonment" in json.loads(capsys.readouterr().out)["definitions"]


def test_an_unknown_kind_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "scenarios", "--project", str(shop)]) == 2
    assert "did you mean 'scenario'?" in capsys.readouterr().err
