"""A shop with six contacts, and `scenario audience` over its log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.output_schema import fitting

SHOP = Path(__file__).parent / "shop"


def audience(capsys: pytest.CaptureFixture[str], *arguments: str, project: Path = SHOP) -> tuple[int, str, str]:
    """The exit code and the text of both streams."""
    capsys.readouterr()
    code = run(["audience", *arguments, "--project", str(project)])
    written = capsys.readouterr()
    return code, written.out, written.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str, project: Path = SHOP) -> dict[str, Any]:
    """The JSON of the command, checked against its schema."""
    code, out, err = audience(capsys, *arguments, "--format", "json", "-q", project=project)
    assert (code, err) == (0, "")
    return fitting("audience", out)


def sizes(report: dict[str, Any]) -> dict[str, int]:
    return {segment["segment"]: segment["contacts"] for segment in report["segments"]}
