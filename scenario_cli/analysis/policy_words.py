"""Words for caps and quiet hours, and the scenarios that they touch. Names are between backticks."""

from __future__ import annotations

from scenario_cli.analysis.changes.words import code, listed, source
from scenario_cli.analysis.labels import date_label, length_words
from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.policy import Cap, Exemption, QuietHours, concerns
from scenario_cli.model.project import Project

Rule = Cap | QuietHours
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def cap_words(cap: Cap) -> str:
    period = f"in {length_words(cap.period)}" if isinstance(cap.period, int) else f"a {cap.period}"
    return f"{cap.most} {period}"


def cap_scope(cap: Cap) -> str:
    condition = f" to contacts with {code(source(cap.condition))}" if cap.condition is not None else ""
    return f"{_scope(cap)}{condition} are capped at"


def quiet_words(quiet: QuietHours) -> str:
    days = f" on {listed(_DAYS[day] for day in quiet.days)}" if quiet.days else ""
    clock = " on the project's clock" if quiet.on_project_clock else ""
    if quiet.start is None or quiet.end is None:
        return f"all day{days}{clock}"
    return f"from {_clock(quiet.start)} to {_clock(quiet.end)}{days}{clock}"


def _clock(time: Value) -> str:
    """A time of day: `21:00`, or its expression."""
    if isinstance(time, Literal) and isinstance(time.value, int):
        return f"{time.value // 60:02}:{time.value % 60:02}"
    return date_label(time)


def quiet_scope(quiet: QuietHours) -> str:
    return f"{_scope(quiet)} are quiet"


def _scope(rule: Rule) -> str:
    """`email messages of program `conversion``."""
    exempt = f" but {_picked(rule.exempt)}" if rule.exempt is not None else ""
    return f"{_picked(rule)}{exempt}"


def _picked(rule: Rule | Exemption) -> str:
    channels = f"{listed(name.text for name in rule.channels)} " if rule.channels else ""
    owners = [
        f"{label} {listed(code(name.text) for name in names)}"
        for label, names in (
            ("scenario" if len(rule.scenarios) == 1 else "scenarios", rule.scenarios),
            ("program" if len(rule.programs) == 1 else "programs", rule.programs),
            ("tag", rule.tags),
        )
        if names
    ]
    return f"{channels}messages{f' of {listed(owners)}' if owners else ''}"


def touched(rule: Rule, project: Project) -> tuple[str, ...]:
    """The scenarios with a marketing message that a cap or quiet hours are about."""
    return tuple(
        name
        for name, scenario in project.scenarios.items()
        if any(is_marketing(message, project) and concerns(rule, message, scenario) for message in scenario.messages)
    )


def everyone(project: Project) -> tuple[str, ...]:
    return tuple(
        name
        for name, scenario in project.scenarios.items()
        if any(is_marketing(message, project) for message in scenario.messages)
    )
