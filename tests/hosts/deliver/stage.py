"""An outbox, servers that misbehave on demand, and a clock without real waiting."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session

from scenario_cli.hosts.deliver.channels import lanes_of
from scenario_cli.hosts.deliver.deliver import Settings, deliver
from scenario_cli.hosts.store.database import opened
from scenario_cli.hosts.store.lock import locked
from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from scenario_cli.model.delivery import Delivery
from scenario_cli.model.handing import DeliveryResult
from scenario_cli.model.waits import HOUR, SECOND

NOW = 1_740_996_000 * SECOND  # 2025-03-03 10:00 UTC
PROJECT = "project: shop\ntimezone: Europe/Paris\nchannels: {email: {}, push: {}, sms: {}, call: {}}\n"


class Clock:
    """A clock that moves on only by sleeps."""

    def __init__(self, at: int = NOW) -> None:
        self.at = at
        self.slept: list[float] = []
        self.stopping = False

    def now(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += int(seconds * SECOND)


def fill(store: Path, *rows: Mapping[str, Any]) -> None:
    """Puts messages into the outbox of a store; makes the store if it does not exist.

    A row has the differences from a marketing mail to ana that is due now.
    """
    with locked(store, "run"), opened(store, create=True) as opened_store, opened_store.transaction():
        for values in rows:
            number = opened_store.value("SELECT count(*) FROM outbox") + 1
            row = {
                "kind": "message", "message_id": f"m{number}", "contact_id": "ana", "scenario": "cart",
                "channel": "email", "purpose": "marketing", "address": "ana@example.com", "subject": "Your basket",
                "body": "<p>Hello</p>", "status": "sent", **values,
            }  # fmt: skip
            send_at, expires_at = row.pop("send_at", NOW), row.pop("expires_at", None)
            status, staff = row.pop("outbox", "pending"), row.pop("staff", False)
            opened_store.execute(
                "INSERT INTO outbox (run, contact, kind, message_id, channel, send_at, expires_at, needs_consent, "
                "status, row) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row["contact_id"], row["kind"], row["message_id"], row["channel"], send_at, expires_at,
                 row["purpose"] == "marketing" and not staff, status, json.dumps(row)),
            )  # fmt: skip


def statuses(store: Path) -> dict[str, str]:
    """The status of each message of an outbox."""
    with opened(store, read_only=True) as opened_store:
        return dict(opened_store.execute("SELECT message_id, status FROM outbox ORDER BY id"))


def answers(store: Path) -> list[tuple[Any, ...]]:
    """The attempts: message, whether it ended, result and answer of each."""
    with opened(store, read_only=True) as opened_store:
        return list(
            opened_store.execute(
                "SELECT o.message_id, a.ended IS NOT NULL, a.result, a.answer FROM attempts a JOIN outbox o "
                "ON o.id = a.outbox ORDER BY a.id"
            )
        )


def delivery(text: str) -> Delivery:
    """The model of a delivery.yaml."""
    loaded = load_files(Memory({"project.yaml": PROJECT.encode(), "delivery.yaml": text.encode()}))
    assert loaded.project.delivery is not None
    assert [finding.message for finding in loaded.findings if finding.severity == "error"] == []
    return loaded.project.delivery


def hand_over(
    store: Path,
    text: str | Delivery,
    clock: Clock | None = None,
    environment: Mapping[str, str] | None = None,
    stale: int = HOUR,
    limit: int | None = None,
) -> DeliveryResult:
    """Delivers by a delivery.yaml."""
    settings = Settings(store.parent, "Europe/Paris", stale, limit)
    read = delivery(text) if isinstance(text, str) else text
    return deliver(store, lanes_of(read, store.parent, environment or {}), settings, clock or Clock(), print)


def fates(result: DeliveryResult) -> dict[str, dict[str, int]]:
    """The counts by channel, without zeros."""
    return {
        channel.name: {fate: count for fate, count in channel.fates.items() if count} for channel in result.channels
    }


@dataclass
class Inbox:
    """The behaviour of a mail server: the accepted mails, and the answers with which it refuses.

    `answers`: by recipient, and by step for steps other than DATA; each answer is used once, in order. `cut`: the
    number of next answers to a mail's content that a closed connection replaces.
    """

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    cut: int = 0
    keep_when_cut: bool = True

    @property
    def recipients(self) -> list[str]:
        return [mail.rcpt_tos[0] for mail in self.mails]

    @property
    def texts(self) -> list[str]:
        return [mail.content.decode() for mail in self.mails if isinstance(mail.content, bytes)]

    async def handle_MAIL(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self._next("MAIL") or "250 OK"

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        reply = self._next(f"RCPT {address}")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        reply = self._next(envelope.rcpt_tos[0])
        if self.cut:
            self.cut -= 1
            if self.keep_when_cut:
                self.mails.append(envelope)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 lost"
        if reply is None:
            self.mails.append(envelope)
        return reply or "250 OK: queued"

    def _next(self, key: str) -> str | None:
        return self.answers[key].pop(0) if self.answers.get(key) else None

    def yaml(self, more: str = "") -> str:
        return (
            f"channels:\n  email:\n    smtp: {{host: 127.0.0.1, port: {self.port}, tls: none}}\n"
            f"    from: Maison <crm@example.com>\n{more}"
        )


class _AnyPort(Controller):
    """A mail server on any free port. The controller checks its given port, so this sets the real one."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(**options: Any) -> Iterator[Inbox]:
    """Runs a mail server on this machine."""
    inbox = Inbox()
    controller = _AnyPort(inbox, hostname="127.0.0.1", port=0, server_hostname="here", **options)
    controller.start()
    inbox.port = controller.port
    try:
        yield inbox
    finally:
        controller.stop()


@dataclass
class Hook:
    """The behaviour of a webhook's server. `replies` are used once, in order: a status with headers, or 'cut',
    'silent', 'lost' (it accepts the message, but the answer is lost). Without replies it accepts everything."""

    port: int = 0
    replies: list[Any] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    wait: threading.Event = field(default_factory=threading.Event)

    def yaml(self, more: str = "", inside: str = "") -> str:
        return f"channels:\n  push:\n    webhook: {{url: 'http://127.0.0.1:{self.port}/send'{inside}}}\n{more}"


@contextmanager
def web_server() -> Iterator[Hook]:
    """Runs a webhook's server on this machine."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((dict(self.headers), body))
            reply = hook.replies.pop(0) if hook.replies else (200, {})
            if reply in ("cut", "silent", "lost"):
                if reply == "lost":
                    hook.taken[self.headers["Idempotency-Key"]] += 1
                if reply == "silent":
                    hook.wait.wait(5)
                self.close_connection = True
                return
            status, headers = reply
            if status < 300:
                hook.taken[self.headers["Idempotency-Key"]] += 1
            self.send_response(status)
            for name, value in {"Content-Length": "2", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.wait.set()
        server.shutdown()
        server.server_close()
        thread.join()
