"""A contact's story in a terminal: the outcome of each scenario or the reason against entry, then day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from scenario_cli.model.plain_text import printable
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Ended, Entered, Looked, Refused, Warned
from scenario_cli.model.story import ContactStory, Input, Waiting
from scenario_cli.reports import record_words
from scenario_cli.reports.conditions import with_conditions
from scenario_cli.reports.record_words import to_the_minute, value
from scenario_cli.reports.text import Style, lines_text, pad, plural, wrap
from scenario_cli.reports.why import words as why_words
from scenario_cli.reports.why.answer import answer, nothing_came
from scenario_cli.reports.why.refusal_words import why_not

_MOST_LINES = 3  # of one event's properties
_MOST_PROFILE = 4


@dataclass(slots=True)
class Entry:
    """One line of the story. `journey` is its subject, empty for an input; `below` are the conditions."""

    at: int
    journey: str
    text: str
    below: list[str] = field(default_factory=list)
    look: str = ""
    alone: str = ""  # a line for below if nothing follows
    effect: bool = True  # whether it changed something, or gives the reason why something was dropped or cannot be used
    scenario: str = ""


@dataclass(frozen=True, slots=True)
class ShownParts:
    """The parts shown in addition to inputs with effects: `everything`, or for the `named` scenarios also those
    without.
    """

    everything: bool = True
    named: frozenset[str] = frozenset()


def why_text(story: ContactStory, project: Project, color: bool, width: int, shown: ShownParts | None = None) -> str:
    shown = shown or ShownParts()
    style = Style(color)
    entries = _folded(list(_entries(story, project)))
    visible = entries if shown.everything else _with_effect(entries, shown.named)
    lines = _head(story, style, width)
    lines += ["", *wrap(printable(answer(story)), width)]
    lines += ["", *_overview(story, project, style, width, shown)]
    if visible:
        lines += ["", *_days(visible, story, style, width)]
    if hidden := len(entries) - len(visible):
        words = f"{plural(hidden, 'line')} about what led to nothing: --all shows them"
        lines += ["", *(style(line, "dim") for line in wrap(words, width))]
    if story.waiting:
        lines += ["", style(f"At the end, {to_the_minute(story.until, story.timezone)}", "bold")]
        lines += [line for waiting in story.waiting for line in _waiting(waiting, story, width)]
    return lines_text(lines)


def _head(story: ContactStory, style: Style, width: int) -> list[str]:
    inputs = [record for record in story.story if isinstance(record, Input)]
    rows = sum(not record.event for record in inputs)
    events = f"{plural(len(inputs) - rows, 'event')}" if len(inputs) > rows else "no event that a scenario uses"
    if inputs:
        days = [to_the_minute(record.at, story.timezone)[:10] for record in (inputs[0], inputs[-1])]
        events += (
            f" and {plural(rows, 'row')} of the contacts table" if rows else ""
        ) + f", {' to '.join(dict.fromkeys(days))}"
    title = wrap(f"{printable(story.contact_id)}: {events}, times in {story.timezone}", width, "", "  ")
    attributes = ", ".join(f"{name}: {value(part)}" for name, part in story.profile.items()) or "no attributes"
    profile = wrap(f"profile at the end  {attributes}", width, "  ", "    ")
    if len(profile) > _MOST_PROFILE:
        profile[_MOST_PROFILE:] = [f"    and {len(profile) - _MOST_PROFILE} more lines: see --format json"]
    lines = [style(title[0], "bold"), *title[1:], *(style(line, "dim") for line in profile)]
    if story.start is not None:
        before = f"nobody enters before {to_the_minute(story.start, story.timezone)}"
        lines += [style(line, "dim") for line in wrap(before, width, "  ", "    ")]
    return lines


def _with_effect(entries: list[Entry], named: frozenset[str]) -> list[Entry]:
    """The entries without those that led to nothing, and without the inputs that led to nothing else."""
    effective = [entry for entry in entries if not entry.journey or entry.effect or entry.scenario in named]
    return [
        entry
        for entry, following in pairwise([*effective, Entry(0, "", "")])
        if entry.journey or not entry.alone or (following.journey and following.at == entry.at)
    ]


def _overview(story: ContactStory, project: Project, style: Style, width: int, shown: ShownParts) -> Iterator[str]:
    """A line for each scenario: the outcome for the contact, or the reason why it never entered.

    Scenarios that nothing could start are in one line, unless everything is shown.
    """
    never = {reasons.scenario: reasons for reasons in story.never}
    names = [*story.scenarios, *(name for name in never if name not in story.scenarios)]
    silent = [
        name
        for name in names
        if name in never and not shown.everything and name not in shown.named and nothing_came(never[name])
    ]
    if len(silent) > 1:
        names = [name for name in names if name not in silent]
        if not names:
            names, silent = silent, []
    else:
        silent = []
    room = max(len(name) for name in names) + 4
    for name in names:
        if name not in never:
            yield from wrap(_became(name, story), width, f"  {pad(name, room - 4)}  ", " " * room)
            continue
        hindered = never[name].triggers
        for number, sentence in enumerate(why_not(never[name], story, project)):
            indent = f"  {pad('' if number else name, room - 4)}  "
            text = sentence if number else f"never entered: {sentence}"
            yield from wrap(printable(text), width, indent, " " * room)
            for condition in hindered[number].looked if hindered else ():
                lines = wrap(why_words.condition(condition), width, " " * (room + 2), " " * (room + 4))
                yield from (style(line, "dim") for line in lines)
    if silent:
        words = f"never entered, since nothing came that they start by: {', '.join(silent)}"
        yield from (style(line, "dim") for line in wrap(printable(words), width, "  ", "    "))


def _became(scenario: str, story: ContactStory) -> str:
    records = [
        record
        for record in story.story
        if not isinstance(record, Input | Warned | Looked) and record.scenario == scenario
    ]
    reasons = [played.reason for played in story.messages if played.request.scenario == scenario]
    entered = sum(isinstance(record, Entered) for record in records)
    refused = sum(isinstance(record, Refused) and record.reason != "taken" for record in records)
    ends = Counter(record.outcome for record in records if isinstance(record, Ended))
    running = sum(waiting.scenario == scenario for waiting in story.waiting)
    became = [f"{outcome} {count}" if count > 1 else outcome for outcome, count in ends.items()]
    became += [f"{running} still running" if entered > 1 else "still running"] if running else []
    sent = reasons.count("")
    dropped = Counter(reason for reason in reasons if reason)
    parts = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
    drops = f", {dropped.total()} dropped ({parts})" if dropped else ""
    joined = sum(isinstance(record, Refused) and record.reason == "taken" for record in records)
    turned = (f", refused {_times(refused)}" if refused else "") + (
        f", {joined:,} used by a running journey" if joined else ""
    )
    messages = plural(sent, "message") if sent else "no messages"
    return f"entered {_times(entered)} ({', '.join(became)}){turned}; {messages} sent{drops}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _entries(story: ContactStory, project: Project) -> Iterator[Entry]:
    telling = why_words.Telling(story, project)
    for occurrence in with_conditions(story.story):
        below = why_words.conditions(occurrence)
        text = telling.sentence(occurrence)
        record = occurrence.record
        if record is None:
            journey = telling.journey(occurrence.conditions[-1])
            if text or below:
                line, *rest = [text, *below] if text else below
                yield Entry(
                    occurrence.conditions[0].at, journey, line, rest, "" if text else "dim",
                    effect=False, scenario=occurrence.conditions[-1].scenario,
                )  # fmt: skip
            continue
        if isinstance(record, Input):
            yield Entry(
                record.at,
                "",
                text,
                below,
                "cyan",
                "" if why_words.needs_no_outcome(record, project) else "no effect",
            )
            continue
        color = "yellow" if isinstance(record, Warned | Refused) else ""
        if isinstance(record, Asked):
            color = "yellow" if telling.played[record.message_id].reason else "green"
        refused = isinstance(record, Refused) and record.reason != "taken"
        of = "" if isinstance(record, Warned) else record.scenario
        yield Entry(record.at, telling.journey(record) or "data", text, below, color, effect=not refused, scenario=of)


def _folded(entries: list[Entry]) -> list[Entry]:
    """Puts equal lines in a row together with a count. Ticks give many of them to a contact who is never admitted."""
    folded: list[Entry] = []
    repeats = 0
    for number, entry in enumerate(entries):
        previous = folded[-1] if folded else None
        if previous is not None and entry.journey and (entry.journey, entry.text) == (previous.journey, previous.text):
            repeats += 1
            following = entries[number + 1] if number + 1 < len(entries) else None
            if following is None or (following.journey, following.text) != (entry.journey, entry.text):
                folded.append(replace(entry, alone=""))
                if repeats > 1:
                    folded[-1].below = [*entry.below, f"and the same {plural(repeats - 1, 'time')} in between"]
                repeats = 0
            continue
        folded.append(entry)
        repeats = 0
    for entry, following in pairwise([*folded, Entry(0, "", "")]):
        if entry.alone and (not following.journey or following.at != entry.at):
            entry.below = [entry.alone]
    return folded


def _days(entries: list[Entry], story: ContactStory, style: Style, width: int) -> Iterator[str]:
    """The story by day and time, with the steps of a journey under its name."""
    day = time = journey = ""
    for entry in entries:
        time_of_entry = record_words.clock(entry.at, story.timezone)
        if time_of_entry.strftime("%a %Y-%m-%d") != day:
            yield from [""] if day else []
            day, time = time_of_entry.strftime("%a %Y-%m-%d"), ""
            yield style(day, "bold")
        heading = time_of_entry.strftime("%H:%M") if time_of_entry.strftime("%H:%M") != time else ""
        journey = "" if heading or not entry.journey else journey
        time = time_of_entry.strftime("%H:%M")
        if not entry.journey:
            lines = wrap(printable(entry.text), width, f"  {heading:5}  ", " " * 11)
            lines = [*lines[: _MOST_LINES - 1], " " * 11 + "…"] if len(lines) > _MOST_LINES else lines
        else:
            if entry.journey != journey:
                journey = entry.journey
                title, *rest = wrap(printable(journey), width, f"  {heading:5}    ", " " * 13)
                yield from (style(line, "bold") for line in (title, *rest))
            lines = wrap(printable(entry.text), width, " " * 13, " " * 15)
        yield from (style(line, *([entry.look] if entry.look else [])) for line in lines)
        yield from (style(line, "dim") for text in entry.below for line in wrap(text, width, " " * 15, " " * 17))


def _waiting(waiting: Waiting, story: ContactStory, width: int) -> list[str]:
    return wrap(printable(record_words.waiting(waiting, story.timezone)), width, "  ", "    ")
