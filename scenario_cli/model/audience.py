"""The contacts of a base: sizes, reach and overlaps of segments, and the list of one audience. Counts nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scenario_cli.model.export import ReadReport
from scenario_cli.model.results import Warning

# Names that no expression can write: the segment of a condition on the command line, and the metrics of a contact's
# spending and number of purchases.
CONDITION, REVENUE, PURCHASES = "(condition)", "(revenue)", "(purchases)"


@dataclass(frozen=True, slots=True)
class Change:
    """The number of contacts at the earlier instant, and of those who have come and gone since."""

    before: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Members:
    """The contacts of a segment, or of the whole base: how many, and how many each channel reaches (an address, and
    consent).

    `change` is None if the log begins later than the earlier instant. `revenue` is their payments until now, in the
    project's currency, None if no event is named as purchase. `rests_on` names the values read here that depend on the
    scenarios of the replay: messages, journeys, events and attributes.
    """

    size: int
    change: Change | None
    reachable: Mapping[str, int]
    revenue: Decimal | None = None
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Segments for which the contacts in none are counted. `prefix` is the first word of their names if it makes them a
    group in which no contact is in two.
    """

    segments: tuple[str, ...]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """The contacts in no segment of a group, and the number of buyers among them; None if no event is named as
    purchase.
    """

    group: Group
    size: int
    buyers: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One audience: the name or condition as given, its kind, the number of its contacts in each segment, and its first
    contacts as rows.

    `metrics` are those that the condition reads. `metrics_rest_on` has, for each metric that depends on the replay, the
    values it depends on.
    """

    source: str
    condition: str
    members: Members
    also_in: Mapping[str, int]
    metrics: tuple[str, ...]
    metrics_rest_on: Mapping[str, tuple[str, ...]]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Audience:
    """A base at an instant, in microseconds, and its changes `since` an earlier instant.

    `channels` are those to contacts that need an address or a consent, each with the values this depends on;
    `open_channels` reach every contact. `overlaps` counts the contacts in both of two segments, in the order of the
    segments; pairs without contacts are left out.
    """

    project: str
    project_digest: str
    timezone: str
    currency: str
    at: int
    since: int
    scenarios: tuple[str, ...]
    read: ReadReport
    everyone: Members
    segments: Mapping[str, Members]
    channels: Mapping[str, tuple[str, ...]]
    open_channels: tuple[str, ...]
    overlaps: Mapping[tuple[str, str], int]
    outside: tuple[Outside, ...]
    warnings: tuple[Warning, ...] = ()
    listed: Listed | None = field(default=None)
