"""Shares of a split by date: contacts stay in an arm while its share grows, and every contact has an arm."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.model.splits import Shares, Stage, Weight, stages

FIRST = date(2025, 3, 1)


def ramp(*shares: float) -> Shares:
    return Shares(tuple((FIRST + timedelta(days=number), share) for number, share in enumerate(shares)))


def arm_of(stage: Stage, point: float) -> int:
    return next(arm for upto, arm in stage.pieces if upto > point)


def test_a_share_is_nothing_before_its_first_day() -> None:
    assert [ramp(5, 50).on(day) for day in (None, date(2025, 2, 28), FIRST, date(2025, 3, 2), date(2030, 1, 1))] == [
        0, 0, 5, 50, 50,
    ]  # fmt: skip


def test_weights_that_do_not_change_lie_in_the_order_written() -> None:
    assert stages([1, 2.5, 0.5]) == (Stage(None, ((1, 0), (3.5, 1), (4.0, 2))),)
    assert stages([10.0, "rest", 20.0]) == (Stage(None, ((10, 0), (30, 2), (100, 1))),)


def test_an_arm_that_grows_takes_from_the_rest_alone_and_one_that_shrinks_gives_its_last_back() -> None:
    second, third = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
    assert stages([ramp(5, 20, 10), ramp(10, 30, 45), "rest"]) == (
        Stage(None, ((100, 2),)),
        Stage(FIRST, ((5, 0), (15, 1), (100, 2))),
        Stage(second, ((5, 0), (15, 1), (30, 0), (50, 1), (100, 2))),
        Stage(third, ((5, 0), (15, 1), (20, 0), (30, 1), (50, 1), (55, 1), (100, 2))),
    )


def test_shares_of_decimals_leave_no_gap_at_the_end() -> None:
    (stage,) = stages([33.3, 33.3, "rest", 33.4])
    assert [upto for upto, _ in stage.pieces] == [33.3, 66.6, 100]
    assert [round(stage.share(arm), 6) for arm in range(4)] == [33.3, 33.3, 0, 33.4]


PERCENT = st.integers(0, 330).map(lambda tenths: tenths / 10)
WEIGHTS: st.SearchStrategy[list[Weight]] = st.lists(
    st.one_of(PERCENT, st.lists(PERCENT, min_size=1, max_size=4).map(lambda shares: ramp(*shares))),
    min_size=1,
    max_size=3,
).map(lambda weights: [*weights, "rest"])


@given(WEIGHTS, st.floats(0, 100, exclude_max=True))
def test_no_contact_leaves_an_arm_unless_its_share_falls(weights: list[Weight], point: float) -> None:
    by_day = stages(weights)
    for before, after in pairwise(by_day):
        arm = arm_of(before, point)
        if after.share(arm) >= before.share(arm):
            assert arm_of(after, point) == arm


def test_arms_that_grow_take_the_share_that_others_give_back_first() -> None:
    before, after = stages([ramp(30, 10), ramp(0, 15), "rest"])[1:]
    assert before.pieces == ((30, 0), (100, 2))
    assert after.pieces == ((10, 0), (25, 1), (30, 2), (100, 2))


@given(WEIGHTS)
def test_each_arm_has_the_share_that_is_written(weights: list[Weight]) -> None:
    for stage in stages(weights):
        assert stage.pieces[-1][0] == 100
        for arm, weight in enumerate(weights[:-1]):
            assert not isinstance(weight, str)
            written = weight.on(stage.since) if isinstance(weight, Shares) else weight
            assert abs(stage.share(arm) - written) < 1e-6
