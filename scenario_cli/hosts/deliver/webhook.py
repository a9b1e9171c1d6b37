"""Posts messages to an address as JSON, signed by Standard Webhooks, https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scenario_cli.hosts.deliver.outcomes import (
    Closed,
    Handed,
    Later,
    Outcome,
    Outgoing,
    Refused,
    answer_text,
    reason_of,
)
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.model.delivery import ChannelDelivery, Webhook
from scenario_cli.model.waits import SECOND

_PREFIX = "whsec_"
_LATER = (408, 425, 429)
_MEND = (401, 410)  # of the channel, not of a message
_LONGEST_BODY = 65_536  # bytes of an answer that are read
_IDLE = 4.0  # seconds after which a connection is not trusted any more


class WebhookSender:
    """An address with its secret and headers. Follows no redirect."""

    def __init__(self, channel: ChannelDelivery, secret: bytes | None, headers: Mapping[str, str]) -> None:
        assert isinstance(channel.by, Webhook)
        self.webhook = channel.by
        self.secret = secret
        self.headers = headers
        self.address = urlsplit(channel.by.url)
        self.connection: http.client.HTTPConnection | None = None
        self.used = 0.0

    def ready(self) -> Later | Closed | None:
        return None

    def send(self, row: Outgoing, now: int) -> Outcome:
        body = row.text.encode()
        headers = {
            **self.headers,
            "Content-Type": "application/json",
            "User-Agent": "scenario-cli",
            "Idempotency-Key": row.message_id,
            **signature(self.secret, row.message_id, now // SECOND, body),
        }
        try:
            connection = self._open()
            target = (self.address.path or "/") + (f"?{self.address.query}" if self.address.query else "")
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            text = response.read(_LONGEST_BODY)
            if response.will_close or not response.isclosed():
                self.close()
        except ssl.SSLCertVerificationError as error:
            self.close()
            return Closed(f"{self.address.netloc}: no encrypted connection: {error.verify_message}")
        except (http.client.HTTPException, OSError, ValueError) as error:
            self.close()
            return Later(f"{self.address.netloc}: {reason_of(error)}", answered=False)
        self.used = time.monotonic()
        return self._outcome(
            response, answer_text(response.status, f"{response.reason} {text.decode('utf-8', 'replace')}"), now
        )

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _open(self) -> http.client.HTTPConnection:
        if self.connection is not None and time.monotonic() - self.used > _IDLE:
            self.close()
        if self.connection is None:
            host, port, timeout = self.address.hostname or "", self.address.port, self.webhook.timeout / SECOND
            if self.address.scheme == "https":
                context = ssl.create_default_context()
                self.connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
            else:
                self.connection = http.client.HTTPConnection(host, port, timeout=timeout)
        return self.connection

    def _outcome(self, response: http.client.HTTPResponse, answer: str, now: int) -> Outcome:
        status = response.status
        if 200 <= status < 300:
            return Handed(answer)
        if 300 <= status < 400:
            place = answer_text("", response.headers.get("Location", "nowhere"))
            return Closed(f"{self.webhook.url} redirects to {place}, which is not followed: change it in delivery.yaml")
        if status in _MEND:
            return Closed(answer)
        if status in _LATER or status >= 500:
            return Later(answer, seconds_of(response.headers.get("Retry-After"), now))
        return Refused(answer)


def signature(secret: bytes | None, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver checks the sender of a message; without a secret, there is no signature.

    `at` is in seconds.
    """
    headers = {"webhook-id": message_id, "webhook-timestamp": str(at)}
    if secret is not None:
        signed = hmac.new(secret, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
    return headers


def key_of(secret: str, variable: str) -> bytes:
    """The key of a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. Raises `StoreError`."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not key:
        raise StoreError(
            f"the environment variable {variable} is not a secret for webhooks",
            "it begins with whsec_, and Base64 follows: python -c \"import base64, secrets; print('whsec_' + "
            'base64.b64encode(secrets.token_bytes(32)).decode())"',
        )
    return key


def seconds_of(retry_after: str | None, now: int) -> float | None:
    """The seconds in `Retry-After`, as a number or as a date; None if it is neither."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max((moment - datetime.fromtimestamp(now / SECOND, UTC)).total_seconds(), 0.0)
