"""Counts of contacts by segment, compared with sets."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.hosts.audience.tally import NOTHING, Bought, Tally, empty_tally

SEGMENTS, CHANNELS, GROUPS = 4, 2, ((0, 1), (1, 2, 3))
Contact = tuple[list[bool] | None, list[bool], list[bool], Bought]
INSIDE = st.lists(st.booleans(), min_size=SEGMENTS, max_size=SEGMENTS)
REACHED = st.lists(st.booleans(), min_size=CHANNELS, max_size=CHANNELS)
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)
BOUGHT = st.just(NOTHING) | st.builds(Bought, st.integers(1, 9), AMOUNTS)
CONTACTS = st.lists(st.tuples(st.none() | INSIDE, INSIDE, REACHED, BOUGHT), max_size=12)


def counted(contacts: list[Contact]) -> Tally:
    tally = empty_tally(SEGMENTS, CHANNELS, GROUPS)
    for contact in contacts:
        tally.add(*contact)
    return tally


@given(CONTACTS, st.integers(0, 12))
def test_parts_put_together_count_as_the_whole_does(contacts: list[Contact], cut: int) -> None:
    parts = counted(contacts[:cut])
    parts.merge(counted(contacts[cut:]))
    assert parts == counted(contacts)


@given(CONTACTS)
def test_counts_are_those_of_sets(contacts: list[Contact]) -> None:
    tally = counted(contacts)
    everyone = range(len(contacts))
    now = [{each for each in everyone if contacts[each][1][segment]} for segment in range(SEGMENTS)]
    earlier = [contact[0] or [False] * SEGMENTS for contact in contacts]
    before = [{each for each in everyone if earlier[each][segment]} for segment in range(SEGMENTS)]
    reached = [{each for each in everyone if contacts[each][2][channel]} for channel in range(CHANNELS)]
    for segment, count in enumerate(tally.segments):
        assert (count.size, count.before) == (len(now[segment]), len(before[segment]))
        entering, leaving = now[segment] - before[segment], before[segment] - now[segment]
        assert (count.entered, count.left) == (len(entering), len(leaving))
        assert count.revenue == sum(contacts[each][3].revenue for each in now[segment])
        assert count.reached == [len(now[segment] & of_channel) for of_channel in reached]
    for each, other in combinations(range(SEGMENTS), 2):
        assert tally.overlaps[each, other] == len(now[each] & now[other])
    for place, group in enumerate(GROUPS):
        inside = set[int]().union(*(now[segment] for segment in group))
        outside = [contact for each, contact in enumerate(contacts) if each not in inside]
        assert tally.in_none[place].size == len(outside)
        assert tally.in_none[place].buyers == sum(contact[3].purchases > 0 for contact in outside)
        assert (place in tally.shared) == any(now[each] & now[other] for each, other in combinations(group, 2))
    members_before = [each for each in everyone if contacts[each][0] is not None]
    assert (tally.everyone.size, tally.everyone.before) == (len(contacts), len(members_before))
