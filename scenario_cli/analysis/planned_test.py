"""The number of contacts, and the time, that a test needs before it can show an effect. Counts nobody."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.analysis.statistics import contacts_needed
from scenario_cli.model.results_report import Group
from scenario_cli.model.value_class import dataclass

# The shares that are worth comparing if a scenario has no holdout yet.
SHARES = (0.1, 0.2, 0.5)
_WEEK = 7 * 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """A test with a `share` of the contacts held out: how many `needed` contacts show a rate that is `lift` higher than
    `rate`, and in how many weeks they come. Both are None if the rate is 0 or would pass 100 %."""

    share: float
    rate: float
    contacts_a_week: float
    needed: int | None
    weeks: float | None


def planned_tests(groups: Iterable[Group], length: int, lift: float, holdout: float) -> list[PlannedTest]:
    """The tests of a scenario, with its own holdout if it has one, else with each of `SHARES`.

    `groups` are all contacts of a log that lasts `length` microseconds; the rate is theirs together. None without any.
    """
    everybody = list(groups)
    contacts = sum(group.contacts for group in everybody)
    if not contacts or length <= 0:
        return []
    rate = sum(group.converted for group in everybody) / contacts
    a_week = contacts / (length / _WEEK)
    tests = []
    for share in (holdout,) if 0 < holdout < 1 else SHARES:
        higher = rate * (1 + lift)
        needed = contacts_needed(higher, rate, share) if rate > 0 and 0 <= higher <= 1 else None
        tests.append(PlannedTest(share, rate, a_week, needed, needed / a_week if needed is not None else None))
    return tests
