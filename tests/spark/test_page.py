"""docs/spark.md: its examples run from top to bottom, and print the output on the page.

After an intended change: UPDATE_DOCS=1 pytest tests/spark/test_page.py
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.docs.pages import ROOT
from tests.sample.shop import small_shop

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PAGE = ROOT / "docs" / "spark.md"
CELL = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL)


def test_the_examples_of_the_page_run_and_print_what_it_shows(spark: SparkSession, tmp_path: Path) -> None:
    small_shop(tmp_path / "scenarios", ("cart_abandonment", "welcome"))
    text = PAGE.read_text(encoding="utf-8")
    names: dict[str, Any] = {}

    def ran(cell: re.Match[str]) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(cell[1], str(PAGE), "exec"), names)
        return f"```python\n{cell[1]}```\n\n```text\n{printed.getvalue()}```\n"

    with contextlib.chdir(tmp_path):
        now = CELL.sub(ran, text)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(now, encoding="utf-8")
    assert now == text or os.environ.get("UPDATE_DOCS")
