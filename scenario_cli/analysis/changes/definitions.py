"""The changes of metrics, segments and constants, each with those who read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.renames import Renames, by_name
from scenario_cli.analysis.changes.words import change, code, source, valued, was, words
from scenario_cli.analysis.labels import length_words, metric_label
from scenario_cli.model.changes import Area, Change, Subject
from scenario_cli.model.metrics import Aggregate, Bins, Formula, Metric, Segment
from scenario_cli.model.project import Constant

T = TypeVar("T")


def metric_changes(old: Mapping[str, Metric], new: Mapping[str, Metric], renames: Renames) -> Iterator[Subject]:
    return named_changes("metric", old, new, renames, metric_words, _metric)


def segment_changes(old: Mapping[str, Segment], new: Mapping[str, Segment], renames: Renames) -> Iterator[Subject]:
    return named_changes("segment", old, new, renames, lambda segment: code(source(segment.condition)), _segment)


def constant_changes(old: Mapping[str, Constant], new: Mapping[str, Constant], renames: Renames) -> Iterator[Subject]:
    return named_changes("constant", old, new, renames, lambda constant: words(constant.value), _constant)


def named_changes(
    area: Area,
    old: Mapping[str, T],
    new: Mapping[str, T],
    renames: Renames,
    summary: Callable[[T], str],
    inside: Callable[[T, T, Place], Iterator[Change]],
) -> Iterator[Subject]:
    """The subjects of an area: added and removed with their `summary`, the rest with the changes `inside`."""
    names = renames.of(area)
    named = by_name(old, new, names)
    for name in named.removed:
        text = summary(old[name])
        yield Subject(area, name, "removed", changes=(change((), f"It was {text}", text, "", "removed"),))
    for name in named.added:
        text = summary(new[name])
        yield Subject(area, name, "added", changes=(change((), f"It is {text}", "", text, "added"),))
    for before, after in named.pairs:
        changes = tuple(inside(old[before], new[after], Place((), "", renames)))
        if before != after:
            yield Subject(area, after, "renamed", before, changes)
        elif changes:
            yield Subject(area, after, "changed", changes=changes)


def metric_words(metric: Metric) -> str:
    definition = metric.definition
    if isinstance(definition, Bins):
        return f"{_bins(definition)} of {code(source(definition.value))}"
    return code(metric_label(metric))


def _bins(bins: Bins) -> str:
    steps = [f"{code(label)} up to {edge:g}" for label, edge in zip(bins.labels, bins.edges, strict=False)]
    return ", ".join([*steps, *(f"{code(label)} above" for label in bins.labels[len(bins.edges) :])])


def _metric(old: Metric, new: Metric, place: Place) -> Iterator[Change]:
    before, after = old.definition, new.definition
    if type(before) is not type(after):
        texts = metric_words(old), metric_words(new)
        yield place.says(f"It is {was(texts[1], texts[0])}", *texts)
        return
    for field in fields_changed(before, after, place.renames):
        values = getattr(before, field, None), getattr(after, field, None)
        if not place.indirect(*values):
            yield from _metric_field(field, before, after, values, place.below(field))


def _metric_field(
    field: str,
    old: Aggregate | Formula | Bins,
    new: Aggregate | Formula | Bins,
    values: tuple[Any, Any],
    place: Place,
) -> Iterator[Change]:
    texts = words(values[0]), words(values[1])
    if field == "within":
        texts = _window(values[0]), _window(values[1])
        yield place.says(f"It looks at {was(texts[1], texts[0])}", *texts)
    elif field in ("edges", "labels") and isinstance(old, Bins) and isinstance(new, Bins):
        if field == "edges" or old.edges == new.edges:
            texts = _bins(old), _bins(new)
            yield place.says(f"Its labels are {texts[1]} (were: {texts[0]})", *texts)
    elif field in _METRIC_WORDS:
        yield place.says(f"{_METRIC_WORDS[field]} {was(texts[1], texts[0])}", *texts)
    else:
        yield valued(place.path, code(field), *values)


def _window(length: int | None) -> str:
    return f"the last {length_words(length)}" if length else "all time"


_METRIC_WORDS: Mapping[str, str] = {
    "kind": "It is the",
    "event": "It counts",
    "value": "It is of",
    "where": "It counts only if",
    "by": "It has a figure for each",
}


def _segment(old: Segment, new: Segment, place: Place) -> Iterator[Change]:
    if place.renames.same(old.condition, new.condition) or place.indirect(old.condition, new.condition):
        return
    before, after = code(source(old.condition)), code(source(new.condition))
    yield place.below("condition").says(f"Contacts are in it if {was(after, before)}", before, after)


def _constant(old: Constant, new: Constant, place: Place) -> Iterator[Change]:
    if old.value != new.value or type(old.value) is not type(new.value):
        before, after = words(old.value), words(new.value)
        yield place.below("value").says(f"It is {was(after, before)}", before, after)
