"""Parts of the journeys next to one another, by value at entry and by period, as parts of the results' document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scenario_cli.analysis.changes_over_time import Change, change
from scenario_cli.analysis.comparison import Comparison, compared
from scenario_cli.analysis.periods import a_year_before, following, midnight, period_name
from scenario_cli.analysis.statistics import holm, rate_difference_p, wilson
from scenario_cli.model.results_report import (
    HELD_OUT,
    WRITTEN_TO,
    AboutScenario,
    Figures,
    Group,
    Results,
    ScenarioFigures,
)
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.masking import masked
from scenario_cli.reports.results import words
from scenario_cli.reports.text import percent, plural

UNKNOWN = "unknown"
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_MOST = 40  # rows of a scenario that are shown

_CUT = (
    "* The log begins or ends within this period, or not all of its journeys have had the goal's time yet. Its figures "
    "can still grow, and are compared with nothing."
)


@dataclass(frozen=True, slots=True)
class SliceRow:
    """A slice of a scenario. `period` is its name, with whether all that belongs to it `is_over`; `change` compares it
    with the same slice of an earlier time."""

    values: tuple[str | None, ...]
    first_day: str
    period: str
    is_over: bool
    figures: ScenarioFigures
    change: Change | None = None


def rows_of(results: Results, about: AboutScenario) -> list[SliceRow]:
    """The slices of a scenario, in the order of their values and periods."""
    slices = results.figures.slices
    rows = []
    for first_day, values in sorted(slices, key=lambda slice_: ([*map(_rank, slice_[1])], slice_[0])):
        figures = slices[first_day, values].scenarios.get(about.name)
        if figures is None or not figures.achieved.journeys:
            continue
        day = date.fromisoformat(first_day) if first_day else None
        period = period_name(day, results.cut.every) if day is not None else ""
        is_over = day is None or _is_over(results, about, day)
        before = _before(results, about, day, values) if is_over else None
        rows.append(SliceRow(values, first_day, period, is_over, figures,
                             change(figures.achieved, before.achieved) if before is not None else None))  # fmt: skip
    return rows


def by_slice(results: Results) -> Document:
    """Each scenario's slices; nothing if nobody requested any."""
    cut = results.cut
    if not cut:
        return []
    document: Document = [Heading(2, f"By {' and '.join([*(f'`{text}`' for text in cut.values), *_every(results)])}")]
    if cut.values:
        document.append(Paragraph("Values are those at the instant of entry."))
    is_cut = False
    for about in results.scenarios:
        rows = rows_of(results, about)
        if not rows:
            continue
        largest = sorted(rows, key=lambda each: -each.figures.achieved.journeys)[:_MOST]
        shown = [each for each in rows if each in largest] if len(rows) > _MOST else rows
        document += [Heading(3, f"`{about.name}`"), _grid(results, about, shown), *_hidden_rows(rows, shown)]
        document += _compared(results, about, shown)
        is_cut = is_cut or not all(each.is_over for each in shown)
    return [*document, *([Paragraph(_CUT)] if is_cut else [])]


def _heads(results: Results) -> tuple[str, ...]:
    """The heads of the columns that distinguish slices; for `contact.country` the last name, since room is scarce."""
    cut = results.cut
    short = [text.rpartition(".")[2] if _PATH.fullmatch(text) else text for text in cut.values]
    names = short if len({*short}) == len(short) else cut.values
    return (*(f"`{name}`" for name in names), *([cut.every] if cut.every else []))


def _every(results: Results) -> list[str]:
    return [f"{results.cut.every} of entry"] if results.cut.every else []


def _rank(value: str | None) -> tuple[int, float, str]:
    """Numbers in their order, then texts, then unknown values."""
    if value is None:
        return 2, 0.0, ""
    try:
        return 0, float(value), ""
    except ValueError:
        return 1, 0.0, value


def _is_over(results: Results, about: AboutScenario, day: date) -> bool:
    begin = results.start if results.start is not None else results.read.first
    end = midnight(following(day, results.cut.every), results.timezone)
    is_whole = begin is None or midnight(day, results.timezone) >= begin or _is_same_day(begin, day, results)
    return is_whole and end + about.within <= results.until


def _is_same_day(begin: int, day: date, results: Results) -> bool:
    """Whether the log itself begins on that day, if nobody chose the beginning: its first event is after midnight."""
    return results.start is None and begin < midnight(date.fromordinal(day.toordinal() + 1), results.timezone)


