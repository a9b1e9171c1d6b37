"""TIME017: a day that some months do not have."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.days import DayOfMonth
from scenario_cli.model.triggers import AbsenceTrigger, ScheduleTrigger
from scenario_cli.model.waits import Wait

_LAST = DayOfMonth(-1)
_SHORTEST = 28
_WITHOUT = {
    29: "February has a day 29 only in leap years",
    30: "February has no day 30",
    31: "five months have no day 31",
}


def check(subject: Subject) -> Findings:
    for wait in _waits(subject):
        for day in wait.days:
            if isinstance(day, DayOfMonth) and day.number > _SHORTEST and _LAST not in wait.days:
                yield RULE.finding(
                    f"'{wait.text}' skips months: {_WITHOUT[day.number]}",
                    wait.span,
                    hint="write 'last day' for the end of every month",
                )


def _waits(subject: Subject) -> Iterator[Wait]:
    for trigger in subject.scenario.triggers:
        match trigger:
            case ScheduleTrigger():
                yield trigger.ticks
            case AbsenceTrigger():
                yield trigger.length
    for state in subject.states:
        yield from (timeout.wait for timeout in state.after)


RULE = Rule(
    code="TIME017",
    name="day-of-few-months",
    severity="warning",
    finds="'on day 29', '30' or '31', in a wait or a schedule",
    because="a month without that day is skipped, so a wait continues into the next month",
    mend="write 'last day' for the end of the month",
    example="trigger: {schedule: at 09:00 on day 31}\nstates: {summary: {end: reminded}}\n",
    instead="trigger: {schedule: at 09:00 on last day}\nstates: {summary: {end: reminded}}\n",
    check=check,
)
