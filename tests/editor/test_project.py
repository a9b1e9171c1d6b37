"""The project of an editor: what its readings keep."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from scenario_cli.editor.project import OpenProject
from scenario_cli.language.reader import read_yaml


class Circle:
    def __init__(self) -> None:
        self.itself = self


def test_a_day_of_changes_fills_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reading keeps the texts of its version, and counts all objects as old: the collector leaves those alone."""
    monkeypatch.setattr("scenario_cli.editor.project._CLEAN_AFTER", 3)
    (tmp_path / "project.yaml").write_text("project: p\ntimezone: UTC\n", encoding="utf-8")
    project = OpenProject(tmp_path)
    project.read()
    circle = Circle()
    left_behind = weakref.ref(circle)
    version, _ = read_yaml(b"a: version\n", "")
    project.read()
    del circle
    assert left_behind() is not None and read_yaml(b"a: version\n", "")[0] is version
    project.read()
    assert left_behind() is None and read_yaml(b"a: version\n", "")[0] is not version
