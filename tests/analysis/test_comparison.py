"""Contacts who receive messages, compared with contacts whose messages a draw withholds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scenario_cli.analysis.comparison import arms_as_drawn, arms_compared, compared
from scenario_cli.analysis.statistics import rate_difference, rate_difference_p
from scenario_cli.model.results_report import Group


def test_a_proven_difference_needs_no_more_contacts() -> None:
    comparison = compared(Group(9_000, 1_800, Decimal(90_000), Decimal(9_000_000)), Group(1_000, 100), 0.1)
    assert comparison.difference == rate_difference(1_800, 9_000, 100, 1_000)
    assert comparison.lift == pytest.approx(1.0)
    assert comparison.missing is None
    assert comparison.as_drawn
    assert comparison.value is not None
    assert comparison.value.estimate == 10


def test_an_unproven_difference_has_the_number_of_missing_contacts() -> None:
    comparison = compared(Group(900, 95), Group(100, 10), 0.1)
    assert comparison.missing is not None
    more = 1 + comparison.missing / 1_000
    later = compared(Group(round(900 * more), round(95 * more)), Group(round(100 * more), round(10 * more)), 0.1)
    assert comparison.missing > 50_000
    assert later.missing is None or later.missing < 1_000


def test_groups_that_are_not_as_drawn_are_found_out() -> None:
    assert compared(Group(900, 9), Group(100, 1), 0.1).as_drawn
    assert not compared(Group(950, 9), Group(50, 1), 0.1).as_drawn


@pytest.mark.parametrize(("contacts", "other_contacts"), [(0, 5), (5, 0), (0, 0)])
def test_a_group_of_nobody_is_compared_with_nobody(contacts: int, other_contacts: int) -> None:
    comparison = compared(Group(contacts), Group(other_contacts), 0.5)
    assert (comparison.difference, comparison.lift, comparison.value, comparison.missing) == (None, None, None, None)


def test_equal_rates_never_show_a_difference() -> None:
    comparison = compared(Group(10, 5), Group(10, 5), 0.5)
    assert comparison.missing is None
    assert comparison.difference is not None
    assert not comparison.difference.excludes_zero


def test_arms_are_compared_with_the_first_and_raised_for_their_number() -> None:
    groups = {"plain": Group(100, 10), "red": Group(100, 22), "blue": Group(100, 20)}
    plain, red, blue, none = arms_compared(("plain", "red", "blue", "none"), groups)
    assert (plain.difference, plain.p) == (None, None)
    assert (none.difference, none.p) == (None, None)
    assert red.difference == rate_difference(22, 100, 10, 100)
    assert red.p == pytest.approx(2 * rate_difference_p(22, 100, 10, 100))
    assert blue.p == pytest.approx(max(red.p or 0, rate_difference_p(20, 100, 10, 100)))


def test_arms_are_as_drawn_where_their_sizes_fit_their_weights() -> None:
    arms = arms_compared(("a", "b"), {"a": Group(500), "b": Group(480)})
    assert arms_as_drawn(arms, (50, 50)) is True
    assert arms_as_drawn(arms, (80, 20)) is False
    assert arms_as_drawn(arms, (50, None)) is None
