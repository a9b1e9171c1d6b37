"""Counts what scenarios achieve, contact by contact: journeys, conversions, and the groups that a draw made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from scenario_cli.analysis.kpi import measuring, window
from scenario_cli.engine.calendar import wall_of, zone
from scenario_cli.hosts.summary import sent_elsewhere
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Moved, Record
from scenario_cli.model.results_report import (
    CONTROL,
    HELD_OUT,
    WRITTEN_TO,
    Achieved,
    Figures,
    Group,
    Kpi,
    ScenarioFigures,
    Sendings,
)
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.waits import DAY, HOUR

_SECOND = 1_000_000
_THURSDAY = 3  # the weekday of the first day of the count

_Key = TypeVar("_Key")

# Who gets a message for these reasons hangs on no draw: the scenario itself did not want it, or is paused.
_NOT_ASKED = ("condition", "paused")


def empty_figures(scenarios: Iterable[str], programs: Iterable[str] = ()) -> Figures:
    return Figures({name: ScenarioFigures() for name in scenarios}, kpis={name: Kpi() for name in programs})


def measured_windows(project: Project, programs: Iterable[str]) -> dict[str, tuple[str, int]]:
    """By the scenario that measures a KPI its program, and the time that counts, in microseconds."""
    return {
        measuring(programme, programme.measure).name: (name, window(programme.measure))
        for name, programme in ((name, project.programs[name]) for name in programs)
        if programme.measure is not None
    }


class Counting:
    """Adds up what one contact after the other came to up to an instant, in the scenarios that are given, and what the
    KPIs of programs are, where the scenarios that measure them ran too."""

    def __init__(self, project: Project, scenarios: Iterable[Scenario], until: int, programs: Iterable[str]) -> None:
        chosen = list(scenarios)
        self.measured = measured_windows(project, programs)
        self.until = until
        self.figures = empty_figures((scenario.name for scenario in chosen), programs)
        self.to_other_recipients = sent_elsewhere(project)
        self.arms = {
            (scenario.name, target.span.position): (state.name, target.state or target.outcome or "")
            for scenario in chosen
            for state in scenario.states.values()
            if state.split is not None
            for target, _ in state.split.arms
        }
        zone_of_project = zone(project.timezone)
        assert zone_of_project is not None
        self.zone = zone_of_project

    def add(self, records: Sequence[Record]) -> None:
        """Adds one contact's records."""
        if self.measured:
            self._measured(records)
        own = [record for record in records if record.scenario in self.figures.scenarios]
        entered = {record.journey_id: record.at for record in own if isinstance(record, Entered)}
        conversions = [record for record in own if isinstance(record, Converted)]
        messages = [record for record in own if isinstance(record, Asked) and self._is_to_contact(record)]
        self._achieved(own, entered, conversions, messages)
        groups = self._grouped(messages, conversions)
        self._in_arms(own, conversions, groups)
        self._credited(own)

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

    def _measured(self, records: Sequence[Record]) -> None:
        """Counts the contact in each KPI once, if all of its time lies before the end."""
        entered: dict[str, int] = {}
        for record in records:
            if record.scenario not in self.measured:
                continue
            program, length = self.measured[record.scenario]
            kpi = self.figures.kpis[program]
            if isinstance(record, Entered):
                entered[program] = record.at
                if record.at + length > self.until:
                    kpi.too_recent += 1
                else:
                    kpi.contacts += 1
            elif isinstance(record, Converted) and entered[program] + length <= self.until:
                kpi.converted += 1
                kpi.times[(record.at - entered[program]) // _SECOND] += 1

    def _credited(self, records: list[Record]) -> None:
        """Counts each message that left, and each conversion with the last message of its journey before."""
        last_left: dict[str, tuple[Sendings, ...]] = {}
        for record in records:
            if isinstance(record, Asked) and not record.reason and self._is_to_contact(record):
                messages = self.figures.scenarios[record.scenario].messages
                wall = wall_of(record.at, self.zone)
                sendings = (
                    messages.setdefault((record.state, record.channel, record.template), Sendings()),
                    self.figures.weekdays.setdefault((wall // DAY + _THURSDAY) % 7, Sendings()),
                    self.figures.hours.setdefault(wall % DAY // HOUR, Sendings()),
                )
                for each in sendings:
                    each.sent += 1
                last_left[record.journey_id] = sendings
            elif isinstance(record, Converted):
                for each in last_left.get(record.journey_id, ()):
                    each.converted += 1

    def _in_arms(self, records: list[Record], conversions: list[Converted], groups: dict[str, str]) -> None:
        """Puts the contact in the first arm of each split that it fell in, unless messages are kept from it."""
        fell: dict[tuple[str, str], tuple[str, int]] = {}
        for record in records:
            if isinstance(record, Moved | Ended) and record.exit is not None:
                arm = self.arms.get((record.scenario, record.exit))
                if arm is not None:
                    fell.setdefault((record.scenario, arm[0]), (arm[1], record.at))
        for (name, state), (arm_name, since) in fell.items():
            if groups.get(name, WRITTEN_TO) == WRITTEN_TO:
                own = [each for each in conversions if each.scenario == name and each.at >= since]
                _count(self.figures.scenarios[name].arms, (state, arm_name), own)

    def _grouped(self, messages: list[Asked], conversions: list[Converted]) -> dict[str, str]:
        """Puts the contact in its group, of each scenario and of all together, and returns it by scenario.

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
            return {}
        found = {name: CONTROL if is_control else HELD_OUT if name in held_out else WRITTEN_TO for name in first}
        for name, since in first.items():
            own = [conversion for conversion in conversions if conversion.scenario == name and conversion.at >= since]
            _count(self.figures.scenarios[name].groups, found[name], own)
        since = min(first.values())
        # One event may be the goal of several journeys; to all scenarios together it is worth what it is worth once.
        distinct = {(each.at, each.event): each for each in reversed(conversions) if each.at >= since}
        _count(self.figures.groups, CONTROL if is_control else WRITTEN_TO, distinct.values())
        return found


def number(value: Any) -> Decimal | None:
    """A value of a conversion, None where it is no number. Decimals add up to the same sum in any order, so that
    workers change nothing."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return None


def _count(groups: dict[_Key, Group], name: _Key, conversions: Iterable[Converted]) -> None:
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
        _merge_groups(figures.arms, part.arms)
        _merge_sendings(figures.messages, part.messages)
    _merge_groups(total.groups, other.groups)
    _merge_sendings(total.weekdays, other.weekdays)
    _merge_sendings(total.hours, other.hours)
    for program, counted in other.kpis.items():
        kpi = total.kpis[program]
        kpi.contacts += counted.contacts
        kpi.converted += counted.converted
        kpi.too_recent += counted.too_recent
        kpi.times.update(counted.times)


def _merge_achieved(total: Achieved, other: Achieved) -> None:
    for each in fields(Achieved):
        mine, theirs = getattr(total, each.name), getattr(other, each.name)
        if isinstance(mine, Counter):
            mine.update(theirs)
        elif each.name == "value":
            total.value = mine if theirs is None else (mine or Decimal()) + theirs
        else:
            setattr(total, each.name, mine + theirs)


def _merge_groups(total: dict[_Key, Group], other: dict[_Key, Group]) -> None:
    for name, part in other.items():
        group = total.setdefault(name, Group())
        group.contacts += part.contacts
        group.converted += part.converted
        group.value += part.value
        group.squares += part.squares


def _merge_sendings(total: dict[_Key, Sendings], other: dict[_Key, Sendings]) -> None:
    for name, part in other.items():
        sendings = total.setdefault(name, Sendings())
        sendings.sent += part.sent
        sendings.converted += part.converted
