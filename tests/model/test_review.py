"""Limits for a change: their notation, and changes that pass them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scenario_cli.model.review import LimitError, is_passed, read_limit
from tests.rows import rows

CHANNELS = ("email", "sms")


@rows(("text", "before", "after", "passed"), [
    ("messages > +10%", 100, 110, False),
    ("messages > +10%", 100, 111, True),
    ("messages > +10%", 0, 1, True),
    ("messages > +10%", 0, 0, False),
    ("messages.sms > +0", 5, 5, False),
    ("messages.sms>+0", 5, 6, True),
    ("messages < -5%", 100, 95, False),
    ("messages < -5%", 100, 94, True),
    ("conversions <= -1", 10, 9, True),
    ("pressure.max > 6", 9, 6, False),
    ("pressure.max >= 6", 0, 6, True),
    ("cost > +50.5", 1, 52, True),
    ("contacts.new > 1000", 0, 1001, True),
])  # fmt: skip
def test_a_limit_is_passed_by_the_figure_its_difference_or_its_share(
    text: str, before: int, after: int, passed: bool
) -> None:
    assert is_passed(read_limit(text, CHANNELS), Decimal(before), Decimal(after)) is passed


@rows(("text", "message", "hint"), [
    ("messages", "is no limit", "messages > +10%"),
    ("messages > many", "is no limit", "messages > +10%"),
    ("lost > 0", "unknown figure 'lost'", "messages.sms"),
    ("messages.post > +0", "unknown figure 'messages.post'", "messages.email"),
    ("messages > 10%", "a share needs a sign", "write messages > +10%"),
    ("contacts.new > +10", "counts a difference already", "write contacts.new > 10"),
])  # fmt: skip
def test_a_wrong_limit_is_an_error_with_the_right_form(text: str, message: str, hint: str) -> None:
    with pytest.raises(LimitError, match=message) as caught:
        read_limit(text, CHANNELS)
    assert hint in caught.value.hint
