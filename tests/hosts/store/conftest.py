"""A folder for dropped files, which runs read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.store.drops import Drop


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    (tmp_path / "drop").mkdir()
    return Drop(tmp_path)
