"""Metrics and segments as in metrics.yaml. Calculates nothing."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class AggregateKind:
    """The rules of one kind of aggregate, shared by all that compute or check it.

    - `result` is the JSON Schema type of the figure; None: that of the value;
    - `of_nothing` is the figure without any event;
    - `needs_value`: it aggregates a value, not the events themselves;
    - `needs_numbers`: other values are left out, with a data warning;
    - `of_elements`: it reads the elements of a value that is a list.
    """

    result: str | None = None
    of_nothing: int | None = None
    needs_value: bool = True
    needs_numbers: bool = False
    of_elements: bool = False


AGGREGATES: Mapping[str, AggregateKind] = {
    "count": AggregateKind("integer", of_nothing=0, needs_value=False),
    "sum": AggregateKind("number", of_nothing=0, needs_numbers=True),
    "min": AggregateKind(),
    "max": AggregateKind(),
    "avg": AggregateKind("number", needs_numbers=True),
    "first": AggregateKind(),
    "last": AggregateKind(),
    "distinct": AggregateKind("integer", of_nothing=0, of_elements=True),
    "list": AggregateKind("array", of_elements=True),
    "mode": AggregateKind(of_elements=True),
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the contact's events of one name (or group): `kind` is one of `AGGREGATES`.

    `value` is the aggregated value, None for `count`; `within` is a rolling window in microseconds, None means for
    ever. With `by` there is a figure for each of its values.
    """

    kind: str
    event: Name
    value: Expression | None = None
    where: Expression | None = None
    within: int | None = None
    by: Expression | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A value calculated from other metrics and the profile at each reading."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Bins:
    """A label for a number: the first of `edges` that it does not exceed gives its label, above all the last."""

    value: Expression
    edges: tuple[float, ...]
    labels: tuple[float | int | str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    span: Span
    definition: Aggregate | Formula | Bins


@dataclass(frozen=True, slots=True)
class Segment:
    """A named condition over profile and metrics."""

    name: str
    span: Span
    condition: Expression
