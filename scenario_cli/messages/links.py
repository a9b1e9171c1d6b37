"""Puts a project's parameters on the links of a rendered message. Leaves every other character as it is.

Links are the addresses of `a` and `area`, and of the shapes that Outlook draws buttons with; in a text every address
that begins with https:// or http://; and the fields of the front matter that are called a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from scenario_cli.messages.html_text import is_html
from scenario_cli.model.link_parameters import LinkRules, TaggedLink, addresses, is_link_name
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.project import HTML_CHANNELS, Project

Edit = tuple[int, int, str]  # from, to, the text that is there then

_ATTRIBUTE = re.compile(r"""([^\s/>="']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
# Comments, elements whose content is not HTML, and tags; an unclosed part goes to the end, as in browsers. A plan has
# as many texts as messages: this takes a quarter of the time of a parser that makes a value of every tag.
_TOKEN = re.compile(
    r"""
    <!--(?:-?>|(?P<comment>.*?)(?:--!?>|\Z))
    | <(?P<raw>script|style|title|textarea|xmp)\b.*?(?:</(?P=raw)\b|\Z)
    | <(?P<end>/)?(?:(?P<link>a|area|v:[a-z]+)(?=[\s/>])|[a-z][^\s/>]*+)
      (?P<attributes>(?:[^"'>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


class LinkTagger:
    """Puts the parameters of one project on links."""

    def __init__(self, project: Project, settings: LinkSettings) -> None:
        self.rules = LinkRules(project, settings)

    def tag(
        self, fields: Mapping[str, str], body: str, channel: str, facts: Mapping[str, str]
    ) -> tuple[Mapping[str, str], str]:
        """The fields and the body with the parameters; `facts` are the known facts about the message."""
        parameters = self.rules.parameters({**facts, "channel": channel})
        if not self.rules.settings.concerns(channel) or not parameters:
            return fields, body
        link = TaggedLink(self.rules, parameters)
        tagged = {name: link.tagged(value, False) if is_link_name(name) else value for name, value in fields.items()}
        if "//" in body:
            escaped = channel in HTML_CHANNELS
            body = _edited(body, _in_html(body, link) if is_html(body, channel) else _in_text(body, escaped, link))
        return tagged, body


def _edited(text: str, edits: Iterator[Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits):
        pieces += [text[done:start], new]
        done = end
    return "".join((*pieces, text[done:]))


def _in_text(body: str, escaped: bool, link: TaggedLink) -> Iterator[Edit]:
    for place in addresses(body):
        yield place.start, place.start + len(place.address), link.tagged(place.address, escaped, place.words)


def _in_html(body: str, link: TaggedLink) -> Iterator[Edit]:
    """The addresses of the links of HTML; all text between a link's beginning and its end names its purpose."""
    stop = len(body)  # where the words of a link end: at the next link's beginning, or its own end
    for tag in reversed([tag for tag in _TOKEN.finditer(body) if tag["link"] or tag["comment"]]):
        comment, name = tag["comment"], tag["link"]
        if comment and comment.startswith("[if"):  # a part that only Outlook reads is a comment to all others
            start = tag.start("comment")
            yield from ((start + first, start + last, new) for first, last, new in _in_html(comment, link))
        if name and not tag["end"] and tag[0].endswith(">"):
            words = tag[0] if name.lower() == "area" else body[tag.start() : stop]
            yield from _of_tag(tag, words, link)
        stop = tag.start() if name else stop


def _of_tag(tag: re.Match[str], words: str, link: TaggedLink) -> Iterator[Edit]:
    """The address of one link, in its quotes: of several browsers take the first."""
    hrefs = (match for match in _ATTRIBUTE.finditer(tag["attributes"]) if match[1].lower() == "href")
    href = next(hrefs, None)
    if href is None or href[2] is None:
        return
    value, start = href[2], tag.start("attributes")
    mark = value[0] if value[0] in "\"'" else ""
    written = value[1:-1] if mark else value
    new = link.tagged(written, True, unescape(words))
    if new != written:
        quotes = mark or '"'
        yield start + href.start(2), start + href.end(2), f"{quotes}{new}{quotes}"
