"""Quiet hours and caps together."""

from __future__ import annotations

import pytest

from tests.engine.policy.stage import DELAY, LATE, MORNING, NIGHT, news, run
from tests.engine.worlds import Happening


def test_caps_are_checked_when_the_message_would_leave_and_not_when_it_is_requested() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    scenarios = (news("{push: a/p}"), news("{email: a/e}", "mail").replace("event: started", "event: noted"))
    full_when_asked: list[Happening | str] = [("2025-03-03 09:00", "noted"), LATE]
    assert run(policy, scenarios, full_when_asked).fates[-1] == f"{MORNING} push sent"
    full_when_it_would_leave: list[Happening | str] = [LATE, ("2025-03-04 07:00", "noted")]
    assert run(policy, scenarios, full_when_it_would_leave).fates[-1] == f"{MORNING} push dropped capped"


@pytest.mark.parametrize(
    ("cap", "used", "requested", "times"),
    [
        # the cap has room at night: sent in the morning
        ("{max: 1, per: 12h}", "2025-03-03 12:00", "2025-03-03 20:00", ["2025-03-04 08:00"]),
        # the morning is in the cap's period, and the first day after the period also has a night
        ("{max: 1, per: day}", "2025-03-04 00:30", "2025-03-04 02:00", ["2025-03-05 08:00"]),
        # the cap has room by day
        ("{max: 1, per: 24h}", "2025-03-03 15:00", "2025-03-03 22:00", ["2025-03-04 15:00"]),
        ("{max: 1, per: week}", "2025-03-09 09:00", "2025-03-09 20:30", ["2025-03-10 20:30"]),
    ],
)
def test_quiet_hours_and_caps_are_worked_out_in_turns(cap: str, used: str, requested: str, times: list[str]) -> None:
    policy = f"{{quiet_hours: [{{channels: [push], from: '21:00', to: '08:00'}}], caps: [{cap}], {DELAY}}}"
    scenarios = (news("{push: a/p}"), news("{email: a/e}", "mail").replace("event: started", "event: noted"))
    story = run(policy, scenarios, [(used, "noted"), requested])
    assert story.fates[1:] == [*(f"{requested} push held until {at}" for at in times), f"{times[-1]} push sent"]


def test_the_turns_count_toward_expires() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: 12h}}], on_cap: delay}}"
    send = "{push: {template: a/p, expires: 6h}}"  # the cap alone would hold it for four hours
    story = run(policy, news(send), ["2025-03-03 12:00", "2025-03-03 20:00"])
    assert story.fates[-1] == "2025-03-03 20:00 push dropped expired"


def test_a_cap_that_delays_into_quiet_hours_waits_for_their_end_also_where_quiet_hours_drop() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: 12h}}], on_cap: delay, on_quiet: drop}}"
    assert run(policy, news("{push: a/p}"), ["2025-03-03 12:00", "2025-03-03 20:00"]).fates[1:] == [
        f"2025-03-03 20:00 push held until {MORNING}",
        f"{MORNING} push sent",
    ]
