"""A contact's story in a terminal: what became of it by scenario, or what kept it out, then day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from scenario_cli.model.plain_text import printable
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Ended, Entered, Looked, Refused, Warned
from scenario_cli.model.story import ContactStory, Given, Waiting
from scenario_cli.reports import record_words
from scenario_cli.reports.conditions import with_conditions
from scenario_cli.reports.record_words import to_the_minute, value
from scenario_cli.reports.text import Style, lines_text, pad, plural, wrap
from scenario_cli.reports.why import words as why_words
from scenario_cli.reports.why.refusal_words import why_not

_MOST_LINES = 3  # of one event's properties
_MOST_PROFILE = 4


@dataclass(slots=True)
class Entry:
    """One line of the story. `journey` is what it is about, empty of an input; below stand the conditions."""

    at: int
    journey: str
    text: str
    below: list[str] = field(default_factory=list)
    look: str = ""
    alone: str = ""  # what to say below where nothing follows


def why_text(story: ContactStory, project: Project, color: bool, width: int) -> str:
    style = Style(color)
    entries = _folded(list(_entries(story, project)))
    lines = _head(story, style, width)
    lines += ["", *_overview(story, project, style, width)]
    if entries:
        lines += ["", *_days(entries, story, style, width)]
    if story.waiting:
        lines += ["", style(f"At the end, {to_the_minute(story.until, story.timezone)}", "bold")]
        lines += [line for one in story.waiting for line in _waiting(one, story, width)]
    return lines_text(lines)


def _head(story: ContactStory, style: Style, width: int) -> list[str]:
    given = [one for one in story.story if isinstance(one, Given)]
    rows = sum(not one.event for one in given)
    events = f"{plural(len(given) - rows, 'event')}" if len(given) > rows else "no event that a scenario looks at"
    if given:
        days = [to_the_minute(one.at, story.timezone)[:10] for one in (given[0], given[-1])]
        events += (
            f" and {plural(rows, 'row')} of the contacts table" if rows else ""
        ) + f", {' to '.join(dict.fromkeys(days))}"
    title = wrap(f"{printable(story.contact_id)}: {events}, times in {story.timezone}", width, "", "  ")
    said = ", ".join(f"{name}: {value(part)}" for name, part in story.profile.items()) or "no attributes"
    profile = wrap(f"profile at the end  {said}", width, "  ", "    ")
    if len(profile) > _MOST_PROFILE:
        profile[_MOST_PROFILE:] = [f"    and {len(profile) - _MOST_PROFILE} more lines: see --format json"]
    lines = [style(title[0], "bold"), *title[1:], *(style(line, "dim") for line in profile)]
    if story.start is not None:
        before = f"nobody enters before {to_the_minute(story.start, story.timezone)}"
        lines += [style(line, "dim") for line in wrap(before, width, "  ", "    ")]
    return lines


def _overview(story: ContactStory, project: Project, style: Style, width: int) -> Iterator[str]:
    """The outcome for the contact, a line a scenario; for one that it never entered, the reason."""
    never = {one.scenario: one for one in story.never}
    names = [*story.scenarios, *(name for name in never if name not in story.scenarios)]
    room = max(len(name) for name in names) + 4
    for name in names:
        if name not in never:
            yield from wrap(_became(name, story), width, f"  {pad(name, room - 4)}  ", " " * room)
            continue
        hindered = never[name].triggers
        for number, said in enumerate(why_not(never[name], story, project)):
            first = f"  {pad('' if number else name, room - 4)}  "
            text = said if number else f"never entered: {said}"
            yield from wrap(printable(text), width, first, " " * room)
            for looked in hindered[number].looked if hindered else ():
                told = wrap(why_words.condition(looked), width, " " * (room + 2), " " * (room + 4))
                yield from (style(line, "dim") for line in told)


def _became(scenario: str, story: ContactStory) -> str:
    here = [one for one in story.story if not isinstance(one, Given | Warned | Looked) and one.scenario == scenario]
    reasons = [one.reason for one in story.messages if one.asked.scenario == scenario]
    entered = sum(isinstance(one, Entered) for one in here)
    refused = sum(isinstance(one, Refused) and one.reason != "taken" for one in here)
    ends = Counter(one.outcome for one in here if isinstance(one, Ended))
    running = sum(one.scenario == scenario for one in story.waiting)
    became = [f"{outcome} {count}" if count > 1 else outcome for outcome, count in ends.items()]
    became += [f"{running} still running" if entered > 1 else "still running"] if running else []
    left = reasons.count("")
    dropped = Counter(reason for reason in reasons if reason)
    parts = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
    drops = f", {dropped.total()} dropped ({parts})" if dropped else ""
    taken = sum(isinstance(one, Refused) and one.reason == "taken" for one in here)
    turned = (f", refused {_times(refused)}" if refused else "") + (f", {taken:,} taken by a journey" if taken else "")
    messages = plural(left, "message") if left else "no message"
    return f"entered {_times(entered)} ({', '.join(became)}){turned}; {messages} left{drops}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _entries(story: ContactStory, project: Project) -> Iterator[Entry]:
    telling = why_words.Telling(story, project)
    for told in with_conditions(story.story):
        below = why_words.conditions(told)
        text = telling.sentence(told)
        one = told.record
        if one is None:
            journey = telling.journey(told.looked[-1])
            if text or below:
                first, *rest = [text, *below] if text else below
                yield Entry(told.looked[0].at, journey, first, rest, "" if text else "dim")
            continue
        if isinstance(one, Given):
            yield Entry(
                one.at, "", text, below, "cyan", "" if why_words.says_it_all(one, project) else "nothing comes of it"
            )
            continue
        look = "yellow" if isinstance(one, Warned | Refused) else ""
        if isinstance(one, Asked):
            look = "yellow" if telling.played[one.message_id].reason else "green"
        yield Entry(one.at, telling.journey(one) or "about the data", text, below, look)


def _folded(entries: list[Entry]) -> list[Entry]:
    """The same line again and again, as ticks give it to one who is never admitted, stands once with a count."""
    found: list[Entry] = []
    more = 0
    for number, one in enumerate(entries):
        last = found[-1] if found else None
        if last is not None and one.journey and (one.journey, one.text) == (last.journey, last.text):
            more += 1
            following = entries[number + 1] if number + 1 < len(entries) else None
            if following is None or (following.journey, following.text) != (one.journey, one.text):
                found.append(Entry(one.at, one.journey, one.text, one.below, one.look))
                if more > 1:
                    found[-1].below = [*one.below, f"and {plural(more - 1, 'time')} between, the same"]
                more = 0
            continue
        found.append(one)
        more = 0
    for one, following in pairwise([*found, Entry(0, "", "")]):
        if one.alone and (not following.journey or following.at != one.at):
            one.below = [one.alone]
    return found


def _days(entries: list[Entry], story: ContactStory, style: Style, width: int) -> Iterator[str]:
    """The story by day and time; what a journey did stands under its name."""
    day = time = journey = ""
    for one in entries:
        here = record_words.clock(one.at, story.timezone)
        if here.strftime("%a %Y-%m-%d") != day:
            yield from [""] if day else []
            day, time = here.strftime("%a %Y-%m-%d"), ""
            yield style(day, "bold")
        shown = here.strftime("%H:%M") if here.strftime("%H:%M") != time else ""
        journey = "" if shown or not one.journey else journey
        time = here.strftime("%H:%M")
        if not one.journey:
            lines = wrap(printable(one.text), width, f"  {shown:5}  ", " " * 11)
            lines = [*lines[: _MOST_LINES - 1], " " * 11 + "…"] if len(lines) > _MOST_LINES else lines
        else:
            if one.journey != journey:
                journey = one.journey
                first, *rest = wrap(printable(journey), width, f"  {shown:5}    ", " " * 13)
                yield from (style(line, "bold") for line in (first, *rest))
            lines = wrap(printable(one.text), width, " " * 13, " " * 15)
        yield from (style(line, *([one.look] if one.look else [])) for line in lines)
        yield from (style(line, "dim") for text in one.below for line in wrap(text, width, " " * 15, " " * 17))


def _waiting(one: Waiting, story: ContactStory, width: int) -> list[str]:
    key = f" {value(one.key)}" if one.key is not None else ""
    waits = [f"{channel} is held until {to_the_minute(until, story.timezone)}" for channel, until in one.held]
    for what, target, due in one.dues:
        leads = target.replace("end: ", "ends with ") if ": " in target else f"goes on to {target}"
        waits.append(f"{leads} at {to_the_minute(due, story.timezone)}, {what}")
    said = f"{one.scenario}{key} is in {one.state} since {to_the_minute(one.since, story.timezone)}"
    return wrap(printable(f"{said}; if nothing happens: {'; '.join(waits) or 'nothing'}"), width, "  ", "    ")
