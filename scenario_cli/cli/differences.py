"""The difference of a file before and after, as `patch` and `git apply` take it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from scenario_cli.model.plain_text import plain_line

if TYPE_CHECKING:
    from scenario_cli.reports.text import Style

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def difference(file_name: str, before: str, after: str, style: Style) -> str:
    """A unified diff that `patch` and `git apply` take."""
    lines: list[str] = []
    for line in difflib.unified_diff(
        before.splitlines(True), after.splitlines(True), f"a/{file_name}", f"b/{file_name}"
    ):
        name = _COLORS.get(line[:1])
        text = line.rstrip("\r\n")
        end = line[len(text) :] if line.endswith("\n") else f"{line[len(text) :]}\n\\ No newline at end of file\n"
        lines.append(plain_line(style(text, name) if name else text, source=True) + end)
    return "".join(lines)
