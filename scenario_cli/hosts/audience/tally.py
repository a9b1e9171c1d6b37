"""Counts contacts by segment, so that memory does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from itertools import combinations
from typing import NamedTuple

from scenario_cli.model.records import Record, Warned
from scenario_cli.model.results import Warning

# Enough digits for every sum to be exact, in any order of adding.
_EXACTLY = Context(prec=800)


class Bought(NamedTuple):
    """The number and the amount of a contact's purchases."""

    purchases: int
    revenue: Decimal


NOTHING = Bought(0, Decimal(0))


@dataclass(slots=True)
class Count:
    """Contacts now and at the earlier instant, those who came and went between, those that each channel reaches, the
    number of buyers, and the amount of their purchases.
    """

    reached: list[int]
    size: int = 0
    before: int = 0
    entered: int = 0
    left: int = 0
    buyers: int = 0
    revenue: Decimal = Decimal(0)

    def add(self, was: bool, is_now: bool, reached: Sequence[bool], bought: Bought = NOTHING) -> None:
        self.before += was
        self.entered += is_now and not was
        self.left += was and not is_now
        if is_now:
            self.size += 1
            for channel, is_reached in enumerate(reached):
                self.reached[channel] += is_reached
            if bought.purchases:
                self.buyers += 1
                self.revenue = _EXACTLY.add(self.revenue, bought.revenue)

    def merge(self, other: Count) -> None:
        self.size += other.size
        self.before += other.before
        self.entered += other.entered
        self.left += other.left
        self.buyers += other.buyers
        self.revenue = _EXACTLY.add(self.revenue, other.revenue)
        self.reached = [own + others for own, others in zip(self.reached, other.reached, strict=True)]


@dataclass(slots=True)
class Tally:
    """The counts of a range of contacts: of all, by segment, in both of two segments, and in none of a group.

    Segments are numbers, `groups` their numbers. `in_none` counts like `everyone`, `shared` are the groups with a
    contact in two segments.
    """

    everyone: Count
    segments: list[Count]
    groups: Sequence[Sequence[int]]
    in_none: list[Count]
    shared: set[int] = field(default_factory=set)
    overlaps: Counter[tuple[int, int]] = field(default_factory=Counter)
    warnings: dict[str, Warning] = field(default_factory=dict)

    def add(
        self, before: Sequence[bool] | None, now: Sequence[bool], reached: Sequence[bool], bought: Bought = NOTHING
    ) -> None:
        """Counts a contact; `before` is None if it was not known at the earlier instant."""
        self.everyone.add(before is not None, True, reached, bought)
        for number, (count, is_now) in enumerate(zip(self.segments, now, strict=True)):
            count.add(before is not None and before[number], is_now, reached, bought)
        self.overlaps.update(combinations([number for number, is_now in enumerate(now) if is_now], 2))
        for place, group in enumerate(self.groups):
            count_in = sum(now[number] for number in group)
            self.in_none[place].add(False, count_in == 0, reached, bought)
            if count_in > 1:
                self.shared.add(place)

    def warn(self, records: Iterable[Record]) -> None:
        """Counts the data warnings of one contact, each place once."""
        of_contact = {record.place: record for record in records if isinstance(record, Warned)}
        for place, record in of_contact.items():
            warning = self.warnings.setdefault(place, Warning("", place, "", 0, record.detail))
            warning.count += 1

    def merge(self, other: Tally) -> None:
        """Adds the counts of the contacts that follow."""
        self.everyone.merge(other.everyone)
        for count, more in zip(self.segments, other.segments, strict=True):
            count.merge(more)
        for count, more in zip(self.in_none, other.in_none, strict=True):
            count.merge(more)
        self.shared |= other.shared
        self.overlaps += other.overlaps
        for place, warning in other.warnings.items():
            if place in self.warnings:
                self.warnings[place].count += warning.count
            else:
                self.warnings[place] = warning


def empty_tally(segments: int, channels: int, groups: Sequence[Sequence[int]]) -> Tally:
    def count() -> Count:
        return Count([0] * channels)

    return Tally(count(), [count() for _ in range(segments)], groups, [count() for _ in groups])
