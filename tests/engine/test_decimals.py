"""Sums, products and quotients of decimals are the exact results of calculation by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine import decimals
from tests.rows import rows

# Amounts as in a shop: up to four decimals, up to a million.
AMOUNTS = st.builds(
    lambda units, places: float(Decimal(units).scaleb(-places)), st.integers(-(10**10), 10**10), st.integers(0, 4)
)
NUMBERS = st.one_of(AMOUNTS, st.integers(-(10**6), 10**6))
OTHERS = st.floats(-1e12, 1e12, allow_nan=False)


def exact(value: float) -> Decimal:
    return Decimal(repr(value))


@given(NUMBERS, NUMBERS)
def test_a_sum_and_a_difference_are_those_of_the_decimals(left: float, right: float) -> None:
    assert decimals.plus(left, right) == float(exact(left) + exact(right))
    assert decimals.minus(left, right) == float(exact(left) - exact(right))


@given(st.lists(NUMBERS, max_size=30))
def test_a_total_is_that_of_the_decimals(values: list[float]) -> None:
    assert decimals.total(values) == float(sum(map(exact, values), Decimal()))


@given(
    st.integers(-(10**7), 10**7).map(lambda cents: float(Decimal(cents).scaleb(-2))),
    st.integers(-(10**5), 10**5).map(lambda parts: float(Decimal(parts).scaleb(-3))),
)
def test_a_product_is_that_of_the_decimals(left: float, right: float) -> None:
    assert decimals.times(left, right) == float(exact(left) * exact(right))


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_quotient_is_the_nearest_to_that_of_the_decimals(left: float, right: float) -> None:
    assert decimals.divided(left, right) == float(Fraction(repr(left)) / Fraction(repr(right)))


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_whole_quotient_and_its_remainder_make_the_number_again(left: float, right: float) -> None:
    whole, rest = decimals.floor_divided(left, right), decimals.remainder(left, right)
    assert whole == float(Fraction(repr(left)) // Fraction(repr(right)))
    assert rest == float(Fraction(repr(left)) % Fraction(repr(right)))


@given(OTHERS, OTHERS)
def test_any_other_sum_differs_in_no_digit_that_one_can_rely_on(left: float, right: float) -> None:
    size = max(abs(left), abs(right))
    assert abs(decimals.plus(left, right) - (left + right)) <= size * 5e-15
    assert math.isclose(decimals.times(left, right), left * right, rel_tol=5e-15, abs_tol=5e-324)


@given(st.integers(), st.integers())
def test_whole_numbers_stay_whole_and_exact(left: int, right: int) -> None:
    assert decimals.plus(left, right) == left + right
    assert type(decimals.plus(left, right)) is type(decimals.times(left, right)) is int


@given(st.integers(1, 10_000), st.integers(1, 1_000))
def test_a_quotient_times_its_divisor_is_the_number_again(number: int, parts: int) -> None:
    assert decimals.times(decimals.divided(number, parts), parts) == number


@rows(
    ("calculation", "expected"),
    [
        (lambda: decimals.total([24.90, 24.90, 24.90, 25.30]), 100.0),
        (lambda: decimals.plus(0.1, 0.2), 0.3),
        (lambda: decimals.minus(100.30, 100.20), 0.1),
        (lambda: decimals.minus(12_345_678.30, 12_345_678.20), 0.1),
        (lambda: decimals.times(1.1, 1.1), 1.21),
        (lambda: decimals.times(19.99, 3), 59.97),
        (lambda: decimals.divided(74.70, 3), 24.9),
        (lambda: decimals.floor_divided(0.3, 0.1), 3.0),
        (lambda: decimals.remainder(0.3, 0.1), 0.0),
        (lambda: decimals.power(1.1, 2), 1.21),
        (lambda: decimals.total([1 / 3] * 3), 1.0),
        (lambda: decimals.total([0.1] * 1_000), 100.0),
        (lambda: decimals.total([]), 0),
        (lambda: decimals.rounded(2.675, 2), 2.68),
        (lambda: decimals.rounded(-2.5, 0), -3.0),
        (lambda: decimals.rounded(1_250, -2), 1_300),
        (lambda: decimals.rounded(1.1, 2, "ceil"), 1.1),
        (lambda: decimals.rounded(1.15, 1, "floor"), 1.1),
        (lambda: decimals.plus(math.inf, 1.5), math.inf),
    ],
)
def test_arithmetic_is_that_of_a_pencil(calculation: Callable[[], float], expected: float) -> None:
    assert calculation() == expected
