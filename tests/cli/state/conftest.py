"""The store that the tests of `scenario state` share, and a copy of it for tests that change it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.state.stage import build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a store after three runs, to be read only."""
    return build(tmp_path_factory.mktemp("state") / "world")


@pytest.fixture
def shared_store(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with the store as the current folder, 80 columns wide, to be read only."""
    monkeypatch.chdir(built)
    monkeypatch.setenv("COLUMNS", "80")
    return built


@pytest.fixture
def own_store(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project with its store as the current folder, 80 columns wide, to change."""
    shutil.copytree(built, tmp_path / "world")
    monkeypatch.chdir(tmp_path / "world")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "world"
