"""`scenario plan` in terminals of every width: no line is wider, and every row names its message."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from scenario_cli.cli.main import run


@pytest.mark.parametrize("columns", [80, 100, 160])
def test_a_plan_fits_the_terminal(
    columns: int, small_shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    command = ["plan", "--project", str(small_shop), "--as-of", "2025-02-20", "--horizon", "7d", "-q"]
    assert run(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if cell_len(line) > columns] == []
    by_day = columns == 80
    assert any(line.startswith("2025-02-20 ") for line in lines) == (not by_day)
    assert ("2025-02-20" in lines) == by_day
    assert any("reactivation:" in line and "Toujours valable" in line for line in lines)
