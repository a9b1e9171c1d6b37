"""Puts a project's parameters on the links of a rendered message. Leaves every other character as it is.

Links are the addresses of `a` and `area`, and of the shapes that Outlook draws buttons with; in a text every address
that begins with https:// or http://; and the fields of the front matter that are called a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from scenario_cli.messages.html_text import is_html
from scenario_cli.model.delivery import PLACEHOLDER
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.project import HTML_CHANNELS, Project

Parameters = tuple[tuple[str, str], ...]
Edit = tuple[int, int, str]  # from, to, the text that is there then

_LINK_FIELD = re.compile(r"(?!image|icon|logo|picture|unsubscribe)(?:.*_)?(?:link|url)", re.IGNORECASE)
_WEB = re.compile(r"(?:https?:)?//[^/?#]", re.IGNORECASE)
# The start of a fragment, in HTML also as a reference to the character; `&#` alone begins a reference.
_FRAGMENT = re.compile(r"&num;|&#0*35;|&#[xX]0*23;|(?<!&)#|(?<=&)#(?![0-9]|[xX][0-9a-fA-F])")
_ATTRIBUTE = re.compile(r"""([^\s/>="']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
# Comments, elements whose content is no HTML, and tags; an unclosed part goes to the end, as in browsers. A plan has as
# many texts as messages: this takes a quarter of the time of a parser that makes a value of every tag.
_TOKEN = re.compile(
    r"""
    <!--(?:-?>|(?P<comment>.*?)(?:--!?>|\Z))
    | <(?P<raw>script|style|title|textarea|xmp)\b.*?(?:</(?P=raw)\b|\Z)
    | <(?P<end>/)?(?:(?P<link>a|area|v:[a-z]+)(?=[\s/>])|[a-z][^\s/>]*+)
      (?P<attributes>(?:[^"'>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# Ends where a sentence continues in letters of another kind, or a reference stands for a bracket or quote.
_IN_TEXT = re.compile(
    r"https?://(?:(?!&(?:lt|gt|quot|#34|#39);)[^\s<>\"'`{}|\\^\[\]«»“”\u3000-\u303f\uff00-\uffef])+", re.IGNORECASE
)
_CLOSING = ".,;:!?*_~…’"


class LinkTagger:
    """Puts the parameters of one project on links."""

    def __init__(self, project: Project, settings: LinkSettings) -> None:
        self.settings = settings
        self.unsubscribe = project.conventions.unsubscribe
        delivery = project.delivery.channels.values() if project.delivery is not None else ()
        self.opt_out_words = tuple(
            start.lower()
            for channel in delivery
            if re.search(r"//[^/]+/[^?#]|[?]", start := PLACEHOLDER.split(channel.unsubscribe, 1)[0])
        )

    def tag(
        self, fields: Mapping[str, str], body: str, channel: str, facts: Mapping[str, str]
    ) -> tuple[Mapping[str, str], str]:
        """The fields and the body with the parameters; `facts` are the known facts about the message."""
        parameters = self._parameters({**facts, "channel": channel})
        if not self.settings.concerns(channel) or not parameters:
            return fields, body
        link = _Link(self, parameters)
        tagged = {
            name: link.tagged(value, False) if _LINK_FIELD.fullmatch(name) else value for name, value in fields.items()
        }
        if "//" in body:
            escaped = channel in HTML_CHANNELS
            body = _edited(body, _in_html(body, link) if is_html(body, channel) else _in_text(body, escaped, link))
        return tagged, body

    def is_opt_out(self, text: str) -> bool:
        """Whether an address or the words of a link mean unsubscribing."""
        words = unquote(text).lower()
        return any(word in words for word in self.unsubscribe) or words.startswith(self.opt_out_words)

    def concerns(self, host: str) -> bool:
        hosts = self.settings.hosts
        return not hosts or any(host == own or host.endswith(f".{own}") for own in hosts)

    def _parameters(self, facts: Mapping[str, str]) -> Parameters:
        """Each parameter that has a value, percent-encoded."""
        values = (
            (parameter.name, slug(facts.get(parameter.fact, "")) if parameter.fact else parameter.value)
            for parameter in self.settings.parameters
        )
        return tuple((name, quote(value, safe="")) for name, value in values if value)


def slug(text: str) -> str:
    """A name as reports group it: in lower case, without accents, each stretch of other characters a hyphen.

    >>> slug('Fidélité: Été/2025')
    'fidelite-ete-2025'
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return re.sub(r"[^\w.-]+", "-", plain.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class _Link:
    """The parameters as one message puts them on a link."""

    tagger: LinkTagger
    parameters: Parameters

    def tagged(self, written: str, escaped: bool, words: str = "") -> str:
        """An address with its missing parameters, before its fragment; unchanged if it gets none.

        `escaped` means that characters can be references of HTML. `words` are those that the reader sees.
        """
        # Readers of a mail take line breaks out of an address.
        address = re.sub(r"[\t\r\n]", "", unescape(written) if escaped else written).strip()
        if not _WEB.match(address):
            return written
        try:
            parts = urlsplit(address)
            host, query = parts.hostname or "", {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        except ValueError:
            return written
        missing = [f"{name}={value}" for name, value in self.parameters if name not in query]
        is_opt_out = self.tagger.is_opt_out(address) or self.tagger.is_opt_out(words)
        if not missing or not self.tagger.concerns(host) or is_opt_out:
            return written
        fragment = (_FRAGMENT.search(written) if escaped else re.search("#", written)) or re.search(r"\s*\Z", written)
        assert fragment is not None
        at, and_ = fragment.start(), "&amp;" if escaped else "&"
        before = unescape(written[:at]) if escaped else written[:at]
        _, mark, own = before.partition("?")
        joint = "?" if not mark else "" if not own or own.endswith("&") else and_
        return f"{written[:at]}{joint}{and_.join(missing)}{written[at:]}"


def _edited(text: str, edits: Iterator[Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits):
        pieces += [text[done:start], new]
        done = end
    return "".join((*pieces, text[done:]))


def _in_text(body: str, escaped: bool, link: _Link) -> Iterator[Edit]:
    """The addresses of a text; the words before an address on its line name its purpose."""
    done = 0
    for match in _IN_TEXT.finditer(body):
        address = match[0].rstrip(_CLOSING)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_CLOSING)
        words = body[done : match.start()].rpartition("\n")[2]
        done = match.end()
        yield match.start(), match.start() + len(address), link.tagged(address, escaped, words)


def _in_html(body: str, link: _Link) -> Iterator[Edit]:
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


def _of_tag(tag: re.Match[str], words: str, link: _Link) -> Iterator[Edit]:
    """The address of one link, in its quotes: of several browsers take the first."""
    found = (match for match in _ATTRIBUTE.finditer(tag["attributes"]) if match[1].lower() == "href")
    href = next(found, None)
    if href is None or href[2] is None:
        return
    value, start = href[2], tag.start("attributes")
    mark = value[0] if value[0] in "\"'" else ""
    written = value[1:-1] if mark else value
    new = link.tagged(written, True, unescape(words))
    if new != written:
        quotes = mark or '"'
        yield start + href.start(2), start + href.end(2), f"{quotes}{new}{quotes}"
