"""Arithmetic over numbers as decimals, as done with a pencil: 0.1 + 0.2 is 0.3.

Numbers stay Python's: whole numbers exact, others binary. A sum, a difference and a product are rounded to 15
significant digits, a sum and a difference to those of the larger operand; a quotient is the number nearest to that of
the two decimals. So the error of a binary fraction, which is in the 16th digit, never adds up. Whole numbers alone stay
whole numbers, and exact.

Amounts with at most four decimals, as nearly all are, are added as whole numbers of ten-thousandths, which gives the
same result and costs little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

Number = int | float

PARTS: Final = 10_000
EXACT: Final = 1_000_000_000_000_000  # numbers of parts below this have 15 digits at the most
_DIGITS: Final = 15
_EXACTLY = Context(prec=400)


def parts_of(value: Number) -> int | None:
    """The number in ten-thousandths; None if it is not a whole number of them, or has more than 15 digits."""
    if isinstance(value, int):
        parts = value * PARTS
        return parts if -EXACT < parts < EXACT else None
    scaled = value * 10_000.0
    if not -1e15 < scaled < 1e15:  # also false for values that are not numbers
        return None
    parts = round(scaled)
    return parts if parts / PARTS == value else None


def plus(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    a, b = parts_of(left), parts_of(right)
    if a is not None and b is not None:
        return (a + b) / PARTS
    if not left or not right:
        return left + right
    return _rounded(left + right, max(abs(left), abs(right)))


def minus(left: Number, right: Number) -> Number:
    return plus(left, -right)


def times(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    a, b = parts_of(left), parts_of(right)
    if a is not None and b is not None:
        product = a * b
        if -EXACT < product < EXACT:
            return product / (PARTS * PARTS)
    result = left * right
    return _rounded(result, abs(result))


def divided(left: Number, right: Number) -> Number:
    """The quotient; the divisor is not 0."""
    if isinstance(left, int) and isinstance(right, int):
        return left / right
    a, b = parts_of(left), parts_of(right)
    return a / b if a is not None and b is not None else left / right


def floor_divided(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    if not (math.isfinite(left) and math.isfinite(right)):
        return left // right
    return float(_fraction(left) // _fraction(right))


def remainder(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left % right
    if not (math.isfinite(left) and math.isfinite(right)):
        return left % right
    return float(_fraction(left) % _fraction(right))


def power(left: Number, right: Number) -> Number | complex:
    result = left**right
    return _rounded(result, abs(result)) if isinstance(result, float) else result


def total(values: Sequence[Number]) -> Number:
    """The sum, in order; 0 of an empty list."""
    parts, all_integers = 0, True
    for value in values:
        part = parts_of(value)
        if part is None or not -EXACT < parts < EXACT:
            return _total_of_any(values)
        parts += part
        all_integers = all_integers and isinstance(value, int)
    return parts // PARTS if all_integers else parts / PARTS


def _total_of_any(values: Sequence[Number]) -> Number:
    sum_so_far: Number = 0
    for value in values:
        sum_so_far = plus(sum_so_far, value)
    return sum_so_far


_MANNERS = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}


def rounded(value: Number, places: int, method: str = "common") -> Number:
    """Rounds to so many decimals, up (`ceil`), down (`floor`), or to the nearest, halves away from zero: 2.675 to two
    decimals is 2.68.
    """
    if not math.isfinite(value) or (isinstance(value, int) and places >= 0 and method == "common"):
        return value
    result = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), _MANNERS[method], _EXACTLY)
    return int(result) if isinstance(value, int) and method == "common" else float(result)


def _rounded(value: Number, size: Number) -> Number:
    """Rounds to 15 significant digits of a number of this size."""
    if isinstance(value, int) or not math.isfinite(value) or not size or not math.isfinite(size):
        return value
    return round(value, _DIGITS - 1 - math.floor(math.log10(size)))


def _fraction(value: Number) -> Fraction:
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
