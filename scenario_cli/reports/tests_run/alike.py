"""Puts failing cases together that fail for the same cause, so that it is shown once. Writes no text."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from scenario_cli.model.case_run import FieldDifference, Pair, ValueDifference, Verdict


def failing_alike(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    """The failing cases, those of one cause together, in the order of the first of each."""
    groups: dict[Hashable, list[Verdict]] = {}
    for verdict in verdicts:
        if not verdict.passed:
            groups.setdefault(frozenset(_causes(verdict)), []).append(verdict)
    return list(groups.values())


def _causes(verdict: Verdict) -> Iterator[Hashable]:
    """What differs in a case, without the number of a message and the day of a time: those differ from case to case."""
    if verdict.run.stopped:
        yield "stopped", verdict.run.stopped
    for pair in verdict.pairs:
        if not pair.agrees:
            yield from _of_pair(pair, verdict)
    for one in verdict.values:
        yield _of_value(one)


def _of_pair(pair: Pair, verdict: Verdict) -> Iterator[Hashable]:
    run = verdict.run
    if pair.actual is None:
        assert pair.expected is not None
        expected = (run.case.expect.messages or ())[pair.expected]
        yield "missing", tuple(sorted(expected.fields.items())), expected.dropped
        return
    there = run.messages[pair.actual]
    named = there.asked.scenario, there.asked.channel, there.asked.template
    if pair.expected is None:
        yield "not expected", named, there.reason
        return
    for one in pair.differences:
        yield (*named, there.row.detail if there.reason else "", *_of_field(one))


def _of_field(one: FieldDifference) -> tuple[Hashable, ...]:
    if one.field == "at":
        return one.field, one.actual - one.expected
    if one.field.startswith("contains"):
        return one.field, one.expected
    return one.field, one.expected, one.actual


def _of_value(one: ValueDifference) -> Hashable:
    return one.what, one.scenario, repr(one.expected), repr(one.actual)
