"""A replay's result in words, the same in every format that people read. Lays nothing out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from scenario_cli.model.results import DryRun, ScenarioResult, Summary, Warning
from scenario_cli.reports.exports.log import data_lines, day, moment
from scenario_cli.reports.record_words import REFUSED
from scenario_cli.reports.text import Style, percent, plural

_MOST_DAYS = 31  # past this people are shown months; JSON always has the days
_MANY_A_WEEK = 3
_MOST_A_WEEK = 6  # more of them in a week are shown together

_HELD_BY = {"quiet_hours": "by quiet hours", "capped": "by a cap"}


def head(run: DryRun) -> list[str]:
    """Returns a title for the log that was read, then the facts that a reader must know about it."""
    read = run.read
    unusable = sum(reject.count for reject in read.unusable)
    unused = read.rows - read.used - unusable
    span = f" from {day(read.first, run.timezone)} to {day(read.last, run.timezone)}" if read.last is not None else ""
    lines = [
        f"{plural(read.rows, 'row')}{span}",
        f"{plural(read.used, 'row')} used ({plural(run.summary.contacts, 'contact')}); {unused:,} not needed"
        + (f"; {unusable:,} could not be used." if unusable else "."),
    ]
    if run.start is not None:
        lines.append(f"Nobody enters before {moment(run.start, run.timezone)}.")
    if run.until is not None and read.last is not None and run.until != read.last:
        lines.append(f"The replay stops at {moment(run.until, run.timezone)}.")
    if run.left_out:
        lines.append(alone(run.left_out))
    table = read.contacts_table
    if table is not None and table.rows and not table.changes:
        name = PurePath(table.files[0]).name if len(table.files) == 1 else "The contacts table"
        lines.append(f"{name} has no updated_at, so today's profile and consent were used for the whole period.")
    return lines


def alone(left_out: int) -> str:
    """The sentence for a run that left out scenarios which would run together with the shown ones."""
    return f"Caps and exclusive groups ignore {plural(left_out, 'other scenario')}, because of --only."


def overview(run: DryRun) -> list[list[str]]:
    """A table of the scenarios, its head first."""
    worth = any(result.value is not None for result in run.summary.scenarios.values())
    rows = [["scenario", "entered", "sent", "dropped", "converted", "rate", *(["value"] if worth else []), "running"]]
    for result in run.summary.scenarios.values():
        rows.append([
            result.name, f"{result.entered:,}", f"{result.sent.total():,}", f"{result.dropped.total():,}",
            f"{result.converted:,}", percent(result.converted, result.entered),
            *([money(result, run)] if worth else []), f"{result.running:,}",
        ])  # fmt: skip
    return rows


def money(result: ScenarioResult, run: DryRun) -> str:
    return "–" if result.value is None else f"{result.value:,.0f} {run.currency}".rstrip()


def outcome_parts(result: ScenarioResult) -> list[str]:
    """The parts that add up to `entered`: journeys by outcome, and those that run."""
    parts = [f"{outcome} {count:,}" for outcome, count in most_first(result.outcomes)]
    return [*parts, f"running {result.running:,}"] if result.running else parts


def scenario_facts(result: ScenarioResult, run: DryRun) -> list[tuple[str, list[str]]]:
    """Messages, drops, refusals and conversions of a scenario: each a word and the parts of a sentence."""
    facts = [
        ("sent", [f"{name} {count:,}{_unrendered(result, name)}" for name, count in most_first(result.sent)]),
        ("dropped", [f"{channel} {reason} {count:,}" for (channel, reason), count in most_first(result.dropped)]),
        ("held", [f"{_HELD_BY[reason]} {count:,}" for reason, count in most_first(result.held)]),
        ("updated", [f"{name} {count:,}" for name, count in most_first(result.updated)]),
        ("refused", [f"{REFUSED.get(reason, reason)} {count:,}" for reason, count in most_first(result.refused)]),
        ("used", [f"{plural(result.taken, 'trigger')} by a running journey"] if result.taken else []),
    ]
    if result.converted:
        rate = percent(result.converted, result.entered)
        value = [f"worth {money(result, run)}"] if result.value is not None else []
        facts.append(("converted", [f"{result.converted:,} of {result.entered:,} ({rate})", *value]))
    return [(word, parts) for word, parts in facts if parts]


def _unrendered(result: ScenarioResult, channel: str) -> str:
    count = result.unrendered[channel] if result.unrendered is not None else 0
    return f" ({count:,} not rendered)" if count else ""


def most_first(counter: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(((key, count) for key, count in counter.items() if count), key=lambda pair: (-pair[1], str(pair[0])))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Messages that left by period and channel; `unit` is `day` or `month`."""

    unit: str
    channels: list[str]
    periods: dict[str, Counter[str]]

    @property
    def most(self) -> int:
        return max(counter.total() for counter in self.periods.values())


