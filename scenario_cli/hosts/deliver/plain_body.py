"""The text of an HTML mail, for readers that show no HTML. Keeps words, links and the shape of lists."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"head", "script", "style", "title", "template"})
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "center", "div", "dl", "dt", "dd", "figure", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "main", "nav", "ol", "p", "section", "table", "tr", "ul", "hr")
)  # fmt: skip
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"))
_SPACES = re.compile(r"[ \t\r\f\v\n\u200c\u00ad\ufeff\u034f]+")


def plain_body(html: str) -> str:
    """The words of an HTML text: blocks on lines of their own, a link's address behind it.

    >>> plain_body('<p>Hello <a href="https://a.example/">here</a></p><ul><li>one</li></ul>')
    'Hello here <https://a.example/>\\n\\n- one'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        attributes = dict(attrs)
        if tag in _BLOCKS:
            self._break(2 if tag in _PARAGRAPHS else 1)
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self._break(1)
            self.parts.append("- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "img" and not self.unseen:
            self.parts.append(attributes.get("alt") or "")
        elif tag == "a":
            self.links.append((attributes.get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(self.unseen - 1, 0)
        elif tag in _BLOCKS:
            self._break(2 if tag in _PARAGRAPHS else 1)
        elif tag == "a" and self.links:
            href, since = self.links.pop()
            words = "".join(self.parts[since:]).strip()
            if href and not href.startswith("#") and href not in (words, f"mailto:{words}"):
                self.parts.append(f" <{href}>" if words else f"<{href}>")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            text = _SPACES.sub(" ", data)
            at_start = not self.parts or self.parts[-1].endswith(("\n", " "))
            self.parts.append(text.lstrip(" ") if at_start else text)

    def _break(self, lines: int) -> None:
        if self.parts:
            text = "".join(self.parts[-4:]).rstrip(" ")
            self.parts.append("\n" * max(lines - (len(text) - len(text.rstrip("\n"))), 0))
