"""Two versions of a text as lines that are kept, removed or added. HTML is shown as the text that readers see."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from scenario_cli.reports.html_text import html_text

_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_BLOCK = re.compile(r"\{%-?\s*(?:extends|block|endblock)\b[^%]*%\}")  # parts of a layout, which readers do not see
_CONTEXT = 1  # lines around a difference


def passage_lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Lines with `-`, `+`, or a space; `…` replaces unchanged lines. Reports it if only the markup differs."""
    old, new = _lines(before), _lines(after)
    if old == new:
        yield " ", "only markup and layout differ; the text is the same"
        return
    for number, group in enumerate(difflib.SequenceMatcher(None, old, new, False).get_grouped_opcodes(_CONTEXT)):
        if number:
            yield " ", "…"
        for kind, old_start, old_end, new_start, new_end in group:
            if kind == "equal":
                yield from ((" ", line) for line in old[old_start:old_end] if line)
            else:
                yield from (("-", line) for line in old[old_start:old_end] if line)
                yield from (("+", line) for line in new[new_start:new_end] if line)


def _lines(text: str) -> list[str]:
    text = _BLOCK.sub("<br>" if _TAG.search(text) else "", text)
    lines = html_text(text) if _TAG.search(text) else text.split("\n")
    stripped = [line.rstrip() for line in lines]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped
