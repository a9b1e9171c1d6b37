"""TIME018: the project's clock is requested although contacts have no other clock."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import MomentTrigger, ScheduleTrigger

_ATTRIBUTE = "timezone"


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    if _ATTRIBUTE in subject.project.plan.profile:
        return
    if scenario.on_project_clock:
        yield _finding(scenario.span, subject.project.timezone)
        return
    for trigger in scenario.triggers:
        if isinstance(trigger, ScheduleTrigger | MomentTrigger) and trigger.on_project_clock:
            yield _finding(trigger.span, subject.project.timezone)


def check_project(overview: Overview) -> Findings:
    if _ATTRIBUTE not in overview.project.plan.profile:
        for quiet in overview.project.policy.quiet_hours:
            if quiet.on_project_clock:
                yield _finding(quiet.span, overview.project.timezone)


def _finding(span: Span, zone: str) -> Diagnostic:
    return RULE.finding(
        (f"'timezone: project' has no effect: contacts have no attribute '{_ATTRIBUTE}', so all use {zone} anyway"),
        span,
        hint=f"remove it, or declare the attribute in events.yaml: 'profile: {{{_ATTRIBUTE}: string}}'",
    )


RULE = Rule(
    code="TIME018",
    name="same-clock",
    severity="info",
    finds="'timezone: project' in a project whose contacts have no attribute 'timezone'",
    because="readers expect local times in other scenarios, but there are none",
    mend="remove it, or declare the attribute 'timezone' in the tracking plan and send it",
    example={
        "events.yaml": """\
profile:
  {email: string, email_optin: boolean, push_token: string, push_optin: boolean, phone: string, sms_optin: boolean,
   advisor_email: string}
events:
  started: {}
  review_written: {}
""",
        "example.yaml": """\
timezone: project
trigger: {event: started}
states:
  waiting:
    after: {1d at 09:00: {end: over}}
""",
    },
    instead={
        "events.yaml": """\
profile:
  {email: string, email_optin: boolean, push_token: string, push_optin: boolean, phone: string, sms_optin: boolean,
   advisor_email: string, timezone: string}
events:
  started: {}
  review_written: {}
""",
        "example.yaml": """\
timezone: project
trigger: {event: started}
states:
  waiting:
    after: {1d at 09:00: {end: over}}
""",
    },
    check=check,
    check_project=check_project,
)
