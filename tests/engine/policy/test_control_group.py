"""The control group and holdouts: the contacts that are drawn, and the results of their journeys and messages."""

from __future__ import annotations

from itertools import pairwise

import pytest

from scenario_cli.engine.step import new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Converted
from tests.engine.policy.stage import MONDAY, drawn, news, program_of, run, waits_while_sending
from tests.engine.worlds import REACHABLE, moment
from tests.rows import rows

PEOPLE = [f"c{number}" for number in range(400)] + ["Zoé", "名前", "a b", ""]


def held_out(policy: str, more: str = "", salt: str = "", name: str = "news", reason: str = "") -> set[str]:
    """The contacts whose message is dropped for a reason."""
    program = program_of(policy, news("{email: a/e}", name, more=more), more=f"salt: {salt}\n" if salt else "")
    contacts = set()
    for contact in PEOPLE:
        records = step(program, new_contact(program, contact, REACHABLE), Event("started", moment(MONDAY), {}))
        (message,) = (record for record in records if isinstance(record, Asked))
        assert message.reason in ("", reason)
        if message.reason:
            contacts.add(contact)
    return contacts


@rows("salt", ["", "pepper", "sel à l'ail"])
@rows("share", [0.0, 5.0, 12.5, 50.0, 100.0])
def test_the_control_group_is_drawn_from_salt_and_contact(salt: str, share: float) -> None:
    expected = {contact for contact in PEOPLE if drawn("control_group", salt, contact) < share / 100}
    policy = f"{{control_group: {share:g}%}}"
    assert held_out(policy, salt=f'"{salt}"' if salt else "", reason="control_group") == expected


@rows("name", ["news", "welcome"])
@rows("share", [5.0, 33.3, 100.0])
def test_the_holdout_is_drawn_from_salt_scenario_and_contact(name: str, share: float) -> None:
    expected = {contact for contact in PEOPLE if drawn("holdout", "pepper", name, contact) < share / 100}
    assert held_out("{}", f"holdout: {share:g}%", "pepper", name, "holdout") == expected


def test_a_larger_share_only_adds_contacts() -> None:
    groups = [held_out(f"{{control_group: {share}%}}", reason="control_group") for share in (1, 5, 20, 60, 99)]
    assert all(less <= more for less, more in pairwise(groups))
    holdouts = [held_out("{}", f"holdout: {share}%", reason="holdout") for share in (1, 5, 20, 60, 99)]
    assert all(less <= more for less, more in pairwise(holdouts))


def test_a_holdout_has_about_the_stated_share_of_contacts() -> None:
    assert 0.22 < len(held_out("{control_group: 30%}", reason="control_group")) / len(PEOPLE) < 0.38


def test_the_holdouts_of_two_scenarios_are_drawn_apart() -> None:
    contacts = held_out("{}", "holdout: 50%", name="news", reason="holdout")
    other = held_out("{}", "holdout: 50%", name="welcome", reason="holdout")
    assert 0.15 < len(contacts & other) / len(PEOPLE) < 0.35


def test_a_contact_in_the_control_group_gets_no_message_of_any_scenario_and_none_later() -> None:
    control = next(contact for contact in PEOPLE if drawn("control_group", "", contact) < 0.1)
    scenarios = (news("{email: a/e}"), news("{push: a/p, sms: a/s}", "other"))
    story = run("{control_group: 10%}", scenarios, [MONDAY, "2025-03-09 10:00", "2025-07-01 10:00"], name=control)
    assert story.reasons == ["control_group"] * 9


def test_a_held_out_message_is_a_row_with_what_would_have_been_sent() -> None:
    (message,) = run("{control_group: 100%}", news("{email: a/e}"), [MONDAY]).messages
    assert (message.channel, message.template, message.purpose, message.state) == ("email", "a/e", "marketing", "in")


@pytest.mark.parametrize("out", ["{control_group: 100%}", "{}"])
def test_those_held_out_enter_go_through_and_convert(out: str) -> None:
    scenario = waits_while_sending("{email: a/e}", "{2d: {end: silent}}", "goal: {event: bought}", "holdout: 100%")
    story = run(out, scenario, [MONDAY, ("2025-03-04 10:00", "bought")])
    assert [line.split(" ", 2)[2] for line in story.lines] == [
        "-> in",
        "email dropped " + ("holdout" if out == "{}" else "control_group"),
        "converted",
        "end converted",
    ]
    assert [record.credited for record in story.records if isinstance(record, Converted)] == [None]
