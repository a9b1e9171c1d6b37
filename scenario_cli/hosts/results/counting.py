"""Counts what scenarios achieve, contact by contact: journeys, conversions, and the groups that a draw made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from scenario_cli.hosts.summary import sent_elsewhere
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Entered, Record
from scenario_cli.model.results_report import CONTROL, HELD_OUT, WRITTEN_TO, Achieved, Figures, Group, ScenarioFigures
from scenario_cli.model.scenario import Scenario

_SECOND = 1_000_000

# Who gets a message for these reasons hangs on no draw: the scenario itself did not want it, or is paused.
_NOT_ASKED = ("condition", "paused")


def empty_figures(scenarios: Iterable[str]) -> Figures:
    return Figures({name: ScenarioFigures() for name in scenarios})


class Counting:
    """Adds up what one contact after the other came to, in the scenarios that are given."""

    def __init__(self, project: Project, scenarios: Iterable[Scenario]) -> None:
        self.figures = empty_figures(scenario.name for scenario in scenarios)
        self.to_other_recipients = sent_elsewhere(project)

    def add(self, records: Sequence[Record]) -> None:
        """Adds one contact's records."""
        own = [record for record in records if record.scenario in self.figures.scenarios]
        entered = {record.journey_id: record.at for record in own if isinstance(record, Entered)}
        conversions = [record for record in own if isinstance(record, Converted)]
        messages = [record for record in own if isinstance(record, Asked) and self._is_to_contact(record)]
        self._achieved(own, entered, conversions, messages)
        self._grouped(messages, conversions)

    def _is_to_contact(self, record: Asked) -> bool:
        if not self.to_other_recipients:
            return True
        return (record.scenario, record.state, record.channel, record.template) not in self.to_other_recipients

    def _achieved(
        self, records: list[Record], entered: dict[str, int], conversions: list[Converted], messages: list[Asked]
    ) -> None:
        contacts: set[str] = set()
        reached: set[str] = set()
        for record in records:
            if isinstance(record, Entered):
                self._of(record).journeys += 1
                contacts.add(record.scenario)
        for message in messages:
            if not message.reason:
                self._of(message).sent[message.channel] += 1
                reached.add(message.scenario)
        for conversion in conversions:
            achieved = self._of(conversion)
            achieved.converted += 1
            achieved.times[(conversion.at - entered[conversion.journey_id]) // _SECOND] += 1
            value = number(conversion.value)
            if value is not None:
                achieved.value = (achieved.value or Decimal()) + value
        for name in contacts:
            self.figures.scenarios[name].achieved.contacts += 1
        for name in reached:
            self.figures.scenarios[name].achieved.reached += 1

    def _of(self, record: Record) -> Achieved:
        return self.figures.scenarios[record.scenario].achieved

    def _grouped(self, messages: list[Asked], conversions: list[Converted]) -> None:
        """Puts the contact in its group, of each scenario and of all together.

        It counts from the first marketing message that was asked for, whether or not that left: up to there the groups
        had the same, so that nothing else sets them apart.
        """
        first: dict[str, int] = {}
        held_out: set[str] = set()
        is_control = False
        for message in messages:
            if message.purpose != "marketing" or message.reason in _NOT_ASKED:
                continue
            name = message.scenario
            first[name] = min(first.get(name, message.asked_at), message.asked_at)
            is_control = is_control or message.reason == "control_group"
            if message.reason == "holdout":
                held_out.add(name)
        if not first:
            return
        for name, since in first.items():
            group = CONTROL if is_control else HELD_OUT if name in held_out else WRITTEN_TO
            own = [conversion for conversion in conversions if conversion.scenario == name and conversion.at >= since]
            _count(self.figures.scenarios[name].groups, group, own)
        since = min(first.values())
        # One event may be the goal of several journeys; to all scenarios together it is worth what it is worth once.
        distinct = {(each.at, each.event): each for each in reversed(conversions) if each.at >= since}
        _count(self.figures.groups, CONTROL if is_control else WRITTEN_TO, distinct.values())


def number(value: Any) -> Decimal | None:
    """A value of a conversion, None where it is no number. Decimals add up to the same sum in any order, so that
    workers change nothing."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return None


def _count(groups: dict[str, Group], name: str, conversions: Iterable[Converted]) -> None:
    group = groups.setdefault(name, Group())
    values = [number(conversion.value) or Decimal() for conversion in conversions]
    worth = sum(values, Decimal())
    group.contacts += 1
    group.converted += bool(values)
    group.value += worth
    group.squares += worth * worth


def merge(total: Figures, other: Figures) -> None:
    """Adds the figures of another part of the contacts."""
    for name, part in other.scenarios.items():
        figures = total.scenarios[name]
        _merge_achieved(figures.achieved, part.achieved)
        _merge_groups(figures.groups, part.groups)
    _merge_groups(total.groups, other.groups)


def _merge_achieved(total: Achieved, other: Achieved) -> None:
    for each in fields(Achieved):
        mine, theirs = getattr(total, each.name), getattr(other, each.name)
        if isinstance(mine, Counter):
            mine.update(theirs)
        elif each.name == "value":
            total.value = mine if theirs is None else (mine or Decimal()) + theirs
        else:
            setattr(total, each.name, mine + theirs)


def _merge_groups(total: dict[str, Group], other: dict[str, Group]) -> None:
    for name, part in other.items():
        group = total.setdefault(name, Group())
        group.contacts += part.contacts
        group.converted += part.converted
        group.value += part.value
        group.squares += part.squares
