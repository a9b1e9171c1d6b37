"""The time that a test takes before it can show an effect."""

from __future__ import annotations

from scenario_cli.analysis.planned_test import SHARES, planned_tests
from scenario_cli.analysis.statistics import contacts_needed
from scenario_cli.model.results_report import Group

TEN_WEEKS = 70 * 24 * 3600 * 1_000_000


def test_a_test_takes_as_long_as_its_contacts_take_to_come() -> None:
    (test,) = planned_tests([Group(900, 90), Group(100, 10)], TEN_WEEKS, 0.1, 0.2)
    assert (test.share, test.rate, test.contacts_a_week) == (0.2, 0.1, 100)
    assert test.needed == contacts_needed(0.1 * 1.1, 0.1, 0.2)
    assert test.weeks == (test.needed or 0) / 100


def test_without_a_holdout_several_shares_are_compared() -> None:
    tests = planned_tests([Group(1_000, 100)], TEN_WEEKS, 0.1, 0.0)
    assert [test.share for test in tests] == list(SHARES)
    assert [test.needed or 0 for test in tests] == sorted((test.needed or 0 for test in tests), reverse=True)


def test_a_test_that_no_number_of_contacts_decides_is_not_planned() -> None:
    assert [test.needed for test in planned_tests([Group(10, 0)], TEN_WEEKS, 0.1, 0.1)] == [None]
    assert [test.needed for test in planned_tests([Group(10, 9)], TEN_WEEKS, 0.5, 0.1)] == [None]
    assert planned_tests([], TEN_WEEKS, 0.1, 0.1) == []