def calendar(summary: Summary) -> Calendar:
    days = {name for name, _ in summary.days}
    length, unit = (10, "day") if len(days) <= _MOST_DAYS else (7, "month")
    periods: dict[str, Counter[str]] = {}
    for (name, channel), count in sorted(summary.days.items()):
        periods.setdefault(name[:length], Counter())[channel] += count
    return Calendar(unit, sorted({channel for _, channel in summary.days}), periods)


def pressure(run: DryRun) -> list[str]:
    """Returns lines on how many messages contacts got, and on their cost."""
    summary = run.summary
    recipients = summary.pressure.total()
    if not recipients:
        return [f"None of {plural(summary.contacts, 'contact')} received a message."]
    sent = sum(number * count for number, count in summary.pressure.items())
    busy = sum(count for number, count in summary.busiest_week.items() if number > _MANY_A_WEEK)
    lines = [
        (
            f"{recipients:,} of {plural(summary.contacts, 'contact')} received {plural(sent, 'message')}: "
            f"{sent / recipients:.1f} on average, {max(summary.pressure):,} at most."
        ),
        (
            f"Worst week: {plural(max(summary.busiest_week), 'message')} to one contact. "
            f"{plural(busy, 'contact')} had a week with more than {_MANY_A_WEEK}."
        ),
    ]
    cost = total_cost(run)
    return [*lines, f"Cost: {cost:,.2f} {run.currency}".rstrip() + "."] if cost >= 0.01 else lines


def weeks(summary: Summary) -> list[list[str]]:
    """Returns a table, its head first, of the weeks of contacts by the marketing messages in them.

    One row counts them before the drops of the delivery policy, the other after; without messages there is not a table.
    """
    columns = min(max(summary.weeks_asked, default=0), _MOST_A_WEEK)
    if not columns:
        return []
    names = [str(number) for number in range(1, columns + 1)]
    if max(summary.weeks_asked) > columns:
        names[-1] += "+"
    rows = [["messages per contact and week", *names, "total"]]
    for word, contact_weeks in (("before the policy", summary.weeks_asked), ("after the policy", summary.weeks_sent)):
        numbers: Counter[int] = Counter()
        for number, count in contact_weeks.items():
            numbers[min(number, columns)] += count
        messages = sum(number * count for number, count in contact_weeks.items())
        rows.append([word, *(f"{numbers[number]:,}" for number in range(1, columns + 1)), f"{messages:,}"])
    return rows


def total_cost(run: DryRun) -> float:
    """Returns the cost of the messages that left, by the channels' price for a message."""
    sent: Counter[str] = Counter()
    for result in run.summary.scenarios.values():
        sent.update(result.sent)
    return round(sum(run.costs.get(channel, 0.0) * count for channel, count in sorted(sent.items())), 6)


def sorted_warnings(summary: Summary) -> list[Warning]:
    return sorted(
        summary.warnings.values(), key=lambda warning: (-warning.count, warning.scenario, warning.place, warning.event)
    )


def warnings(run: DryRun, style: Style, width: int) -> list[str]:
    """Returns lines on everything about the data that its owner should know."""
    return data_lines(run.read, sorted_warnings(run.summary), style, width) + complaints(run.summary)


def complaints(summary: Summary) -> list[str]:
    """Returns the faults of texts that were rendered."""
    return [f"{plural(count, 'message')}: {text}" for text, count in sorted(summary.complaints.items())]
