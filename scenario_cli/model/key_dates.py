"""Days that matter to the business: a sale, a holiday, a fair. Knows no scenario that is about them."""

from __future__ import annotations

from datetime import date

from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

DEFAULT_LEAD = 21  # days

Day = tuple[int | None, int, int]  # year, month, day; without a year it is in every year


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A key date of the project. `until` is its last day, if it has several; it has then one first day.

    A scenario covers it that starts or sends at most `lead` days before it, or during it.
    """

    name: str
    span: Span
    on: tuple[Day, ...]
    title: str = ""
    until: Day | None = None
    lead: int = DEFAULT_LEAD

    def between(self, first: date, last: date) -> list[tuple[date, date]]:
        """The times it takes place between two days, each by its first and its last day."""
        spans = []
        for day in self.on:
            for year in range(first.year - 1, last.year + 1) if day[0] is None else (day[0],):
                begin = _in_year(day, year)
                end = _in_year(self.until, year) if self.until is not None else begin
                if end < begin and self.until is not None and self.until[0] is None:
                    end = _in_year(self.until, year + 1)  # over the turn of the year
                if begin <= last and end >= first:
                    spans.append((begin, end))
        return sorted(spans)


def read_day(text: str) -> Day | None:
    """`2025-11-28`, or `12-25` for every year; None for any other text. 29 February can be a day of every year."""
    parts = text.split("-")
    try:
        numbers = [int(part) for part in parts]
        year = numbers[0] if len(numbers) == 3 else None
        month, day = numbers[-2:]
        date(year if year is not None else 2000, month, day)
    except ValueError:
        return None
    return (year, month, day) if [len(part) for part in parts] in ([4, 2, 2], [2, 2]) else None


def _in_year(day: Day, year: int) -> date:
    """The day in a year; 29 February is the 28th in other years."""
    own, month, number = day
    try:
        return date(own or year, month, number)
    except ValueError:
        return date(own or year, month, number - 1)
