"""Compares the outcome of a test case with its expectations. Only written expectations are compared."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from typing import Any

from scenario_cli.model.case import ExpectedConversion, ExpectedMessage
from scenario_cli.model.case_run import CaseRun, ConversionRun, FieldDifference, Pair, Played, ValueDifference, Verdict
from scenario_cli.model.plan_row import PlanRow
from scenario_cli.model.records import Moved

_PLAIN_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f", " "))
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def verdict(run: CaseRun) -> Verdict:
    expect = run.case.expect
    pairs: tuple[Pair, ...] = ()
    if expect.messages is not None:
        pairs = tuple(_aligned(expect.messages, run))
    return Verdict(run, pairs, tuple(_values(run)))


def _values(run: CaseRun) -> Iterator[ValueDifference]:
    expect = run.case.expect
    for expectation in expect.outcomes:
        outcomes = tuple(journey.outcome for journey in run.journeys if expectation.scenario in ("", journey.scenario))
        if outcomes != expectation.value:
            yield ValueDifference("outcome", expectation.scenario, expectation.value, outcomes, expectation.span)
    for expectation in expect.states:
        states = entered(run, expectation.scenario)
        if states != expectation.value:
            yield ValueDifference("states", expectation.scenario, expectation.value, states, expectation.span)
    for expectation in expect.conversions:
        conversions = tuple(
            conversion for conversion in run.conversions if expectation.scenario in ("", conversion.scenario)
        )
        if isinstance(expectation.value, tuple):
            if len(conversions) != len(expectation.value) or not all(map(_is_expected, expectation.value, conversions)):
                yield ValueDifference(
                    "conversions", expectation.scenario, expectation.value, conversions, expectation.span
                )
        elif len(conversions) != expectation.value:
            yield ValueDifference(
                "conversions", expectation.scenario, expectation.value, len(conversions), expectation.span
            )
    for name, value in expect.profile:
        attribute = run.profile.get(name.text)
        if attribute != value:
            yield ValueDifference("profile", name.text, value, attribute, name.span)


def _is_expected(expected: ExpectedConversion, actual: ConversionRun) -> bool:
    fields = {"event": actual.event, "key": actual.key, "value": actual.value}
    return all(_equal(fields[field], value) for field, value in expected.fields.items())


def _equal(actual: Any, expected: Any) -> bool:
    """Whether two values are equal. Numbers can differ by rounding: 0.1 + 0.2 equals 0.3."""
    if isinstance(actual, float) and type(expected) in (int, float):
        return math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-9)
    return bool(actual == expected)


def entered(run: CaseRun, scenario: str = "") -> tuple[str, ...]:
    """The states that were entered, in order of time; of one scenario or of all."""
    return tuple(move.target for move in run.story if isinstance(move, Moved) and scenario in ("", move.scenario))


# The cost of holding two messages for the same though a field differs, against leaving one without a partner: another
# template at the same time is the same message gone wrong, another template at another time is another message.
_ALONE = 1.0
_FIELDS = {"template": 1.2, "at": 0.9, "channel": 0.7}
_OTHER_FIELD = 0.3


def _aligned(expected: tuple[ExpectedMessage, ...], run: CaseRun) -> Iterator[Pair]:
    """Pairs of messages, in order, such that as little as possible differs.

    The case passes only if each message has its partner at the same position. Otherwise a surplus or missing message
    is reported as such, instead of a difference in each message after it.
    """
    actual = run.messages
    compared = [
        [tuple(_differences(message, run.expected_at[row], played)) for played in actual]
        for row, message in enumerate(expected)
    ]
    costs = [[0.0] * (len(actual) + 1) for _ in range(len(expected) + 1)]
    for row in range(len(expected), -1, -1):
        for column in range(len(actual), -1, -1):
            options = []
            if row < len(expected):
                options.append(costs[row + 1][column] + _ALONE)
            if column < len(actual):
                options.append(costs[row][column + 1] + _ALONE)
            if row < len(expected) and column < len(actual):
                options.append(costs[row + 1][column + 1] + _cost(compared[row][column]))
            costs[row][column] = min(options, default=0.0)
    row = column = 0
    while row < len(expected) or column < len(actual):
        cost = costs[row][column]
        if row < len(expected) and column < len(actual):
            differences = compared[row][column]
            if cost == costs[row + 1][column + 1] + _cost(differences):
                yield Pair(row, column, differences)
                row, column = row + 1, column + 1
                continue
        if row < len(expected) and cost == costs[row + 1][column] + _ALONE:
            yield Pair(row, None)
            row += 1
        else:
            yield Pair(None, column)
            column += 1


def _cost(differences: tuple[FieldDifference, ...]) -> float:
    return sum(_FIELDS.get(difference.field, _OTHER_FIELD) for difference in differences)


def _differences(expected: ExpectedMessage, at: int | None, actual: Played) -> Iterator[FieldDifference]:
    row = actual.row
    for field, expected_value in expected.fields.items():
        actual_value = getattr(row, field)
        if (
            field == "variant"
            and actual_value is not None
            and expected_value in {arm.split(":", 1)[1] for arm in actual_value.split()}
        ):
            continue
        if expected_value != actual_value:
            yield FieldDifference(field, expected_value, actual_value)
    if at is not None and at != actual.request.at:
        yield FieldDifference("at", at, actual.request.at)
    if expected.of is not None and expected.of != actual.journey:
        yield FieldDifference("of", expected.of, actual.journey)
    if expected.dropped != actual.reason:
        yield FieldDifference("dropped", expected.dropped, actual.reason)
    for field, text in expected.contains.items():
        rendered = _rendered(row, field)
        if rendered is None or (text not in rendered and text.translate(_PLAIN_SPACES) not in _as_read(rendered)):
            yield FieldDifference(f"contains {field}", text, rendered)


def _as_read(rendered: str) -> str:
    """HTML without its tags: the author of an expected text need not know where bold begins, that `&` is written
    `&amp;`, nor which of the spaces before a French colon keep it on the line.
    """
    return " ".join(html.unescape(_TAG.sub("", rendered)).translate(_PLAIN_SPACES).split())


def _rendered(row: PlanRow, field: str) -> str | None:
    """A rendered field; None if the message has none, or was dropped."""
    if field == "body":
        return row.body
    return (row.fields or {}).get(field)
