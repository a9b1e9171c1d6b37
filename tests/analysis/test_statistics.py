"""Statistics of comparisons, against published worked examples, definitions and SciPy."""

from __future__ import annotations

import math
from collections import Counter
from statistics import median as median_of
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.analysis import statistics
from tests.rows import rows


# Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_interval_of_a_rate_is_the_published_interval(successes: int, count: int, low: float, high: float) -> None:
    assert statistics.wilson(successes, count) == pytest.approx((low, high), abs=5e-5)


# Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
@rows(
    ("groups", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_interval_of_a_difference_is_the_published_interval(
    groups: tuple[int, int, int, int], low: float, high: float
) -> None:
    difference = statistics.rate_difference(*groups)
    assert (difference.low, difference.high) == pytest.approx((low, high), abs=5e-5)


def test_a_difference_is_proven_if_its_interval_excludes_zero() -> None:
    assert statistics.rate_difference(56, 70, 48, 80).excludes_zero
    assert statistics.rate_difference(48, 80, 56, 70).excludes_zero
    assert not statistics.rate_difference(5, 56, 0, 29).excludes_zero


@st.composite
def rates(draw: Any) -> tuple[int, int]:
    count = draw(st.integers(1, 10_000))
    return draw(st.integers(0, count)), count


@given(rates(), rates())
def test_intervals_hold_their_estimate_and_groups_that_change_places_change_the_sign(
    group: tuple[int, int], other: tuple[int, int]
) -> None:
    low, high = statistics.wilson(*group)
    assert 0 <= low <= group[0] / group[1] <= high <= 1
    difference = statistics.rate_difference(*group, *other)
    turned = statistics.rate_difference(*other, *group)
    assert -1 - 1e-9 <= difference.low <= difference.estimate <= difference.high <= 1 + 1e-9
    assert (turned.low, turned.high) == pytest.approx((-difference.high, -difference.low))


def test_contacts_needed_are_those_of_the_manual_of_r() -> None:
    """`power.prop.test(p1 = .50, p2 = .75, power = .90)` gives 76.7 in each group."""
    assert statistics.contacts_needed(0.75, 0.50, 0.5, 0.90) == math.ceil(2 * 76.65)


def test_a_smaller_group_needs_more_contacts() -> None:
    needed = [statistics.contacts_needed(0.11, 0.10, share) or 0 for share in (0.5, 0.2, 0.1, 0.05)]
    assert needed == sorted(needed)
    assert statistics.contacts_needed(0.1, 0.1, 0.5) is None


# Critical values from the tables in every textbook.
@rows(
    ("statistic", "degrees", "p"),
    [(3.841, 1, 0.05), (10.828, 1, 0.001), (5.991, 2, 0.05), (7.815, 3, 0.05), (18.467, 4, 0.001), (18.307, 10, 0.05)],
)
def test_chi_square_is_that_of_the_tables(statistic: float, degrees: int, p: float) -> None:
    assert statistics.chi_square_p(statistic, degrees) == pytest.approx(p, rel=2e-3)


def test_sample_ratio_of_mendels_peas_is_as_drawn() -> None:
    """Mendel's 315, 101, 108 and 32 peas against 9:3:3:1 give a chi-square of 0.470 (Fisher 1936): p is 0.925."""
    assert statistics.sample_ratio_p([315, 101, 108, 32], [9, 3, 3, 1]) == pytest.approx(0.925, abs=1e-3)
    assert statistics.sample_ratio_p([9_000, 1_000], [0.9, 0.1]) == 1.0
    assert statistics.sample_ratio_p([9_200, 800], [0.9, 0.1]) < statistics.MISMATCH
    assert statistics.sample_ratio_p([0, 0], [0.9, 0.1]) == 1.0


def test_holm_raises_the_probabilities_of_the_usual_example() -> None:
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([0.6, 0.9]) == [1.0, 1.0]
    assert statistics.holm([]) == []


def test_difference_of_means_has_welchs_error() -> None:
    """Variances 2.5 and 10 in groups of five: the standard error is the root of 2.5."""
    first, second = [1, 2, 3, 4, 5], [2, 4, 6, 8, 10]
    difference = statistics.mean_difference(
        5, sum(first), sum(value**2 for value in first), 5, sum(second), sum(value**2 for value in second)
    )
    assert difference is not None
    assert difference.estimate == -3
    assert difference.high == pytest.approx(-3 + 1.959964 * math.sqrt(2.5))
    assert statistics.mean_difference(1, 5, 25, 5, 1, 1) is None


@given(st.lists(st.integers(0, 50)))
def test_median_of_counts_is_the_median_of_the_values(values: list[int]) -> None:
    assert statistics.median(Counter(values)) == (median_of(values) if values else None)


def test_probabilities_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed: nothing to compare with")
    for statistic in (0.01, 1.0, 7.5, 80.0):
        for degrees in range(1, 12):
            expected = stats.chi2.sf(statistic, degrees)
            assert statistics.chi_square_p(statistic, degrees) == pytest.approx(expected, rel=1e-9)
    assert statistics.sample_ratio_p([88, 12], [0.8, 0.2]) == pytest.approx(stats.chisquare([88, 12], [80, 20]).pvalue)
    for successes, count in ((0, 20), (7, 90), (90, 90)):
        interval = stats.binomtest(successes, count).proportion_ci(method="wilson")
        assert statistics.wilson(successes, count) == pytest.approx((interval.low, interval.high))
    table = stats.chi2_contingency([[20, 80], [35, 65]], correction=False)
    assert statistics.rate_difference_p(20, 100, 35, 100) == pytest.approx(table.pvalue)
