"""Metrics and segments as metrics.yaml states them. Computes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Name, Span

AGGREGATES = ("count", "sum", "min", "max", "avg", "first", "last", "distinct", "list", "mode")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the contact's events of one name (or group): `kind` is one of `AGGREGATES`.

    `value` is what is aggregated, None for `count`; `within` is a rolling window in microseconds, None: ever.
    """

    kind: str
    event: Name
    value: Expression | None = None
    where: Expression | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A value worked out from other metrics and the profile whenever it is read."""

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
