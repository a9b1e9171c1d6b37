"""A replay's result in a terminal, as a CRM manager reads it."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.model.results import DryRun, ScenarioResult, Summary
from scenario_cli.reports.dry_run import facts
from scenario_cli.reports.text import Style, bar, fit, lines_text, percent, table, wrap, wrapped

# If more scenarios run and none was named, a terminal shows only the table of all.
_MOST_IN_DETAIL = 12
_WHERE_THE_REST_IS = "For states, outcomes and drops, name a scenario, or write all of them with --report FILE.html."


def dry_run_text(run: DryRun, color: bool, width: int, by_name: bool) -> str:
    """`by_name` is whether the scenarios were named on the command line."""
    style = Style(color)
    title, *rest = facts.head(run)
    overview = facts.overview(run)
    lines = [f"{style(run.project, 'bold')}: {title}", *_sentences(rest, style, width)]
    lines += ["", *table(overview[0], overview[1:], width, style)]
    if by_name or len(run.summary.scenarios) <= _MOST_IN_DETAIL:
        for result in run.summary.scenarios.values():
            lines += ["", *_scenario(result, run, style, width)]
    else:
        lines += ["", *_sentences([_WHERE_THE_REST_IS], style, width)]
    lines += ["", *_calendar(run.summary, style, width)]
    lines += ["", style("Pressure", "bold")]
    lines += [part for line in facts.pressure(run) for part in wrap(line, width, "  ", "    ")]
    if by_week := facts.weeks(run.summary):
        lines += table(by_week[0], by_week[1:], width, style, indent=2)
    warnings = facts.warnings(run, style, width)
    if warnings:
        lines += ["", style("Data warnings", "bold"), *(f"  {line}" for line in warnings)]
    return lines_text(lines)


def _sentences(sentences: Iterable[str], style: Style, width: int) -> list[str]:
    return [style(part, "dim") for sentence in sentences for part in wrap(sentence, width, "", "  ")]


def _scenario(result: ScenarioResult, run: DryRun, style: Style, width: int) -> list[str]:
    title = f"  {result.title}" if result.title else ""
    lines = [style(result.name, "bold") + style(title, "dim")]
    if result.entered:
        lines += wrapped(f"  {result.entered:,} entered = ", facts.outcome_parts(result), " + ", width)
        lines += _funnel(result, style, width)
    else:
        lines.append("  nobody entered")
    for word, parts in facts.scenario_facts(result, run):
        lines += wrapped(f"  {word:10}", parts, ", ", width)
    return lines


def _funnel(result: ScenarioResult, style: Style, width: int) -> list[str]:
    name_width = min(max(len(name) for name in result.funnel), 24)
    room = max(min(width - name_width - 34, 40), 6)
    lines = []
    for name, funnel in result.funnel.items():
        shape = bar(funnel.reached / result.entered, room)
        waiting = " " * (room - len(shape)) + f"  {funnel.waiting:,} waiting" if funnel.waiting else ""
        lines.append(
            f"  {fit(name, name_width):{name_width}} {funnel.reached:>9,} "
            f"{percent(funnel.reached, result.entered):>5}  {style(shape, 'cyan')}{waiting}".rstrip()
        )
    return lines


def _calendar(summary: Summary, style: Style, width: int) -> list[str]:
    if not summary.days:
        return [style("No messages sent", "bold")]
    calendar = facts.calendar(summary)
    rows = [
        [name, *(f"{counts[channel]:,}" for channel in calendar.channels), f"{counts.total():,}"]
        for name, counts in calendar.periods.items()
    ]
    sums = [sum(counts[channel] for counts in calendar.periods.values()) for channel in calendar.channels]
    rows.append(["all", *(f"{count:,}" for count in sums), f"{sum(sums):,}"])
    lines = table([calendar.unit, *calendar.channels, "all"], rows, width - 26, style, indent=2)
    shapes = [bar(counts.total() / calendar.most, 20) for counts in calendar.periods.values()]
    rows_with_bars = [f"{line}  {style(shape, 'cyan')}" for line, shape in zip(lines[1:-1], shapes, strict=True)]
    return [style(f"Messages by channel and {calendar.unit}", "bold"), lines[0], *rows_with_bars, lines[-1]]
