"""The result of runs over a store, in a terminal and in the log of a nightly job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scenario_cli.model.run_result import RunResult
from scenario_cli.reports.document.parts import Block, Document, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.exports.log import data_lines, moment
from scenario_cli.reports.text import Style, plural

_MOST_WARNINGS = 20


def run_text(results: Sequence[RunResult], timezone: str, color: bool, width: int) -> str:
    """One part a run; a run that was cut off comes first, when it has been finished."""
    document: Document = [block for result in results for block in _run(result, timezone)]
    text = document_text(document, color, width)
    lines = [line for result in results for line in _data(result, Style(color), width)]
    return text + ("\n" + "\n".join(lines) + "\n" if lines else "")


def _run(result: RunResult, timezone: str) -> list[Block]:
    since, until = moment(result.clock, timezone), moment(result.until, timezone)
    span = f"{since} to {until}" if since else f"the first, up to {until}"
    note = "completed: an earlier process was interrupted" if result.resumed else ""
    sent, dropped = result.counted("sent"), result.counted("dropped")
    blocks: list[Block] = [
        Heading(1, f"Run {result.run}: {span}", note),
        facts(
            ("read", _read(result)),
            ("contacts", _contacts(result)),
            ("outbox", _listed(sent) or "nothing new"),
            ("dropped", _listed(dropped)),
            ("withdrawn", _withdrawn(result)),
            ("profiles", _updated(result)),
        ),
    ]
    rows = [_scenario(result, name) for name in sorted(_scenarios(result))]
    if rows:
        head = ("scenario", "entered", "sent", "dropped", "ended", "running")
        blocks.append(Grid(head, tuple(row(*cells) for cells in rows)))
    else:
        blocks.append(Paragraph("No scenario had any activity."))
    return blocks


def _read(result: RunResult) -> str:
    parts = [plural(result.figures.get("taken", 0), "event")]
    for name, words in (
        ("late", "late: processed at the current time, nobody entered"), ("repeated", "duplicate"),
        ("postponed", "after the end of this run: kept for a later run"),
    ):  # fmt: skip
        if count := result.figures.get(name, 0):
            parts.append(f"{count:,} {words}")
    return "; ".join(parts)


def _contacts(result: RunResult) -> str:
    forgotten = result.figures.get("forgotten", 0)
    left_out = f"; {forgotten:,} ignored, because they were forgotten" if forgotten else ""
    gone = result.figures.get("gone", 0)
    gone_note = f"; {gone:,} no longer in the contacts table; their profiles stay" if gone else ""
    return f"{result.figures.get('contacts', 0):,} processed{left_out}{gone_note}"


def _updated(result: RunResult) -> str:
    count = result.counted("updated").total()
    return f"{plural(count, 'attribute')} changed" if count else ""


def _withdrawn(result: RunResult) -> str:
    reasons = (("withdrawn", "consent was withdrawn"), ("halted", "the scenario is paused or archived"))
    counts = ((result.figures.get(figure, 0), reason) for figure, reason in reasons)
    return "; ".join(
        f"{plural(count, 'message')} not delivered yet, because {reason}" for count, reason in counts if count
    )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()) if count)


def _scenarios(result: RunResult) -> set[str]:
    """The scenarios in which something happened or journeys are running."""
    happened = {name for (name, _, _, kind), count in result.totals.items() if name and count and kind != "running"}
    return happened | {name for name, count in result.running.items() if count}


def _scenario(result: RunResult, name: str) -> list[str]:
    counts = [result.counted(kind, name).total() for kind in ("entered", "sent", "dropped", "ended")]
    return [name, *(f"{count:,}" for count in (*counts, result.running.get(name, 0)))]


def _data(result: RunResult, style: Style, width: int) -> list[str]:
    """Faults of the data, and texts that could not be rendered or are too long."""
    lines = []
    if result.report is not None:
        # A night's export need not hold every event, nor a value for every property.
        table = result.report.contacts_table
        report = replace(
            result.report, absent=(), unfilled=(), contacts_table=replace(table, unfilled=()) if table else None
        )
        lines = data_lines(report, (), style, width)
    warnings = Counter(
        {
            (name, kind.removeprefix("warning: ")): count
            for (name, _, _, kind), count in result.totals.items()
            if kind.startswith("warning: ")
        }
    )
    for (name, place), count in warnings.most_common(_MOST_WARNINGS):
        # Counts alone are kept: the value can be missing, misfit its type, or have passed a bound.
        subject = f"{name}: {place}" if name else place
        lines.append(f"{subject}: {plural(count, 'data warning')} ('scenario dry-run' shows an example)")
    lines += [f"{text} ({plural(count, 'time')})" for text, count in sorted(result.complaints.items())]
    return [style("Data warnings", "bold"), *(f"  {line}" for line in lines)] if lines else []
