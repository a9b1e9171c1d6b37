"""The answer of `scenario why` in a paragraph: the messages sent, those not sent with the reasons, and the current
state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scenario_cli.model.records import Entered
from scenario_cli.model.story import ContactStory, NeverEntered
from scenario_cli.reports.record_words import to_the_minute
from scenario_cli.reports.text import plural

_MOST_NAMES = 5
# Causes that stop a trigger before any rule of the scenario can.
_NOTHING_CAME = ("no_event", "not_known", "history", "status")


def answer(story: ContactStory) -> str:
    """A paragraph of plain sentences."""
    return " ".join(_sentences(story))


def nothing_came(never: NeverEntered) -> bool:
    """Whether a scenario was never entered because none of its entry events happened to the contact."""
    return all(hindered.by in _NOTHING_CAME for hindered in never.triggers) and bool(never.triggers)


def _sentences(story: ContactStory) -> Iterator[str]:
    entered = Counter(record.scenario for record in story.story if isinstance(record, Entered))
    sent = [played for played in story.messages if not played.reason]
    dropped = Counter(played.reason for played in story.messages if played.reason)
    if not entered:
        yield f"The contact entered none of {plural(len(story.scenarios), 'scenario')}, so no message was sent."
    else:
        names = [f"{name} ({count} times)" if count > 1 else name for name, count in entered.items()]
        yield f"The contact entered {_listed(names)}, and was sent {plural(len(sent), 'message')}."
    if sent:
        last = max(sent, key=lambda played: played.row.send_at)
        request = last.request
        at = to_the_minute(request.at, story.timezone)
        yield f"The last is {request.channel} {request.template} of {request.scenario}, at {at}."
    if dropped:
        reasons = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
        yield f"{_messages(dropped.total())} dropped: {reasons}."
    if story.waiting:
        running = list(dict.fromkeys(waiting.scenario for waiting in story.waiting))
        yield f"Still running: {_listed(running)}."
    if entered and story.never:
        missing = sum(nothing_came(never) for never in story.never)
        rest = len(story.never) - missing
        parts = [f"{missing} because no event that starts them came"] if missing else []
        parts += [f"{rest} for a reason that is shown below"] if rest else []
        yield f"Never entered: {', '.join(parts)}."


def _messages(count: int) -> str:
    return f"{plural(count, 'message')} {'was' if count == 1 else 'were'}"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = names if more <= 1 else names[:_MOST_NAMES]
    return ", ".join(shown) + (f" and {more} more" if more > 1 else "")
