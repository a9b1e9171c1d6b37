"""The effect on scenarios of data that does not come. Runs nothing.

Every path through a scenario is walked twice, once with all data and once without the lost, and the two are held
against each other. Scenarios that start others, or make events for them, take them along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scenario_cli.analysis.needs import made_events
from scenario_cli.analysis.silence.absence import Loss
from scenario_cli.analysis.silence.reachability_without_data import MessageKey, Open, Walk
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario

# The variables of a template, as dotted names taken apart; by its name and channel.
Reads = Mapping[tuple[str, str], Iterable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a loss on one scenario.

    Where nobody enters, `why` says what keeps them out. `silenced` messages are never sent, of the `messages` that
    can be with all data; `blank` are sent, but their texts have lost these names; `exits` no longer lead out of the
    scenario, so that messages go on to those who should not get them; `unmeasured`: no conversion is counted any
    more. `fewer` and `more` are triggers that let fewer in, or more.
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
        """Whether the scenario falls silent altogether."""
        return bool(self.why) or (self.messages > 0 and len(self.silenced) == self.messages)


def with_all_data(project: Project, reads: Reads | None = None) -> Mapping[str, Open]:
    """All that can happen in each scenario where nothing is lost."""
    return _walked(project, Loss(), reads or {})


def silenced(
    project: Project, loss: Loss, reads: Reads | None = None, whole: Mapping[str, Open] | None = None
) -> list[Effect]:
    """The scenarios that the loss changes; archived ones are left out.

    Who asks about several losses hands in `whole`, the result of `with_all_data`.
    """
    whole = with_all_data(project, reads) if whole is None else whole
    left = _walked(project, loss, reads or {})
    found = []
    for name, scenario in project.scenarios.items():
        if scenario.status != "archived":
            effect = _difference(scenario, whole[name], left[name])
            if effect is not None:
                found.append(effect)
    return found


# The number of scenarios that a loss may travel through before the result is taken as it is.
_MOST_STEPS = 20


def _walked(project: Project, loss: Loss, reads: Reads) -> dict[str, Open]:
    """Every scenario, and again as long as one that fell silent takes another with it."""
    made = {event for scenario in project.scenarios.values() for event in made_events(scenario)}
    lost, outcomes = loss, None
    results: dict[str, Open] = {}
    for _ in range(_MOST_STEPS):
        results = {
            name: Walk(project, scenario, lost, reads, outcomes).result for name, scenario in project.scenarios.items()
        }
        left = {event for result in results.values() for event in result.made}
        now = replace(lost, events=loss.events | (made - left))
        reached = frozenset((name, outcome) for name, result in results.items() for outcome in result.outcomes)
        if (now, reached) == (lost, outcomes):
            break
        lost, outcomes = now, reached
    return results


def _difference(scenario: Scenario, whole: Open, left: Open) -> Effect | None:
    blank = tuple(
        (place, fresh)
        for place, names in left.blank.items()
        if (fresh := tuple(name for name in names if name not in whole.blank.get(place, ())))
    )
    # An exit is missed only where somebody is still in, and hears something.
    exits = () if left.why or not left.sent else tuple(exit_ for exit_ in whole.exits if exit_ not in left.exits)
    effect = Effect(
        scenario.name, scenario.status, scenario.file,
        why="" if whole.why else left.why,
        silenced=tuple(place for place in whole.sent if place not in left.sent),
        blank=blank,
        exits=exits,
        unmeasured=whole.measured and not left.measured and not left.why,
        fewer=tuple(one for one in left.fewer if one not in whole.fewer),
        more=tuple(one for one in left.more if one not in whole.more),
        messages=len(whole.sent),
    )  # fmt: skip
    changed = (effect.why, effect.silenced, effect.blank, effect.exits, effect.unmeasured, effect.fewer, effect.more)
    return effect if any(changed) else None
