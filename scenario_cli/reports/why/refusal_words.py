"""Reasons why a contact never entered a scenario, in sentences: for each trigger the first rule that failed."""

from __future__ import annotations

from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.story import ContactStory, Hindered, NeverEntered
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    EventTrigger,
    OutcomeTrigger,
    SegmentTrigger,
    Trigger,
)
from scenario_cli.reports.record_words import REFUSED, to_the_minute, value
from scenario_cli.reports.text import plural
from scenario_cli.reports.why.words import active_days, reentry_rule


def why_not(never: NeverEntered, story: ContactStory, project: Project) -> list[str]:
    """A sentence for each trigger, in the order written; conditions are next to them."""
    if not never.triggers:
        return [f"the scenario is {never.status}, so nobody enters"]
    scenario = project.scenarios[never.scenario]
    sentences = [
        _sentence(reason, trigger, project, scenario, story)
        for reason, trigger in zip(never.triggers, scenario.triggers, strict=True)
    ]  # fmt: skip
    if len(sentences) == 1:
        return sentences
    return [f"{reason.trigger}: {text}" for reason, text in zip(never.triggers, sentences, strict=True)]


def _sentence(hindered: Hindered, trigger: Trigger, project: Project, scenario: Scenario, story: ContactStory) -> str:
    instant = to_the_minute(hindered.at, story.timezone) if hindered.at is not None else ""
    match hindered.by:
        case "not_known":
            return f"the log has nothing about the contact until {to_the_minute(story.until, story.timezone)}"
        case "status":
            return f"it starts after a journey of {hindered.needs}, and that scenario was not replayed"
        case "no_event":
            return _nothing_came(hindered, trigger, story, project)
        case "from_start":
            leaves = isinstance(trigger, SegmentTrigger) and trigger.left
            start = f"was {'outside' if leaves else 'in'} segment '{hindered.needs}' from the start"
            if leaves:
                return f"{start} and never left it later"
            return f"{start}, which does not count as entering, and never entered it later"
        case "history" if isinstance(trigger, SegmentTrigger):
            verb = "left" if trigger.left else "entered"
            return f"{verb} segment '{hindered.needs}' {_times(hindered.times)}, but only before entries were allowed"
        case "history":
            times = f"came {_times(hindered.times)}, but only before entries were allowed"
            return f"{_cause(hindered, trigger)} {times}: last {instant}"
        case "where":
            return _mismatch(hindered, trigger, instant)
        case "in_time":
            return f"{hindered.needs} came in time, at {instant}"
        case "not_yet":
            return f"it is due later, at {instant}"
        case "past":
            return f"its time{f', {instant},' if instant else ''} was over before entries were allowed"
        case "missing" if isinstance(trigger, AbsenceTrigger):
            return f"{trigger.since} came {_times(hindered.times)}, but without {hindered.needs}; last at {instant}"
        case "missing":
            is_there = any(condition.held for condition in hindered.looked)
            return "the date cannot be read" if is_there else "the date is missing"
        case "empty":
            return f"the trigger fired {_times(hindered.times)}, last at {instant}, and its list 'each' was empty"
        case "refused":
            return _refused(hindered, scenario, instant)


def _nothing_came(hindered: Hindered, trigger: Trigger, story: ContactStory, project: Project) -> str:
    match trigger:
        case SegmentTrigger():
            return f"never {'left' if trigger.left else 'entered'} segment '{trigger.segment}'"
        case AttributeTrigger():
            current = value(story.profile.get(trigger.attribute.text))
            return f"attribute {trigger.attribute} never changed; it is {current}"
        case OutcomeTrigger():
            outcome = f" with {hindered.needs}" if hindered.needs else ""
            return f"no journey of {trigger.scenario} ended{outcome}"
    if hindered.elsewhere is None:
        return f"no {hindered.needs} event"
    if not hindered.elsewhere:
        return f"no {hindered.needs} event, neither for other contacts in this log"
    if any(project.plan.events[name].broadcast for name in project.plan.expand(hindered.needs)):
        return f"no {hindered.needs} event while the contact was known; the log has {hindered.elsewhere:,}"
    return f"no {hindered.needs} event; other contacts have {hindered.elsewhere:,}"


def _cause(hindered: Hindered, trigger: Trigger) -> str:
    match trigger:
        case EventTrigger() | AbsenceTrigger():
            return hindered.needs
        case AttributeTrigger():
            return f"another {hindered.needs}"
    return "it"


def _mismatch(hindered: Hindered, trigger: Trigger, instant: str) -> str:
    if isinstance(trigger, OutcomeTrigger):
        expected = f", not with {hindered.needs}" if hindered.needs else ""
        return f"journeys of {trigger.scenario} ended with {', '.join(hindered.seen)}{expected}"
    return f"{hindered.trigger} came {_times(hindered.times)}, but its 'where' was never true; last at {instant}"


def _refused(hindered: Hindered, scenario: Scenario, instant: str) -> str:
    text = REFUSED.get(hindered.reason, hindered.reason)
    if hindered.reason == "key" and scenario.key is not None:
        text += f" ({scenario.key.source})"
    elif hindered.reason == "reentry":
        text += f", and {reentry_rule(scenario)}"
    elif hindered.reason == "inactive":
        text += f" ({active_days(scenario)})"
    times = f"the trigger fired {_times(hindered.times)} and the entry was refused each time"
    return f"{times}; last at {instant}, {hindered.reason}: {text}"


def _times(count: int) -> str:
    return "once" if count == 1 else plural(count, "time")
