"""A replay's result as a CRM manager reads it, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from scenario_cli.model.results import DryRun, ScenarioResult, Summary, Warning
from scenario_cli.reports.log import data_lines, day, moment, read_values, warning_values
from scenario_cli.reports.text import Style, bar, fit, percent, plural, table

FORMAT_VERSION = 1
_MOST_DAYS = 31  # past this the terminal shows weeks or months; JSON always has the days


def dry_run_text(run: DryRun, color: bool, width: int) -> str:
    style = Style(color)
    summary = run.summary
    lines = [*_head(run, style), "", *_overview(run, style, width)]
    for result in summary.scenarios.values():
        lines += ["", *_scenario(result, run, style, width)]
    lines += ["", *_calendar(summary, style, width)]
    lines += ["", *_pressure(run, style)]
    told = data_lines(run.read, sorted_warnings(summary), style, width)
    told += [f"{plural(count, 'message')} not rendered: {error}" for error, count in summary.unrendered.items()]
    if told:
        lines += ["", style("Data warnings", "bold"), *(f"  {line}" for line in told)]
    return "\n".join(lines) + "\n"


def sorted_warnings(summary: Summary) -> list[Warning]:
    return sorted(summary.warnings.values(), key=lambda one: (-one.count, one.scenario, one.place, one.event))


def _head(run: DryRun, style: Style) -> list[str]:
    read = run.read
    span = f"{day(read.first, run.timezone)} to {day(read.last, run.timezone)}"
    lines = [f"{style(run.project, 'bold')}: {plural(read.rows, 'row')} of {plural(read.contacts, 'contact')}, {span}"]
    lost = sum(one.count for one in read.unusable)
    others = read.rows - read.used - lost
    used = f"{read.used:,} concern a scenario, {others:,} do not"
    lines.append(style(used + (f", {lost:,} could not be used" if lost else ""), "dim"))
    if run.start is not None:
        lines.append(style(f"nobody enters before {moment(run.start, run.timezone)}", "dim"))
    table = read.contacts_table
    if table is not None and table.rows and not table.changes:
        lines.append(style("the contacts table has no updated_at: today's attributes decide about the past too", "dim"))
    return lines


def _overview(run: DryRun, style: Style, width: int) -> list[str]:
    worth = any(result.value is not None for result in run.summary.scenarios.values())
    head = ["scenario", "entered", "sent", "dropped", "converted", "rate", *(["value"] if worth else []), "running"]
    rows = []
    for result in run.summary.scenarios.values():
        rows.append([
            result.name, f"{result.entered:,}", f"{result.sent.total():,}", f"{result.dropped.total():,}",
            f"{result.converted:,}", percent(result.converted, result.entered),
            *([_money(result, run)] if worth else []), f"{result.running:,}",
        ])  # fmt: skip
    return table(head, rows, width, style)


def _money(result: ScenarioResult, run: DryRun) -> str:
    return "–" if result.value is None else f"{result.value:,.0f} {run.currency}".rstrip()


def _scenario(result: ScenarioResult, run: DryRun, style: Style, width: int) -> list[str]:
    title = f"  {result.title}" if result.title else ""
    lines = [style(result.name, "bold") + style(title, "dim")]
    if not result.entered:
        lines.append("  nobody entered")
        return lines + _refusals(result, width)
    ends = [f"{outcome} {count:,}" for outcome, count in _most_first(result.outcomes)]
    if result.running:
        ends.append(f"running {result.running:,}")
    lines += _wrapped(f"  {result.entered:,} entered = ", ends, " + ", width)
    name_width = min(max(len(name) for name in result.funnel), 24)
    room = max(min(width - name_width - 34, 40), 6)
    for name, funnel in result.funnel.items():
        waiting = f"  {funnel.waiting:,} waiting" if funnel.waiting else ""
        shape = bar(funnel.reached / result.entered, room)
        lines.append(
            f"  {fit(name, name_width):{name_width}} {funnel.reached:>9,} "
            f"{percent(funnel.reached, result.entered):>5}  {style(shape, 'cyan')}"
            f"{' ' * (room - len(shape)) if waiting else ''}{waiting}".rstrip()
        )
    if result.sent:
        lines += _wrapped(
            "  sent      ", [f"{name} {count:,}" for name, count in _most_first(result.sent)], ", ", width
        )
    if result.dropped:
        dropped = [f"{channel} {reason} {count:,}" for (channel, reason), count in _most_first(result.dropped)]
        lines += _wrapped("  dropped   ", dropped, ", ", width)
    lines += _refusals(result, width)
    if result.converted:
        value = f", worth {_money(result, run)}" if result.value is not None else ""
        lines.append(f"  converted {result.converted:,} of {result.entered:,}"
                     f" ({percent(result.converted, result.entered)}){value}")  # fmt: skip
    return lines


def _refusals(result: ScenarioResult, width: int) -> list[str]:
    if not result.refused:
        return []
    said = [f"{_REFUSED.get(reason, reason)} {count:,}" for reason, count in _most_first(result.refused)]
    return _wrapped("  refused   ", said, ", ", width)


_REFUSED = {
    "running": "already under way",
    "reentry": "too soon again",
    "audience": "not in the audience",
    "key": "key missing",
    "too_many": "too many journeys",
}


def _wrapped(first: str, parts: list[str], between: str, width: int) -> list[str]:
    """Parts in lines no wider than the width, later lines indented as the first."""
    lines, line = [], first
    for number, part in enumerate(parts):
        piece = part + (between.rstrip() if number < len(parts) - 1 else "")
        if len(line) + len(piece) > width and line.strip() and line != first:
            lines.append(line.rstrip())
            line = " " * len(first)
        line += piece + " "
    return [*lines, line.rstrip()]


def _most_first(counter: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(((key, count) for key, count in counter.items() if count), key=lambda pair: (-pair[1], str(pair[0])))


def _calendar(summary: Summary, style: Style, width: int) -> list[str]:
    if not summary.days:
        return [style("No message left", "bold")]
    channels = sorted({channel for _, channel in summary.days})
    days = sorted({name for name, _ in summary.days})
    by, unit = (10, "day") if len(days) <= _MOST_DAYS else (7, "month")
    periods: dict[str, Counter[str]] = {}
    for (name, channel), count in summary.days.items():
        periods.setdefault(name[:by], Counter())[channel] += count
    most = max(counter.total() for counter in periods.values())
    rows = [
        [name, *(f"{periods[name][channel]:,}" for channel in channels), f"{periods[name].total():,}"]
        for name in sorted(periods)
    ]
    rows.append(["all", *(f"{sum(periods[one][channel] for one in periods):,}" for channel in channels),
                 f"{sum(one.total() for one in periods.values()):,}"])  # fmt: skip
    lines = table([unit, *channels, "all"], rows, width - 26, style, indent=2)
    shapes = [bar(periods[name].total() / most, 20) for name in sorted(periods)]
    drawn = [lines[0], *(f"{line}  {style(shape, 'cyan')}" for line, shape in zip(lines[1:-1], shapes, strict=True))]
    return [style(f"Messages by channel and {unit}", "bold"), *drawn, lines[-1]]


def _pressure(run: DryRun, style: Style) -> list[str]:
    summary = run.summary
    reached = summary.pressure.total()
    if not reached:
        return [f"{plural(summary.contacts, 'contact')}, none of whom got a message"]
    sent = sum(number * count for number, count in summary.pressure.items())
    busiest = max(summary.busiest_week)
    over = sum(count for number, count in summary.busiest_week.items() if number > 3)
    lines = [
        style("Pressure", "bold"),
        f"  {plural(reached, 'contact')} of {summary.contacts:,} got {sent:,} messages, {sent / reached:.1f} each; "
        f"the most {max(summary.pressure):,}",
        f"  in their busiest seven days: at most {busiest}; {plural(over, 'contact')} got more than 3",
    ]
    cost = total_cost(run)
    if cost:
        lines.append(f"  cost {cost:,.2f} {run.currency}".rstrip())
    return lines


def total_cost(run: DryRun) -> float:
    """What the messages that left cost, by the channels' price a message."""
    sent: Counter[str] = Counter()
    for result in run.summary.scenarios.values():
        sent.update(result.sent)
    return round(sum(run.costs.get(channel, 0.0) * count for channel, count in sorted(sent.items())), 6)


