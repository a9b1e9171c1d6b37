"""TIME013: a wait for a date that says nothing of a past or missing one."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import Timeout


def check(subject: Subject) -> Findings:
    for state in subject.states:
        sure = any(one.condition is None and _always_ends(one) for one in state.after)
        for timeout in state.after:
            if sure or not timeout.wait.from_data:
                continue
            unsaid = ["if_missing"] if timeout.if_missing is None else []
            if timeout.wait.date is not None and timeout.if_past is None:
                unsaid.insert(0, "if_past")
            if unsaid:
                case = {"if_past": "is past already", "if_missing": "is missing"}
                yield RULE.finding(
                    f"the wait '{timeout.wait.text}' does not say what happens where its value "
                    f"{' or '.join(case[key] for key in unsaid)}: a journey would stay in '{state.name}' for good",
                    timeout.wait.span,
                    hint=f"in the long form write {' and '.join(key + ': now' for key in unsaid)} (or never, a state, "
                    "or '{end: <outcome>}'), or add a wait that always comes to an end",
                )


def _always_ends(timeout: Timeout) -> bool:
    """Whether the wait comes to an end whatever the data says: it is written out, or says what happens in each case."""
    if not timeout.wait.from_data:
        return True
    cases = [timeout.if_missing] + ([timeout.if_past] if timeout.wait.date is not None else [])
    return all(case not in (None, "never") for case in cases)


RULE = Rule(
    code="TIME013",
    name="date-without-fallback",
    severity="error",
    finds=(
        "a wait for a value from data, without 'if_past' or 'if_missing', in a state that no other wait leads out of"
    ),
    because="left out, both mean 'never': contacts with an old or an empty date stay there for good",
    mend="say what happens then, or add a wait that always ends",
    example="""\
states:
  waiting:
    after:
      - {wait: 1d before date contact.birthday at 10:00, to: {end: greeted}}
""",
    instead="""\
states:
  waiting:
    after:
      - wait: 1d before date contact.birthday at 10:00
        if_past: {end: late}
        if_missing: {end: unknown}
        to: {end: greeted}
""",
    check=check,
)
