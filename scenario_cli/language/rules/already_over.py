"""TIME014: a wait counted from an instant too far in the past."""

from __future__ import annotations

from scenario_cli.analysis.time.waiting import OF_ENTRY, counted_bounds, latest_after, since_entry
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import path_of
from scenario_cli.model.wait_grammar import duration_text


def check(subject: Subject) -> Findings:
    for state in subject.states:
        for timeout in state.after:
            wait, soonest = timeout.wait, subject.earliest[state.name]
            if since_entry(wait):
                latest = counted_bounds(wait).most
            elif wait.date is not None and path_of(wait.date.root) in OF_ENTRY:
                latest = latest_after(wait)
            else:
                continue
            if latest is not None and latest <= soonest:
                when = f"{duration_text(soonest)} after entry at the earliest" if soonest else "not before entry"
                yield RULE.finding(
                    f"the wait '{wait.text}' is always over before it starts: a journey arrives here {when}",
                    wait.span,
                    hint="count it from the state ('after: {2d: ...}'), or make it longer",
                )


RULE = Rule(
    code="TIME014",
    name="already-over",
    severity="warning",
    finds=(
        "a wait from entry ('2d after date journey.entered_at', or '2d' with 'since: journey.entered_at') "
        "that is over before a journey can reach its state"
    ),
    because="if a past time means 'never', nobody takes this path; if it means 'now', there is no wait",
    mend="start it at the state, or make it longer",
    example="""\
states:
  reminder:
    after: {5d: waiting}
  waiting:
    after:
      - {wait: 2d after date journey.entered_at, if_past: now, if_missing: now, to: {end: over}}
""",
    instead="""\
states:
  reminder:
    after: {5d: waiting}
  waiting:
    after:
      - {wait: 7d after date journey.entered_at, if_past: now, if_missing: now, to: {end: over}}
""",
    check=check,
)