def dry_run_json(run: DryRun) -> str:
    summary = run.summary
    document = {
        "format_version": FORMAT_VERSION,
        "command": "dry-run",
        "project": run.project,
        "project_digest": run.project_digest,
        "timezone": run.timezone,
        "currency": run.currency,
        "from": moment(run.start, run.timezone),
        "until": moment(run.until, run.timezone),
        "log": read_values(run.read, run.timezone),
        "contacts": summary.contacts,
        "scenarios": [_scenario_values(result) for result in summary.scenarios.values()],
        "days": [
            {"day": name, "channel": channel, "sent": count} for (name, channel), count in sorted(summary.days.items())
        ],
        "pressure": {
            "messages_per_contact": {str(number): count for number, count in sorted(summary.pressure.items())},
            "busiest_week": {str(number): count for number, count in sorted(summary.busiest_week.items())},
        },
        "cost": total_cost(run),
        "warnings": warning_values(sorted_warnings(summary)),
        "unrendered": dict(sorted(summary.unrendered.items())),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _scenario_values(result: ScenarioResult) -> dict[str, Any]:
    return {
        "scenario": result.name,
        "title": result.title,
        "program": result.program,
        "contacts": result.contacts,
        "entered": result.entered,
        "running": result.running,
        "outcomes": dict(sorted(result.outcomes.items())),
        "refused": dict(sorted(result.refused.items())),
        "converted": result.converted,
        "value": None if result.value is None else float(result.value),
        "funnel": [
            {"state": name, "reached": funnel.reached, "waiting": funnel.waiting}
            for name, funnel in result.funnel.items()
        ],
        "sent": dict(sorted(result.sent.items())),
        "dropped": [
            {"channel": channel, "reason": reason, "count": count}
            for (channel, reason), count in sorted(result.dropped.items())
        ],
        "messages": [
            {"state": state, "channel": channel, "template": template, "sent": count}
            for (state, channel, template), count in sorted(result.messages.items())
        ],
    }
