"""TIME010: a wait that another of its state always forestalls."""

from __future__ import annotations

from scenario_cli.analysis.time.waiting import CLOCK_CHANGE, bounds
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import Timeout


def check(subject: Subject) -> Findings:
    for state in subject.states:
        for number, late in enumerate(state.after):
            for index, early in enumerate(state.after):
                most = bounds(early.wait).most
                if index == number or early.condition is not None or most is None:
                    continue
                least = bounds(late.wait).least
                if most + 2 * CLOCK_CHANGE < least or (
                    late.wait.duration == early.wait.duration and _same_times(late, early) and index < number
                ):
                    yield RULE.finding(
                        f"the wait '{late.wait.text}' never ends: '{early.wait.text}' always ends first",
                        late.wait.span,
                        hint=(
                            "the first wait to end moves the journey; remove one, or add a condition ('if') to "
                            "the shorter"
                        ),
                        related=[("ends first", early.wait.span)],
                    )
                    break


def _same_times(wait: Timeout, other_wait: Timeout) -> bool:
    same_times = (wait.wait.at, wait.wait.days) == (other_wait.wait.at, other_wait.wait.days)
    return same_times and not (wait.wait.from_data or wait.wait.cron)


RULE = Rule(
    code="TIME010",
    name="wait-never-first",
    severity="warning",
    finds="a wait next to another one without a condition that always ends first",
    because="no contact ever takes this path",
    mend="remove one, or put a condition on the shorter",
    example="""\
states:
  reminder:
    send: {email: cart/reminder}
    after:
      2d: {end: no_answer}
      5d: last_call
  last_call:
    send: {email: cart/last_call}
    end: called
""",
    instead="""\
states:
  reminder:
    send: {email: cart/reminder}
    after:
      - {wait: 2d, if: contact.points > 10, to: {end: no_answer}}
      - {wait: 5d, to: last_call}
  last_call:
    send: {email: cart/last_call}
    end: called
""",
    check=check,
)
