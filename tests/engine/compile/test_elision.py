"""Work that a program leaves out if nobody asks for rows, and work that it must not leave out."""

from __future__ import annotations

from typing import Any

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.replay import feed
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Asked, Entered, Record
from tests.engine.worlds import load, unfit
from tests.rows import rows

DAY = 86_400_000_000

CART = """
scenario: cart
trigger: {event: started}
goal: {event: bought}
states:
  open: {set: {cart: =event}, send: {email: a}, after: {1d: %s}}
  big: {end: big}
  small: {end: small}
"""


def records(scenario: str, *, rows: bool, most_bytes: int = 1_000) -> list[Record]:
    loaded = load(scenario)
    assert unfit(loaded) == []
    program = compile_program(loaded.project, rows=rows)
    events = [
        Event("started", DAY, {"id": "c1", "n": 90, "s": "x"}, "e1", most_bytes),
        Event("stopped", 3 * DAY, {"id": "c1"}, "e2", most_bytes),
    ]
    log = ContactLog("ana", {"email": "ana@example.com", "email_optin": True}, [], events)
    return feed(program, log, None, 9 * DAY)[1]


def captured(results: list[Record]) -> Any:
    (message,) = [result for result in results if isinstance(result, Asked)]
    return message.captures["cart"]


TWO_WAITS = 'after: [{wait: 1d, if: "%s", to: big}, {wait: 2d, to: small}]'


def test_a_captured_event_of_which_properties_alone_are_read_is_its_properties() -> None:
    scenario = CART.replace("after: {1d: %s}", TWO_WAITS % "cart.n > 80")
    assert captured(records(scenario, rows=False)) == {"id": "c1", "n": 90, "s": "x"}
    assert captured(records(scenario, rows=True))["event_id"] == "e1"


@rows(
    "condition",
    ["cart.event == 'started'", "cart.timestamp < now", "cart.properties.n > 80", "cart['n'] > 80", "cart | length > 4",
     "'n' in cart"],
)  # fmt: skip
def test_one_of_which_more_is_read_stays_whole(condition: str) -> None:
    scenario = CART.replace("after: {1d: %s}", TWO_WAITS % condition)
    assert captured(records(scenario, rows=False)) == captured(records(scenario, rows=True))


def test_captures_of_unknown_size_stay_whole() -> None:
    scenario = CART % "big"
    assert captured(records(scenario, rows=False, most_bytes=0))["event_id"] == "e1"


@pytest.mark.parametrize(
    "beside",
    ["set: {cart: =event, n: =event.n}", "set: {cart: =event, a: =event, b: =event, c: =event, d: =event}"],
)
def test_captures_near_the_bound_stay_whole(beside: str) -> None:
    scenario = (CART % "big").replace("set: {cart: =event}", beside)
    assert captured(records(scenario, rows=False))["event_id"] == "e1"


def names(results: list[Record]) -> set[str]:
    return {result.journey_id for result in results if isinstance(result, Entered)} | {
        result.message_id for result in results if isinstance(result, Asked)
    }


@pytest.mark.parametrize(
    "line",
    ["next: big", "on: {message.sent: {to: big}}", "on: {message.sent: {where: event.channel == 'email', to: big}}",
     "update: {points: 1}", "when: {contact.points > 3: big}"],
)  # fmt: skip
def test_no_ids_are_made_if_nothing_reads_them(line: str) -> None:
    scenario = (CART % "big").replace(
        "set: {cart: =event}, send: {email: a}, after: {1d: big}", f"send: {{email: a}}, {line}"
    )
    assert names(records(scenario, rows=False)) == {"0", ""}
    assert all(len(name) == 24 for name in names(records(scenario, rows=True)))


@rows(
    "line",
    ["on: {stopped: {of: open, to: big}}", "on: {message.sent: {where: event.journey_id != 'x', to: big}}",
     "on: {message.sent: {where: \"event['message_id'] != 'x'\", to: big}}",
     "on: {message.sent: {where: event.properties | length > 2, to: big}}",
     "on: {message.sent: {set: {it: =event}, to: big}}", "on: {message.sent: {collect: them}}"],
)  # fmt: skip
def test_ids_are_made_if_something_can_read_them(line: str) -> None:
    scenario = (CART % "big").replace("send: {email: a},", f"send: {{email: a}}, {line},")
    ids = names(records(scenario, rows=False))
    assert ids == names(records(scenario, rows=True))
    assert all(len(name) == 24 for name in ids)
