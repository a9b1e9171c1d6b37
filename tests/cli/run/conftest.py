"""A project that runs every night."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run.nights import Nights


@pytest.fixture
def nights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Nights:
    return Nights(tmp_path, capsys)
