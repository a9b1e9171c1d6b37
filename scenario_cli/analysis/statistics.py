"""Statistics of comparisons between groups: intervals, differences, power, shares. Knows no scenario and no contact.

Rates are fractions from 0 to 1, intervals are two-sided. The standard library is enough for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from scenario_cli.model.value_class import dataclass

CONFIDENCE = 0.95
POWER = 0.8
# A sample ratio less likely than this by chance means that the groups differ from the draw.
MISMATCH = 0.001


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with the bounds of its interval."""

    estimate: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval excludes zero, so chance alone hardly explains the difference."""
        return self.low > 0 or self.high < 0


def wilson(successes: int, count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The score interval of a rate (Wilson 1927), without correction for continuity. `count` is above 0."""
    z = _deviations(confidence)
    rate = successes / count
    centre = rate + z * z / (2 * count)
    margin = z * math.sqrt((rate * (1 - rate) + z * z / (4 * count)) / count)
    scale = 1 + z * z / count
    low = 0.0 if successes == 0 else max((centre - margin) / scale, 0.0)
    high = 1.0 if successes == count else min((centre + margin) / scale, 1.0)
    return low, high


def rate_difference(
    successes: int, count: int, other_successes: int, other_count: int, confidence: float = CONFIDENCE
) -> Difference:
    """The first rate less the other, with the hybrid score interval: method 10 of Newcombe, Statistics in Medicine 17
    (1998), pages 873 to 890. Both counts are above 0."""
    rate, other_rate = successes / count, other_successes / other_count
    low, high = wilson(successes, count, confidence)
    other_low, other_high = wilson(other_successes, other_count, confidence)
    estimate = rate - other_rate
    return Difference(
        estimate,
        estimate - math.hypot(rate - low, other_high - other_rate),
        estimate + math.hypot(high - rate, other_rate - other_low),
    )


def rate_difference_p(successes: int, count: int, other_successes: int, other_count: int) -> float:
    """The probability of two rates at least this far apart if they are the same (pooled z test, two-sided)."""
    pooled = (successes + other_successes) / (count + other_count)
    error = math.sqrt(pooled * (1 - pooled) * (1 / count + 1 / other_count))
    if error == 0:
        return 1.0
    return math.erfc(abs(successes / count - other_successes / other_count) / error / math.sqrt(2))


def contacts_needed(rate: float, other_rate: float, other_share: float, power: float = POWER) -> int | None:
    """The contacts of two groups together that show the difference of two rates, the second group's share being
    `other_share`; None if the rates are the same.

    The normal approximation of Fleiss, without correction for continuity, for a two-sided test at 5 %.
    """
    if rate == other_rate or not 0 < other_share < 1:
        return None
    share = 1 - other_share
    mean = share * rate + other_share * other_rate
    same = _deviations(CONFIDENCE) * math.sqrt(mean * (1 - mean) * (1 / share + 1 / other_share))
    apart = NormalDist().inv_cdf(power) * math.sqrt(
        rate * (1 - rate) / share + other_rate * (1 - other_rate) / other_share
    )
    needed = ((same + apart) / (rate - other_rate)) ** 2
    # A group of each kind there must be, however far apart the rates are.
    return max(math.ceil(needed), math.ceil(1 / min(share, other_share)))


def chi_square_p(statistic: float, degrees: int) -> float:
    """The probability of a chi-square value of at least `statistic`, in closed form (Abramowitz and Stegun, 26.4.4 and
    26.4.5)."""
    half = statistic / 2
    if half <= 0:
        return 1.0
    if degrees % 2 == 0:
        exponents = [power * math.log(half) - math.lgamma(power + 1) - half for power in range(degrees // 2)]
        return min(math.fsum(map(math.exp, exponents)), 1.0)
    exponents = [
        (power - 0.5) * math.log(half) - math.lgamma(power + 0.5) - half for power in range(1, (degrees + 1) // 2)
    ]
    return min(math.erfc(math.sqrt(half)) + math.fsum(map(math.exp, exponents)), 1.0)


def sample_ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """The probability of groups at least this far from the shares that they were drawn with (chi-square test).

    Shares need not add up to 1; each is above 0. Without anybody the groups are as drawn.
    """
    total, whole = sum(counts), math.fsum(shares)
    if not total:
        return 1.0
    expected = [total * share / whole for share in shares]
    statistic = math.fsum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    return chi_square_p(statistic, len(counts) - 1)


def holm(probabilities: Sequence[float]) -> list[float]:
    """Probabilities of several comparisons, raised so that one at 5 % is right for all of them together (Holm 1979)."""
    raised = [0.0] * len(probabilities)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(probabilities)), key=lambda index: probabilities[index])):
        highest = max(highest, min((len(probabilities) - rank) * probabilities[index], 1.0))
        raised[index] = highest
    return raised


def mean_difference(
    count: int, total: float, squares: float, other_count: int, other_total: float, other_squares: float
) -> Difference | None:
    """The first mean less the other, with Welch's standard error and the normal distribution's interval.

    `total` is the sum of the values, `squares` of their squares. None if a group has fewer than two values.
    """
    if count < 2 or other_count < 2:
        return None
    estimate = total / count - other_total / other_count
    error = math.sqrt(_variance(count, total, squares) / count
                      + _variance(other_count, other_total, other_squares) / other_count)  # fmt: skip
    margin = _deviations(CONFIDENCE) * error
    return Difference(estimate, estimate - margin, estimate + margin)


def median(counts: Mapping[int, int]) -> float | None:
    """The median of values given with their counts; None without values."""
    total = sum(counts.values())
    if not total:
        return None
    middle = ((total - 1) // 2, total // 2)
    middle_values: list[int] = []
    passed = 0
    for value, times in sorted(counts.items()):
        passed += times
        middle_values += [value] * sum(1 for place in middle[len(middle_values) :] if place < passed)
        if len(middle_values) == len(middle):
            break
    return sum(middle_values) / len(middle)


def _deviations(confidence: float) -> float:
    """The standard deviations on either side of the mean that contain this part of a normal distribution."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _variance(count: int, total: float, squares: float) -> float:
    return max((squares - total * total / count) / (count - 1), 0.0)
