"""An e-mail's HTML as text for a terminal: paragraphs, lists, rows of tables, and the targets of links. Shows no
styles.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr"})
_BLOCKS = _PARAGRAPHS | {"div", "tr", "li", "section"}
_HIDDEN = frozenset({"head", "style", "script", "title"})


def html_text(html: str) -> list[str]:
    """Lines of text, unwrapped; an empty one between paragraphs."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    trimmed = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.new_line(tag in _PARAGRAPHS)
            self.parts += ["• "] if tag == "li" else []
        elif tag == "br":
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("  ")
        elif tag == "a":
            self.links.append(attributes.get("href") or "")
        elif tag == "img" and attributes.get("alt"):
            self.parts.append(f"[{attributes['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(self.hidden - 1, 0)
        elif tag in _BLOCKS:
            self.new_line(tag in _PARAGRAPHS)
        elif tag == "a" and self.links:
            link = self.links.pop()
            self.parts.append(f" <{link}>" if link else "")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))

    def new_line(self, paragraph: bool) -> None:
        breaks = 2 if paragraph else 1
        before = "".join(self.parts[-4:]).rstrip(" ")
        present = len(before) - len(before.rstrip("\n"))
        self.parts.append("\n" * (breaks - present))
