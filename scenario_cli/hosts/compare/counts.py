"""Counts the differences between the two sides, contact by contact, so that memory does not grow with the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from scenario_cli.hosts.compare.tally import SideTally
from scenario_cli.model.impact import KINDS, Difference, Example, Kind, Pair, UpdateDifference, UpdatePair
from scenario_cli.model.waits import HOUR, MINUTE, SECOND

_MOST_SHOWN = 6  # messages of a contact that is shown as an example


@dataclass(slots=True)
class RowCounts:
    """The differences of one scenario's messages on one channel. `shifts` counts moved messages by their delay in
    microseconds, to the minute if that is more than an hour.
    """

    differences: Counter[Difference] = field(default_factory=Counter)
    other_text: int = 0
    unrendered: int = 0
    shifts: Counter[int] = field(default_factory=Counter)
    dropped_now: Counter[str] = field(default_factory=Counter)
    no_longer_dropped: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class ImpactCounts:
    """All counts of a comparison over some contacts.

    `common` are the results of contacts that the change cannot reach, under the names of the old side; `before` and
    `after` are those of the others. `examples` has for each kind the best contact so far with its rank.
    """

    common: SideTally
    before: SideTally
    after: SideTally
    rows: dict[tuple[str, str], RowCounts] = field(default_factory=dict)
    updates: dict[tuple[str, str], Counter[UpdateDifference]] = field(default_factory=dict)
    contacts: Counter[str] = field(default_factory=Counter)
    examples: dict[Kind, tuple[Rank, Example]] = field(default_factory=dict)

    def add(self, contact_id: str, timezone: str, pairs: Sequence[Pair], received: tuple[int, int]) -> None:
        """Adds one contact's messages that left on a side, and the numbers it received before and after."""
        differing = [pair for pair in pairs if pair.difference != "same"]
        if not differing:
            return
        for pair in differing:
            self._row(pair)
        change = _change(*received)
        self.contacts[change] += 1
        kinds: dict[Kind, None] = {}
        for pair in differing:
            kinds |= {kind: None for kind in KINDS if kind == pair.difference}
            if pair.other_text:
                kinds["other_text"] = None
        kinds |= {kind: None for kind in KINDS if kind == change}
        for kind in kinds:
            others = sum(pair.difference != kind for pair in differing)
            rank = others, len(differing), len(pairs), contact_id
            if self._is_best(kind, rank):
                self.examples[kind] = rank, example(kind, contact_id, timezone, pairs, _MOST_SHOWN)

    def add_updates(self, contact_id: str, timezone: str, pairs: Sequence[UpdatePair], others: int) -> None:
        """Adds the changes of one contact's attributes; `others` counts the differences among its messages."""
        differing = [pair for pair in pairs if pair.difference != "same"]
        for pair in differing:
            self.updates.setdefault((pair.scenario, pair.attribute), Counter())[pair.difference] += 1
        rank = others, len(differing), len(pairs), contact_id
        if differing and self._is_best("update", rank):
            shown, left_out = _most_telling(pairs, _MOST_SHOWN)
            self.examples["update"] = rank, Example("update", contact_id, timezone, (), left_out, shown)

    def _is_best(self, kind: Kind, rank: Rank) -> bool:
        best = self.examples.get(kind)
        return best is None or rank < best[0]

    def _row(self, pair: Pair) -> None:
        row = self.rows.setdefault((pair.scenario, pair.channel), RowCounts())
        row.differences[pair.difference] += 1
        row.other_text += pair.other_text
        if pair.difference == "moved" and pair.before is not None and pair.after is not None:
            row.shifts[_rounded(pair.after.at - pair.before.at)] += 1
        elif pair.difference == "dropped_now" and pair.after is not None:
            row.dropped_now[pair.after.reason] += 1
        elif pair.difference == "no_longer_dropped" and pair.before is not None:
            row.no_longer_dropped[pair.before.reason] += 1

    def unrendered(self, scenario: str, channel: str) -> None:
        """Counts a message that cannot be rendered on the new side."""
        self.rows.setdefault((scenario, channel), RowCounts()).unrendered += 1

    def merge(self, other: ImpactCounts) -> None:
        """Adds the counts of other contacts."""
        for mine, theirs in ((self.common, other.common), (self.before, other.before), (self.after, other.after)):
            mine.merge(theirs)
        for key, row in other.rows.items():
            existing = self.rows.setdefault(key, RowCounts())
            existing.differences.update(row.differences)
            existing.other_text += row.other_text
            existing.unrendered += row.unrendered
            existing.shifts.update(row.shifts)
            existing.dropped_now.update(row.dropped_now)
            existing.no_longer_dropped.update(row.no_longer_dropped)
        for update, differences in other.updates.items():
            self.updates.setdefault(update, Counter()).update(differences)
        self.contacts.update(other.contacts)
        for kind, candidate in other.examples.items():
            if kind not in self.examples or candidate[0] < self.examples[kind][0]:
                self.examples[kind] = candidate


# Differences of another kind, differences, messages, and the id, so that the contact is the same in every run.
Rank = tuple[int, int, int, str]


def example(kind: Kind, contact_id: str, timezone: str, pairs: Sequence[Pair], most: int) -> Example:
    """A contact's messages in order of time, of many only `most`: those that differ, then their neighbours."""
    return Example(kind, contact_id, timezone, *_most_telling(pairs, most))


P = TypeVar("P", Pair, UpdatePair)


def _most_telling(pairs: Sequence[P], most: int) -> tuple[tuple[P, ...], int]:
    """The pairs that differ and their neighbours, and the number of pairs left out."""
    if len(pairs) <= most:
        return tuple(pairs), 0
    differing = [place for place, pair in enumerate(pairs) if pair.difference != "same"]
    nearest = sorted(range(len(pairs)), key=lambda place: (min(abs(place - other) for other in differing), place))
    return tuple(pairs[place] for place in sorted(nearest[:most])), len(pairs) - most


def median(shifts: Mapping[int, int]) -> int | None:
    """The median of shifts that are counted by their length; for an even number of them, the lower middle."""
    total = sum(shifts.values())
    so_far = 0
    for shift in sorted(shifts):
        so_far += shifts[shift]
        if 2 * so_far >= total:
            return shift
    return None


def _rounded(shift: int) -> int:
    unit = MINUTE if abs(shift) > HOUR else SECOND
    return round(shift / unit) * unit if abs(shift) >= SECOND else shift


def _change(before: int, after: int) -> str:
    if before == after:
        return "otherwise"
    if not before or not after:
        return "first" if after else "nothing"
    return "more" if after > before else "less"
