"""Local clocks: wall times calculated by spans of days equal those of the zone, and no zone contradicts the spans."""

from __future__ import annotations

import struct
from importlib.resources import files
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from scenario_cli.engine.calendar import at_wall, instant, local, wall_date, wall_of, zone
from scenario_cli.model.waits import DAY, HOUR
from tests.reference.settings import examples

_ZONES = files("tzdata.zoneinfo")
NAMES = files("tzdata").joinpath("zones").read_text().split()


def changes_of(name: str) -> tuple[int, ...]:
    """The instants at which a zone's clock changes, in seconds, as RFC 9636 writes them."""
    data = _ZONES.joinpath(*name.split("/")).read_bytes()
    utc, standard, leaps, times, types, letters = struct.unpack(">6l", data[20:44])
    second = 44 + times * 5 + types * 6 + letters + leaps * 8 + utc + standard
    (count,) = struct.unpack(">l", data[second + 32 : second + 36])
    return struct.unpack(f">{count}q", data[second + 44 : second + 44 + 8 * count])


def test_no_clock_of_the_world_changes_twice_within_three_days() -> None:
    assert all(after - before >= 3 * 86_400 for name in NAMES for before, after in pairwise(changes_of(name)))


@examples(150)
@given(st.sampled_from(NAMES), st.integers(-40 * 365 * DAY, 80 * 365 * DAY))
@example("Europe/Paris", 1_743_296_400_000_000)
@example("Pacific/Apia", 1_325_239_200_000_000)
def test_wall_times_are_those_that_the_clock_shows(name: str, at: int) -> None:
    tz = zone(name)
    assert tz is not None
    for moment in range(at - 40 * DAY, at + 40 * DAY, 7 * DAY + 5 * HOUR):
        shown = local(moment, tz).replace(tzinfo=None)
        wall = wall_of(moment, tz)
        assert wall_date(wall) == shown.date()
        assert (wall // HOUR % 24, wall // 60_000_000 % 60) == (shown.hour, shown.minute)
        assert at_wall(wall, tz) == instant(shown, tz)
