"""The mails of a preview as files that mail programs open. Sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime

from scenario_cli.hosts.deliver.mail import give_body
from scenario_cli.model.preview import RenderedMessage

_DOMAIN = "example.invalid"  # no mail goes there
_BREAK = re.compile(r"[\r\n\x00]+")


def mails(messages: Iterable[RenderedMessage], sender: str, languages: str) -> Iterator[tuple[str, bytes]]:
    """A file's name and content for each e-mail that could be rendered: state, template and locale in its name.

    `sender` is the project as its readers know it; `languages` the locale of templates without a locale.
    """
    for message in messages:
        if message.channel != "email" or message.problem:
            continue
        name = f"{message.state}.{message.template.replace('/', '-')}.{message.locale or languages}.eml"
        yield name, _mail(message, sender).as_bytes()


def _mail(message: RenderedMessage, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTPUTF8)
    mail["From"] = Address(_BREAK.sub(" ", sender), "preview", _DOMAIN)
    mail["To"] = _reader(message.address)
    mail["Subject"] = _BREAK.sub(" ", message.fields.get("subject") or message.fields.get("title") or "")
    with suppress(ValueError):  # a message that was never due has no instant
        mail["Date"] = format_datetime(datetime.fromisoformat(message.sent_at))
    give_body(mail, message.body, message.channel)
    return mail


def _reader(address: str) -> Address | str:
    """The address in a form that a header accepts; for a masked or made-up address, a stand-in with its text as
    name.
    """
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError):
        return Address(_BREAK.sub(" ", address), "reader", _DOMAIN)
