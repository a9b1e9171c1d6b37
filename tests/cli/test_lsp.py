"""`scenario lsp` without the library that it needs."""

from __future__ import annotations

import pytest

from scenario_cli.cli import lsp
from scenario_cli.cli.main import run


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lsp, "find_spec", lambda name: None)
    assert run(["lsp"]) == 2
    assert capsys.readouterr().err == (
        "scenario: the language server needs pygls, which is not installed\n  pip install 'scenario-cli[lsp]'\n"
    )
