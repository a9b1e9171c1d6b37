"""Scenarios that let a contact in at the same event. Fires nothing."""

from __future__ import annotations

from scenario_cli.analysis.conditions import same
from scenario_cli.model.expression import Expression
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import EventTrigger, Trigger


def starts_with(other: Scenario, scenario: Scenario, plan: TrackingPlan) -> bool:
    """Whether whatever event lets a contact into a scenario is also one that the other asks for, on the same or no
    conditions, and runs wherever that one does. Whether the contact may enter there again is not looked at."""
    if other.key is not None or other.active != (None, None):
        return False
    if other.status == "draft" and scenario.status != "draft":
        return False
    if other.audience is not None and not _equal(other.audience, scenario.audience):
        return False
    return bool(scenario.triggers) and all(
        any(_covers(one, trigger, plan) for one in other.triggers) for trigger in scenario.triggers
    )


def enter_together(other: Scenario, scenario: Scenario, plan: TrackingPlan) -> bool:
    """Whether every entry into a scenario is at the same instant one into the other.

    That is so where the other may always be entered again, and where both are entered once, at the first such event.
    """
    if other.exclusive or scenario.exclusive or not starts_with(other, scenario, plan):
        return False
    if other.reentry == "always":
        return other.while_running != "ignore" or _over_at_once(other)
    once = all(one.reentry_of(trigger) == "never" for one in (other, scenario) for trigger in one.triggers)
    return once and scenario.key is None and starts_with(scenario, other, plan)


def _over_at_once(scenario: Scenario) -> bool:
    """Whether a journey ends where it starts, so that none is ever in the way of the next."""
    return scenario.first.end is not None


def _covers(one: Trigger, trigger: Trigger, plan: TrackingPlan) -> bool:
    return (
        isinstance(one, EventTrigger)
        and isinstance(trigger, EventTrigger)
        and one.each is None
        and trigger.each is None
        and set(plan.expand(trigger.event.text)) <= set(plan.expand(one.event.text))
        and (one.where is None or _equal(one.where, trigger.where))
    )


def _equal(one: Expression, other: Expression | None) -> bool:
    return other is not None and same(one.root, other.root)
