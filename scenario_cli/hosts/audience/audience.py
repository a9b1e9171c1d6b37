"""Takes a census of a project's contacts and turns its numbers into a report's values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from scenario_cli.analysis.segment_reads import metric_rests_on, metrics_read, rests_on
from scenario_cli.hosts.audience.census import Census, CensusResult, channels_of
from scenario_cli.hosts.audience.tally import Count
from scenario_cli.model.audience import CONDITION, REVENUE, Audience, Change, Group, Listed, Members, Outside
from scenario_cli.model.export import ReadReport
from scenario_cli.model.expression import Expression
from scenario_cli.model.metrics import Segment
from scenario_cli.model.project import Project


def with_condition(project: Project, condition: Expression) -> Project:
    """The project with one more segment, `CONDITION`, so that a condition finds the contacts of such a segment."""
    segment = Segment(CONDITION, condition.span, condition)
    return replace(project, segments={**project.segments, CONDITION: segment})


def families(segments: Iterable[str]) -> Iterator[Group]:
    """Segments whose names begin with the same word (`rfm_loyal`, `rfm_inactive`), two or more."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for name in segments:
        word, underline, rest = name.partition("_")
        if word and underline and rest:
            by_word[word].append(name)
    yield from (Group(tuple(names), word) for word, names in by_word.items() if len(names) > 1)


def audience(job: Census, census: CensusResult, read: ReadReport) -> Audience:
    """The result of a census."""
    project = job.project
    scenarios = [project.scenarios[name] for name in job.scenarios]
    channels = {name: project.channels[name] for name in channels_of(project)}
    asking = {name: channel for name, channel in channels.items() if channel.address or channel.consent}
    effects = {
        name: rests_on(project, scenarios, [channel.address, channel.consent]) for name, channel in asking.items()
    }
    compared = job.begins is not None and job.begins <= job.since

    def members(count: Count, effects: tuple[str, ...] = ()) -> Members:
        change = Change(count.before, count.entered, count.left) if compared else None
        reached = dict(zip(channels, count.reached, strict=True))
        revenue = count.revenue if REVENUE in project.metrics else None
        return Members(count.size, change, {name: reached[name] for name in asking}, revenue, effects)

    segments = {
        name: members(count, rests_on(project, scenarios, [segment.condition]))
        for (name, segment), count in zip(project.segments.items(), census.tally.segments, strict=True)
    }
    names = list(segments)
    counted = {(names[first], names[second]): count for (first, second), count in census.tally.overlaps.items()}
    overlaps = {pair: counted[pair] for pair in combinations(names, 2) if pair in counted}
    named = {name: of_segment for name, of_segment in segments.items() if name != CONDITION}
    return Audience(
        project.name,
        project.digest,
        project.timezone,
        project.currency,
        job.at,
        job.since,
        job.scenarios,
        read,
        members(census.tally.everyone),
        named,
        effects,
        tuple(name for name in channels if name not in asking),
        {pair: count for pair, count in overlaps.items() if CONDITION not in pair},
        tuple(_outside(job, census)),
        tuple(sorted(census.tally.warnings.values(), key=lambda warning: (-warning.count, warning.place))),
        _listed(job, segments, overlaps) if job.listed is not None else None,
    )


def _outside(job: Census, census: CensusResult) -> Iterator[Outside]:
    """The contacts in no segment of each group. Groups made by names count only if somebody is in one segment and
    nobody in two.
    """
    sold = REVENUE in job.project.metrics
    for place, (group, count) in enumerate(zip(job.groups, census.tally.in_none, strict=True)):
        if not group.prefix or (place not in census.tally.shared and count.size < census.tally.everyone.size):
            yield Outside(group, count.size, count.buyers if sold else None)


def _listed(job: Census, segments: Mapping[str, Members], overlaps: Mapping[tuple[str, str], int]) -> Listed:
    name = job.listed
    assert name is not None
    condition = job.project.segments[name].condition
    also_in = {
        second if first == name else first: count
        for (first, second), count in overlaps.items()
        if name in (first, second)
    }
    source = condition.source if name == CONDITION else f"segment.{name}"
    ordered: Sequence[str] = sorted(also_in, key=lambda other: -also_in[other])
    scenarios = [job.project.scenarios[scenario] for scenario in job.scenarios]
    effects_by_metric = {metric: metric_rests_on(job.project, scenarios, metric) for metric in job.metrics}
    return Listed(
        source,
        condition.source,
        segments[name],
        {second: also_in[second] for second in ordered},
        metrics_read(job.project, condition),
        {metric: effects for metric, effects in effects_by_metric.items() if effects},
        (),
    )
