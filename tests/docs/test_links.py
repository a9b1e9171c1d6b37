"""Every link between pages of the documentation leads to a page, and to a heading on it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.pages import PAGES
from tests.rows import rows

_LINK = re.compile(r"\]\(([^)\s:]*?)(?:#([^)\s]+))?\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


@rows("page", PAGES, ids=lambda page: page.name)
def test_links_of_pages_exist(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    lost: list[str] = []
    for file, anchor in _LINK.findall(text):
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            lost.append(f"{file}#{anchor}")
    assert lost == []
