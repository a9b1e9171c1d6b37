"""The weights of a split, and the parts of the draw for each arm, from which day on. Draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Shares:
    """A share in percent by the day from which it is valid, the earliest first; before the first it is 0."""

    steps: tuple[tuple[date, float], ...]

    def on(self, day: date | None) -> float:
        """The share on a day; None stands for the time before any."""
        shares = [share for since, share in self.steps if day is not None and since <= day]
        return shares[-1] if shares else 0.0


# A number out of the sum of them all; in a split with `rest` or with dates a percentage.
Weight = float | Shares | Literal["rest"]


class Stage(NamedTuple):
    """The arms from a day on (None: from the beginning). A draw less than `upto`, and not less than the `upto` before,
    falls in the arm of that number. Draws are from 0 to the last `upto`.
    """

    since: date | None
    pieces: tuple[tuple[float, int], ...]

    def share(self, arm: int) -> float:
        """The share of an arm in percent."""
        parts = zip((0.0, *(upto for upto, _ in self.pieces)), self.pieces, strict=False)
        own_length = sum(
            (Fraction(repr(upto)) - Fraction(repr(begin)) for begin, (upto, owner) in parts if owner == arm), Fraction()
        )
        total = self.pieces[-1][0] if self.pieces else 0.0
        return float(100 * own_length / Fraction(repr(total))) if total else 0.0


def stages(weights: Sequence[Weight]) -> tuple[Stage, ...]:
    """The stages of a split, by day.

    An arm that shrinks gives back the end of its part. An arm that grows takes from the parts that others have given
    back that day, then from the rest, the lowest part first. So no contact leaves an arm, or the rest, unless its share
    falls.
    """
    if all(isinstance(weight, int | float) for weight in weights):
        sums = accumulate(weight for weight in weights if isinstance(weight, int | float))
        return (Stage(None, tuple((upto, arm) for arm, upto in enumerate(sums))),)
    days = sorted({since for weight in weights if isinstance(weight, Shares) for since, _ in weight.steps})
    line = [(Fraction(100), _REST)]
    steps: list[Stage] = []
    for day in (None, *days):
        for arm, weight in enumerate(weights):
            line = _shrunk(line, arm, _on(weight, day))
        for arm, weight in enumerate(weights):
            line = _grown(line, arm, _on(weight, day), _GIVEN_BACK)
            line = _grown(line, arm, _on(weight, day), _REST)
        line = [(upto, _REST if arm == _GIVEN_BACK else arm) for upto, arm in line]
        rest_arm = next((arm for arm, weight in enumerate(weights) if weight == "rest"), 0)
        steps.append(Stage(day, tuple((float(upto), rest_arm if arm == _REST else arm) for upto, arm in line)))
    return tuple(steps)


# Stand-ins for an arm: they own the parts that no arm with a share of its own has.
_REST, _GIVEN_BACK = -1, -2

# The owners of the parts of the line from 0 to 100: each part up to a point, in order.
_Line = list[tuple[Fraction, int]]


def _on(weight: Weight, day: date | None) -> Fraction:
    if weight == "rest":
        return Fraction()
    return Fraction(repr(weight.on(day) if isinstance(weight, Shares) else weight))


def _lengths(line: _Line) -> list[tuple[Fraction, int]]:
    return [
        (upto - begin, arm)
        for begin, (upto, arm) in zip((Fraction(), *(piece[0] for piece in line)), line, strict=False)
    ]


def _line(parts: Sequence[tuple[Fraction, int]]) -> _Line:
    return [
        (upto, arm)
        for upto, (length, arm) in zip(accumulate(length_ for length_, _ in parts), parts, strict=True)
        if length
    ]


def _shrunk(line: _Line, arm: int, share: Fraction) -> _Line:
    """The line after an arm has given back its excess over a share, the last of it first."""
    parts = _lengths(line)
    over = sum((length for length, owner in parts if owner == arm), Fraction()) - share
    pieces: list[tuple[Fraction, int]] = []
    for length, owner in reversed(parts):
        returned = min(max(over, Fraction()), length) if owner == arm else Fraction()
        over -= returned
        pieces += [(returned, _GIVEN_BACK), (length - returned, owner)]
    return _line(pieces[::-1])


def _grown(line: _Line, arm: int, share: Fraction, source: int) -> _Line:
    """The line after an arm has filled its share from the lowest parts of a source."""
    parts = _lengths(line)
    short = share - sum((length for length, owner in parts if owner == arm), Fraction())
    pieces: list[tuple[Fraction, int]] = []
    for length, owner in parts:
        part = min(max(short, Fraction()), length) if owner == source else Fraction()
        short -= part
        pieces += [(part, arm), (length - part, owner)]
    return _line(pieces)
