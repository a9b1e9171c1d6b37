"""The ending of --output chooses the format, or the command names the formats that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.cli.main import run


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("validate --output page.html", "full, concise, json (.json), github, gitlab, junit (.xml), sarif (.sarif)"),
        ("test --output page.HTML", "text, json (.json), junit (.xml), github"),
        ("graph cheaper --output picture.png", "svg (.svg)"),
        ("map --output rows.csv", "html (.html)"),
        ("dry-run --output page.html", "write --report FILE.html, or choose another ending"),
        ("audience --output rows.csv", "write --out FILE.csv, or choose another ending"),
        ("plan --output rows.parquet", "write --out FILE.parquet, or choose another ending"),
        ("events inspect log.jsonl --output page.pdf", "yaml (.yaml)"),
    ],
)
def test_no_file_is_written_whose_ending_names_another_format(
    command: str, hint: str, small_shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_shop)
    capsys.readouterr()
    code = run(command.split())
    out, err = capsys.readouterr()
    ending = Path(command.split()[-1]).suffix.lower()
    assert (code, out) == (2, "")
    assert err.startswith(f"scenario: --output cannot write '{ending}'\n") and hint in err
    assert not Path(command.split()[-1]).exists()


@pytest.mark.parametrize(
    ("command", "start"),
    [
        ("validate --output x.sarif", '{\n  "$schema"'),
        ("validate --output x.xml", "<?xml"),
        ("rules REF001 --output x.json", "{"),
        ("map --output x.HTML", "<!doctype html>"),
    ],
)
def test_the_ending_of_a_file_chooses_its_format(
    command: str, start: str, small_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_shop)
    assert run(command.split()) in (0, 1)
    assert Path(command.split()[-1]).read_text(encoding="utf-8").startswith(start)
