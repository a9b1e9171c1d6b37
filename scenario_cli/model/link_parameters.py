"""The parameters of `links` in project.yaml, as an address or a text gets them. Reads no HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from html import unescape
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from scenario_cli.model.delivery import PLACEHOLDER
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.project import Project
from scenario_cli.model.value_class import dataclass

Parameters = tuple[tuple[str, str], ...]

_LINK_NAME = re.compile(r"(?!image|icon|logo|picture|unsubscribe)(?:.*_)?(?:link|url)", re.IGNORECASE)
_WEB = re.compile(r"(?:https?:)?//[^/?#]", re.IGNORECASE)
# The start of a fragment, in HTML also as a reference to the character; `&#` alone begins a reference.
_FRAGMENT = re.compile(r"&num;|&#0*35;|&#[xX]0*23;|(?<!&)#|(?<=&)#(?![0-9]|[xX][0-9a-fA-F])")
# Ends where a sentence continues in letters of another kind, or a reference stands for a bracket or quote.
_IN_TEXT = re.compile(
    r"https?://(?:(?!&(?:lt|gt|quot|#34|#39);)[^\s<>\"'`{}|\\^\[\]«»“”\u3000-\u303f\uff00-\uffef])+", re.IGNORECASE
)
_CLOSING = ".,;:!?*_~…’"


class LinkRules:
    """Decides for one project which links get its parameters, and what these are for a message."""

    def __init__(self, project: Project, settings: LinkSettings) -> None:
        self.settings = settings
        self.unsubscribe = project.conventions.unsubscribe
        delivery = project.delivery.channels.values() if project.delivery is not None else ()
        self.opt_out_starts = tuple(
            start.lower()
            for channel in delivery
            if re.search(r"//[^/]+/[^?#]|[?]", start := PLACEHOLDER.split(channel.unsubscribe, 1)[0])
        )

    def is_opt_out(self, text: str) -> bool:
        """Whether an address or the words of a link mean unsubscribing."""
        words = unquote(text).lower()
        return any(word in words for word in self.unsubscribe) or words.startswith(self.opt_out_starts)

    def concerns(self, host: str) -> bool:
        """Whether links to a host get the parameters."""
        hosts = self.settings.hosts
        return not hosts or any(host == own or host.endswith(f".{own}") for own in hosts)

    def parameters(self, facts: Mapping[str, str]) -> Parameters:
        """Each parameter that has a value, percent-encoded."""
        values = (
            (parameter.name, slug(facts.get(parameter.fact, "")) if parameter.fact else parameter.value)
            for parameter in self.settings.parameters
        )
        return tuple((name, quote(value, safe="")) for name, value in values if value)


def is_link_name(name: str) -> bool:
    """Whether a field or a value is called a link: `link`, `url`, `cart_url`, but not `image_url`."""
    return _LINK_NAME.fullmatch(name) is not None


def slug(text: str) -> str:
    """A name as reports group it: in lower case, without accents, each stretch of other characters a hyphen.

    >>> slug('Fidélité: Été/2025')
    'fidelite-ete-2025'
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return re.sub(r"[^\w.-]+", "-", plain.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class TaggedLink:
    """The parameters as one message puts them on a link."""

    rules: LinkRules
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
        is_opt_out = self.rules.is_opt_out(address) or self.rules.is_opt_out(words)
        if not missing or not self.rules.concerns(host) or is_opt_out:
            return written
        fragment = (_FRAGMENT.search(written) if escaped else re.search("#", written)) or re.search(r"\s*\Z", written)
        assert fragment is not None
        at, and_ = fragment.start(), "&amp;" if escaped else "&"
        before = unescape(written[:at]) if escaped else written[:at]
        _, mark, own = before.partition("?")
        joint = "?" if not mark else "" if not own or own.endswith("&") else and_
        return f"{written[:at]}{joint}{and_.join(missing)}{written[at:]}"


class FoundAddress(NamedTuple):
    """An address in a text; `words` are those before it on its line, and `end` is after the punctuation behind it."""

    start: int
    address: str
    words: str
    end: int


def addresses(body: str) -> Iterator[FoundAddress]:
    """The web addresses of a text. The words before an address on its line name its purpose."""
    done = 0
    for match in _IN_TEXT.finditer(body):
        address = match[0].rstrip(_CLOSING)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_CLOSING)
        words = body[done : match.start()].rpartition("\n")[2]
        done = match.end()
        yield FoundAddress(match.start(), address, words, match.end())
