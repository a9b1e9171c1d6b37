"""Results of runs over a log with nothing personal in their examples. Rows of a plan are data, and stay as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from scenario_cli.model.export import Misfit, ReadReport
from scenario_cli.model.results import DryRun, Plan, Summary
from scenario_cli.reports.exports.withheld import shown_text, shown_unusable, shown_value


def masked_run(run: DryRun) -> DryRun:
    """A replay's result."""
    return replace(run, read=_masked_read(run.read), summary=_masked_summary(run.summary))


def masked_plan(plan: Plan) -> Plan:
    """A forward plan."""
    return replace(plan, read=_masked_read(plan.read), summary=_masked_summary(plan.summary))


def _masked_read(read: ReadReport) -> ReadReport:
    table = read.contacts_table
    if table is not None:
        table = replace(table, unusable=shown_unusable(table.unusable), misfits=_masked_misfits(table.misfits))
    return replace(
        read,
        unusable=shown_unusable(read.unusable),
        misfits=_masked_misfits(read.misfits),
        notes=tuple(map(shown_text, read.notes)),
        contacts_table=table,
    )


def _masked_misfits(misfits: Iterable[Misfit]) -> tuple[Misfit, ...]:
    return tuple(replace(one, example=shown_value(one.property, one.example)) for one in misfits)


def _masked_summary(summary: Summary) -> Summary:
    complaints: Counter[str] = Counter()
    for text, count in summary.complaints.items():
        complaints[shown_text(text)] += count
    warnings = {key: replace(one, example=shown_text(one.example)) for key, one in summary.warnings.items()}
    return replace(summary, warnings=warnings, complaints=complaints)
