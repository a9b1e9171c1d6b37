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
    """The differences in a case, without message numbers and days of times, because those differ from case to case."""
    if verdict.run.stopped:
        yield "stopped", verdict.run.stopped
    for pair in verdict.pairs:
        if not pair.agrees:
            yield from _of_pair(pair, verdict)
    for difference in verdict.values:
        yield _of_value(difference)


def _of_pair(pair: Pair, verdict: Verdict) -> Iterator[Hashable]:
    run = verdict.run
    if pair.actual is None:
        assert pair.expected is not None
        expected = (run.case.expect.messages or ())[pair.expected]
        yield "missing", tuple(sorted(expected.fields.items())), expected.dropped
        return
    played = run.messages[pair.actual]
    message = played.request.scenario, played.request.channel, played.request.template
    if pair.expected is None:
        yield "not expected", message, played.reason
        return
    for difference in pair.differences:
        yield (*message, played.row.detail if played.reason else "", *_of_field(difference))


def _of_field(difference: FieldDifference) -> tuple[Hashable, ...]:
    if difference.field == "at":
        return difference.field, difference.actual - difference.expected
    if difference.field.startswith("contains"):
        return difference.field, difference.expected
    return difference.field, difference.expected, difference.actual


def _of_value(difference: ValueDifference) -> Hashable:
    return difference.key, difference.scenario, repr(difference.expected), repr(difference.actual)
