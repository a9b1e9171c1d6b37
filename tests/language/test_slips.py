"""Mistakes of people who do not write YAML, expressions and templates every day: each is found in its place.

The cases are in `slips/`, with all findings of each. `UPDATE_CASES=1` writes the findings anew; read the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.snippets import BASE, Block, blocks, check_block, faults
from tests.rows import rows

FILES = sorted(path.name for path in (BASE.parent / "slips").glob("*.txt"))
CASES = [(name, block) for name in FILES for block in blocks(name)]


@rows(("name", "block"), CASES, ids=lambda value: value if isinstance(value, str) else value.name)
def test_a_slip_is_a_finding_at_its_place(
    name: str, block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_block(name, block, faults(block.files, tmp_path, monkeypatch))


def test_no_case_has_the_name_of_another() -> None:
    names = [(name, block.name) for name, block in CASES]
    assert len(names) == len(set(names))
