"""The value or key at a place, in texts as they are during typing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.language.symbols.cursor import cursor_at
from scenario_cli.shipped import shipped

BROKEN = "scenario: x\ntrigger: {event: [a\nstates:\n"

CASES = [
    # text with the place as ¦, path, whether a key, typed text
    ("scenario: wel¦", "scenario", False, "wel"),
    ("sce¦", "", False, "sce"),
    ("trigger:\n  event: ¦\n", "trigger event", False, ""),
    ("trigger: {ev¦}", "trigger", True, "ev"),
    ("trigger: {event: cart¦", "trigger event", False, "cart"),
    ("trigger: {event: a, where: event.¦", "trigger where", False, "event."),
    ("trigger:\n  - event: a\n    wh¦\n", "trigger 0", True, "wh"),
    ("trigger:\n- event: a\n  wh¦\n", "trigger 0", True, "wh"),
    ("states:\n  a:\n    send: x\n    ne¦\n  b:\n    end: x\n", "states a", True, "ne"),
    ("states:\n  a:\n    ¦\n", "states a", False, ""),
    ("states:\n  a:\n    send: {email: {template: ca¦\n", "states a send email template", False, "ca"),
    ("states:\n  a:\n    send:\n      first_of: [{push: x}, {sms: ¦\n", "states a send first_of 1 sms", False, ""),
    ("states:\n  a: {after: {1d: ¦", "states a after 1d", False, ""),
    ('key: "event.¦', "key", False, "event."),
    ("key: 'it''s ¦", "key", False, "it's "),
    ("key: event.items[0] | ¦", "key", False, "event.items[0] | "),
    ("define:\n  big: >-\n    metric.¦\n", "define big", False, "metric."),
    ("define:\n  big: |\n    a [ b\nkey: ¦", "key", False, ""),
    ("contact: &ana {id: ¦", "contact id", False, ""),
    ("cases:\n  - expect:\n      messages:\n        - {at: +1h, channel: em¦, template: x}\n",
     "cases 0 expect messages 0 channel", False, "em"),
    ("a: 1 # it's\nkey: ¦", "key", False, ""),
    # with a mistake further up
    (BROKEN + "  a:\n    next: ¦\n", "states a next", False, ""),
    (BROKEN + "  a:\n    send: {email: cart/¦\n", "states a send email", False, "cart/"),
    (BROKEN + "  a:\n    after:\n      - wait: 1d\n        t¦\n", "states a after 0", True, "t"),
    ("\ta: 1\nstates:\n  a:\n    ne¦", "states a", False, "ne"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "is_key", "typed"), CASES, ids=[case[0][-30:] for case in CASES])
def test_the_place_that_is_written_is_found(text: str, path: str, is_key: bool, typed: str) -> None:
    cursor = cursor_at(text.replace("¦", ""), text.index("¦"))
    assert cursor is not None
    assert (" ".join(map(str, cursor.path)), cursor.is_key, cursor.typed) == (path, is_key, typed)


@pytest.mark.parametrize("text", ["# a ¦", "key: 1   # what ¦"])
def test_nothing_is_written_in_a_comment(text: str) -> None:
    assert cursor_at(text.replace("¦", ""), text.index("¦")) is None


def test_the_keys_that_stand_before_are_known() -> None:
    text = "states:\n  a:\n    send: x\n    on: {b: c}\n    "
    cursor = cursor_at(text + "n", len(text) + 1)
    assert cursor is not None and cursor.beside == {"send", "on"}


def test_values_before_the_cursor_can_be_read() -> None:
    cursor = cursor_at("trigger: {event: cart_updated, where: ", 38)
    assert cursor is not None and cursor.text("trigger", "event") == "cart_updated"


SOURCE = (shipped("scenarios") / "cart_abandonment.yaml").read_text(encoding="utf-8")


@given(st.integers(0, len(SOURCE)), st.integers(0, len(SOURCE)))
@settings(max_examples=60)
def test_no_text_is_too_broken(at: int, cut: int) -> None:
    text = SOURCE[:cut] + SOURCE[cut + 7 :]
    cursor_at(text, min(at, len(text)))


@given(st.text(alphabet=" \n:-{}[]'\"#|>&*,ab\t", max_size=40))
@settings(max_examples=200)
def test_any_signs_at_all_are_looked_at_without_a_failure(text: str) -> None:
    cursor_at(text, len(text))


def test_every_value_of_a_file_in_order_is_found_at_its_own_path() -> None:
    """The value at the end of each line of the shipped file belongs to the state of that line."""
    lines = SOURCE.split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("  last_call:"))
    offset = sum(len(line) + 1 for line in lines[: first + 2]) + len("    send: {first_of: [{push: ")
    cursor = cursor_at(SOURCE, offset)
    assert cursor is not None and cursor.path[:2] == ("states", "last_call"), Path
