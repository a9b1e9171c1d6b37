"""The channel that `first_of` chooses, and that the choice stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.policy.stage import LATE, MONDAY, MORNING, QUIET, news, run, without
from tests.engine.worlds import REACHABLE, Happening

FIRST_OF = "{first_of: [{push: a/p}, {sms: a/s}, {email: a/e}]}"


def test_first_of_takes_the_first_that_can_reach_and_holds_it() -> None:
    assert run(QUIET, news(FIRST_OF), [LATE]).fates == [f"{LATE} push held until {MORNING}", f"{MORNING} push sent"]
    assert run(QUIET, news(FIRST_OF), [LATE], without("push_token")).fates[-1] == f"{MORNING} sms sent"


def test_first_of_chooses_once_also_where_the_choice_can_no_longer_reach() -> None:
    opted_out: Happening = ("2025-03-04 03:00", "profile_updated", {"push_optin": False})
    assert run(QUIET, news(FIRST_OF), [LATE, opted_out]).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped no_consent",
    ]


def test_first_of_does_not_go_round_a_cap_by_another_channel() -> None:
    policy = "{caps: [{max: 1, per: day, channels: [push]}]}"
    assert run(policy, news(FIRST_OF), [MONDAY, MONDAY]).fates == [
        f"{MONDAY} push sent",
        f"{MONDAY} push dropped capped",
    ]


@pytest.mark.parametrize("contact", [REACHABLE, {}])
def test_first_of_is_one_dropped_row_for_those_held_out(contact: Mapping[str, Any]) -> None:
    story = run("{control_group: 100%}", news(FIRST_OF), [MONDAY], contact)
    assert story.fates == [f"{MONDAY} push dropped control_group"]
    story = run("{}", news(FIRST_OF, more="holdout: 100%"), [MONDAY], contact)
    assert story.fates == [f"{MONDAY} push dropped holdout"]


def test_first_of_beside_a_channel_has_a_fate_of_its_own() -> None:
    send = "{email: a/e, first_of: [{push: a/p}, {sms: a/s}]}"
    assert run(QUIET, news(send), [LATE]).fates == [
        f"{LATE} email sent",
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push sent",
    ]
