"""Delivery by webhook: the posted request, and a message's result by the answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.hosts.deliver.webhook import seconds_of
from scenario_cli.model.delivery import Delivery, Webhook
from tests.docs.pages import ROOT
from tests.hosts.deliver.stage import NOW, Clock, Hook, answers, delivery, fates, fill, hand_over, statuses
from tests.rows import rows

PUSH = {"channel": "push", "address": "token"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_row_of_the_plan_is_posted_with_its_key(hook: Hook, store: Path) -> None:
    fill(store, {**PUSH, "message_id": "7f3a", "title": "Café"})
    result = hand_over(store, hook.yaml(inside=", headers: {X-Shop: maison}"))
    ((headers, body),) = hook.requests
    assert json.loads(body)["title"] == "Café"
    assert (headers["Content-Type"], headers["Idempotency-Key"]) == ("application/json", "7f3a")
    assert (headers["X-Shop"], headers["webhook-id"]) == ("maison", "7f3a")
    assert "webhook-signature" not in headers
    assert fates(result) == {"push": {"handed": 1}}


def test_a_receiver_can_check_the_signature(hook: Hook, store: Path) -> None:
    fill(store, PUSH)
    hand_over(store, hook.yaml(inside=", secret: {env: KEY}"), environment={"KEY": SECRET})
    ((headers, body),) = hook.requests
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == NOW // 1_000_000


def test_the_receiver_of_the_page_accepts_only_genuine_requests(
    hook: Hook, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "deliver.md").read_text(encoding="utf-8")
    receiver: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], receiver)
    monkeypatch.setattr("time.time", lambda: NOW / 1_000_000)
    fill(store, PUSH)
    hand_over(store, hook.yaml(inside=", secret: {env: KEY}"), environment={"KEY": SECRET})
    ((headers, body),) = hook.requests
    assert receiver["is_genuine"](SECRET, headers, body)
    assert not receiver["is_genuine"](SECRET, headers, body + b" ")
    assert not receiver["is_genuine"]("whsec_AAAA", headers, body)
    monkeypatch.setattr("time.time", lambda: NOW / 1_000_000 + 301)
    assert not receiver["is_genuine"](SECRET, headers, body)


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks."""
    from scenario_cli.hosts.deliver.webhook import key_of, signature

    body = b'{"test": 2432232314}'
    headers = signature(key_of(SECRET, "KEY"), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["hunter2", "whsec_", "whsec_%%%"])
def test_a_secret_of_another_form_closes_the_channel(secret: str, hook: Hook, store: Path) -> None:
    fill(store, PUSH)
    result = hand_over(store, hook.yaml(inside=", secret: {env: KEY}"), environment={"KEY": secret})
    assert "KEY is not a secret for webhooks" in result.channels[0].reason
    assert "hunter2" not in result.channels[0].reason
    assert hook.requests == []


@pytest.mark.parametrize("reply", [(408, {}), (425, {}), (429, {}), (500, {}), (503, {}), "cut", "lost"])
def test_a_passing_failure_is_tried_again_with_the_same_key(reply: Any, hook: Hook, store: Path) -> None:
    hook.replies = [reply, reply]
    fill(store, PUSH)
    clock = Clock()
    result = hand_over(store, hook.yaml(), clock)
    assert statuses(store) == {"m1": "handed"}
    assert {headers["Idempotency-Key"] for headers, _ in hook.requests} == {"m1"}
    assert len(hook.requests) == 3
    assert 3 <= sum(clock.slept) < 4
    assert result.complete


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_any_other_no_is_final(status: int, hook: Hook, store: Path) -> None:
    hook.replies = [(status, {})]
    fill(store, PUSH, PUSH)
    result = hand_over(store, hook.yaml())
    assert statuses(store) == {"m1": "failed", "m2": "handed"}
    assert answers(store)[0][3].startswith(f"{status} ")
    assert not result.complete


@pytest.mark.parametrize("reply", [(401, {}), (410, {}), (302, {"Location": "https://elsewhere.example/"})])
def test_a_faulty_address_closes_the_channel_and_loses_nothing(reply: Any, hook: Hook, store: Path) -> None:
    hook.replies = [reply]
    fill(store, PUSH, PUSH)
    result = hand_over(store, hook.yaml())
    assert statuses(store) == {"m1": "pending", "m2": "pending"}
    assert len(hook.requests) == 1
    assert result.channels[0].reason


@pytest.mark.parametrize("after", ["30", "Mon, 03 Mar 2025 10:00:30 GMT"])
def test_a_requested_pause_is_kept(after: str, hook: Hook, store: Path) -> None:
    hook.replies = [(429, {"Retry-After": after})]
    fill(store, PUSH, PUSH)
    clock = Clock()
    hand_over(store, hook.yaml(), clock)
    assert sum(clock.slept) >= 30
    assert list(statuses(store).values()) == ["handed", "handed"]


def test_a_pause_too_long_to_sit_out_is_left_to_the_next_delivery(hook: Hook, store: Path) -> None:
    hook.replies = [(503, {"Retry-After": "600"})]
    fill(store, PUSH)
    clock = Clock()
    result = hand_over(store, hook.yaml(), clock)
    assert sum(clock.slept) < 1
    assert fates(result) == {"push": {"left": 1}}


@rows(
    ("text", "seconds"),
    [(None, None), ("7", 7.0), ("soon", None), ("-3", None), ("Mon, 03 Mar 2025 09:00:00 GMT", 0.0),
     ("Mon, 03 Mar 2025 10:02:00 GMT", 120.0)],
)  # fmt: skip
def test_a_pause_is_read_as_seconds_or_as_a_date(text: str | None, seconds: float | None) -> None:
    assert seconds_of(text, NOW) == seconds


def test_a_receiver_that_is_silent_is_asked_again(hook: Hook, store: Path) -> None:
    hook.replies = ["silent"]
    fill(store, PUSH)
    push = delivery(hook.yaml()).channels["push"]
    assert isinstance(push.by, Webhook)
    impatient = replace(push, by=replace(push.by, timeout=500_000))
    hand_over(store, Delivery(push.span, {"push": impatient}))
    assert statuses(store) == {"m1": "handed"}
    assert answers(store)[0][2:] == ("unreached", f"127.0.0.1:{hook.port}: no answer in time")


def test_a_broken_channel_does_not_keep_others_from_going(hook: Hook, store: Path) -> None:
    fill(store, {"channel": "sms"}, PUSH, {"channel": "sms"}, PUSH)
    text = hook.yaml() + "  sms: {webhook: {url: 'http://127.0.0.1:9/'}}\n"
    result = hand_over(store, text)
    assert fates(result) == {"push": {"handed": 2}, "sms": {"left": 2}}
    assert result.channels[1].reason == "127.0.0.1:9: Connection refused"
