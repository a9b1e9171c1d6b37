"""TIME012: a `reentry` that is over before the journey is."""

from __future__ import annotations

from scenario_cli.analysis.labels import duration_label
from scenario_cli.analysis.time.flow import earliest_end
from scenario_cli.analysis.time.waiting import length
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.wait_grammar import duration_text
from scenario_cli.model.waits import Duration


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    soonest = earliest_end(scenario, subject.timed_edges)
    if any(state.frees_key for state in scenario.states.values()):
        return  # others of the key enter while a journey runs
    if scenario.while_running != "ignore" or not isinstance(scenario.reentry, Duration) or soonest is None:
        return
    most = length(scenario.reentry).most
    assert most is not None
    if most <= soonest:
        yield RULE.finding(
            (
                f"'reentry: {duration_label(scenario.reentry)}' has no effect: the whole journey takes at least "
                f"{duration_text(soonest)}"
            ),
            scenario.span,
            hint="'reentry' starts at entry, not at the end: make it longer than the journey, or write 'always'",
        )


RULE = Rule(
    code="TIME012",
    name="reentry-no-effect",
    severity="warning",
    finds="'reentry' that is shorter than the shortest complete journey",
    because=(
        "during a journey nobody can enter again anyway; at its end the time is over, so the contact "
        "enters again at once"
    ),
    mend="make it longer than the journey plus the pause that you want",
    example="""\
reentry: 3d
goal: {event: review_written, ends: false}
states:
  waiting:
    after: {7d: {end: over}}
""",
    instead="""\
reentry: 30d
goal: {event: review_written, ends: false}
states:
  waiting:
    after: {7d: {end: over}}
""",
    check=check,
)
