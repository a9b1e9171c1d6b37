"""The impact of a change: both sides replayed over a log, and the counts of that put into one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from scenario_cli.analysis.changes.touching import Touching, plan_conflicts, touching
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.compare.counts import ImpactCounts, RowCounts, median
from scenario_cli.hosts.compare.replaying import Comparison, compare, running
from scenario_cli.hosts.compare.tally import Tally
from scenario_cli.hosts.replay import Progress
from scenario_cli.hosts.summary import busier
from scenario_cli.model.impact import (
    KINDS,
    Busiest,
    ContactImpact,
    Impact,
    JourneyImpact,
    MessageImpact,
    PressureImpact,
    Sides,
    UpdateImpact,
)
from scenario_cli.model.project import Project, Table


def impact_of(
    before: Project,
    after: Project,
    touched: Touching,
    staged: StagedLog,
    start: int | None,
    until: int,
    renamed: Mapping[str, str],
    workers: int = 1,
    progress: Progress | None = None,
) -> Impact:
    """Replays a log that was staged for both projects, with the data for rows if `touched` names texts.

    `renamed` has the new names of scenarios by their old ones.
    """
    job = Comparison(before, after, touched, start, until, staged.report.first, renamed)
    return impact(job, compare(job, staged, workers, progress))


def touched_by(before: Project, after: Project) -> Touching:
    """The contacts that a change can reach; reads the files of reference tables."""
    names = before.tables.keys() & after.tables.keys()
    changed = (name for name in names if _content(before.tables[name]) != _content(after.tables[name]))
    return touching(before, after, frozenset(changed))


def _content(table: Table) -> bytes:
    return sha256(Path(table.stored or table.file).read_bytes()).digest()


def impact(job: Comparison, counts: ImpactCounts) -> Impact:
    """The counts of all contacts as one value."""
    sides = _Figures(job, counts)
    conflicts = [*plan_conflicts(job.before, job.after)]
    return Impact(
        start=job.start,
        until=job.until,
        timezone=job.after.timezone,
        currency=job.after.currency,
        rows=tuple(sides.rows()),
        journeys=tuple(sides.journey(name) for name in sides.names),
        contacts=ContactImpact(total=counts.common.contacts + counts.before.contacts, **counts.contacts),
        pressure=sides.pressure(),
        cost=(sides.cost(0), sides.cost(1)),
        examples=tuple(counts.examples[kind][1] for kind in KINDS if kind in counts.examples),
        replayed_twice=counts.before.contacts,
        everybody=job.touching.everybody,
        cautions=tuple(f"{conflict}, so both versions were read with the new tracking plan" for conflict in conflicts),
        updates=tuple(sides.updates()),
    )


class _Figures:
    """The results of both sides, by the scenarios' names on the new side."""

    def __init__(self, job: Comparison, counts: ImpactCounts) -> None:
        self.job, self.counts = job, counts
        self.old_names = {job.renamed.get(name, name): name for name in running(job.before)}
        self.names = tuple(dict.fromkeys((*running(job.after), *self.old_names)))

    def results(self, name: str) -> tuple[list[Tally], list[Tally]]:
        """A scenario's results before and after: those of contacts that the change cannot reach are in both."""
        old = self.old_names.get(name, "")
        common, before, after = (
            [side.scenarios[key]] if key in side.scenarios else []
            for side, key in ((self.counts.common, old), (self.counts.before, old), (self.counts.after, name))
        )
        return [*common, *before], [*common, *after]

    def rows(self) -> Iterable[MessageImpact]:
        for name in self.names:
            sides = self.results(name)
            channels = {channel for results in sides for result in results for channel in result.sent}
            channels |= {channel for results in sides for result in results for channel, _ in result.dropped}
            for channel in sorted(channels):
                row = self.counts.rows.get((name, channel), RowCounts())
                yield MessageImpact(
                    name,
                    channel,
                    Sides(*(sum(result.sent[channel] for result in results) for results in sides)),
                    row.differences["only_before"],
                    row.differences["only_after"],
                    row.differences["moved"],
                    median(row.shifts),
                    row.other_text,
                    dict(sorted(row.dropped_now.items())),
                    dict(sorted(row.no_longer_dropped.items())),
                    Sides(*(_dropped(results, channel) for results in sides)),
                    row.unrendered,
                )

    def updates(self) -> Iterable[UpdateImpact]:
        for name in self.names:
            sides = self.results(name)
            for attribute in sorted(
                {attribute for results in sides for result in results for attribute in result.updated}
            ):
                differences = self.counts.updates.get((name, attribute), Counter())
                yield UpdateImpact(
                    name,
                    attribute,
                    Sides(*(sum(result.updated[attribute] for result in results) for results in sides)),
                    differences["only_before"],
                    differences["only_after"],
                    differences["other_value"],
                    differences["moved"],
                )

    def journey(self, name: str) -> JourneyImpact:
        sides = self.results(name)
        outcomes = sorted({outcome for results in sides for result in results for outcome in result.outcomes})
        values = tuple(
            sum((result.value for result in results if result.value is not None), Decimal())
            if any(result.value is not None for result in results)
            else None
            for results in sides
        )
        return JourneyImpact(
            name,
            Sides(*(sum(result.entered for result in results) for results in sides)),
            {outcome: Sides(*(sum(result.outcomes[outcome] for result in results) for results in sides))
             for outcome in outcomes},
            Sides(*(sum(result.converted for result in results) for results in sides)),
            (values[0], values[1]),
        )  # fmt: skip

    def pressure(self) -> PressureImpact:
        weeks: list[Counter[int]] = []
        busiest: list[Busiest] = []
        for own in (self.counts.before, self.counts.after):
            weeks.append(self.counts.common.weeks_sent + own.weeks_sent)
            messages, contact_id = busier(self.counts.common.busiest, own.busiest)
            busiest.append(Busiest(contact_id, messages))
        counts = sorted({*weeks[0], *weeks[1]} - {0})
        return PressureImpact(
            {count: Sides(weeks[0][count], weeks[1][count]) for count in counts}, (busiest[0], busiest[1])
        )

    def cost(self, side: int) -> Decimal:
        """The cost of all messages of a side, by the costs of its channels."""
        channels = (self.job.before, self.job.after)[side].channels
        return sum(
            (
                count * Decimal(str(channels[channel].cost))
                for name in self.names
                for result in self.results(name)[side]
                for channel, count in result.sent.items()
            ),
            Decimal(),
        )


def _dropped(results: Iterable[Tally], channel: str) -> int:
    return sum(count for result in results for (where, _), count in result.dropped.items() if where == channel)
