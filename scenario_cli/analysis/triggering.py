"""Scenarios that a contact enters by the same event. Fires nothing."""

from __future__ import annotations

from scenario_cli.analysis.conditions import same_expression
from scenario_cli.model.expression import Expression
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import EventTrigger, Trigger


def starts_with(other: Scenario, scenario: Scenario, plan: TrackingPlan) -> bool:
    """Whether every entry event of a scenario also triggers the other one, under the same or no conditions.

    The other scenario must run whenever this one does. Rules for entering again are ignored.
    """
    if other.key is not None or other.active != (None, None):
        return False
    if other.status == "draft" and scenario.status != "draft":
        return False
    if other.audience is not None and not _equal(other.audience, scenario.audience):
        return False
    return bool(scenario.triggers) and all(
        any(_covers(candidate, trigger, plan) for candidate in other.triggers) for trigger in scenario.triggers
    )


def enter_together(other: Scenario, scenario: Scenario, plan: TrackingPlan) -> bool:
    """Whether every entry into a scenario is at the same instant an entry into the other.

    This holds if the other can always be entered again, or if both are entered once, at the first such event.
    """
    if other.exclusive or scenario.exclusive or not starts_with(other, scenario, plan):
        return False
    if other.reentry == "always":
        return other.while_running != "ignore" or _over_at_once(other)
    both_once = all(
        candidate.reentry_of(trigger) == "never" for candidate in (other, scenario) for trigger in candidate.triggers
    )
    return both_once and scenario.key is None and starts_with(scenario, other, plan)


def _over_at_once(scenario: Scenario) -> bool:
    """Whether a journey ends at its start, so that it never blocks the next."""
    return scenario.first.end is not None


def _covers(candidate: Trigger, trigger: Trigger, plan: TrackingPlan) -> bool:
    return (
        isinstance(candidate, EventTrigger)
        and isinstance(trigger, EventTrigger)
        and candidate.each is None
        and trigger.each is None
        and set(plan.expand(trigger.event.text)) <= set(plan.expand(candidate.event.text))
        and (candidate.where is None or _equal(candidate.where, trigger.where))
    )


def _equal(left: Expression, right: Expression | None) -> bool:
    return right is not None and same_expression(left.root, right.root)
