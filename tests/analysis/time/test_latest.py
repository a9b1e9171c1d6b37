"""The latest time at which a journey without events reaches a state."""

from __future__ import annotations

from scenario_cli.analysis.time.latest import latest
from scenario_cli.model.waits import DAY, HOUR
from tests.analysis.time.test_flow import scenario
from tests.rows import rows


@rows(
    ("states", "expected"),
    [
        ("one: {after: {3d: two}}\n  two: {end: over}", {"two": 3 * DAY}),
        # The first of two waits that always lead on limits the stay.
        ("one: {after: {3d: two, 5d: three}}\n  two: {end: a}\n  three: {end: b}", {"two": 3 * DAY, "three": 3 * DAY}),
        # 10:00 to 10:00 is three days here, and not almost four.
        ("one: {after: {at 10:00: two}}\n  two: {after: {3d at 10:00: three}}\n  three: {end: over}",
         {"two": DAY, "three": 4 * DAY}),
        ("one: {after: {at 10:00: two}}\n  two: {after: {20h at 09:00: three}}\n  three: {end: over}",
         {"two": DAY, "three": DAY + 23 * HOUR}),
        ("one: {after: {1d at 10:00 on weekdays: two}}\n  two: {end: over}", {"two": 3 * DAY + 10 * HOUR}),
        # No claim is made about states behind a cycle or a wait for data.
        ("one: {after: {1d: two}}\n  two: {after: {1d: two}}", {}),
        ("one:\n    after:\n      - {wait: date contact.signed, if_past: now, if_missing: now, to: two}\n"
         "  two: {end: over}", {}),
        ("one:\n    after:\n      - {wait: date contact.signed, to: two}\n      - {wait: 9d, to: two}\n"
         "  two: {end: over}", {"two": 9 * DAY}),
        ("one: {choose: {contact.points > 3: two, else: three}}\n  two: {after: {2d: three}}\n  three: {end: over}",
         {"two": 0, "three": 2 * DAY}),
        # Counted from the entry, for any length of the path to the state.
        ("one: {after: {2d: two}}\n  two: {after: [{wait: 5d, since: journey.entered_at, to: three}]}\n"
         "  three: {after: [{wait: 4d, since: journey.entered_at, to: four}]}\n  four: {end: over}",
         {"two": 2 * DAY, "three": 5 * DAY, "four": 5 * DAY}),
        ("one: {after: [{wait: 5d, since: journey.entered_at, if_past: never, to: two}]}\n  two: {end: over}",
         {"two": 5 * DAY}),
        ("one: {after: [{wait: 5d, since: contact.signed, if_missing: now, to: two}]}\n  two: {end: over}", {}),
    ],
)  # fmt: skip
def test_the_longest_way_counts(states: str, expected: dict[str, int]) -> None:
    times = dict(latest(scenario(f"states:\n  {states}\n")))
    assert times.pop("one") == 0
    assert times == expected


def test_many_branches_take_no_time_and_claim_nothing() -> None:
    diamonds = "".join(
        f"  a{n}: {{choose: {{contact.points > {n}: b{n}, else: c{n}}}}}\n  b{n}: {{after: {{1d: a{n + 1}}}}}\n"
        f"  c{n}: {{after: {{2d: a{n + 1}}}}}\n"
        for n in range(30)
    )
    assert latest(scenario(f"states:\n{diamonds}  a30: {{end: over}}\n")) == {}
