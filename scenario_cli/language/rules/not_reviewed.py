"""CRM009: a scenario that was not reviewed for long."""

from __future__ import annotations

from datetime import date

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario, limit = subject.scenario, subject.project.review_after
    if limit is None or scenario.status == "archived":
        return
    reviewed = _date(scenario.reviewed)
    if not scenario.reviewed:
        message = f"scenario '{scenario.name}' has no 'reviewed' date"
    elif reviewed is not None and (subject.overview.today - reviewed).days > limit:
        message = f"scenario '{scenario.name}' was last reviewed on {scenario.reviewed}, more than {limit} days ago"
    else:
        return
    yield RULE.finding(
        message,
        scenario.span,
        hint="check text, offer, links and figures, then write today's date: 'reviewed: 2025-01-31'",
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


RULE = Rule(
    code="CRM009",
    name="not-reviewed",
    severity="warning",
    finds="a scenario whose 'reviewed' is missing or older than 'review_after' in project.yaml",
    because="codes expire, prices change, links break, and an automatic message continues for years",
    mend="review it and write the date",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
review_after: 365d
""",
        "example.yaml": """\
reviewed: 2019-05-01
states:
  waiting:
    after: {1d: {end: over}}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
review_after: 18000d
""",
        "example.yaml": """\
reviewed: 2019-05-01
states:
  waiting:
    after: {1d: {end: over}}
""",
    },
    check=check,
    of_sound_files=False,
)
