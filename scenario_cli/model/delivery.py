"""The delivery of a project: the server, address or file through which each channel leaves. Sends nothing, has no
secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import HOUR, MINUTE, SECOND

Tls = Literal["starttls", "tls", "none"]
OnUncertain = Literal["skip", "resend"]

# The names that the address for unsubscribing can have in {{ }}.
UNSUBSCRIBE_NAMES = ("contact.id", "message_id", "scenario")
PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")

_UNITS = {"s": SECOND, "min": MINUTE, "h": HOUR}
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """A secret by the name of its environment variable."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server. Without `port`, the usual port of `tls`; without `user`, nobody signs in."""

    host: str
    span: Span
    port: int | None = None
    user: FromEnvironment | None = None
    password: FromEnvironment | None = None
    tls: Tls = "starttls"

    @property
    def usual_port(self) -> int:
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.tls]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes each message as JSON; `timeout` is in microseconds."""

    url: str
    span: Span
    secret: FromEnvironment | None = None
    timeout: int = 10 * SECOND
    headers: Mapping[str, str | FromEnvironment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileDrop:
    """Files for a tool's own importer; `path` is written from the project's folder, with `{date}` for the day."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class ChannelDelivery:
    """The delivery of one channel. `spacing` is the least time between two messages, in microseconds.

    `sender`, `reply_to` and `unsubscribe` are for mail alone. `on_uncertain` is the treatment of a message that may
    have been sent or not.
    """

    name: str
    span: Span
    by: Smtp | Webhook | FileDrop
    sender: str = ""
    reply_to: str = ""
    unsubscribe: str = ""
    spacing: int = 0
    on_uncertain: OnUncertain = "skip"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The content of delivery.yaml."""

    span: Span
    channels: Mapping[str, ChannelDelivery] = field(default_factory=dict)


def read_spacing(text: str) -> int | None:
    """The microseconds between two messages at a rate such as `20/s`; None for a text that is not a rate.

    >>> read_spacing("20/s"), read_spacing("0/s")
    (50000, None)
    """
    match = re.fullmatch(r"([1-9][0-9]*)/(s|min|h)", text.strip())
    return _UNITS[match[2]] // int(match[1]) if match is not None else None


def rate_of(spacing: int) -> str:
    """The rate of `read_spacing`, in the shortest unit in which it is a whole number.

    >>> rate_of(50000), rate_of(3_000_000)
    ('20/s', '20/min')
    """
    exact = (f"{length // spacing}/{unit}" for unit, length in _UNITS.items() if length // spacing
             and length // (length // spacing) == spacing)  # fmt: skip
    return next(exact, f"1/{spacing / SECOND:g}s")


def is_local(host: str) -> bool:
    """Whether a host is this machine, so that nothing goes over a network."""
    return host.lower().strip("[]") in _LOCAL
