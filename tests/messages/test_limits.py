"""Texts too long for their channel, in characters, or in places of a text message."""

from __future__ import annotations

from scenario_cli.messages.limits import excesses
from scenario_cli.model.project import Channel
from scenario_cli.model.source import Span

NOWHERE = Span("", 1, 1, 1, 1)


def channel(name: str) -> Channel:
    return Channel(name, NOWHERE, max_length=10, title_max=5)


def test_a_text_of_the_allowed_length_is_not_too_long() -> None:
    assert list(excesses({"title": "12345", "subject": "12345", "link": "x" * 99}, "1234567890", channel("push"))) == []


def test_each_part_that_is_too_long_is_named_with_its_limit() -> None:
    assert list(excesses({"title": "123456", "subject": "123456"}, "12345678901", channel("push"))) == [
        ("text", 10), ("title", 5), ("subject", 5)
    ]  # fmt: skip


def test_a_channel_without_limits_takes_anything() -> None:
    assert list(excesses({"title": "x" * 999}, "x" * 9999, Channel("push", NOWHERE))) == []


def test_some_characters_take_two_places_of_a_text_message_and_one_elsewhere() -> None:
    assert list(excesses({}, "costs 10 €", channel("push"))) == []
    assert list(excesses({}, "costs 10 €", channel("sms"))) == [("text", 10)]
