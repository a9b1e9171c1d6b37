"""Finds the marks that git leaves in a file after a failed merge. Reads no other part of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

_MARK = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?|={7}")
_OPENS_OR_CLOSES = re.compile(r"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)


def merge_marks(text: str, file: str) -> Iterator[Diagnostic]:
    """Each conflict, at its first mark; a leftover mark outside a conflict, at the mark itself."""
    if not _OPENS_OR_CLOSES.search(text) and not (file.endswith((".yaml", ".yml")) and "\n=======\n" in text):
        return
    open_since = 0
    for number, line in enumerate(text.splitlines(), 1):
        if _MARK.fullmatch(line) is None:
            continue
        if line[0] == "<":
            open_since = number
        elif open_since:
            open_since = 0 if line[0] == ">" else open_since
            continue
        yield Diagnostic("YAML013", f"a merge is not finished: git left the mark '{line[:7]}' here",
                         Span(file, number, 1, number, len(line) + 1),
                         hint="keep what is right of the two versions, and remove the lines with '<<<<<<<', '=======' "
                         "and '>>>>>>>'")  # fmt: skip
