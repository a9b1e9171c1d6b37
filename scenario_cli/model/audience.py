"""Who the contacts of a base are: sizes, reach and overlaps of segments, and the list of one. Counts nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scenario_cli.model.export import ReadReport
from scenario_cli.model.results import Warning

# Names that no expression can write: the segment of a condition that is on the command line, and the metrics of
# what a contact has paid and how often.
CONDITION, REVENUE, PURCHASES = "(condition)", "(revenue)", "(purchases)"


@dataclass(frozen=True, slots=True)
class Change:
    """How many contacts there were at the earlier instant, and how many have come and gone since."""

    before: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Members:
    """The contacts of a segment, or of the whole base: how many, and how many each channel reaches (an address, and
    consent).

    `change` is None where the log begins later than the earlier instant. `revenue` is what they have paid until now, in
    the project's currency, None where nothing says what a purchase is. `rests_on` names what is read here and comes of
    the scenarios of the replay: messages, journeys, events and attributes.
    """

    size: int
    change: Change | None
    reachable: Mapping[str, int]
    revenue: Decimal | None = None
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Segments of which is counted who is in none; `prefix` is the first word of their names where that makes them one,
    if nobody is in two."""

    segments: tuple[str, ...]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """The contacts in none of a group, and how many of them have bought; None where nothing says what a purchase is."""

    group: Group
    size: int
    buyers: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One audience: the name or condition as given, what it is, how many of it are in each segment, and the first of
    its contacts as rows.

    `metrics` are those that the condition reads. `metrics_rest_on` has what a metric rests on of the replay, for each
    of all that do.
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
    """A base at an instant, in microseconds, and what changed `since` an earlier one.

    `channels` are those to contacts that ask for an address or a consent, each with what that rests on; `open_channels`
    reach everybody. `overlaps` counts the contacts in both of two segments, in the order of the segments; pairs without
    any are left out.
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
