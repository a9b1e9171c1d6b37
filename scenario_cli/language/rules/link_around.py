"""MSG023: a link that does not get the additions of `links` in project.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.language.templates.files import TemplateText
from scenario_cli.language.templates.syntax import included_in
from scenario_cli.model.expression import Literal
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.project import HTML_CHANNELS
from scenario_cli.model.scenario import requested_by
from scenario_cli.model.source import Span

# Hosts that lead on to another address, without the parameters of the one that was followed.
_SHORT = ("bit.ly", "bitly.com", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly",
          "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "v.gd")  # fmt: skip

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_SHORT_LINK = re.compile(rf"https?://({'|'.join(map(re.escape, _SHORT))})(?=[/?#\s\"'<]|$)", re.IGNORECASE)
_NO_PAGE = re.compile(r"""\bhref\s*=\s*["']?\s*((javascript|vbscript|data):)""", re.IGNORECASE)
_NO_SCHEME_IN_HTML = re.compile(r"""\bhref\s*=\s*["']?\s*(www\.[\w-]+\.[\w./-]+)""", re.IGNORECASE)


def check_project(overview: Overview) -> Findings:
    links = overview.project.links
    if links is None or not links.parameters:
        return
    visited: set[tuple[str, int, str]] = set()
    for subject in overview.subjects:
        for state, message in subject.messages:
            channel = message.channel.text
            if not is_marketing(message, overview.project) or not links.concerns(channel):
                continue
            sent_at = requested_by(state, subject.scenario), message.span
            for _, value in message.values:
                if isinstance(value, Literal) and isinstance(value.value, str):
                    for fault, hint, _, _ in _faults(value.value, False, links):
                        yield RULE.finding(fault, value.span, hint=hint)
            for template in overview.templates_of(message):
                for text in _texts(overview.texts[template.path], overview):
                    key = text.file, text.line, text.text
                    if key not in visited:
                        visited.add(key)
                        yield from _of_text(text, channel in HTML_CHANNELS and text.node is None, links, sent_at)


def _texts(text: TemplateText, overview: Overview) -> Iterator[TemplateText]:
    """A template, its front matter, and all that it extends or includes."""
    visited: set[str] = set()
    waiting = [text, *text.sets, *text.fields.values()]
    while waiting:
        source = waiting.pop(0)
        yield source
        for name in included_in(source.text):
            if name in overview.texts and name not in visited:
                visited.add(name)
                waiting.append(overview.texts[name])


def _of_text(text: TemplateText, is_html: bool, links: LinkSettings, sent_at: tuple[str, Span]) -> Findings:
    visible = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text.text)
    for fault, hint, start, length in _faults(visible, is_html, links):
        yield RULE.finding(fault, text.span_at(start, length), hint=hint, related=[sent_at])


def _faults(text: str, is_html: bool, links: LinkSettings) -> Iterator[tuple[str, str, int, int]]:
    """Each link that goes around: the fault, a hint, its beginning and its length."""
    names = "|".join(re.escape(parameter.name) for parameter in links.parameters)
    last = 0
    for match in re.finditer(rf"[?&;]({names})=[^\s&\"'<>]*", text):
        if text[last : match.start()] not in ("", "&amp"):  # one finding for those that follow one another
            yield (f"the link has its own '{match[1]}', so it does not get the one of 'links'",
                   "remove what 'links' in project.yaml puts on every link", match.start(1), len(match[1]))  # fmt: skip
        last = match.end()
    for match in _SHORT_LINK.finditer(text):
        yield (f"{match[1]} redirects, and the page does not get the parameters of 'links'",
               "write the address that it leads to", match.start(), len(match[0]))  # fmt: skip
    for match in _NO_PAGE.finditer(text):
        yield (f"a link that begins with '{match[1]}' gets no parameters",
               "write the https:// address of a page; mail programs follow no other",
               match.start(1), len(match[1]))  # fmt: skip
    for match in (_NO_SCHEME_IN_HTML if is_html else _no_scheme(links.hosts)).finditer(text):
        yield (f"'{match[1]}' gets no parameters: an address must begin with https://",
               f"write https://{match[1]}", match.start(1), len(match[1]))  # fmt: skip


def _no_scheme(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """Addresses as a text has them without a scheme: of the project's hosts, and others that begin with www."""
    own = "|".join(map(re.escape, hosts)) or "$^"
    return re.compile(rf"(?<![\w/.@:=-])((?:(?:[\w-]+\.)*(?:{own})|www\.[\w-]+\.\w+)(?:[./][\w-]+)*)", re.IGNORECASE)


_PROJECT = """\
project: shop
timezone: Europe/Paris
channels:
  email: {address: contact.email, consent: contact.email_optin}
links: {utm_source: shop, utm_medium: =channel, utm_campaign: =scenario}
"""
_SENDING = "states:\n  reminded: {send: {email: cart/reminder}, end: reminded}\n"

RULE = Rule(
    code="MSG023",
    name="link-around",
    severity="warning",
    finds=(
        "if project.yaml has 'links': a link of a marketing message that has one of its parameters already, uses a "
        "short address, is a script, or has no https://"
    ),
    because="its visits count for another campaign or for none, so the figures of the message are too low",
    mend="write the address of the page as it is, and leave the parameters to 'links'",
    example={
        "project.yaml": _PROJECT,
        "templates/cart/reminder.email.j2": """\
---
subject: Your basket
---
<p><a href="https://example.com/cart?utm_source=mailing">It is still here.</a>
<a href="https://bit.ly/3xyz">Unsubscribe</a></p>
""",
        "example.yaml": _SENDING,
    },
    instead={
        "project.yaml": _PROJECT,
        "templates/cart/reminder.email.j2": """\
---
subject: Your basket
---
<p><a href="https://example.com/cart">It is still here.</a>
<a href="https://example.com/unsubscribe">Unsubscribe</a></p>
""",
        "example.yaml": _SENDING,
    },
    check_project=check_project,
)
