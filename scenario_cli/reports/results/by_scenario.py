"""Scenarios with their results, as parts of the results' document."""

from __future__ import annotations

from scenario_cli.analysis.changes_over_time import Change, changes
from scenario_cli.analysis.statistics import median
from scenario_cli.model.results_report import REPLAY, AboutScenario, Achieved, Earlier, Results
from scenario_cli.reports.document.parts import Document, Facts, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.results import words
from scenario_cli.reports.text import percent

EARLIER = {"previous": "the span before", "last_year": "the same span a year before"}


def by_scenario(results: Results) -> Document:
    """Journeys and goals, then value and cost; with an earlier span, the differences from it."""
    earlier = results.earlier
    return [
        Heading(2, "By scenario"),
        Paragraph("`did it` counts the journeys of contacts who did this after they entered:"),
        _goals(results),
        _journeys(results),
        Heading(3, "Value and cost", f"in {results.currency}" if results.currency else ""),
        *([Paragraph(_WORTH)] if results.source != REPLAY else []),
        _values(results),
        *(_changes(results, earlier) if earlier is not None and earlier.figures is not None else []),
    ]


_WORTH = (
    "The value for 1,000 messages, and how many times over it pays their cost, are those of goals reached after a "
    "message. Part of them would have been reached without."
)


def cost_of(achieved: Achieved, results: Results) -> float:
    """The cost of the messages that left, by the channels' price for a message."""
    return round(sum(results.costs.get(channel, 0.0) * count for channel, count in sorted(achieved.sent.items())), 6)


def _goals(results: Results) -> Facts:
    """The goals in words, each with the scenarios that have it."""
    scenarios: dict[str, list[str]] = {}
    for about in results.scenarios:
        goal = f"{about.goal} within {about.window}" if about.goal else "nothing: no goal"
        scenarios.setdefault(goal, []).append(f"`{about.name}`")
    return facts(*((goal, ", ".join(names)) for goal, names in scenarios.items()))


def _journeys(results: Results) -> Grid:
    reached = "would be reached" if results.source == REPLAY else "reached"
    head = ("scenario", "journeys", "contacts", reached, "did it", "share", "median time")
    rows = []
    for about in results.scenarios:
        achieved = results.figures.scenarios[about.name].achieved
        goal = ("", "", "")
        if about.goal and achieved.journeys:
            goal = (
                f"{achieved.converted:,}",
                percent(achieved.converted, achieved.journeys),
                words.time(median(achieved.times)),
            )
        rows.append(row(f"`{about.name}`", f"{achieved.journeys:,}", f"{achieved.contacts:,}",
                        f"{achieved.reached:,}", *goal))  # fmt: skip
    return Grid(head, tuple(rows), frozenset(range(1, len(head))))


def _values(results: Results) -> Grid:
    more = ("for 1,000 messages", "times its cost") if results.source != REPLAY else ()
    head = ("scenario", "value", "a journey", "cost of messages", *more)
    rows = tuple(_value(about, results) for about in results.scenarios)
    return Grid(head, rows, frozenset(range(1, len(head))))


def _value(about: AboutScenario, results: Results) -> tuple[tuple[str, ...], ...]:
    figures = results.figures.scenarios[about.name]
    achieved = figures.achieved
    value = achieved.value
    cost = cost_of(achieved, results)
    cells = (
        f"`{about.name}`",
        words.money(value, ""),
        words.money(value / achieved.journeys, "", 2) if value is not None and achieved.journeys else "",
        words.money(cost, "", 2) if achieved.sent else "",
    )
    if results.source == REPLAY:
        return row(*cells)
    sendings = figures.sendings
    a_thousand = words.money(1_000 * sendings.value / sendings.sent, "") if sendings.sent and value is not None else ""
    pays = words.times(float(sendings.value) / cost) if cost and value is not None else ""
    return row(*cells, a_thousand, pays)


def _changes(results: Results, earlier: Earlier) -> Document:
    assert earlier.figures is not None
    from_, until = (moment(at, results.timezone) for at in (earlier.start, earlier.until))
    by_name = changes(results.figures, earlier.figures)
    rows = tuple(_change(about, by_name[about.name]) for about in results.scenarios if about.name in by_name)
    head = ("scenario", "journeys", "share", "change in points (95% interval)", "a journey")
    return [
        Heading(2, f"Beside {EARLIER[earlier.how]}"),
        Paragraph(f"The same figures from {from_} to {until}. Nobody drew these contacts, so that a change may have "
                  "any reason: a season, a campaign, other contacts."),
        Grid(head, rows, frozenset({1, 2, 4})),
    ]  # fmt: skip


def _change(about: AboutScenario, change: Change) -> tuple[tuple[str, ...], ...]:
    now, before = change.now, change.before
    return row(
        f"`{about.name}`",
        (f"{now.journeys:,}", f"was {before.journeys:,}"),
        _with_earlier(*(percent(each.converted, each.journeys) if each.journeys and about.goal else ""
                        for each in (now, before))),
        words.within(change.rate) if change.rate is not None and about.goal else "",
        _with_earlier(*(words.money(each.value / each.journeys, "", 2)
                        if each.journeys and each.value is not None else "" for each in (now, before))),
    )  # fmt: skip


def _with_earlier(now: str, before: str) -> tuple[str, ...]:
    return (now or "–", f"was {before or '–'}") if now or before else ()
