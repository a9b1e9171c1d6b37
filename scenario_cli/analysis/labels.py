"""Plain words for the parts of a scenario, the same in every drawing and list. Draws nothing.

A new kind of trigger, wait or exit gets its words here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.model.days import EVERY_DAY, WORKING_DAYS, Day
from scenario_cli.model.exits import Exit
from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.metrics import Aggregate, Bins, Metric
from scenario_cli.model.scenario import Emitted, FirstOf, Goal, Message, Scenario, Send, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    DateTrigger,
    EventTrigger,
    MomentTrigger,
    OutcomeTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
)
from scenario_cli.model.waits import DAY, HOUR, MINUTE, SECOND, Duration, Wait


def trigger_label(trigger: Trigger) -> str:
    list_suffix = f", for each of {_one_line(trigger.each)}" if trigger.each is not None else ""
    return _trigger(trigger) + list_suffix


def _trigger(trigger: Trigger) -> str:
    match trigger:
        case EventTrigger():
            return trigger.event.text + _if(trigger.where)
        case AbsenceTrigger():
            since = "" if trigger.since.text == trigger.absent.text else f" after {trigger.since}"
            grouping = f", for each {trigger.by}" if trigger.by is not None else ""
            return f"no {trigger.absent} for {trigger.length.text}{since}{grouping}"
        case ScheduleTrigger():
            return f"every time: {trigger.ticks.text}{_on_clock(trigger.on_project_clock)}"
        case MomentTrigger():
            return f"at {trigger.at}{_on_clock(trigger.on_project_clock)}"
        case DateTrigger():
            offset = (
                f"{duration_label(trigger.offset)} {'before' if trigger.before else 'after'} " if trigger.offset else ""
            )
            at = f" at {trigger.at // 60:02}:{trigger.at % 60:02}" if trigger.at is not None else ""
            return f"{offset}{_one_line(trigger.date)}{at}{', every year' if trigger.yearly else ''}"
        case SegmentTrigger():
            already = ", or is in it already" if trigger.already_in else ""
            return f"{'leaves' if trigger.left else 'enters'} segment {trigger.segment}{already}"
        case AttributeTrigger():
            return f"{trigger.attribute} changes{_if(trigger.where)}"
        case OutcomeTrigger():
            outcomes = f" with {' or '.join(name.text for name in trigger.outcomes)}" if trigger.outcomes else ""
            return f"{trigger.scenario} ends{outcomes}"


def audience_label(audience: Expression) -> str:
    """Words for the audience, which follow those of the triggers."""
    return f"only {_one_line(audience)}"


def entry_label(scenario: Scenario) -> str:
    """Words for who enters: the triggers, the audience, and how many journeys can run at once."""
    entries = " or ".join(map(trigger_label, scenario.triggers))
    audience = [audience_label(scenario.audience)] if scenario.audience is not None else []
    return ", ".join([entries, *audience, *limit_labels(scenario)])


def limit_labels(scenario: Scenario) -> list[str]:
    """Words for how many journeys of a contact can run at once, here and in the scenario's exclusive group."""
    limits = [f"at most {scenario.max_running} at once"] if scenario.max_running is not None else []
    if scenario.exclusive:
        number = "one" if scenario.group_limit == 1 else str(scenario.group_limit)
        waiting = (
            f", waits up to {duration_label(scenario.group_wait)} for its turn"
            if scenario.group_wait is not None
            else ""
        )
        limits.append(f"at most {number} of group '{scenario.exclusive}' at once{waiting}")
    return limits


def clock_label(scenario: Scenario) -> str:
    """Words for the clock of the scenario's times; empty for the contact's, which is the usual one."""
    return "all times are on the project's clock" if scenario.on_project_clock else ""


def _on_clock(on_project_clock: bool) -> str:
    return ", on the project's clock" if on_project_clock else ""


def goal_label(goal: Goal) -> str:
    return f"goal: {_event_label(goal.event, goal.of, goal.where)}"


