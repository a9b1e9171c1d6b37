"""POL017: names of a cap or of quiet hours that together pick no message, or leave none or all out."""

from __future__ import annotations

from dataclasses import fields, replace

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.policy import Cap, Exemption, QuietHours, picks
from scenario_cli.model.scenario import Message, Scenario

_LISTS = tuple(field.name for field in fields(Exemption) if field.name != "span")


def check_project(overview: Overview) -> Findings:
    policy = overview.project.policy
    sent = [
        (message, subject.scenario)
        for subject in overview.subjects
        for _, message in subject.messages
        if is_marketing(message, overview.project)
    ]
    rules: list[QuietHours | Cap] = [*policy.quiet_hours, *policy.caps]
    for rule in rules:
        yield from _about(rule, sent)


def _about(rule: QuietHours | Cap, sent: list[tuple[Message, Scenario]]) -> Findings:
    name = "this cap" if isinstance(rule, Cap) else "these quiet hours"
    matching = [message for message in sent if picks(rule, *message)]
    if not matching:
        if _lists_exclude_each_other(rule, sent):
            yield RULE.finding(
                f"no marketing message matches all lists of {name}",
                rule.span,
                hint="a message must match every list: remove one list, or write two entries",
            )
        return
    exempt = rule.exempt
    if exempt is None:
        return
    left_out = sum(picks(exempt, *message) for message in matching)
    if not left_out:
        yield RULE.finding(
            f"this exception excludes no message of {name}",
            exempt.span,
            hint="a message must match every list: remove one list, or give the messages a tag"
            if _several(exempt)
            else "correct it, or remove it",
        )
    elif left_out == len(matching):
        yield RULE.finding(
            f"this exception excludes every message of {name}",
            exempt.span,
            hint="exclude fewer messages, or remove the whole entry",
        )


def _several(names: QuietHours | Cap | Exemption) -> bool:
    return sum(bool(getattr(names, name)) for name in _LISTS) > 1


def _lists_exclude_each_other(rule: QuietHours | Cap, sent: list[tuple[Message, Scenario]]) -> bool:
    """Whether each of several lists picks a message by itself. A list that picks none can still get messages later."""
    lists = [name for name in _LISTS if getattr(rule, name)]
    single_list_rules = [
        replace(rule, **{other_list: () for other_list in _LISTS if other_list != name})  # type: ignore[arg-type]
        for name in lists
    ]
    return len(lists) > 1 and all(any(picks(part, *message) for message in sent) for part in single_list_rules)


RULE = Rule(
    code="POL017",
    name="concerns-nothing",
    severity="warning",
    finds=("quiet hours or a cap that match no message, or whose 'except' excludes none or all of their messages"),
    because="it has no effect",
    mend="use names that the messages have, or remove the entry",
    example={
        "policy.yaml": """\
policy:
  caps: [{max: 1, per: day, except: {channels: [sms], tags: [urgent]}}]
""",
        "example.yaml": """\
states:
  late:
    send: {push: {template: cart/late, tags: [urgent]}, email: cart/reminder}
    end: reminded
""",
    },
    instead={
        "policy.yaml": """\
policy:
  caps: [{max: 1, per: day, except: {tags: [urgent]}}]
""",
        "example.yaml": """\
states:
  late:
    send: {push: {template: cart/late, tags: [urgent]}, email: cart/reminder}
    end: reminded
""",
    },
    check_project=check_project,
)
