"""An attribute has a value of its declared type or no value, from every source."""

from __future__ import annotations

from typing import Any

from tests.engine.worlds import REACHABLE, ROW, run
from tests.rows import rows

MAIL = "scenario: s\ntrigger: {event: started}\nreentry: always\nstates: {in: {send: {email: hello}, end: done}}\n"
AT = "2025-03-03 10:00"
LATER = "2025-03-04 10:00"


@rows("kind", [ROW, "profile_updated"])
@rows("value", ["off", "unsubscribed", "", 0.0, -1, [], {}, None])
def test_a_consent_that_cannot_be_read_is_none(kind: str, value: Any) -> None:
    story = run(MAIL, [(AT, "started"), (LATER, kind, {"email_optin": value}), ("2025-03-05 10:00", "started")])
    assert [message.reason for message in story.messages] == ["", "no_consent"]
    warned = [warning for warning in story.warnings if warning.place == "contact.email_optin"]
    assert len(warned) == (value is not None)
    assert all("counts as missing" in warning.detail for warning in warned)


def test_an_attribute_that_a_row_does_not_have_stays() -> None:
    story = run(MAIL, [(AT, ROW, {"country": "FR"}), (LATER, "started")])
    assert [message.reason for message in story.messages] == [""]


@rows(
    ("name", "value"),
    [
        ("email", 7), ("points", "many"), ("points", True), ("birthday", "03/15/1992"), ("birthday", "1991-02-29"),
        ("renewal", "tomorrow"), ("renewal", 45730.43), ("tags", "a"), ("tags", {"a": 1}),
    ],
)  # fmt: skip
def test_a_value_of_another_type_replaces_the_old_one_with_nothing(name: str, value: Any) -> None:
    fitting = {"email": "a@example.com", "points": 5, "birthday": "1990-03-10", "renewal": "2025-05-01", "tags": ["a"]}
    story = run(MAIL, [(AT, "profile_updated", {name: value})], {**REACHABLE, **fitting})
    assert name not in story.state.profile
    assert [warning.place for warning in story.warnings] == [f"contact.{name}"]


@rows(
    ("name", "value", "expected"),
    [
        ("points", 5, 5), ("points", 2.5, 2.5), ("tags", [], []), ("flag", {"a": 1}, {"a": 1}), ("flag", "x", "x"),
        ("birthday", "1992-03-15T00:00:00Z", "1992-03-15"), ("birthday", "1992-03-15", "1992-03-15"),
        ("renewal", "2025-05-01T10:00:00Z", "2025-05-01T10:00:00Z"), ("renewal", "2025-05-01", "2025-05-01"),
    ],
)  # fmt: skip
def test_a_value_of_its_type_is_kept_and_a_date_is_a_day(name: str, value: Any, expected: Any) -> None:
    story = run(MAIL, [(AT, "profile_updated", {name: value})])
    assert story.state.profile[name] == expected
    assert story.warnings == []


def test_the_first_profile_is_checked_against_its_types() -> None:
    story = run(MAIL, [(AT, "started")], {**REACHABLE, "email_optin": "yes", "birthday": "1992-03-15T00:00:00Z"})
    assert [message.reason for message in story.messages] == ["no_consent"]
    assert story.state.profile["birthday"] == "1992-03-15"
    assert [warning.place for warning in story.warnings] == ["contact.email_optin"]


def test_update_writes_values_of_the_declared_type_alone() -> None:
    writes = "scenario: s\ntrigger: {event: started}\nstates: {in: {update: {points: =trigger.x}, end: done}}\n"
    story = run(writes, [(AT, "started", {"x": "many"})], {**REACHABLE, "points": 5})
    assert "points" not in story.state.profile
    assert "points: 5 -> None" in story.texts


def test_a_date_of_an_event_is_a_day_wherever_the_contact_lives() -> None:
    asks = """
scenario: s
trigger: {event: started, where: "event.d.day == 15 and event.d == date('1992-03-15')"}
states: {in: {end: done}}
"""
    for zone in ("America/New_York", "Asia/Tokyo"):
        story = run(asks, [(AT, "started", {"d": "1992-03-15T00:00:00Z"})], {**REACHABLE, "timezone": zone})
        assert len(story.entries) == 1
