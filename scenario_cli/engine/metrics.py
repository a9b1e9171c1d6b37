"""Metrics, updated as events arrive: each aggregate keeps no more than its window, formulas are calculated when read.

A window of W at an instant t covers (t - W, t]. Sums are those of decimals, see `engine.decimals`, in the
order in which events came, so that every run gives the same to the last bit.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Final

from scenario_cli.engine.decimals import divided, plus, total
from scenario_cli.engine.segments import Segment
from scenario_cli.engine.standing import stands_in_bin
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.values import Misfit, compare, shown
from scenario_cli.engine.windows import SHORT, Differences, Extremes, Sums, Window
from scenario_cli.model.metrics import AGGREGATES, Bins

MOST_VALUES: Final = 10_000  # most values of a `list` or `distinct` without a window
_OLD_BEFORE_CUT: Final = 32  # values that have left a window and are still held, so that cutting is rare

Read = Callable[[ContactState], Any]


class Aggregate:
    """One aggregate: takes values and gives its figure, from a slot of the contact's state.

    Without a window it has the figure so far; with a window, a `Window`. `readers` are the segments that it can change.
    """

    __slots__ = (
        "by_value", "holds_figure", "identity", "kind", "needs_numbers", "of_nothing", "place", "readers", "slot",
        "within",
    )  # fmt: skip

    def __init__(self, slot: int, kind: str, within: int | None, place: str, identity: str = "") -> None:
        self.slot = slot
        self.kind = kind
        self.within = within
        self.place = place
        self.identity = identity
        self.readers: tuple[Segment, ...] = ()
        self.needs_numbers = AGGREGATES[kind].needs_numbers
        self.by_value = AGGREGATES[kind].of_elements
        self.of_nothing = AGGREGATES[kind].of_nothing
        self.holds_figure = not self.by_value and kind != "avg"  # its content without a window is the figure

    @staticmethod
    def counted(values: Iterable[tuple[Any, int]]) -> dict[Any, tuple[Any, int]]:
        """Different values with the number of each, in the form kept."""
        return {_hashable(value): (value, count) for value, count in values}

    def add(self, state: ContactState, at: int, value: Any) -> None:
        """Takes the value of an event that has just arrived; None counts as missing and is left out."""
        if value is None:
            return
        if self.needs_numbers and type(value) is not int and type(value) is not float:
            state.warn("", self.place, f"{shown(value)} is not a number")
            return
        if self.within is None:
            content = state.slots[self.slot]
            if content is None:
                content = state.slots[self.slot] = {} if self.by_value else [_START.get(self.kind), 0]
            self._add_ever(state, content, value)
            return
        window = state.slots[self.slot]
        if window is None:
            window = state.slots[self.slot] = Window([], [])
        times = window.times
        if len(times) > _OLD_BEFORE_CUT:
            old = bisect_right(times, at - self.within)
            if old > _OLD_BEFORE_CUT and 2 * old > len(times):
                window.cut(old)
        times.append(at)
        window.values.append(value)

    def _add_ever(self, state: ContactState, content: Any, value: Any) -> None:
        if isinstance(content, dict):
            for element in value if isinstance(value, list | tuple) else (value,):
                if element is None:
                    continue
                key = _hashable(element)
                if key not in content and len(content) >= MOST_VALUES and self.kind != "mode":
                    state.warn("", self.place, f"more than {MOST_VALUES:,} different values: the rest are left out")
                    return
                count = content[key][1] if key in content else 0
                content[key] = (content[key][0] if key in content else element, count + 1)
            return
        content[0] = self._joined(state, content[0], value, content[1])
        content[1] += 1

    def _joined(self, state: ContactState, so_far: Any, value: Any, count: int) -> Any:
        match self.kind:
            case "count":
                return so_far + 1
            case "sum" | "avg":
                return plus(so_far, value)
            case "first":
                return value if count == 0 else so_far
            case "last":
                return value
        return _extreme(state, self.kind, self.place, so_far, value)

    def read(self, state: ContactState) -> Any:
        """The present figure."""
        content = state.slots[self.slot]
        if content is None:
            return self.of_nothing
        if self.within is None:
            return content[0] if self.holds_figure else self._of_ever(content)
        times: list[int] = content.times
        first = bisect_right(times, state.now - self.within)
        if first == len(times):
            return self.of_nothing
        if (leaves := times[first] + self.within) < state.until:
            state.until = leaves  # until then the window has the same values
        match self.kind:
            case "count":
                return len(times) - first
            case "first":
                return content.values[first]
            case "last":
                return content.values[-1]
        return self._of_window(state, content, first)

    def _of_ever(self, content: Any) -> Any:
        match self.kind:
            case "distinct":
                return len(content)
            case "list":
                return [value for value, _ in content.values()] or None
            case "mode":
                return _mode(content.values())
            case "avg":
                return divided(content[0], content[1])
        return content[0]

    def _of_window(self, state: ContactState, window: Window, first: int) -> Any:
        """A figure that depends on each value from a place of the window on."""
        values: list[Any] = window.values
        count = len(values) - first
        running = self._running(window, first) if count > SHORT else None
        if running is None and first:
            values = values[first:]
        match self.kind:
            case "sum" | "avg":
                result = total(values) if running is None else running
                return result if self.kind == "sum" else divided(result, count)
            case "min" | "max":
                if running is not None:
                    return running
                result = values[0]
                for value in values[1:]:
                    result = _extreme(state, self.kind, self.place, result, value)
                return result
        if running is not None:
            return running
        counts: dict[Any, tuple[Any, int]] = {}
        for value in values:
            for element in value if isinstance(value, list | tuple) else (value,):
                if element is not None:
                    key = _hashable(element)
                    counts[key] = (counts[key][0], counts[key][1] + 1) if key in counts else (element, 1)
        return Aggregate(0, self.kind, None, "")._of_ever(counts)

    def _running(self, window: Window, first: int) -> Any:
        """The figure from the memory of a long window; None if its values must be read again."""
        match self.kind:
            case "sum" | "avg":
                if not isinstance(window.running, Sums):
                    window.running = Sums()
                return window.running.total(window.values, first)
            case "min" | "max":
                if not isinstance(window.running, Extremes):
                    window.running = Extremes(self.kind)
                return window.running.extreme(window.values, first)
            case "distinct":
                if not isinstance(window.running, Differences):
                    window.running = Differences()
                return window.running.count(_keys, window.values, first)
        return None


_START: Final = {"count": 0, "sum": 0, "avg": 0}


def _extreme(state: ContactState, kind: str, place: str, so_far: Any, value: Any) -> Any:
    """The lesser or greater of two; a value that cannot be compared is left out, with a data warning."""
    if so_far is None:
        return value
    try:
        is_less = compare("<", value, so_far, state.zone)
        return value if is_less == (kind == "min") and value != so_far else so_far
    except Misfit as error:
        state.warn("", place, str(error))
        return so_far


def _mode(counts: Iterable[tuple[Any, int]]) -> Any:
    """The most frequent value, the smallest of equals; texts come after numbers."""
    best = min(counts, key=lambda pair: (-pair[1], isinstance(pair[0], str), _order(pair[0])), default=None)
    return None if best is None else best[0]


def _order(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else json.dumps(value, default=str, sort_keys=True)


def _keys(value: Any) -> list[Any]:
    """The keys by which the elements of a value, or itself, differ from others."""
    return [
        _hashable(element)
        for element in (value if isinstance(value, list | tuple) else (value,))
        if element is not None
    ]


def _hashable(value: Any) -> Any:
    """A key by which two values differ; true and 1 differ."""
    if isinstance(value, dict | list):
        return json.dumps(value, default=str, sort_keys=True)
    return (bool, value) if isinstance(value, bool) else value


def binned(bins: Bins, read: Read, place: str, *, days_pass: bool = False) -> Read:
    """The label of the bin that a number falls in; the upper edge belongs to the bin.

    If `days_pass`, the number is the days since an instant.
    """
    edges, labels = bins.edges, bins.labels

    def label(state: ContactState) -> Any:
        value = read(state)
        if value is None:
            return None
        if type(value) is not int and type(value) is not float:
            state.warn("", place, f"{shown(value)} is not a number")
            return None
        if days_pass:
            stands_in_bin(state, value, edges)
        for edge, name in zip(edges, labels, strict=False):
            if value <= edge:
                return name
        return labels[-1]

    return label
