"""Each importer on two exports: the project is valid, its tests pass, and the report accounts for every node."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from scenario_cli.cli.main import run
from scenario_cli.language.project import load_project
from scenario_cli.shipped import shipped
from tests.importing.conftest import EXAMPLES, Imported
from tests.importing.counting import places

NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in EXAMPLES.glob("*/*") if path.suffix != ".md")
SECRETS = ("SECRET", "s3cr3t", "Bearer")
HERE = Path(__file__).parent

Importing = Callable[[str], Imported]


def texts_of(project: Path) -> dict[str, str]:
    files = (path for path in project.rglob("*") if path.is_file() and ".schemas" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_there_are_two_examples_of_each_tool() -> None:
    assert Counter(name.partition("/")[0] for name in NAMES) == dict.fromkeys(
        ("dittofeed", "klaviyo", "mautic", "tdx"), 2
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_project_is_sound_and_laid_out(name: str, imported: Importing) -> None:
    project = imported(name).project
    errors = [finding for finding in load_project(project, tests=True).findings if finding.severity == "error"]
    assert errors == []
    assert run(["validate", "--project", str(project), "-q"]) == 0
    assert run(["fmt", "--check", "--project", str(project), "-q"]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_that_come_along_pass(name: str, imported: Importing) -> None:
    assert run(["test", "--project", str(imported(name).project), "-q"]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_imported_scenario_sends_what_the_tool_sends(name: str, imported: Importing, tmp_path: Path) -> None:
    """The cases in `behaviour` are written by hand from the export, not by the importer."""
    shutil.copytree(imported(name).project, tmp_path / "shop")
    shutil.rmtree(tmp_path / "shop" / "tests")
    (tmp_path / "shop" / "tests").mkdir()
    shutil.copy(HERE / "behaviour" / f"{name.replace('/', '_')}.test.yaml", tmp_path / "shop" / "tests")
    assert run(["test", "--project", str(tmp_path / "shop"), "-q"]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_node_is_accounted_for_once(name: str, imported: Importing) -> None:
    example = imported(name)
    reported = Counter((node["line"], node["column"]) for node in example.report["nodes"])
    assert reported == Counter(places(example.tool, example.source))
    assert sum(example.report["counts"].values()) == len(example.report["nodes"])


@pytest.mark.parametrize("name", NAMES)
def test_every_note_is_a_comment_at_its_line(name: str, imported: Importing) -> None:
    example = imported(name)
    texts = texts_of(example.project)
    notes = [note for node in example.report["nodes"] for note in node["notes"]]
    unsaid = [note["text"] for note in notes if note["file"] is None]
    assert unsaid == []
    for note in notes:
        line = texts[note["file"]].split("\n")[note["line"] - 1]
        assert note["text"] in line
        assert ("TODO(import)" in line) == (note["fate"] != "approximated")


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_and_no_token_is_copied(name: str, imported: Importing) -> None:
    example = imported(name)
    written = "\n".join([*texts_of(example.project).values(), json.dumps(example.report)])
    assert [secret for secret in SECRETS if secret in written] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_json_keeps_to_its_schema(name: str, imported: Importing) -> None:
    schema = json.loads((shipped("schemas") / "import.output.schema.json").read_text(encoding="utf-8"))
    Draft7Validator(schema).validate(imported(name).report)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_the_report_reads_as_before(
    name: str, format_: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES)
    monkeypatch.setenv("COLUMNS", "120")
    tool, file = name.split("/")[0], next(EXAMPLES.glob(f"{name}.*"))
    arguments = [f"{tool}/{file.name}", "--out", "shop", "--check", "--format", format_, "-q"]
    assert run(["import", tool, *arguments]) == 0
    golden = HERE / "reports" / f"{name.replace('/', '_')}.{'md' if format_ == 'markdown' else 'out'}"
    shown = capsys.readouterr().out
    if os.environ.get("UPDATE_CASES"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_read_as_before(name: str, imported: Importing) -> None:
    texts = texts_of(imported(name).project)
    shown = "".join(f"== {path}\n{text}" for path, text in sorted(texts.items()) if not path.startswith("tests/"))
    golden = HERE / "written" / f"{name.replace('/', '_')}.txt"
    if os.environ.get("UPDATE_CASES"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
