"""A mail's HTML for printing: part of the page, so that it goes on over as many sheets as it needs.

A frame is printed as one box that ends with its sheet. The copy is in a shadow tree, whose styles are its own; only
known elements are in it, so that no mark of the mail can end the tree. It loads what the page's policy allows, and its
links lead nowhere, in a PDF as well.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markupsafe import Markup, escape

_EMPTY = frozenset("br col hr img wbr".split())
_ELEMENTS = _EMPTY | frozenset(
    """
    a abbr address article aside b bdi bdo big blockquote caption center cite code colgroup dd del dfn div dl dt em
    figcaption figure font footer h1 h2 h3 h4 h5 h6 header i ins kbd li main mark nav ol p pre q s samp section small
    span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var
    """.split()
)
_SILENT = frozenset("script template title textarea iframe object select svg math noframes noembed xmp".split())
_DROPPED = re.compile(r"on.*|href|name|target|is|slot|part", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"[a-zA-Z][\w:-]*")
# Styles of a mail for its page apply to its part of our page.
_PAGE = re.compile(r"(?<![\w.#-])(?:html\s+)?body(?![\w-])", re.IGNORECASE)
_OWN = (
    ":host { all: initial } .body { margin: 8px; color: #000; background: #fff; color-scheme: light } "
    "a { color: #0000ee; text-decoration: underline } * { print-color-adjust: exact }"
)


def paper_copy(html: str) -> Markup:
    """The content of a mail as a shadow tree of the element that it is put in."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    body = Markup().join(reader.parts)
    return Markup('<template shadowrootmode="open"><style>{}</style><div class="body"{}>{}</div></template>').format(
        Markup(_OWN + "".join(reader.styles)), reader.body, body
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Markup] = []
        self.styles: list[str] = []
        self.body = Markup()
        self.silent: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent.append(tag)
        elif tag == "style":
            self.in_style = True
        elif self.silent:
            return
        elif tag == "body":
            self.body = _attributes([(name, value) for name, value in attrs if name != "class"])
        elif tag in _ELEMENTS:
            self.parts.append(Markup("<{}{}>").format(tag, _attributes(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:  # `<svg />` has no end
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self.in_style = False
        elif tag in self.silent:
            del self.silent[self.silent.index(tag) :]
        elif tag in _ELEMENTS - _EMPTY and not self.silent:
            self.parts.append(Markup("</{}>").format(tag))

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.styles.append(_PAGE.sub(".body", data).replace("</", "<\\/"))  # no end of a style inside a style
        elif not self.silent:
            self.parts.append(escape(data))


def _attributes(attrs: list[tuple[str, str | None]]) -> Markup:
    attributes = (
        Markup(' {}="{}"').format(name, value or "")
        for name, value in attrs
        if _ATTRIBUTE.fullmatch(name) and not _DROPPED.fullmatch(name)
    )
    return Markup().join(attributes)
