"""Compares the contacts who receive messages with the control group. Counts nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenario_cli.analysis.statistics import (
    MISMATCH,
    Difference,
    contacts_needed,
    holm,
    mean_difference,
    rate_difference,
    rate_difference_p,
    sample_ratio_p,
)
from scenario_cli.model.results_report import Group
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups, the second with the drawn `share` of both, and how far apart they are.

    `difference` is of the rates of conversion, `lift` the same as a part of the second's rate, `value` of the value a
    contact; each is None if a group is too small for it. `ratio_p` is the probability of groups at least this far
    from the share. `missing` are the contacts that a difference as large as this one still takes to be shown; None
    if it is shown, or if the rates are the same.
    """

    group: Group
    other: Group
    share: float
    difference: Difference | None
    lift: float | None
    value: Difference | None
    ratio_p: float
    missing: int | None

    @property
    def as_drawn(self) -> bool:
        return self.ratio_p >= MISMATCH


def compared(group: Group, other: Group, share: float) -> Comparison:
    ratio_p = sample_ratio_p((group.contacts, other.contacts), (1 - share, share)) if 0 < share < 1 else 1.0
    if not group.contacts or not other.contacts:
        return Comparison(group, other, share, None, None, None, ratio_p, None)
    difference = rate_difference(group.converted, group.contacts, other.converted, other.contacts)
    other_rate = other.converted / other.contacts
    lift = difference.estimate / other_rate if other_rate else None
    value = mean_difference(
        group.contacts, float(group.value), float(group.squares),
        other.contacts, float(other.value), float(other.squares),
    )  # fmt: skip
    total = group.contacts + other.contacts
    missing = None
    if not difference.excludes_zero:
        needed = contacts_needed(group.converted / group.contacts, other_rate, other.contacts / total)
        # A difference right at the edge can be short of its interval although the count would do.
        missing = max(needed - total, 1) if needed is not None else None
    return Comparison(group, other, share, difference, lift, value, ratio_p, missing)


def incremental(difference: Difference, contacts: int) -> Difference:
    """The total of a difference per contact over so many contacts: conversions, or value, caused by the messages."""
    return Difference(difference.estimate * contacts, difference.low * contacts, difference.high * contacts)


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm of a split, compared with the first. `p` is the probability of rates at least this far apart by chance,
    raised for the number of arms (Holm); difference and `p` are None for the first, and for an arm without contacts.
    """

    name: str
    group: Group
    difference: Difference | None = None
    p: float | None = None


def arms_compared(names: Sequence[str], groups: Mapping[str, Group]) -> list[Arm]:
    """The arms in the order of their names, each but the first compared with the first."""
    arms = [(name, groups.get(name, Group())) for name in names]
    first = arms[0][1]
    pairs = [
        (group.converted, group.contacts, first.converted, first.contacts)
        if index and group.contacts and first.contacts
        else None
        for index, (_, group) in enumerate(arms)
    ]
    raised = iter(holm([rate_difference_p(*pair) for pair in pairs if pair is not None]))
    return [
        Arm(name, group, rate_difference(*pair), next(raised)) if pair is not None else Arm(name, group)
        for (name, group), pair in zip(arms, pairs, strict=True)
    ]


def arms_as_drawn(arms: Sequence[Arm], weights: Sequence[float | None]) -> bool | None:
    """Whether the arms are as large as their weights require; None if the weights change."""
    drawn = [(arm.group.contacts, weight) for arm, weight in zip(arms, weights, strict=True) if weight]
    if None in weights or len(drawn) < 2:
        return None
    counts, shares = zip(*drawn, strict=True)
    return sample_ratio_p(counts, shares) >= MISMATCH
