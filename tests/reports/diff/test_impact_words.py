"""The phrases about an impact: counts, shares and reasons."""

from __future__ import annotations

import pytest

from scenario_cli.model.impact import MessageImpact, Sides
from scenario_cli.reports.diff.impact_words import change, row_differences
from tests.rows import rows


@rows(
    ("before", "after", "words"),
    [
        (100, 103, "+3, +3.0%"),
        (100, 100, "the same number"),
        (0, 4, "+4"),
        (23_458, 23_451, "-7, less than 0.1%"),
        (10_000, 10_004, "+4, less than 0.1%"),
        (1_000, 1_001, "+1, +0.1%"),
    ],
)
def test_a_small_share_is_never_shown_as_zero(before: int, after: int, words: str) -> None:
    assert change(Sides(before, after)) == words


@pytest.mark.parametrize(
    ("reasons", "phrase"),
    [({"capped": 3}, "3 now dropped: capped"), ({"cancelled": 1, "capped": 2}, "3 now dropped: cancelled 1, capped 2")],
)
def test_a_single_reason_is_named_without_a_second_count(reasons: dict[str, int], phrase: str) -> None:
    row = MessageImpact("welcome", "email", Sides(10, 7), dropped_now=reasons)
    assert row_differences(row) == (phrase,)
