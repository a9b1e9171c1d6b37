"""Counts the results of scenarios, contact by contact: journeys, conversions, and the groups that a draw made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from scenario_cli.analysis.kpi import measuring, window
from scenario_cli.engine.calendar import wall_of, zone
from scenario_cli.hosts.results.sent_messages import SentMessage
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

# These reasons do not depend on a draw: the scenario itself did not want the message, or is paused.
_NOT_REQUESTED = ("condition", "paused")


def empty_figures(scenarios: Iterable[str], programs: Iterable[str] = ()) -> Figures:
    return Figures({name: ScenarioFigures() for name in scenarios}, kpis={name: Kpi() for name in programs})


def measured_windows(project: Project, programs: Iterable[str]) -> dict[str, tuple[str, int]]:
    """The program of each scenario that measures a KPI, and the time that counts, in microseconds."""
    return {
        measuring(programme, programme.measure).name: (name, window(programme.measure))
        for name, programme in ((name, project.programs[name]) for name in programs)
        if programme.measure is not None
    }


class Counting:
    """Adds up the results of one contact after the other up to an instant, in the given scenarios, and the KPIs of
    programs if the scenarios that measure them also ran.
    """

    def __init__(self, project: Project, scenarios: Iterable[Scenario], until: int, programs: Iterable[str]) -> None:
        chosen = list(scenarios)
        self.scenarios = frozenset(scenario.name for scenario in chosen)
        self.measured = measured_windows(project, programs)
        self.until = until
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

    def add(
        self,
        figures: Figures,
        records: Sequence[Record],
        sent: Sequence[SentMessage],
        credits: Mapping[int, SentMessage],
    ) -> None:
        """Adds the records of one contact, the messages of the scenarios that left to it, and, by the identity of a
        conversion's record, the message that it is credited to.
        """
        if self.measured:
            self._measured(figures, records)
        own = [record for record in records if record.scenario in self.scenarios]
        entered = {record.journey_id: record.at for record in own if isinstance(record, Entered)}
        conversions = [record for record in own if isinstance(record, Converted)]
        messages = [record for record in own if isinstance(record, Asked) and self.is_to_contact(record)]
        _achieved(figures, own, entered, conversions, sent)
        sendings = self._credited(figures, sent, conversions, credits)
        groups = _grouped(figures, messages, conversions, sent)
        self._in_arms(figures, own, conversions, groups, sendings)

    def is_to_contact(self, record: Asked) -> bool:
        """Whether a message goes to the contact, not to staff or to a system."""
        if not self.to_other_recipients:
            return True
        return (record.scenario, record.state, record.channel, record.template) not in self.to_other_recipients

    def is_shown(self, record: Asked) -> bool:
        """Whether a message is of a shown scenario, and goes to the contact."""
        return record.scenario in self.scenarios and self.is_to_contact(record)

    def _measured(self, figures: Figures, records: Sequence[Record]) -> None:
        """Counts the contact in each KPI once, if all of its time is before the end."""
        entered: dict[str, int] = {}
        for record in records:
            if record.scenario not in self.measured:
                continue
            program, length = self.measured[record.scenario]
            kpi = figures.kpis.setdefault(program, Kpi())
            if isinstance(record, Entered):
                entered[program] = record.at
                if record.at + length > self.until:
                    kpi.too_recent += 1
                else:
                    kpi.contacts += 1
            elif isinstance(record, Converted) and entered[program] + length <= self.until:
                kpi.converted += 1
                kpi.times[(record.at - entered[program]) // _SECOND] += 1

    def _credited(
        self,
        figures: Figures,
        sent: Sequence[SentMessage],
        conversions: Sequence[Converted],
        credits: Mapping[int, SentMessage],
    ) -> list[tuple[SentMessage, Sendings]]:
        """Counts each message that left, and the reactions to it. Returns the messages, each with its own counts."""
        counted = [
            (
                each,
                Sendings(1, 0, Decimal(), each.opened, each.clicked, each.opened and each.clicked, each.unsubscribed),
            )
            for each in sent
        ]
        own = {id(each): counts for each, counts in counted}
        for conversion in conversions:
            to = credits.get(id(conversion))
            if to is not None:
                own[id(to)].converted += 1
                own[id(to)].value += number(conversion.value) or Decimal()
        for each, counts in counted:
            message = each.message
            messages = figures.scenarios.setdefault(message.scenario, ScenarioFigures()).messages
            wall = wall_of(each.order[0], self.zone)
            for total in (
                messages.setdefault((message.state, message.channel, message.template), Sendings()),
                figures.weekdays.setdefault((wall // DAY + _THURSDAY) % 7, Sendings()),
                figures.hours.setdefault(wall % DAY // HOUR, Sendings()),
            ):
                add_sendings(total, counts)
        return counted

    def _in_arms(
        self, figures: Figures, records: list[Record], conversions: Sequence[Converted], groups: Mapping[str, str],
        sendings: Sequence[tuple[SentMessage, Sendings]],
    ) -> None:  # fmt: skip
        """Puts the contact in the first arm of each split that it fell in, unless messages are kept from it."""
        fell: dict[tuple[str, str], tuple[str, int]] = {}
        for record in records:
            if isinstance(record, Moved | Ended) and record.exit is not None:
                arm = self.arms.get((record.scenario, record.exit))
                if arm is not None:
                    fell.setdefault((record.scenario, arm[0]), (arm[1], record.at))
        for (name, state), (arm_name, since) in fell.items():
            if groups.get(name, WRITTEN_TO) == WRITTEN_TO:
                of_scenario = figures.scenarios[name]
                own = [each for each in conversions if each.scenario == name and each.at >= since]
                _count(of_scenario.arms, (state, arm_name), own)
                total = of_scenario.arm_messages.setdefault((state, arm_name), Sendings())
                for sent, counts in sendings:
                    if sent.message.scenario == name and sent.order[0] >= since:
                        add_sendings(total, counts)


def _achieved(
    figures: Figures, records: list[Record], entered: Mapping[str, int], conversions: Sequence[Converted],
    sent: Sequence[SentMessage],
) -> None:  # fmt: skip
    contacts: set[str] = set()
    for record in records:
        if isinstance(record, Entered):
            _of(figures, record.scenario).journeys += 1
            contacts.add(record.scenario)
    for message in sent:
        _of(figures, message.message.scenario).sent[message.message.channel] += 1
    for conversion in conversions:
        achieved = _of(figures, conversion.scenario)
        achieved.converted += 1
        achieved.times[(conversion.at - entered[conversion.journey_id]) // _SECOND] += 1
        value = number(conversion.value)
        if value is not None:
            achieved.value = (achieved.value or Decimal()) + value
    for name in contacts:
        _of(figures, name).contacts += 1
    for name in {message.message.scenario for message in sent}:
        _of(figures, name).reached += 1


def _of(figures: Figures, scenario: str) -> Achieved:
    return figures.scenarios.setdefault(scenario, ScenarioFigures()).achieved


def _grouped(
    figures: Figures, messages: list[Asked], conversions: Sequence[Converted], sent: Sequence[SentMessage]
) -> dict[str, str]:
    """Puts the contact in its group, of each scenario and of all together, and returns it by scenario.

    It counts from the first requested marketing message, even if it did not leave: up to there the groups had the same,
    so they differ in nothing else.
    """
    first: dict[str, int] = {}
    held_out: set[str] = set()
    is_control = False
    for message in messages:
        if message.purpose != "marketing" or message.reason in _NOT_REQUESTED:
            continue
        name = message.scenario
        first[name] = min(first.get(name, message.asked_at), message.asked_at)
        is_control = is_control or message.reason == "control_group"
        if message.reason == "holdout":
            held_out.add(name)
    if not first:
        return {}
    groups = {name: CONTROL if is_control else HELD_OUT if name in held_out else WRITTEN_TO for name in first}
    written = {each.message.scenario for each in sent if each.message.marketing}
    for name, since in first.items():
        own = [each for each in conversions if each.scenario == name and each.at >= since]
        _count(figures.scenarios[name].groups, groups[name], own, name in written)
    since = min(first.values())
    # One event can be the goal of several journeys; for all scenarios together its value counts once.
    distinct = {(each.at, each.event): each for each in reversed(conversions) if each.at >= since}
    _count(figures.groups, CONTROL if is_control else WRITTEN_TO, distinct.values(), bool(written))
    return groups


def number(value: Any) -> Decimal | None:
    """The value of a conversion, None if it is not a number. Decimals add up to the same sum in any order, so that
    workers change nothing.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return None


def add_sendings(total: Sendings, more: Sendings) -> None:
    """Adds up messages and the reactions to them."""
    total.sent += more.sent
    total.converted += more.converted
    total.value += more.value
    total.opened += more.opened
    total.clicked += more.clicked
    total.clicked_of_opened += more.clicked_of_opened
    total.unsubscribed += more.unsubscribed


def _count(groups: dict[_Key, Group], name: _Key, conversions: Iterable[Converted], is_written: bool = False) -> None:
    group = groups.setdefault(name, Group())
    values = [number(conversion.value) or Decimal() for conversion in conversions]
    worth = sum(values, Decimal())
    group.contacts += 1
    group.converted += bool(values)
    group.written += is_written
    group.value += worth
    group.squares += worth * worth
