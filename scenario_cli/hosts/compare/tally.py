"""The figures of one side of a comparison: fewer than a dry run counts (`hosts.summary`), and counted sooner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from scenario_cli.engine.calendar import zone
from scenario_cli.hosts.summary import add_weeks, busier, most_in_a_week, sent_elsewhere, week_of
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Moved, Record, Updated


@dataclass(slots=True)
class Tally:
    """One scenario's figures, with the names of `ScenarioResult`."""

    entered: int = 0
    converted: int = 0
    value: Decimal | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)

    def add_value(self, value: Any) -> None:
        """Adds a conversion's value, exactly, if it is a number."""
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            # Decimals add up to the same sum in any order, so that workers change nothing.
            self.value = (self.value or Decimal()) + Decimal(str(value))

    def merge(self, other: Tally) -> None:
        self.entered += other.entered
        self.converted += other.converted
        if other.value is not None:
            self.add_value(other.value)
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))


_COUNTERS = tuple(part.name for part in fields(Tally) if part.default_factory is Counter)


@dataclass(slots=True)
class SideTally:
    """The figures of one side by scenario. `weeks_sent` and `busiest` are those of `Summary`."""

    scenarios: dict[str, Tally]
    contacts: int = 0
    weeks_sent: Counter[int] = field(default_factory=Counter)
    busiest: tuple[int, str] = (0, "")

    def merge(self, other: SideTally) -> None:
        """Adds the figures of other contacts."""
        self.contacts += other.contacts
        self.weeks_sent.update(other.weeks_sent)
        self.busiest = busier(self.busiest, other.busiest)
        for name, tally in other.scenarios.items():
            self.scenarios[name].merge(tally)


class Tallying:
    """Adds up the records of one contact after the other on a side that runs these scenarios."""

    def __init__(self, project: Project, scenarios: Iterable[str]) -> None:
        self.total = SideTally({name: Tally() for name in scenarios})
        project_zone = zone(project.timezone)
        assert project_zone is not None
        self.zone = project_zone
        self.elsewhere = sent_elsewhere(project)

    def add(self, records: Sequence[Record], contact_id: str) -> int:
        """Adds one contact's records; gives the number of messages that left for the contact itself."""
        scenarios, elsewhere = self.total.scenarios, self.elsewhere
        sent: list[int] = []
        weeks: list[int] = []
        for record in records:
            kind = type(record)
            if kind is Moved:  # most records are
                continue
            if isinstance(record, Asked):
                tally = scenarios[record.scenario]
                if record.reason:
                    tally.dropped[record.channel, record.reason] += 1
                    continue
                tally.sent[record.channel] += 1
                if elsewhere and (record.scenario, record.state, record.channel, record.template) in elsewhere:
                    continue
                sent.append(record.at)
                if record.purpose == "marketing":
                    weeks.append(week_of(record.at, self.zone))
            elif isinstance(record, Entered):
                scenarios[record.scenario].entered += 1
            elif isinstance(record, Ended):
                scenarios[record.scenario].outcomes[record.outcome] += 1
            elif isinstance(record, Updated):
                scenarios[record.scenario].updated[record.attribute] += 1
            elif isinstance(record, Converted):
                scenarios[record.scenario].converted += 1
                scenarios[record.scenario].add_value(record.value)
        self.total.contacts += 1
        if sent:
            most = most_in_a_week(sent)
            if most >= self.total.busiest[0]:
                self.total.busiest = busier(self.total.busiest, (most, contact_id))
        if weeks:
            add_weeks(self.total.weeks_sent, weeks)
        return len(sent)
