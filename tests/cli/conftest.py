"""Projects that tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.cli.main import run


@pytest.fixture(scope="session")
def three_scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of three scenarios of the library without errors and without a log, to copy: read in a fraction of the
    time of the whole library.
    """
    folder = tmp_path_factory.mktemp("three") / "shop"
    assert run(["init", str(folder), "-q"]) == 0
    for name in ("nurturing", "welcome"):
        assert run(["new", name, "--project", str(folder), "-q"]) == 0
    for path in sorted((folder / "data").iterdir()):
        path.unlink()
    (folder / "data").rmdir()
    return folder
