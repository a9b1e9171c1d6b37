"""An e-mail's HTML as text for a terminal: paragraphs, lists, rows of tables, and where links lead. Shows no styles."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_APART = frozenset({"p", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr"})
_BLOCKS = _APART | {"div", "tr", "li", "section"}
_HIDDEN = frozenset({"head", "style", "script", "title"})


def html_text(html: str) -> list[str]:
    """Lines of text, unwrapped; an empty one between paragraphs."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    while kept and not kept[-1]:
        kept.pop()
    return kept


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.new_line(tag in _APART)
            self.parts += ["• "] if tag == "li" else []
        elif tag == "br":
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("  ")
        elif tag == "a":
            self.links.append(given.get("href") or "")
        elif tag == "img" and given.get("alt"):
            self.parts.append(f"[{given['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(self.hidden - 1, 0)
        elif tag in _BLOCKS:
            self.new_line(tag in _APART)
        elif tag == "a" and self.links:
            link = self.links.pop()
            self.parts.append(f" <{link}>" if link else "")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))

    def new_line(self, apart: bool) -> None:
        wanted = 2 if apart else 1
        before = "".join(self.parts[-4:]).rstrip(" ")
        there = len(before) - len(before.rstrip("\n"))
        self.parts.append("\n" * (wanted - there))