def exit_label(exit_: Exit) -> str:
    """Words for an arrow: `2d at 10:00 if ...`, `else`, `25%`; none if it needs no explanation."""
    match exit_.kind:
        case "on":
            return _event_label(exit_.event, exit_.of, exit_.condition)
        case "goal":
            return f"goal: {_event_label(exit_.event, exit_.of, exit_.condition)}"
        case "when":
            return "when" if exit_.condition is None else f"when {_one_line(exit_.condition)}"
        case "choose":
            return "else" if exit_.condition is None else f"if {_one_line(exit_.condition)}"
        case "split":
            return _share_label(exit_)
        case "after":
            assert exit_.wait is not None
            waited = wait_label(exit_.wait)
            return f"{waited}, where that is {exit_.fallback}" if exit_.fallback else waited + _if(exit_.condition)
    return ""


def _share_label(exit_: Exit) -> str:
    """`25%`; of a share that changes by date `5% from 2025-03-01, 50% from 2025-03-15`."""
    if not exit_.shares:
        return f"{exit_.percent:.3g}%"
    return ", ".join(
        f"{share:.3g}% from {since}" if since is not None else f"{share:.3g}%"
        for since, share in exit_.shares
        if since is not None or share
    )


def written_label(exit_: Exit) -> str:
    """An exit in the words of its file, with its target: `on bought where event.total > 9 -> end recovered`."""
    condition = exit_.condition.source if exit_.condition is not None else ""
    match exit_.kind:
        case "on" | "goal":
            words = f"{exit_.kind} {exit_.event}{f' where {condition}' if condition else ''}"
        case "after":
            assert exit_.wait is not None
            if_held = f" if {condition}" if condition else ""
            words = f"after {exit_.wait.text}{f': if {exit_.fallback}' if exit_.fallback else if_held}"
        case "when":
            words = f"when {condition}"
        case "choose":
            words = condition or "else"
        case _:
            words = exit_.kind
    return words + _target_text(exit_)


def _target_text(exit_: Exit) -> str:
    if exit_.target is None:
        return ""
    return f" -> {exit_.state}" if exit_.state is not None else f" -> end {exit_.outcome}"


def _event_label(event: Name | None, message_state: Name | None, condition: Expression | None) -> str:
    return f"{event}{_message_text(message_state)}{_if(condition)}"


def event_label(transition: Transition) -> str:
    """Words for the event that a transition takes: `bought of the message of offer if event.total > 9`."""
    return _event_label(transition.event, transition.of, transition.where)


def stays_label(transition: Transition) -> str:
    """Words for a transition without a target: its effects while the journey stays in its state."""
    effects = [f"keeps {', '.join(name.text for name, _ in transition.set)}"] if transition.set else []
    effects += [f"collects {transition.collect}"] if transition.collect is not None else []
    effects += happens_labels(transition.update, transition.emit)
    effects += [f"sends {send_label(send)}" for send in transition.send]
    return f"on {event_label(transition)}{': ' if effects else ''}{', '.join(effects)}"


def happens_labels(update: Sequence[tuple[Name, Value]], emit: Sequence[Emitted]) -> list[str]:
    """Words for the changes outside the journey: attributes of the profile, events that are made."""
    updates = [f"updates {', '.join(name.text for name, _ in update)}"] if update else []
    return [*updates, *(f"emits {emission.event}" for emission in emit)]


def wait_label(wait: Wait) -> str:
    """`after 2d at 10:00`; a wait with its own first word (`at`, `cron`) needs no `after`."""
    return f"after {wait.text}" if wait.duration is not None and wait.date is None else wait.text


