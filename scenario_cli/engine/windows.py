"""Running figures of the values of a window, so that a long window need not be read whole.

The window ends with the last value; its beginning moves. Each figure equals the result of reading the whole window, to
the last digit. If the memory cannot give it, the answer is None, and the reader reads the whole window.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from scenario_cli.engine.decimals import EXACT, PARTS, Number, parts_of

SHORT = 16  # so few values are read again sooner


class Window:
    """The instants and values that a window can still have, the oldest first; `running` is set after the first
    request.
    """

    __slots__ = ("running", "times", "values")

    def __init__(self, times: list[int], values: list[Any]) -> None:
        self.times = times
        self.values = values
        self.running: Sums | Extremes | Differences | None = None

    def cut(self, old: int) -> None:
        """Forgets the oldest values."""
        del self.times[:old]
        del self.values[:old]
        if self.running is not None:
            self.running.cut(old)


class Sums:
    """Sums up to each value. If all are exact in ten-thousandths, so is the difference of two."""

    __slots__ = ("_fractions", "_parts", "_sizes", "_unfit")

    def __init__(self) -> None:
        self._parts = [0]
        self._sizes = [0]
        self._fractions = [0]
        self._unfit = [0]

    def cut(self, old: int) -> None:
        if old >= len(self._parts):
            self._parts, self._sizes, self._fractions, self._unfit = [0], [0], [0], [0]
            return
        for sums in (self._parts, self._sizes, self._fractions, self._unfit):
            del sums[:old]

    def total(self, values: list[Any], first: int) -> Number | None:
        """The sum of the values from a place on, as `decimals.total` gives it."""
        for value in values[len(self._parts) - 1 :]:
            parts = parts_of(value)
            self._parts.append(self._parts[-1] + (parts or 0))
            self._sizes.append(self._sizes[-1] + abs(parts or 0))
            self._fractions.append(self._fractions[-1] + (not isinstance(value, int)))
            self._unfit.append(self._unfit[-1] + (parts is None))
        # So small that no sum on the way, in any order, would have more digits than are exact.
        if self._unfit[-1] > self._unfit[first] or self._sizes[-1] - self._sizes[first] >= EXACT:
            return None
        total = self._parts[-1] - self._parts[first]
        return total / PARTS if self._fractions[-1] > self._fractions[first] else total // PARTS


class Extremes:
    """The values that are the least, or the greatest, of all from their place on: the first of them is the answer.

    Numbers alone: a value that cannot be compared leaves a warning each time it is read.
    """

    __slots__ = ("_before", "_best", "_places", "_seen", "_unfit", "least")

    def __init__(self, kind: str) -> None:
        self.least = kind == "min"
        self._before = 0  # values that were cut off
        self._seen = 0
        self._unfit = -1  # the place of the last value that is not a number
        self._places: list[int] = []
        self._best: list[Any] = []

    def cut(self, old: int) -> None:
        self._before += old
        count = bisect_left(self._places, self._before)
        del self._places[:count]
        del self._best[:count]

    def extreme(self, values: list[Any], first: int) -> Any:
        places, best = self._places, self._best
        self._seen = max(self._seen, self._before)
        for place in range(self._seen - self._before, len(values)):
            value = values[place]
            if type(value) not in (int, float) or value != value:
                self._unfit = self._before + place
                continue
            # Of equal values the first stays.
            while best and (value < best[-1] if self.least else value > best[-1]):
                best.pop()
                places.pop()
            places.append(self._before + place)
            best.append(value)
        self._seen = self._before + len(values)
        first += self._before
        return None if self._unfit >= first else best[bisect_left(places, first)]


class Differences:
    """Different values with the place at which each came last, in the order of these places."""

    __slots__ = ("_before", "_first", "_last_places", "_seen")

    def __init__(self) -> None:
        self._before = 0  # values that were cut off
        self._seen = 0
        self._first = 0  # the last values before this place are forgotten
        self._last_places: dict[Any, int] = {}

    def cut(self, old: int) -> None:
        self._before += old

    def count(self, keys_of: Any, values: list[Any], first: int) -> int | None:
        """The number of different values from a place on; `keys_of` gives the keys by which those in a value differ."""
        last_places = self._last_places
        first += self._before
        if first < self._first:
            return None  # for a reader who looks further back than the last one
        self._first = first
        for place in range(max(self._seen, first) - self._before, len(values)):
            for key in keys_of(values[place]):
                last_places.pop(key, None)
                last_places[key] = self._before + place
            self._seen = self._before + place + 1
        expired = []
        for key, place in last_places.items():
            if place >= first:
                break
            expired.append(key)
        for key in expired:
            del last_places[key]
        return len(last_places)
