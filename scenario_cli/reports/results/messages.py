"""Messages, arms of splits and times of sending, as parts of the results' document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.analysis.comparison import Arm, arms_as_drawn, arms_compared
from scenario_cli.model.results_report import AboutScenario, Results, Sendings
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.results import words
from scenario_cli.reports.text import percent

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CREDIT = (
    "A goal that is reached is credited to the last message of its journey that would have left before. In a replay "
    "that says in which order things happened, not what a message brought."
)


def by_message(results: Results) -> Document:
    """Each message with what is credited to it; nothing where none would have left."""
    rows = [
        row(f"`{about.name}`", f"`{state}`", channel, f"`{template}`", *_sendings(sendings))
        for about in results.scenarios
        for (state, channel, template), sendings in _in_order(about, results)
    ]
    if not rows:
        return []
    head = ("scenario", "state", "channel", "template", "messages", "did it after", "share")
    return [Heading(2, "By message"), Paragraph(_CREDIT), Grid(head, tuple(rows)), *_by_time(results)]


def by_arm(results: Results) -> Document:
    """The arms of each split, beside the first."""
    document: Document = []
    for about, state, weights, arms in splits_of(results):
        document.append(Heading(3, f"`{about.name}`, split in `{state}`"))
        if arms_as_drawn(arms, weights) is False:
            document.append(Paragraph(words.ARMS_MISMATCH))
        rows = tuple(_arm(arm, is_first=arm is arms[0]) for arm in arms)
        document.append(Grid(("arm", "contacts", "did it", "share", "beside the first", "p"), rows))
    return [Heading(2, "Arms of splits"), Paragraph(words.GROUPS_OF_A_REPLAY), *document] if document else []


def splits_of(results: Results) -> Iterator[tuple[AboutScenario, str, tuple[float | None, ...], list[Arm]]]:
    """The splits of scenarios with a goal: scenario, state, weights of the arms, and the arms compared."""
    for about in results.scenarios:
        found = results.figures.scenarios[about.name].arms
        for state, drawn in about.splits if about.goal and found else ():
            names = [name for name, _ in drawn]
            groups = {arm: group for (where, arm), group in found.items() if where == state}
            yield about, state, tuple(weight for _, weight in drawn), arms_compared(names, groups)


def _in_order(about: AboutScenario, results: Results) -> list[tuple[tuple[str, str, str], Sendings]]:
    return sorted(results.figures.scenarios[about.name].messages.items())


def _by_time(results: Results) -> Document:
    figures = results.figures
    weekdays = {_DAYS[number]: sendings for number, sendings in sorted(figures.weekdays.items())}
    hours = {f"{number:02}:00": sendings for number, sendings in sorted(figures.hours.items())}
    clock = f"on the project's clock, {results.timezone}"
    return [
        Heading(2, "By weekday and hour of sending", clock), _times("weekday", weekdays), _times("from", hours),
    ]  # fmt: skip


def _times(word: str, sendings: Mapping[str, Sendings]) -> Grid:
    rows = tuple(row(name, *_sendings(each)) for name, each in sendings.items())
    return Grid((word, "messages", "did it after", "share"), rows)


def _sendings(sendings: Sendings) -> tuple[str, str, str]:
    return f"{sendings.sent:,}", f"{sendings.converted:,}", percent(sendings.converted, sendings.sent)


def _arm(arm: Arm, is_first: bool) -> tuple[tuple[str, ...], ...]:
    group = arm.group
    return row(
        f"`{arm.name}`", f"{group.contacts:,}", f"{group.converted:,}", percent(group.converted, group.contacts),
        "" if is_first or arm.difference is None else words.points(arm.difference),
        "" if arm.p is None else f"{arm.p:.2g}",
    )  # fmt: skip
