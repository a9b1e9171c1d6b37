"""A row of the outbox as a mail: headers, a part of text, a part of HTML. Sends nothing."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, getaddresses
from urllib.parse import quote

from scenario_cli.hosts.deliver.outcomes import Outgoing
from scenario_cli.hosts.deliver.plain_body import plain_body
from scenario_cli.messages.html_text import is_html
from scenario_cli.model.delivery import PLACEHOLDER, ChannelDelivery
from scenario_cli.model.project import HTML_CHANNELS


class NoMail(Exception):
    """A row that cannot be made into a mail; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as a server takes it: sender and recipient of the envelope, and the lines between."""

    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool


def mail_of(row: Outgoing, channel: ChannelDelivery, now: int, rehearsal: str | None = None) -> Mail:
    """The mail of a row. A `rehearsal` goes to that address instead, and has a note about it. Raises `NoMail`."""
    sender, recipient = _address(channel.sender), _address(rehearsal or row.address)
    needs_utf8 = not recipient.addr_spec.isascii()
    message = EmailMessage(policy=SMTPUTF8 if needs_utf8 else SMTP)
    subject = str(row.values.get("subject") or row.values.get("title") or "")
    key = row.message_id
    if rehearsal is not None:
        subject = f"[to: {row.address}] {subject}"
        key = f"{key}-rehearsal-{now}"
    try:
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = subject.strip()  # a line break at its end would end the headers
        if channel.reply_to:
            message["Reply-To"] = _address(channel.reply_to)
        message["Date"] = format_datetime(datetime.fromtimestamp(now // 1_000_000, UTC))
        message["Message-ID"] = f"<{_token(key)}@{_ascii_domain(sender.domain)}>"
        message["X-Idempotency-Key"] = _token(key)
        if row.is_marketing and channel.unsubscribe:
            message["List-Unsubscribe"] = f"<{unsubscribe_address(channel.unsubscribe, row)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    except (ValueError, IndexError, HeaderParseError) as error:  # a line break in a header
        raise NoMail(str(error)) from None
    give_body(message, str(row.values.get("body") or ""), row.channel)
    return Mail(sender.addr_spec, recipient.addr_spec, message.as_bytes(), needs_utf8)


def unsubscribe_address(template: str, row: Outgoing) -> str:
    """The address with the row's values in it, each quoted so that it stays within its part of the address."""
    values = {
        "contact.id": str(row.values.get("contact_id") or ""),
        "message_id": row.message_id,
        "scenario": str(row.values.get("scenario") or ""),
    }
    return PLACEHOLDER.sub(lambda match: quote(values.get(match[1], ""), safe=""), template)


def give_body(message: EmailMessage, body: str, channel: str) -> None:
    """A text alone, or the HTML with the text made from it."""
    if is_html(body, channel):
        message.set_content(plain_body(body))
        message.add_alternative(_inlined(body), subtype="html")
    else:
        message.set_content(html.unescape(body) if channel in HTML_CHANNELS else body)


def _inlined(body: str) -> str:
    """The HTML with its style sheets written to the elements, as mail programs need it; nothing is fetched."""
    if "<style" not in body.lower():
        return body
    import css_inline

    # Rules that cannot be written to an element (:hover, @media) stay in the style sheet.
    try:
        return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(body)
    except css_inline.InlineError:  # an unreadable style sheet stays unchanged
        return body


def _address(text: str) -> Address:
    """An address, with a name or without; its domain in ASCII. Raises `NoMail`."""
    if not text:
        raise NoMail("the address is missing")
    addresses = getaddresses([text])
    if len(addresses) != 1 or re.search(r"[\r\n\x00]", text):
        raise NoMail(f"'{text}' is not an e-mail address")
    ((name, spec),) = addresses
    try:
        parsed = Address(addr_spec=spec)
        if not parsed.username or not parsed.domain:
            raise NoMail(f"'{text}' is not an e-mail address")
        return Address(name, parsed.username, _ascii_domain(parsed.domain))
    except (ValueError, IndexError, HeaderParseError):
        raise NoMail(f"'{text}' is not an e-mail address") from None


def _ascii_domain(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise NoMail(f"'{domain}' is not a domain") from None


def _token(key: str) -> str:
    """The key itself if a header can contain it, else its digest."""
    return key if re.fullmatch(r"[A-Za-z0-9._-]{1,120}", key) else hashlib.sha256(key.encode()).hexdigest()[:32]
