"""docs/python.md: its example runs from top to bottom, and prints what the page shows.

After an intended change: UPDATE_DOCS=1 pytest tests/docs/test_python_page.py
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "python.md"
CELL = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL)


def test_the_example_of_the_page_runs_and_prints_what_it_shows(small_shop: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    names: dict[str, Any] = {}

    def ran(cell: re.Match[str]) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(cell[1], str(PAGE), "exec"), names)
        return f"```python\n{cell[1]}```\n\n```text\n{printed.getvalue()}```\n"

    with contextlib.chdir(small_shop.parent):
        now = CELL.sub(ran, text)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(now, encoding="utf-8")
    assert now == text or os.environ.get("UPDATE_DOCS")
