"""Records of a replay to counts, contact by contact, so that memory does not grow with the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import wall_date, wall_of, zone
from scenario_cli.engine.state import ContactState
from scenario_cli.model.export import ReadReport
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Held, Moved, Record, Refused, Updated, Warned
from scenario_cli.model.results import DryRun, EdgeCount, Funnel, ScenarioResult, Summary, Warning
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.waits import DAY

_WEEK: Final = 7 * DAY
_MONDAY: Final = 3  # days from a Monday to the first day of the count, a Thursday

# Reasons of the delivery policy alone: without it the contact would have got the message.
_BY_POLICY: Final = ("capped", "quiet_hours", "expired")


def empty_summary(scenarios: Iterable[Scenario]) -> Summary:
    summary = Summary()
    for scenario in scenarios:
        summary.scenarios[scenario.name] = ScenarioResult(
            scenario.name,
            scenario.title,
            scenario.program.text if scenario.program else "",
            funnel={name: Funnel() for name in scenario.states},
        )
    return summary


def sent_elsewhere(project: Project) -> set[tuple[str, str, str, str]]:
    """The messages that go to staff or to a system, by scenario, state, channel and template."""
    return {
        (scenario.name, state.name, message.channel.text, message.template.text)
        for scenario in project.scenarios.values()
        for state in scenario.states.values()
        for sending in scenario.sendings_in(state)
        for message in sending.messages
        if project.recipient(message) != "contact"
    }


class Counting:
    """Adds up the records of one contact after the other; by the edges that journeys went along only if `edges` is set.
    Leaves out the records of scenarios that are not given.
    """

    def __init__(self, project: Project, scenarios: Iterable[Scenario], edges: bool = False) -> None:
        self.edges = edges
        self.summary = empty_summary(scenarios)
        self.is_subset = len(self.summary.scenarios) < len(project.scenarios)
        zone_of_project = zone(project.timezone)
        assert zone_of_project is not None
        self.zone = zone_of_project
        self.days: Counter[tuple[int, str]] = Counter()
        self.to_other_recipients = sent_elsewhere(project)

    def add(self, records: Sequence[Record], state: ContactState) -> None:
        """Adds one contact's records, and the states in which its journeys wait at the end."""
        summary = self.summary
        scenarios = summary.scenarios
        if self.is_subset:
            records = [record for record in records if record.scenario in scenarios or not record.scenario]
        if self.edges:
            self._add_edges(records)
        reached: set[tuple[str, str, str]] = set()
        entered: set[str] = set()
        sent: list[int] = []
        weeks_asked: list[int] = []
        weeks_sent: list[int] = []
        for record in records:
            if isinstance(record, Moved):
                if record.source != record.target:  # else it was there already
                    reached.add((record.scenario, record.target, record.journey_id))
            elif isinstance(record, Asked):
                has_left = self._message(record, scenarios[record.scenario])
                message_key = (record.scenario, record.state, record.channel, record.template)
                if self.to_other_recipients and message_key in self.to_other_recipients:
                    continue
                if has_left:
                    sent.append(record.at)
                if record.purpose == "marketing" and (has_left or record.reason in _BY_POLICY):
                    weeks_asked.append(week_of(record.asked_at, self.zone))
                    if has_left:
                        weeks_sent.append(week_of(record.at, self.zone))
            elif isinstance(record, Refused):
                if record.reason == "taken":
                    scenarios[record.scenario].taken += 1
                else:
                    scenarios[record.scenario].refused[record.reason] += 1
            elif isinstance(record, Entered):
                scenarios[record.scenario].entered += 1
                entered.add(record.scenario)
            elif isinstance(record, Ended):
                scenarios[record.scenario].outcomes[record.outcome] += 1
            elif isinstance(record, Warned):
                self._warned(record)
            else:
                self._rarer(record, scenarios[record.scenario])
        for scenario, target, _ in reached:
            scenarios[scenario].funnel[target].reached += 1
        for scenario in entered:
            scenarios[scenario].contacts += 1
        for scenario, times in state.unadmitted.items():
            if scenario not in scenarios:
                continue
            scenarios[scenario].refused["audience"] += times
        if state.running:
            self._running(state)
        summary.contacts += 1
        if sent:
            summary.pressure[len(sent)] += 1
            most = most_in_a_week(sent)
            summary.busiest_week[most] += 1
            if most >= summary.busiest[0]:
                summary.busiest = busier(summary.busiest, (most, state.contact_id))
        if weeks_asked:
            add_weeks(summary.weeks_asked, weeks_asked)
            add_weeks(summary.weeks_sent, weeks_sent)

    def _message(self, record: Asked, result: ScenarioResult) -> bool:
        """Counts a message and returns whether it left."""
        result.messages[(record.state, record.channel, record.template)] += not record.reason
        if record.reason:
            result.dropped[(record.channel, record.reason)] += 1
            result.dropped_messages[(record.state, record.channel, record.template, record.reason)] += 1
            return False
        result.sent[record.channel] += 1
        self.days[(wall_of(record.at, self.zone) // DAY, record.channel)] += 1
        return True

    def _rarer(self, record: Record, result: ScenarioResult) -> None:
        match record:
            case Updated():
                result.updated[record.attribute] += 1
            case Held():
                result.held[record.why.partition(",")[0]] += 1
            case Converted():
                result.converted += 1
                if isinstance(record.value, int | float) and not isinstance(record.value, bool):
                    # Decimals add up to the same sum in any order, so that workers change nothing.
                    result.value = (result.value or Decimal()) + Decimal(str(record.value))

    def _running(self, state: ContactState) -> None:
        for scenario, journeys in state.journeys.items():
            result = self.summary.scenarios.get(scenario)
            if result is None:
                continue
            for journey in journeys:
                if not journey.ended:
                    result.running += 1
                    result.funnel[journey.state_name].waiting += 1

    def finish(self) -> Summary:
        """Returns the counts, with days by name."""
        for (day, channel), count in self.days.items():
            self.summary.days[(wall_date(day * DAY).isoformat(), channel)] += count
        self.days.clear()
        return self.summary

    def _add_edges(self, records: Iterable[Record]) -> None:
        edges: Counter[EdgeCount] = Counter()
        for record in records:
            if isinstance(record, Moved):
                source, outcome = record.source, ""
            elif isinstance(record, Ended):
                source, outcome = record.state, record.outcome
            else:
                continue
            exit_ = record.exit if source else None
            edges[EdgeCount(record.scenario, source, exit_, outcome)] += 1
            # A transition that is valid in every state is one edge too: contacts of its parts cannot be added up.
            edges[EdgeCount(record.scenario, "*", exit_, outcome)] += 1
        self.summary.times_by_edge.update(edges)
        self.summary.contacts_by_edge.update(edges.keys())

    def _warned(self, record: Warned) -> None:
        key = (record.scenario, record.place, record.event)
        warning = self.summary.warnings.get(key)
        if warning is None:
            self.summary.warnings[key] = Warning(*key, 1, record.detail)
        else:
            warning.count += 1


def week_of(at: int, zone: ZoneInfo) -> int:
    """The number of the week, from Monday on a clock, of an instant."""
    return (wall_of(at, zone) // DAY + _MONDAY) // 7


def add_weeks(totals: Counter[int], weeks: list[int]) -> None:
    """One contact's weeks by the number of messages in them. A plain dict: to make a `Counter` takes longer."""
    messages: dict[int, int] = {}
    for week in weeks:
        messages[week] = messages.get(week, 0) + 1
    for count in messages.values():
        totals[count] += 1


def most_in_a_week(sent: list[int]) -> int:
    """The most messages in any seven days."""
    sent.sort()
    highest = start = 0
    for end, at in enumerate(sent):
        while sent[start] <= at - _WEEK:
            start += 1
        highest = max(highest, end - start + 1)
    return highest


def busier(first: tuple[int, str], second: tuple[int, str]) -> tuple[int, str]:
    """The contact of two that got more messages in any seven days, else the first by its id."""
    if first[0] != second[0]:
        return max(first, second)
    return min(first, second)


def dry_run_of(
    project: Project, start: int | None, until: int, read: ReadReport, summary: Summary, left_out: int = 0
) -> DryRun:
    """A replay's result with the facts about its project that reports show. `left_out` counts the scenarios that
    would run beside those shown."""
    costs = {name: channel.cost for name, channel in project.channels.items() if channel.cost}
    return DryRun(
        project.name, project.digest, project.currency, project.timezone, start, until, read, summary, costs, left_out
    )


def merge(total: Summary, second: Summary) -> None:
    """Adds another part of the contacts to a summary."""
    for name, part in second.scenarios.items():
        result = total.scenarios[name]
        for field in fields(ScenarioResult):
            mine, theirs = getattr(result, field.name), getattr(part, field.name)
            if field.name == "unrendered":
                result.unrendered = mine if theirs is None else (mine or Counter()) + theirs
            elif isinstance(mine, Counter):
                mine.update(theirs)
            elif field.name == "value":
                result.value = mine if theirs is None else (mine or Decimal()) + theirs
            elif isinstance(mine, int):
                setattr(result, field.name, mine + theirs)
        for state, funnel in part.funnel.items():
            result.funnel[state].reached += funnel.reached
            result.funnel[state].waiting += funnel.waiting
    total.contacts += second.contacts
    total.days.update(second.days)
    total.pressure.update(second.pressure)
    total.busiest_week.update(second.busiest_week)
    total.busiest = busier(total.busiest, second.busiest)
    total.weeks_asked.update(second.weeks_asked)
    total.weeks_sent.update(second.weeks_sent)
    total.complaints.update(second.complaints)
    total.contacts_by_edge.update(second.contacts_by_edge)
    total.times_by_edge.update(second.times_by_edge)
    for key, warning in second.warnings.items():
        existing = total.warnings.get(key)
        if existing is None:
            total.warnings[key] = warning
        else:
            existing.count += warning.count