def _before(
    results: Results, about: AboutScenario, day: date | None, values: tuple[str | None, ...]
) -> ScenarioFigures | None:
    earlier = results.earlier
    if earlier is None:
        return None
    slices, first_day = results.figures.slices, ""
    if day is None:
        slices = earlier.figures.slices if earlier.figures is not None else {}
    else:
        every = results.cut.every
        other = following(day, every, -1) if earlier.how == "previous" else a_year_before(day, every)
        if not _is_over(results, about, other):
            return None
        first_day = other.isoformat()
    return slices.get((first_day, values), Figures()).scenarios.get(about.name)


def _grid(results: Results, about: AboutScenario, rows: list[SliceRow]) -> Grid:
    labels = _heads(results)
    head = (*labels, "journeys", "did it", "share", "95% interval", "value", "a journey")
    if results.earlier is not None:
        head = (*labels, "journeys", "did it", "share", "was", "change in points (95% interval)", "a journey")
    return Grid(head, tuple(_row(results, about, each) for each in rows), frozenset(range(len(labels), len(head))))


def _row(results: Results, about: AboutScenario, of: SliceRow) -> tuple[tuple[str, ...], ...]:
    achieved = of.figures.achieved
    volume = (*_label(results, of), f"{achieved.journeys:,}")
    a_journey = words.money(achieved.value / achieved.journeys, "", 2) if achieved.value is not None else ""
    share = percent(achieved.converted, achieved.journeys)
    if not about.goal:
        return row(*volume, "", "", "", "", "")
    if results.earlier is None:
        low, high = wilson(achieved.converted, achieved.journeys)
        interval = f"{words.share(low)} to {words.share(high)}"
        return row(*volume, f"{achieved.converted:,}", share, interval, words.money(achieved.value, ""), a_journey)
    was = percent(of.change.before.converted, of.change.before.journeys) if of.change is not None else ""
    rate = of.change.rate if of.change is not None else None
    points = words.within(rate) if rate is not None else ""
    return row(*volume, f"{achieved.converted:,}", share, was, points, a_journey)


def _label(results: Results, of: SliceRow) -> tuple[str, ...]:
    period = f"{of.period}{'' if of.is_over else ' *'}"
    return (*(masked(value) if value is not None else UNKNOWN for value in of.values),
            *([period] if results.cut.every else []))  # fmt: skip


def _hidden_rows(rows: list[SliceRow], shown: list[SliceRow]) -> Document:
    hidden = len(rows) - len(shown)
    if not hidden:
        return []
    journeys = sum(each.figures.achieved.journeys for each in rows) - sum(
        each.figures.achieved.journeys for each in shown
    )
    return [Paragraph(f"And {plural(hidden, 'smaller row')} with {plural(journeys, 'journey')}: `--format json`.")]


def comparisons_of(about: AboutScenario, rows: list[SliceRow]) -> Iterator[tuple[SliceRow, Comparison, float]]:
    """The slices in which a scenario's two groups can be compared: with the probability of rates at least so far apart
    by chance, raised for the number of slices (Holm)."""
    pairs = []
    for each in rows:
        groups = each.figures.groups
        comparison = compared(groups.get(WRITTEN_TO, Group()), groups.get(HELD_OUT, Group()), about.holdout)
        if comparison.difference is not None:
            pairs.append((each, comparison))
    raised = holm([
        rate_difference_p(comparison.group.converted, comparison.group.contacts,
                          comparison.other.converted, comparison.other.contacts)
        for _, comparison in pairs
    ])  # fmt: skip
    for (each, comparison), p in zip(pairs, raised, strict=True):
        yield each, comparison, p


def _compared(results: Results, about: AboutScenario, rows: list[SliceRow]) -> Document:
    if not about.holdout or not about.goal:
        return []
    lines = [
        row(
            *_label(results, each),
            (f"{comparison.group.contacts:,}", percent(comparison.group.converted, comparison.group.contacts)),
            (f"{comparison.other.contacts:,}", percent(comparison.other.converted, comparison.other.contacts)),
            words.within(comparison.difference) if comparison.difference is not None else "",
            f"{p:.2g}",
        )
        for each, comparison, p in comparisons_of(about, rows)
    ]
    if not lines:
        return []
    labels = _heads(results)
    head = (*labels, "to be written to", "held out", "difference in points (95% interval)", "p")
    numbers = frozenset({len(labels), len(labels) + 1, len(labels) + 3})
    return [
        Paragraph("With messages and without, contacts and the share of them who did it; `p` is raised for the number "
                  "of rows (Holm)."),
        Grid(head, tuple(lines), numbers),
    ]  # fmt: skip
