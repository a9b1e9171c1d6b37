"""Messages, arms of splits and times of sending, as parts of the results' document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.analysis.comparison import Arm, arms_as_drawn, arms_compared
from scenario_cli.model.results_report import REPLAY, AboutScenario, Results, Sendings
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.results import words
from scenario_cli.reports.text import percent

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CREDIT = "A goal that is reached is credited to the last message of its journey before."
_OF_A_REPLAY = (
    "A conversion is credited to the last message of its journey before it. In a replay this shows the "
    "order of events, not the effect of a message."
)
_REACTIONS = (
    "Each message counts once as opened and once as clicked; `of opened` is the part of the opened ones that were also "
    "clicked. An unsubscribe counts for the last message in the seven days before."
)


def by_message(results: Results) -> Document:
    """Each message with its credited goals and the reactions to it; nothing if no message was sent."""
    names = [about.name for about in results.scenarios if results.figures.scenarios[about.name].messages]
    if not names:
        return []
    is_replay = results.source == REPLAY
    document: Document = [Heading(2, "By message"), Paragraph(_OF_A_REPLAY if is_replay else _CREDIT)]
    for name in names:
        document += [Heading(3, f"`{name}`"), _credits(results, name)]
    if not is_replay and _has_reactions(results):
        document += [Heading(2, "Reactions by message"), Paragraph(_REACTIONS)]
        for name in names:
            document += [Heading(3, f"`{name}`"), _reactions(results, name)]
    return [*document, *_by_time(results)]


def _credits(results: Results, name: str) -> Grid:
    head = ("message", "messages", "did it after", "share", "value")
    rows = tuple(
        row(_message(key), *_sendings(each), words.money(each.value, "") if each.value else "")
        for key, each in sorted(results.figures.scenarios[name].messages.items())
    )
    return Grid(head, rows, frozenset(range(1, len(head))))


def _reactions(results: Results, name: str) -> Grid:
    head = ("message", "sent", "opened", "clicked", "of opened", "opted out")
    rows = tuple(
        row(_message(key), f"{each.sent:,}", *_shares(each))
        for key, each in sorted(results.figures.scenarios[name].messages.items())
    )
    return Grid(head, rows, frozenset(range(1, len(head))))


def _message(key: tuple[str, str, str]) -> tuple[str, ...]:
    """A message's template, and below it its channel and its state; unknown parts are left out."""
    state, channel, template = key
    return (f"`{template}`" if template else "(of this scenario)", ", ".join(part for part in (channel, state) if part))


def _shares(each: Sendings) -> tuple[str, ...]:
    return (
        percent(each.opened, each.sent),
        percent(each.clicked, each.sent),
        percent(each.clicked_of_opened, each.opened) if each.opened else "",
        percent(each.unsubscribed, each.sent),
    )


def _has_reactions(results: Results) -> bool:
    return any(results.figures.joined.read[kind] for kind in ("opened", "clicked", "unsubscribed"))


def by_arm(results: Results) -> Document:
    """The arms of each split, compared with the first."""
    document: Document = []
    for about, state, weights, arms in splits_of(results):
        document.append(Heading(3, f"`{about.name}`, split in `{state}`"))
        if arms_as_drawn(arms, weights) is False:
            document.append(Paragraph(words.ARMS_MISMATCH))
        rows = tuple(_arm(arm, is_first=arm is arms[0]) for arm in arms)
        head = ("arm", "contacts", "did it", "share", "minus the first, in points (95% interval)", "p")
        document.append(Grid(head, rows, frozenset({1, 2, 3, 5})))
        if results.source != REPLAY:
            document.append(_arm_messages(results, about.name, state, arms))
    return [Heading(2, "Arms of splits"), Paragraph(words.COMPARED[results.source]), *document] if document else []


def _arm_messages(results: Results, name: str, state: str, arms: list[Arm]) -> Grid:
    sendings = results.figures.scenarios[name].arm_messages
    head = ("arm", "sent", "opened", "clicked", "of opened", "opted out", "did it after", "value")
    counted = [(arm.name, sendings.get((state, arm.name), Sendings())) for arm in arms]
    rows = tuple(
        row(f"`{arm}`", f"{each.sent:,}", *(_shares(each) if each.sent else ("", "", "", "")),
            f"{each.converted:,}", words.money(each.value, "") if each.value else "")
        for arm, each in counted
    )  # fmt: skip
    return Grid(head, rows, frozenset(range(1, len(head))))


def splits_of(results: Results) -> Iterator[tuple[AboutScenario, str, tuple[float | None, ...], list[Arm]]]:
    """The splits of scenarios with a goal: scenario, state, weights of the arms, and the arms compared."""
    for about in results.scenarios:
        groups_by_arm = results.figures.scenarios[about.name].arms
        for state, drawn in about.splits if about.goal and groups_by_arm else ():
            names = [name for name, _ in drawn]
            groups = {arm: group for (where, arm), group in groups_by_arm.items() if where == state}
            yield about, state, tuple(weight for _, weight in drawn), arms_compared(names, groups)


def _by_time(results: Results) -> Document:
    figures = results.figures
    weekdays = {_DAYS[number]: sendings for number, sendings in sorted(figures.weekdays.items())}
    hours = {f"{number:02}:00": sendings for number, sendings in sorted(figures.hours.items())}
    clock = f"on the project's clock, {results.timezone}"
    return [
        Heading(2, "By weekday and hour of sending", clock),
        _times("weekday", results, weekdays),
        _times("from", results, hours),
    ]


def _times(word: str, results: Results, sendings: Mapping[str, Sendings]) -> Grid:
    has_reactions = results.source != REPLAY and _has_reactions(results)
    head = (word, "messages", "did it after", "share", *(("opened", "clicked") if has_reactions else ()))
    rows = tuple(
        row(name, *_sendings(each), *(_shares(each)[:2] if has_reactions else ())) for name, each in sendings.items()
    )
    return Grid(head, rows, frozenset(range(1, len(head))))


def _sendings(sendings: Sendings) -> tuple[str, str, str]:
    return f"{sendings.sent:,}", f"{sendings.converted:,}", percent(sendings.converted, sendings.sent)


def _arm(arm: Arm, is_first: bool) -> tuple[tuple[str, ...], ...]:
    group = arm.group
    return row(
        f"`{arm.name}`", f"{group.contacts:,}", f"{group.converted:,}", percent(group.converted, group.contacts),
        "" if is_first or arm.difference is None else words.within(arm.difference),
        "" if arm.p is None else f"{arm.p:.2g}",
    )  # fmt: skip
