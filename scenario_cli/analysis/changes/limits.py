"""Holds a change and its impact against limits. Reads no limit and shows none."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from scenario_cli.model.changes import Changes
from scenario_cli.model.impact import Impact
from scenario_cli.model.review import OF_STORE, Limit, Passed, is_passed
from scenario_cli.model.under_way import UnderWay

Figures = dict[str, tuple[Decimal | None, Decimal]]


def passed_limits(
    limits: Iterable[Limit], changes: Changes, impact: Impact | None, under_way: Iterable[UnderWay] | None = None
) -> tuple[Passed, ...]:
    """The limits that are passed; those that need a log or a store are left out if none was read."""
    figures = _figures(changes, impact)
    if under_way is not None:
        stranded = sum(each.journeys for each in under_way if each.fate in ("stranded", "missing"))
        figures[OF_STORE] = (None, Decimal(stranded))
    return tuple(
        Passed(limit, *figures[limit.figure])
        for limit in limits
        if limit.figure in figures and is_passed(limit, figures[limit.figure][0] or Decimal(), figures[limit.figure][1])
    )


def _figures(changes: Changes, impact: Impact | None) -> Figures:
    """Every figure before the change, if it has a value there, and after it."""
    counts = {"added": 0, "removed": 0, "changed": 0}
    for subject in changes.scenarios:
        counts[subject.kind if subject.kind in counts else "changed"] += 1
    figures: Figures = {f"scenarios.{kind}": (None, Decimal(count)) for kind, count in counts.items()}
    return figures if impact is None else {**figures, **_of_contacts(impact), **_of_both_sides(impact)}


def _of_contacts(impact: Impact) -> Figures:
    contacts = impact.contacts
    counts = {
        "new": contacts.first,
        "more": contacts.more + contacts.first,
        "less": contacts.less + contacts.nothing,
        "none": contacts.nothing,
        "affected": contacts.affected,
    }
    return {f"contacts.{name}": (None, Decimal(count)) for name, count in counts.items()}


def _of_both_sides(impact: Impact) -> Figures:
    rows, journeys = impact.rows, impact.journeys
    pairs = {
        "messages": [row.messages for row in rows],
        "dropped": [row.dropped for row in rows],
        "entries": [journey.entered for journey in journeys],
        "conversions": [journey.converted for journey in journeys],
        **{f"messages.{channel}": [row.messages for row in rows if row.channel == channel]
           for channel in {row.channel for row in rows}},
    }  # fmt: skip
    figures: Figures = {
        name: (Decimal(sum(sides.before for sides in all_sides)), Decimal(sum(sides.after for sides in all_sides)))
        for name, all_sides in pairs.items()
    }
    before, after = impact.pressure.busiest
    figures["pressure.max"] = Decimal(before.messages), Decimal(after.messages)
    figures["cost"] = impact.cost
    return figures
