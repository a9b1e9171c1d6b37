"""Aggregates distinguished by a value (`by`): a figure for each value that came, in a mapping.

Values are keys as in reference tables: a number and its text are the same. Each different element of a list is a key.
"""

from __future__ import annotations

from typing import Any

from scenario_cli.engine.figures import Figures, key_text
from scenario_cli.engine.metrics import Aggregate
from scenario_cli.engine.segments import Segment
from scenario_cli.engine.state import ContactState, Function
from scenario_cli.engine.values import shown
from scenario_cli.model.budget import spend
from scenario_cli.model.metrics import AGGREGATES

MOST_KEYS = 1_000  # the most values that are distinguished


class Breakdown:
    """An aggregate for each value of `by`, in one slot of the contact's state: a mapping from key to the content of
    `part`, the aggregate without `by`. `readers` are the segments that it can change.
    """

    __slots__ = ("by", "identity", "of_nothing", "part", "readers", "slot")

    def __init__(self, part: Aggregate, by: Function) -> None:
        self.part = part
        self.by = by
        self.slot = part.slot
        self.identity = part.identity
        self.readers: tuple[Segment, ...] = ()
        self.of_nothing = AGGREGATES[part.kind].of_nothing

    def add(self, state: ContactState, at: int, value: Any) -> None:
        """Adds the value of an event that has just arrived, for each key of the event."""
        contents = state.slots[self.slot]
        if contents is None:
            contents = {}
        for key in self._keys(state):
            if len(contents) >= MOST_KEYS and not self._counts(contents.get(key), at):
                contents = {other_key: content for other_key, content in contents.items() if self._counts(content, at)}
                if len(contents) >= MOST_KEYS:
                    state.warn("", self.part.place, f"more than {MOST_KEYS:,} values of 'by': the rest are left out")
                    continue
            state.slots[self.slot] = contents.get(key)
            self.part.add(state, at, value)
            if state.slots[self.slot] is not None:
                contents[key] = state.slots[self.slot]
        state.slots[self.slot] = contents or None

    def _keys(self, state: ContactState) -> list[str]:
        value = self.by(state)
        keys: dict[str, None] = {}
        for element in value if isinstance(value, list | tuple) else (value,):
            key = key_text(element)
            if key is not None:
                keys[key] = None
            elif element is not None:
                state.warn("", self.part.place, f"{shown(element)} cannot be used for 'by'")
        return list(keys)

    def _counts(self, content: Any, at: int) -> bool:
        """Whether a key has a counted value at an instant, within the window if there is one."""
        if content is None or self.part.within is None:
            return content is not None
        times: list[int] = content.times
        return times[-1] > at - self.part.within

    def read(self, state: ContactState) -> Figures:
        """The present figures of all keys."""
        contents: dict[str, Any] = state.slots[self.slot] or {}
        counting_keys = sorted(key for key, content in contents.items() if self._counts(content, state.now))
        figures = Figures({key: self._figure(state, contents[key]) for key in counting_keys}, self.of_nothing)
        spend(len(figures))
        return figures

    def read_at(self, state: ContactState, key: Any) -> Any:
        """The figure of one key."""
        contents: dict[str, Any] = state.slots[self.slot] or {}
        content = contents.get(key_text(key) or "") if key is not None else None
        return self._figure(state, content) if self._counts(content, state.now) else self.of_nothing

    def _figure(self, state: ContactState, content: Any) -> Any:
        contents = state.slots[self.slot]
        state.slots[self.slot] = content
        figure = self.part.read(state)
        state.slots[self.slot] = contents
        return figure
