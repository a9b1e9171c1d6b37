"""The agenda of a committee as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from scenario_cli.analysis.agenda import Achievements, Agenda, Review
from scenario_cli.analysis.changes_over_time import Change
from scenario_cli.model.calendar import KeyDay
from scenario_cli.model.results_report import REPLAY, Achieved
from scenario_cli.reports.calendar.document import days_words, entry_words, roadmap
from scenario_cli.reports.document.parts import Bullets, Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.results.words import SOURCES, money, within
from scenario_cli.reports.text import percent, plural


def agenda_document(agenda: Agenda) -> Document:
    committee = agenda.committee
    document: Document = [
        Heading(1, agenda.project, f"agenda of {committee.day}, after {committee.last}"),
        Paragraph(_summary(agenda)),
    ]
    if agenda.reviews:
        document += [Heading(2, "To review"), *_reviews(agenda)]
    if agenda.decisions:
        note = f"drafts planned until the committee after this, {committee.following}"
        document += [Heading(2, "To decide", note), roadmap(agenda.decisions)]
    if agenda.bare:
        document += [Heading(2, "Key dates without a scenario"), Bullets(tuple(map(_bare, agenda.bare)))]
    if agenda.coming:
        document += [Heading(2, f"Until {committee.following}"), Bullets(tuple(map(entry_words, agenda.coming)))]
    return [*document, Heading(2, "Results since the last committee"), *_results(agenda)]


def _summary(agenda: Agenda) -> str:
    counts = (
        f"{plural(len(agenda.reviews), 'scenario')} to review",
        f"{plural(len(agenda.decisions), 'draft')} to decide",
        f"{plural(len(agenda.bare), 'key date')} without a scenario",
    )
    return f"{', '.join(counts)}."


def _bare(day: KeyDay) -> str:
    return f"{day.title}, {days_words(day)}: a scenario can start from {day.first - timedelta(days=day.lead)} on"


def _reviews(agenda: Agenda) -> Document:
    parts: Document = []
    if agenda.review_after is None:
        text = "Without `review_after` in project.yaml these are only the scenarios that nobody has reviewed yet."
        parts.append(Paragraph(text))
    return [*parts, Grid(("scenario", "status", "owner", "reviewed", "due"), tuple(map(_review, agenda.reviews)))]


def _review(review: Review) -> tuple[tuple[str, ...], ...]:
    reviewed, due = (day.isoformat() if day is not None else "" for day in (review.reviewed, review.due))
    return row(f"`{review.scenario}`", review.status, review.owner, reviewed or "never", due)


def _results(agenda: Agenda) -> Document:
    results = agenda.results
    if results is None:
        text = (
            "No log is read. Add --events PATH."
            if agenda.log_end is None
            else f"The log ends on {agenda.log_end}, before the last committee ({agenda.committee.last})."
        )
        return [Paragraph(text)]
    now, before = _span(results.start, results.until, agenda), _span(*results.before, agenda)
    if not results.changes:
        return [Paragraph(f"No contact entered a scenario {now}.")]
    return [
        Paragraph(
            f"Journeys that began {now}, and those that began {before}, as many days after the previous committee."
        ),
        Paragraph(SOURCES[REPLAY]),
        *_verdicts(results),
        Grid(
            ("scenario", "journeys", "reached the goal", "change in points (95% interval)", "a journey"),
            tuple(_change(name, change, name in results.goals, agenda) for name, change in results.changes.items()),
            frozenset({1, 2, 4}),
        ),
    ]


def _verdicts(results: Achievements) -> Document:
    """The scenarios whose share of goals changed, if chance alone does not explain it."""
    groups = [("Better than before", 1), ("Worse than before", -1)]
    lines = [
        f"{words}: {', '.join(f'`{name}`' for name in names)}."
        for words, sign in groups
        if (names := list(_result_texts(results, sign)))
    ]
    return [Bullets(tuple(lines))] if lines else [Paragraph("No share changed by more than chance explains.")]


def _result_texts(results: Achievements, sign: int) -> Sequence[str]:
    return [
        name
        for name, change in results.changes.items()
        if name in results.goals
        and (rate := change.rate) is not None
        and rate.excludes_zero
        and rate.estimate * sign > 0
    ]


def _change(name: str, change: Change, has_goal: bool, agenda: Agenda) -> tuple[tuple[str, ...], ...]:
    figures = (change.now, change.before)
    return row(
        f"`{name}`",
        _with_earlier(*(f"{each.journeys:,}" for each in figures)),
        _with_earlier(*(_share(each) for each in figures)) if has_goal else "",
        within(change.rate) if has_goal and change.rate is not None else "",
        _with_earlier(*(_value(each, agenda.currency) for each in figures)),
    )


def _share(achieved: Achieved) -> str:
    return percent(achieved.converted, achieved.journeys) if achieved.journeys else ""


def _value(achieved: Achieved, currency: str) -> str:
    return (
        money(achieved.value / achieved.journeys, currency, 2)
        if achieved.journeys and achieved.value is not None
        else ""
    )


def _with_earlier(now: str, before: str) -> tuple[str, ...]:
    return (now or "–", f"was {before or '–'}") if now or before else ()


def _span(start: int, until: int, agenda: Agenda) -> str:
    first, last = (str(moment(at, agenda.timezone))[:10] for at in (start, until - 1))
    return f"from {first} to {last}"
