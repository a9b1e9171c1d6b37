"""FLOW016: a `when` that only time can make true."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.analysis.time.time_conditions import only_time
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import Branch, Transition


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    changing = _captured([transition for state in subject.states for transition in state.on] + list(scenario.on))
    yield from _findings(scenario.when, changing)
    for state in subject.states:
        yield from _findings(state.when, _captured((*state.on, *scenario.on)))


def _captured(transitions: Sequence[Transition]) -> frozenset[str]:
    """The captured values that an event can change while the journey stays where it is."""
    return frozenset(name.text for transition in transitions if transition.target is None for name, _ in transition.set)


def _findings(branches: Sequence[Branch], changing: frozenset[str]) -> Findings:
    for branch in branches:
        if branch.condition is not None and only_time(branch.condition, changing):
            yield RULE.finding(
                f"only time can make '{branch.condition.source}' true, but 'when' does not check the time",
                branch.condition.span,
                hint="'when' is checked after an event of the contact; for time use a wait: 'after'",
            )


RULE = Rule(
    code="FLOW016",
    name="when-time-only",
    severity="warning",
    finds="a condition under 'when' that only the passing of time can make true",
    because=("'when' is checked after events: a contact without events stays, and others move at an unrelated event"),
    mend="write a wait under 'after'",
    example="""\
states:
  waiting:
    when:
      days_since(journey.entered_at) > 3: {end: too_late}
    after: {30d: {end: over}}
""",
    instead="""\
states:
  waiting:
    after: {3d: {end: too_late}}
""",
    check=check,
)
