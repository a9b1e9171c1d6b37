"""Adds the figures of parts of the contacts to those of the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from decimal import Decimal
from typing import TypeVar

from scenario_cli.hosts.results.counting import add_sendings
from scenario_cli.model.results_report import Achieved, Figures, Group, Joined, Kpi, ScenarioFigures, Sendings

_Key = TypeVar("_Key")


def merge(total: Figures, other: Figures) -> None:
    """Adds the figures of another part of the contacts."""
    for name, part in other.scenarios.items():
        figures = total.scenarios.setdefault(name, ScenarioFigures())
        _merge_achieved(figures.achieved, part.achieved)
        _merge_groups(figures.groups, part.groups)
        _merge_groups(figures.arms, part.arms)
        _merge_sendings(figures.messages, part.messages)
        _merge_sendings(figures.arm_messages, part.arm_messages)
    _merge_groups(total.groups, other.groups)
    _merge_sendings(total.weekdays, other.weekdays)
    _merge_sendings(total.hours, other.hours)
    for program, counted in other.kpis.items():
        kpi = total.kpis.setdefault(program, Kpi())
        kpi.contacts += counted.contacts
        kpi.converted += counted.converted
        kpi.too_recent += counted.too_recent
        kpi.times.update(counted.times)
    for slice_, of_slice in other.slices.items():
        merge(total.slices.setdefault(slice_, Figures()), of_slice)
    merge_joined(total.joined, other.joined)


def merge_joined(total: Joined, other: Joined) -> None:
    """Adds how another part of the messages was joined."""
    for name in ("read", "joined", "elsewhere", "unjoined", "statuses"):
        getattr(total, name).update(getattr(other, name))
    total.without_journey += other.without_journey


def _merge_achieved(total: Achieved, other: Achieved) -> None:
    for each in fields(Achieved):
        mine, theirs = getattr(total, each.name), getattr(other, each.name)
        if isinstance(mine, Counter):
            mine.update(theirs)
        elif each.name == "value":
            total.value = mine if theirs is None else (mine or Decimal()) + theirs
        else:
            setattr(total, each.name, mine + theirs)


def _merge_groups(total: dict[_Key, Group], other: dict[_Key, Group]) -> None:
    for name, part in other.items():
        group = total.setdefault(name, Group())
        group.contacts += part.contacts
        group.converted += part.converted
        group.written += part.written
        group.value += part.value
        group.squares += part.squares


def _merge_sendings(total: dict[_Key, Sendings], other: dict[_Key, Sendings]) -> None:
    for name, part in other.items():
        add_sendings(total.setdefault(name, Sendings()), part)
