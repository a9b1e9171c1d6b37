"""Delivery by mail: the sent commands, and a message's result if the server refuses or disconnects."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from scenario_cli.hosts.deliver.lanes import Lane
from scenario_cli.hosts.deliver.smtp import SmtpSender
from scenario_cli.reports.deliver.text import delivery_text
from tests.hosts.deliver.stage import (
    Clock,
    Inbox,
    answers,
    fates,
    fill,
    hand_over,
    mail_server,
    statuses,
)


def test_a_mail_has_these_headers(inbox: Inbox, store: Path) -> None:
    fill(store, {"message_id": "7f3a", "body": "<h1>Hello</h1><p>Your <b>basket</b></p>", "contact_id": "ana b"})
    hand_over(
        store,
        inbox.yaml(
            "    reply_to: help@example.com\n"
            "    unsubscribe: 'https://a.example/u/{{ contact.id }}?m={{ message_id }}'\n"
        ),
    )
    (mail,) = inbox.mails
    assert isinstance(mail.content, bytes)
    message = message_from_bytes(mail.content, policy=default)
    assert (mail.mail_from, mail.rcpt_tos) == ("crm@example.com", ["ana@example.com"])
    assert message["From"] == "Maison <crm@example.com>"
    assert message["Subject"] == "Your basket"
    assert message["Reply-To"] == "help@example.com"
    assert message["Message-ID"] == "<7f3a@example.com>"
    assert message["X-Idempotency-Key"] == "7f3a"
    assert message["Date"] == "Mon, 03 Mar 2025 10:00:00 +0000"
    assert message["List-Unsubscribe"] == "<https://a.example/u/ana%20b?m=7f3a>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "Hello\n\nYour basket\n"


def test_only_marketing_mail_offers_to_unsubscribe(inbox: Inbox, store: Path) -> None:
    fill(store, {"purpose": "transactional"}, {"staff": True}, {})
    hand_over(store, inbox.yaml("    unsubscribe: https://a.example/u\n"))
    assert ["List-Unsubscribe" in text for text in inbox.texts] == [False, False, True]


def test_messages_leave_in_the_order_of_their_times(inbox: Inbox, store: Path) -> None:
    fill(
        store,
        {"address": "c@example.com", "send_at": 1_740_995_990_000_000},
        {"address": "a@example.com", "send_at": 1_740_995_980_000_000},
        {"address": "b@example.com", "send_at": 1_740_995_980_000_000},
    )
    result = hand_over(store, inbox.yaml())
    assert inbox.recipients == ["a@example.com", "b@example.com", "c@example.com"]
    assert fates(result) == {"email": {"handed": 3}}
    assert result.complete


def test_only_messages_that_wait_go(inbox: Inbox, store: Path) -> None:
    other_statuses = ("handed", "failed", "stale", "withdrawn", "dropped")
    fill(store, *({"outbox": status} for status in other_statuses), {"kind": "update", "outbox": "update"}, {})
    hand_over(store, inbox.yaml())
    assert len(inbox.mails) == 1
    assert list(statuses(store).values()) == [*other_statuses, "update", "handed"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("RCPT ana@example.com", "550 5.1.1 no such user"),
        ("ana@example.com", "554 5.7.1 spam"),
        ("MAIL", "552 too large"),
    ],
)
def test_a_no_is_final_and_kept(where: str, expected: str, inbox: Inbox, store: Path) -> None:
    inbox.answers[where] = [expected]
    fill(store, {}, {"address": "bo@example.com"})
    result = hand_over(store, inbox.yaml())
    assert statuses(store) == {"m1": "failed", "m2": "handed"}
    assert answers(store)[0] == ("m1", 1, "failed", expected)
    assert not result.complete
    assert result.channels[0].troubles[0].answer == expected


@pytest.mark.parametrize("where", ["RCPT ana@example.com", "ana@example.com", "MAIL"])
def test_a_not_now_is_tried_again_after_growing_pauses(where: str, inbox: Inbox, store: Path) -> None:
    inbox.answers[where] = ["451 greylisted"] * 3
    clock = Clock()
    fill(store, {})
    result = hand_over(store, inbox.yaml(), clock)
    assert statuses(store) == {"m1": "handed"}
    assert [attempt[2] for attempt in answers(store)] == ["later", "later", "later", "handed"]
    assert sum(clock.slept) == pytest.approx(1 + 2 + 4, abs=0.5)
    assert result.complete


def test_other_messages_are_sent_while_one_waits_for_its_next_attempt(inbox: Inbox, store: Path) -> None:
    inbox.answers["RCPT ana@example.com"] = ["450 busy"]
    fill(store, {}, {"address": "bo@example.com"})
    hand_over(store, inbox.yaml())
    assert sorted(inbox.recipients) == ["ana@example.com", "bo@example.com"]


def test_a_server_that_never_takes_anything_is_left_alone_until_the_next_delivery(inbox: Inbox, store: Path) -> None:
    inbox.answers["MAIL"] = ["451 later"] * 50
    fill(store, *[{}] * 10)
    result = hand_over(store, inbox.yaml())
    assert fates(result) == {"email": {"left": 10}}
    assert result.channels[0].reason == "451 later"
    assert len(answers(store)) == 5
    inbox.answers.clear()
    assert fates(hand_over(store, inbox.yaml())) == {"email": {"handed": 10}}


def test_a_message_that_is_put_off_again_and_again_fails_in_the_end(inbox: Inbox, store: Path) -> None:
    inbox.answers["RCPT ana@example.com"] = ["450 busy"] * 50
    fill(store, {})
    for _ in range(4):
        hand_over(store, inbox.yaml())
    assert statuses(store) == {"m1": "failed"}
    assert answers(store)[-1][3] == "stopped after 20 attempts: 450 busy"


def test_a_missing_server_is_reported_once_and_nothing_is_lost(store: Path) -> None:
    fill(store, {}, {})
    result = hand_over(store, Inbox(port=9).yaml())
    assert fates(result) == {"email": {"left": 2}}
    assert result.channels[0].reason == "127.0.0.1:9: Connection refused"
    assert statuses(store) == {"m1": "pending", "m2": "pending"}
    assert answers(store) == []


def test_a_sender_who_is_refused_closes_the_channel(inbox: Inbox, store: Path) -> None:
    inbox.answers["MAIL"] = ["553 not yours"]
    fill(store, {}, {})
    result = hand_over(store, inbox.yaml())
    assert result.channels[0].reason == "the sender crm@example.com is refused: 553 not yours"
    assert statuses(store) == {"m1": "pending", "m2": "pending"}


@pytest.mark.parametrize(("policy", "status", "sent"), [("skip", "failed", 1), ("resend", "handed", 2)])
def test_a_connection_that_is_cut_before_the_answer_leaves_it_open_what_happened(
    policy: str, status: str, sent: int, inbox: Inbox, store: Path
) -> None:
    inbox.cut = 1
    fill(store, {})
    result = hand_over(store, inbox.yaml(f"    on_uncertain: {policy}\n"))
    assert statuses(store) == {"m1": status}
    assert len(inbox.mails) == sent
    assert answers(store)[0][2] == "uncertain"
    assert result.channels[0].fates["skipped"] == (1 if policy == "skip" else 0)
    assert result.channels[0].again == (0 if policy == "skip" else 1)


def test_a_slow_answer_counts_as_none(inbox: Inbox, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(*_: Any) -> str:
        await asyncio.sleep(1)
        return "250 OK"

    monkeypatch.setattr(inbox, "handle_RCPT", slow)
    monkeypatch.setattr("scenario_cli.hosts.deliver.channels.SmtpSender", partial(SmtpSender, timeout=0.3))
    fill(store, {})
    result = hand_over(store, inbox.yaml())
    assert fates(result) == {"email": {"left": 1}}
    assert "the connection was lost" in result.channels[0].reason


def test_a_rate_is_kept(inbox: Inbox, store: Path) -> None:
    clock = Clock()
    fill(store, *[{}] * 21)
    hand_over(store, inbox.yaml("    rate: 10/s\n"), clock)
    assert len(inbox.mails) == 21
    assert sum(clock.slept) >= 2.0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"send_at": 1_740_992_399_000_000}, "it is older than --stale"),
        ({"expires_at": 1_740_995_999_000_000}, "its 'expires' has passed"),
    ],
)
def test_expired_messages_are_not_sent(row: dict[str, Any], reason: str, inbox: Inbox, store: Path) -> None:
    fill(store, row, {"send_at": 1_740_992_400_000_000, "expires_at": 1_740_996_000_000_000})
    result = hand_over(store, inbox.yaml())
    assert statuses(store) == {"m1": "stale", "m2": "handed"}
    assert [trouble.answer for trouble in result.channels[0].troubles] == [reason]
    assert not result.complete


def test_messages_that_expire_while_they_wait_are_not_sent(inbox: Inbox, store: Path) -> None:
    fill(store, *[{}] * 5)
    result = hand_over(store, inbox.yaml("    rate: 1/h\n"), stale=90 * 60_000_000)
    assert fates(result) == {"email": {"handed": 2, "stale": 3}}


def test_messages_that_were_tried_and_still_wait_have_a_reason(inbox: Inbox, store: Path) -> None:
    inbox.answers["RCPT ana@example.com"] = ["452 mailbox full"] * 2
    fill(store, *[{}] * 5)
    result = hand_over(store, inbox.yaml(), limit=2)
    assert fates(result) == {"email": {"left": 5}}
    assert (result.channels[0].reason, result.channels[0].postponed) == ("", "452 mailbox full")
    assert not result.complete
    assert "tried, to be tried again: 452 mailbox full" in delivery_text(result, color=False)
    result = hand_over(store, inbox.yaml())
    assert (fates(result), result.channels[0].postponed) == ({"email": {"handed": 5}}, "")


def test_a_limit_leaves_the_rest(inbox: Inbox, store: Path) -> None:
    fill(store, *[{}] * 5)
    result = hand_over(store, inbox.yaml(), limit=2)
    assert fates(result) == {"email": {"handed": 2, "left": 3}}
    assert result.complete


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"address": "ana@example.com\r\nBcc: eve@example.com"}, "is not an e-mail address"),
        ({"address": "ana@example.com, eve@example.com"}, "is not an e-mail address"),
        ({"address": "nobody"}, "is not an e-mail address"),
        ({"address": None}, "the address is missing"),
        ({"subject": "Hello\r\nBcc: eve@example.com"}, "linefeed or carriage return"),
    ],
)
def test_no_value_of_a_row_makes_a_header_of_its_own(
    row: dict[str, Any], answer: str, inbox: Inbox, store: Path
) -> None:
    fill(store, row)
    result = hand_over(store, inbox.yaml())
    assert inbox.mails == []
    assert statuses(store) == {"m1": "failed"}
    assert answer in result.channels[0].troubles[0].answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert),
             "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
            check=True, capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    yield cert, key


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def _signed_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(handled=False, success=(data.login, data.password) == (b"crm", b"right"))


LOGIN = ", user: {env: USER_}, password: {env: PASS}"


@pytest.mark.parametrize(
    ("password", "trusted", "reason"),
    [
        ("right", True, ""),
        ("wrong", True, "535"),
        ("right", False, "no encrypted connection: self-signed certificate"),
    ],
)
def test_a_connection_is_encrypted_before_anybody_signs_in(
    password: str, trusted: bool, reason: str, certificate: tuple[Path, Path], store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    options = {"tls_context": _context(certificate), "require_starttls": True, "authenticator": _signed_in}
    with mail_server(**options) as inbox:
        fill(store, {})
        text = inbox.yaml().replace(", tls: none", f", tls: starttls{LOGIN}")
        result = hand_over(store, text, environment={"USER_": "crm", "PASS": password})
    assert reason in result.channels[0].reason
    assert bool(result.channels[0].reason) is bool(reason)
    assert len(inbox.mails) == (0 if reason else 1)
    assert statuses(store) == {"m1": "pending" if reason else "handed"}


def test_a_server_without_encryption_gets_no_password(inbox: Inbox, store: Path) -> None:
    fill(store, {})
    text = inbox.yaml().replace(", tls: none", f", tls: starttls{LOGIN}")
    result = hand_over(store, text, environment={"USER_": "crm", "PASS": "right"})
    assert "STARTTLS extension not supported" in result.channels[0].reason
    assert statuses(store) == {"m1": "pending"}


def test_an_unset_secret_closes_only_its_channel(inbox: Inbox, store: Path) -> None:
    fill(store, {}, {"channel": "push"})
    text = inbox.yaml() + "  push: {webhook: {url: 'https://a.example/', secret: {env: NOWHERE}}}\n"
    result = hand_over(store, text)
    assert fates(result) == {"email": {"handed": 1}, "push": {"left": 1}}
    assert result.channels[1].reason == "the environment variable NOWHERE is not set"
    assert not result.complete


def test_a_channel_without_delivery_is_reported(inbox: Inbox, store: Path) -> None:
    fill(store, {}, {"channel": "call"})
    result = hand_over(store, inbox.yaml())
    assert result.unreachable == {"call": 1}
    assert not result.complete
    assert statuses(store)["m2"] == "pending"


def test_a_stop_lets_the_message_under_way_end(inbox: Inbox, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    take = Lane.take

    def take_and_stop(lane: Lane, now: int) -> int:
        clock.stopping = True
        return take(lane, now)

    monkeypatch.setattr(Lane, "take", take_and_stop)
    fill(store, {}, {})
    result = hand_over(store, inbox.yaml(), clock)
    assert statuses(store) == {"m1": "handed", "m2": "pending"}
    assert fates(result) == {"email": {"handed": 1, "left": 1}}
