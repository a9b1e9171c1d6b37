"""POL012: a scenario that alone sends more than a cap allows."""

from __future__ import annotations

from scenario_cli.analysis.pressure import too_many
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    for cap in subject.project.policy.caps:
        if cap.condition is not None:
            continue
        sends = too_many(cap, subject.scenario, subject.prompt_edges, subject.earliest, subject.project)
        if sends is not None:
            state, message = sends[-1]
            yield RULE.finding(
                (
                    f"the {message.channel} of '{state}' is dropped for contacts who receive the "
                    f"{len(sends) - 1} before it: {cap.text}"
                ),
                message.span,
                hint="send less, wait longer, hold the message ('on_cap: delay'), or raise the cap",
                related=[
                    *((f"counted: {message_.channel} of '{name}'", message_.span) for name, message_ in sends[:-1]),
                    ("the cap", cap.span),
                ],
            )


RULE = Rule(
    code="POL012",
    name="cap-exceeded",
    severity="warning",
    finds="a path through a scenario with more messages than a frequency cap allows",
    because="the last message is never sent to contacts who received the others",
    mend="send fewer, or further apart",
    example={
        "policy.yaml": """\
policy:
  caps:
    - {max: 1, per: 2d}
""",
        "example.yaml": """\
states:
  reminder:
    send: {email: cart/reminder}
    after: {1d: offer}
  offer:
    send: {email: cart/offer}
    end: offered
""",
    },
    instead={
        "policy.yaml": """\
policy:
  caps:
    - {max: 1, per: 2d}
""",
        "example.yaml": """\
states:
  reminder:
    send: {email: cart/reminder}
    after: {3d: offer}
  offer:
    send: {email: cart/offer}
    end: offered
""",
    },
    check=check,
)
