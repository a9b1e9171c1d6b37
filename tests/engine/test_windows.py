"""The running figures of a long window equal those of a pass over its values, to the last digit and data warning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine import metrics
from scenario_cli.engine.calendar import UTC
from scenario_cli.engine.metrics import Aggregate
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.windows import SHORT
from tests.reference.settings import examples

WITHIN = 40
_AMOUNTS = st.one_of(
    st.integers(-3, 9),
    st.integers(-(10**13), 10**13),
    st.decimals(-500, 500, places=2).map(float),
    st.floats(allow_nan=True, allow_infinity=True),
)
_VALUES = {
    "sum": _AMOUNTS,
    "avg": _AMOUNTS,
    "min": st.one_of(_AMOUNTS, st.sampled_from(["x", "2025-01-01", True])),
    "max": st.one_of(_AMOUNTS, st.sampled_from(["x", "2025-01-01", True])),
    "distinct": st.one_of(st.sampled_from([1, 1.0, True, "1", None, {"a": 1}, ["a", "b", "a"], ["b", None], [[1]]])),
}


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, list[tuple[int, Any]]]:
    """A kind of figure, and values with the time since the value before. Some lists have many plain values."""
    kind = draw(st.sampled_from(sorted(_VALUES)))
    plain = st.tuples(st.integers(0, 2), st.integers(0, 50))
    any_value = st.tuples(st.sampled_from([0, 1, 3, WITHIN]), _VALUES[kind])
    return kind, draw(st.lists(draw(st.sampled_from([plain, any_value])), min_size=SHORT, max_size=90))


def read(aggregate: Aggregate, state: ContactState, now: int, short: int) -> tuple[str, list[str]]:
    """The figure at an instant, and its warnings, with a pass over the values only in windows of at most `short`
    values.
    """
    state.now, state.records = now, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "SHORT", short)
        figure = repr(aggregate.read(state))
    return figure, [repr(record) for record in state.records]


@examples(80)
@given(stories(), st.sets(st.integers(0, 90)))
def test_running_figures_are_those_of_going_over_the_window(
    story: tuple[str, list[tuple[int, Any]]], readings: set[int]
) -> None:
    kind, values = story
    aggregate = Aggregate(0, kind, WITHIN, "metric.x")
    state = ContactState("ana", {}, UTC, 1)
    now = 0
    for number, (later, value) in enumerate(values):
        now += later
        aggregate.add(state, now, value)
        if number in readings:
            for at in (now, now + 3, now - 5, now + WITHIN):
                assert read(aggregate, state, at, 0) == read(aggregate, state, at, len(values))


def test_a_long_window_is_not_summed_at_each_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    aggregate = Aggregate(0, "sum", 10_000, "metric.x")
    state = ContactState("ana", {}, UTC, 1)
    monkeypatch.setattr(metrics, "total", None)  # the pass over the values of a window
    for at in range(100):
        aggregate.add(state, at, at)
        state.now = at
        if at >= SHORT:
            assert aggregate.read(state) == sum(range(at + 1))
