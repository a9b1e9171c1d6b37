"""The KPIs of programs as a part of the results' document."""

from __future__ import annotations

from scenario_cli.analysis.statistics import median, wilson
from scenario_cli.model.results_report import AboutKpi, Kpi, Results
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.results import words
from scenario_cli.reports.text import percent

_MEANING = (
    "From the log alone, whatever messages the contacts received: each contact counts once, from the first "
    "event, and only if the time window ends before the log does."
)


def by_program(results: Results) -> Document:
    """Each program with its KPI; nothing if no program has one."""
    if not results.kpis:
        return []
    document: Document = [Heading(2, "By program")]
    measured = [about for about in results.kpis if about.of]
    if measured:
        head = ("program", "contacts", "did it", "share", "95% interval", "median time", "time not over")
        rows = tuple(_row(about, results.figures.kpis[about.program]) for about in measured)
        document += [
            Paragraph(_MEANING),
            facts(*((about.title, (about.kpi, _measure(about))) for about in measured)),
            Grid(head, rows, frozenset(range(1, len(head)))),
        ]
    in_words = [f"{about.kpi} ({about.title})" for about in results.kpis if not about.of]
    if in_words:
        document.append(Paragraph(f"Not computed, because they have no `measure`: {'; '.join(in_words)}."))
    return document


def _measure(about: AboutKpi) -> str:
    return f"`{about.of}`, then `{about.then}` within {about.window}"


def _row(about: AboutKpi, kpi: Kpi) -> tuple[tuple[str, ...], ...]:
    interval = ""
    if kpi.contacts:
        low, high = wilson(kpi.converted, kpi.contacts)
        interval = f"{words.share(low)} to {words.share(high)}"
    return row(
        about.title, f"{kpi.contacts:,}", f"{kpi.converted:,}", percent(kpi.converted, kpi.contacts), interval,
        words.time(median(kpi.times)), f"{kpi.too_recent:,}",
    )  # fmt: skip
