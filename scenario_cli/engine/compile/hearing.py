"""Calculates which parts of a program an event of the executor's own concerns, by the facts known when it is made.
Makes no event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scenario_cli.engine.compile.decided import surely_fails
from scenario_cli.engine.compiled import CompiledTrigger, Hearing, Hearings, Listener, Machine
from scenario_cli.engine.feeding import Feed, Intake
from scenario_cli.engine.history import EventHistory
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import OutcomeTrigger, where_of


def hearings(
    selected: Sequence[Scenario],
    machines: Sequence[Machine],
    listeners: Mapping[str, tuple[Listener, ...]],
    intakes: Mapping[str, Intake],
    arming: Iterable[str],
) -> Hearings:
    """The parts that events about messages and journeys concern, in a program without a `when`."""
    scenarios = {machine.name: scenario for machine, scenario in zip(machines, selected, strict=True)}
    always = frozenset(arming)

    def work_out(name: str, properties: Mapping[str, str]) -> Hearing | None:
        used = tuple(
            listener
            for each in listeners.get(name, ())
            if (listener := _listening(each, scenarios[each.machine.name], name, properties)) is not None
        )
        intake = _taking(intakes[name], properties) if name in intakes else None
        if (
            not used
            and name not in always
            and (intake is None or not (intake.feeds or intake.histories or intake.segments))
        ):
            return None
        return Hearing(intake, used)

    return Hearings(work_out)


def _listening(listener: Listener, scenario: Scenario, name: str, properties: Mapping[str, str]) -> Listener | None:
    """A scenario with those of its triggers that can fire; None if it has no part that answers.

    Events about a message are offered only to the journey that requested it, in its present state.
    """
    machine = listener.machine
    triggers = tuple(trigger for trigger in listener.triggers if _may_fire(scenario, trigger, properties))
    if name.startswith("message."):
        state = machine.states[properties["state"]] if machine.name == properties["scenario"] else None
        answers = state is not None and (listener.goal is not None or name in state.on)
    else:
        answers = listener.goal is not None or any(name in state.on for state in machine.states.values())
    return Listener(machine, listener.goal, triggers) if triggers or answers else None


def _may_fire(scenario: Scenario, compiled: CompiledTrigger, properties: Mapping[str, str]) -> bool:
    trigger = scenario.triggers[compiled.index]
    if isinstance(trigger, OutcomeTrigger):
        return trigger.scenario.text == properties["scenario"] and (
            not trigger.outcomes or properties["outcome"] in {outcome.text for outcome in trigger.outcomes}
        )
    where = where_of(trigger)
    return where is None or not surely_fails(where.root, "event", properties)


def _taking(intake: Intake, properties: Mapping[str, str]) -> Intake:
    """The metrics and past events that can take a part of the event."""
    return Intake(
        tuple(feed for feed in intake.feeds if _may_take(feed, "event", properties)),
        tuple(history for history in intake.histories if _may_take(history, "past", properties)),
        intake.segments,
        intake.touched,
    )


def _may_take(part: Feed | EventHistory, owner: str, properties: Mapping[str, str]) -> bool:
    return part.condition is None or not surely_fails(part.condition, owner, properties)
