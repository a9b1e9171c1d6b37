"""The effect of missing data on scenarios. Runs nothing.

Every path through a scenario is walked twice, once with all data and once without the lost, and the two are held
against each other. Scenarios that start others, or make events for them, take them along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from scenario_cli.analysis.needs import emitted_events
from scenario_cli.analysis.silence.absence import Loss
from scenario_cli.analysis.silence.reachability_without_data import MessageKey, Open, Walk
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import OutcomeTrigger
from scenario_cli.model.value_class import dataclass

# The variables of a template, as dotted names taken apart; by its name and channel.
Reads = Mapping[tuple[str, str], Iterable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a loss on one scenario.

    If nobody enters, `why` gives the reason. `silenced` messages are never sent, of the `messages` that can be sent
    with all data; `blank` are sent, but their texts have lost these names; `exits` no longer lead out of the scenario,
    so messages continue to contacts who should not get them; `unmeasured`: conversions are no longer counted. `fewer`
    and `more` are triggers that let fewer contacts in, or more.
    """

    scenario: str
    status: str
    file: str
    why: str = ""
    silenced: tuple[MessageKey, ...] = ()
    blank: tuple[tuple[MessageKey, tuple[str, ...]], ...] = ()
    exits: tuple[str, ...] = ()
    unmeasured: bool = False
    fewer: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    messages: int = 0

    @property
    def everything(self) -> bool:
        """Whether the scenario sends nothing at all any more."""
        return bool(self.why) or (self.messages > 0 and len(self.silenced) == self.messages)


def with_all_data(project: Project, reads: Reads | None = None) -> Mapping[str, Open]:
    """All that can happen in each scenario if nothing is lost."""
    return _walked(project, Loss(), reads or {})


def silenced(
    project: Project, loss: Loss, reads: Reads | None = None, full: Mapping[str, Open] | None = None
) -> list[Effect]:
    """The scenarios that the loss changes; archived ones are left out.

    For several losses pass `full`, the result of `with_all_data`.
    """
    full = with_all_data(project, reads) if full is None else full
    remaining = _walked(project, loss, reads or {})
    effects = []
    for name, scenario in project.scenarios.items():
        if scenario.status != "archived":
            effect = _difference(scenario, full[name], remaining[name])
            if effect is not None:
                effects.append(effect)
    return effects


# The number of scenarios that a loss can travel through before the result is accepted.
_MOST_STEPS = 20


def _walked(project: Project, loss: Loss, reads: Reads) -> dict[str, Open]:
    """Walks every scenario, and repeats as long as a silent scenario silences others."""
    own_events = {event for scenario in project.scenarios.values() for event in emitted_events(scenario)}
    current_loss, outcomes = loss, None
    results: dict[str, Open] = {}
    again: Collection[str] = project.scenarios
    for _ in range(_MOST_STEPS):
        for name in again:
            results[name] = Walk(project, project.scenarios[name], current_loss, reads, outcomes).result
        emitted = {event for result in results.values() for event in result.emitted}
        now = replace(current_loss, events=loss.events | (own_events - emitted))
        reached_outcomes = frozenset((name, outcome) for name, result in results.items() for outcome in result.outcomes)
        if (now, reached_outcomes) == (current_loss, outcomes):
            break
        # Only a scenario that starts at the end of another depends on the outcomes.
        again = project.scenarios if now != current_loss else _following(project)
        current_loss, outcomes = now, reached_outcomes
    return results


def _following(project: Project) -> list[str]:
    """The scenarios that start when another ends."""
    return [
        name
        for name, scenario in project.scenarios.items()
        if any(isinstance(trigger, OutcomeTrigger) for trigger in scenario.triggers)
    ]


def _difference(scenario: Scenario, full: Open, remaining: Open) -> Effect | None:
    blank = tuple(
        (message, fresh)
        for message, names in remaining.blank.items()
        if (fresh := tuple(name for name in names if name not in full.blank.get(message, ())))
    )
    # A missing exit matters only if a contact is still in, and receives something.
    exits = (
        ()
        if remaining.why or not remaining.sent
        else tuple(exit_ for exit_ in full.exits if exit_ not in remaining.exits)
    )
    effect = Effect(
        scenario.name, scenario.status, scenario.file,
        why="" if full.why else remaining.why,
        silenced=tuple(message for message in full.sent if message not in remaining.sent),
        blank=blank,
        exits=exits,
        unmeasured=full.measured and not remaining.measured and not remaining.why,
        fewer=tuple(reason for reason in remaining.fewer if reason not in full.fewer),
        more=tuple(reason for reason in remaining.more if reason not in full.more),
        messages=len(full.sent),
    )  # fmt: skip
    changed = (effect.why, effect.silenced, effect.blank, effect.exits, effect.unmeasured, effect.fewer, effect.more)
    return effect if any(changed) else None