def duration_label(duration: Duration) -> str:
    """`1d12h`, in the words in which it can be written."""
    years, months = divmod(duration.months, 12)
    days, remainder = (
        divmod(duration.microseconds, DAY) if not duration.days else (duration.days, duration.microseconds)
    )
    parts = [(years, "y"), (months, "mo"), (days, "d")]
    for length, unit in ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        number, remainder = divmod(remainder, length)
        parts.append((number, unit))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def duration_words(duration: Duration) -> str:
    """`1 day 12 hours`, for readers who do not write scenarios."""
    years, months = divmod(duration.months, 12)
    days, remainder = (
        divmod(duration.microseconds, DAY) if not duration.days else (duration.days, duration.microseconds)
    )
    parts = [(years, "year"), (months, "month"), (days, "day")]
    for length, unit in ((HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")):
        number, remainder = divmod(remainder, length)
        parts.append((number, unit))
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


def length_words(microseconds: int) -> str:
    """The same of a length of time."""
    return duration_words(Duration(microseconds=microseconds))


def wait_words(wait: Wait, since: str) -> str:
    """Words for the end of a wait that begins with `since`: `2 days after reminder at 10:00, on weekdays`."""
    if wait.since is not None:
        since = _one_line(wait.since)
    if wait.cron:
        return f"at the next time of cron '{wait.cron}' after {since}"
    if wait.date is not None:
        moved = ""
        if wait.duration:
            moved = f"{duration_words(wait.duration)} {'before' if wait.before else 'after'} "
        return f"{moved}{'at ' if not moved else ''}{_one_line(wait.date)}{_at_words(wait, ' at ')}{_days_words(wait)}"
    if wait.length is not None:
        return f"{_one_line(wait.length)} after {since}{_at_words(wait, ' at ')}{_days_words(wait)}"
    if wait.duration:
        separator = ", at " if wait.duration.calendar_only else ", at the next "
        return f"{duration_words(wait.duration)} after {since}{_at_words(wait, separator)}{_days_words(wait)}"
    return f"at the next{_at_words(wait, ' ')} after {since}{_days_words(wait)}"


def _at_words(wait: Wait, separator: str) -> str:
    if wait.at_value is not None:
        return f"{separator}{_one_line(wait.at_value)}"
    return f"{separator}{wait.at // 60:02}:{wait.at % 60:02}" if wait.at is not None else ""


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMED_DAYS: dict[tuple[Day, ...], str] = {WORKING_DAYS: "weekdays", (5, 6): "weekends"}
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}


def _days_words(wait: Wait) -> str:
    if not wait.days:
        return ""
    moved = "back to" if wait.back else "on"
    return f", {moved} {_NAMED_DAYS.get(wait.days) or ' or '.join(map(_day_words, wait.days))}"


def _day_words(day: Day) -> str:
    """`Monday`, `the first Tuesday of the month`, `the 15th of the month`."""
    if isinstance(day, int):
        return _DAYS[day]
    if day.among == EVERY_DAY and day.number > 0:
        ending = "th" if day.number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.number % 10, "th")
        return f"the {day.number}{ending} of the month"
    kind = {EVERY_DAY: "day", WORKING_DAYS: "weekday"}.get(day.among) or _DAYS[day.among[0]]
    return f"the {_ORDINALS[day.number]} {kind} of the month"


def metric_label(metric: Metric) -> str:
    """`sum of event.total of order_completed, within 90 days`; a formula reads as it is written."""
    definition = metric.definition
    if isinstance(definition, Bins):
        steps = (f"{label} up to {edge:g}" for label, edge in zip(definition.labels, definition.edges, strict=False))
        return f"{', '.join(steps)}, {definition.labels[-1]} above, of {_one_line(definition.value)}"
    if not isinstance(definition, Aggregate):
        return _one_line(definition.value)
    value = f" of {_one_line(definition.value)}" if definition.value is not None else ""
    window = f", within {length_words(definition.within)}" if definition.within is not None else ""
    grouping = f" by {_one_line(definition.by)}" if definition.by is not None else ""
    return f"{definition.kind}{value} of {definition.event}{grouping}{_if(definition.where)}{window}"


def send_label(send: Send) -> str:
    if isinstance(send, FirstOf):
        return f"first of: {', '.join(message_label(message) for message in send.messages)}"
    return message_label(send)


def message_label(message: Message) -> str:
    until = f", not after {date_label(message.until)}" if message.until is not None else ""
    return f"{message.channel.text} {message.template.text}{_if(message.condition)}{until}"


def date_label(date: Value) -> str:
    """A date as written: an expression, or the day or instant itself."""
    return _one_line(date) if isinstance(date, Expression) else str(date.value)


def _if(condition: Expression | None) -> str:
    return "" if condition is None else f" if {_one_line(condition)}"


def _message_text(state: object) -> str:
    return "" if state is None else f" of the message of {state}"


def _one_line(condition: Expression) -> str:
    return " ".join(condition.source.split())
