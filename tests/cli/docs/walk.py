"""A site as a browser reads it: the marks, links, headings and parts of every page, without a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_EMPTY = frozenset({"meta", "link", "input", "br", "img", "hr", "base"})


@dataclass(slots=True)
class Page:
    """One page: `ids` and `links` as written, `headings` as level and text, `elements` as tag and attributes."""

    file: Path
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.open: list[str] = []
        self.names: list[list[str]] = []  # the texts within each open link, button and heading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.page.elements.append((tag, attributes))
        if "id" in attributes:
            self.page.ids.append(attributes["id"])
        self.page.links += [attributes[name] for name in ("href", "src", "xlink:href") if name in attributes]
        if tag not in _EMPTY:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4"):
            self.page.headings.append((int(tag[1]), ""))
        if tag == "a" and "aria-label" not in attributes:
            self.names.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.open:
            self.page.unclosed.append(f"/{tag}")
            return
        while (last := self.open.pop()) != tag:
            self.page.unclosed.append(last)
        if tag == "a" and self.names:
            self.page.texts.append("".join(self.names.pop()).strip())

    def handle_data(self, data: str) -> None:
        for names in self.names:
            names.append(data)
        if self.page.headings and self.open and self.open[-1] == f"h{self.page.headings[-1][0]}":
            level, text = self.page.headings[-1]
            self.page.headings[-1] = level, text + data


def page_of(file: Path) -> Page:
    page = Page(file)
    reader = _Reader(page)
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    page.unclosed += reader.open
    return page


def pages_of(site: Path) -> dict[Path, Page]:
    return {file: page_of(file) for file in sorted(site.rglob("*.html"))}


def broken_links(pages: dict[Path, Page]) -> list[str]:
    """Links to no file or no mark, or to a place outside the folder."""
    broken = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file.resolve()
            leads_out = bool(parts.scheme or parts.netloc)
            if (
                leads_out
                or not target.is_file()
                or (parts.fragment and unquote(parts.fragment) not in pages[target].ids)
            ):
                broken.append(f"{file.name}: {link}")
    return broken
