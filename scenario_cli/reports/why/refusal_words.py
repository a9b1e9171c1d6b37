"""Why a contact never entered a scenario, in sentences: by trigger the first thing that was not as it had to be."""

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
from scenario_cli.reports.why.words import active, again


def why_not(never: NeverEntered, story: ContactStory, project: Project) -> list[str]:
    """A sentence for each trigger, in the order written; conditions stand beside them."""
    if not never.triggers:
        return [f"the scenario is {never.status}, so nobody enters"]
    scenario = project.scenarios[never.scenario]
    said = [
        _said(one, trigger, scenario, story)
        for one, trigger in zip(never.triggers, scenario.triggers, strict=True)
    ]  # fmt: skip
    if len(said) == 1:
        return said
    return [f"{one.trigger}: {text}" for one, text in zip(never.triggers, said, strict=True)]


def _said(one: Hindered, trigger: Trigger, scenario: Scenario, story: ContactStory) -> str:
    at = to_the_minute(one.at, story.timezone) if one.at is not None else ""
    match one.by:
        case "not_known":
            return f"nothing is known of the contact until {to_the_minute(story.until, story.timezone)}"
        case "status":
            return f"it begins where a journey of {one.needs} ends, which was not replayed"
        case "no_event":
            return _nothing_came(one, trigger, story)
        case "from_start":
            left = isinstance(trigger, SegmentTrigger) and trigger.left
            stood = f"was {'out of' if left else 'in'} segment '{one.needs}' when it became known"
            if left:
                return f"{stood}, and fell out of it at no time after that"
            return f"{stood}, which is no entering, and entered it at no time after that"
        case "history" if isinstance(trigger, SegmentTrigger):
            how = "left" if trigger.left else "entered"
            return f"{how} segment '{one.needs}' {_times(one.times)}, but before the first entries are allowed"
        case "history":
            return (
                f"{_what(one, trigger)} came {_times(one.times)}, but before the first entries are allowed: last {at}"
            )
        case "where":
            return _not_so(one, trigger, at)
        case "in_time":
            return f"{one.needs} came in time, at {at}"
        case "not_yet":
            return f"it will be due only at {at}"
        case "past":
            return f"its time had passed{f', {at},' if at else ''} before it could count"
        case "missing":
            return "there is no date"
        case "empty":
            return f"the trigger fired {_times(one.times)}, last at {at}, and its list 'each' was empty"
        case "refused":
            return _refused(one, scenario, at)


def _nothing_came(one: Hindered, trigger: Trigger, story: ContactStory) -> str:
    match trigger:
        case SegmentTrigger():
            return f"never {'left' if trigger.left else 'entered'} segment '{trigger.segment}'"
        case AttributeTrigger():
            there = value(story.profile.get(trigger.attribute.text))
            return f"attribute {trigger.attribute} never changed; it is {there}"
        case OutcomeTrigger():
            ends = f" with {one.needs}" if one.needs else ""
            return f"no journey of {trigger.scenario} ended{ends}"
    if one.elsewhere is None:
        return f"no {one.needs} event came"
    if not one.elsewhere:
        return f"no {one.needs} event came: the whole log has none"
    return f"no {one.needs} event came; other contacts have {one.elsewhere:,} of them"


def _what(one: Hindered, trigger: Trigger) -> str:
    match trigger:
        case EventTrigger() | AbsenceTrigger():
            return one.needs
        case AttributeTrigger():
            return f"another {one.needs}"
    return "it"


def _not_so(one: Hindered, trigger: Trigger, at: str) -> str:
    if isinstance(trigger, OutcomeTrigger):
        wanted = f", not with {one.needs}" if one.needs else ""
        return f"journeys of {trigger.scenario} ended with {', '.join(one.seen)}{wanted}"
    return f"{one.trigger} came {_times(one.times)}, but its 'where' never held; last at {at}"


def _refused(one: Hindered, scenario: Scenario, at: str) -> str:
    said = REFUSED.get(one.reason, one.reason)
    if one.reason == "key" and scenario.key is not None:
        said += f" ({scenario.key.source})"
    elif one.reason == "reentry":
        said += f", and {again(scenario)}"
    elif one.reason == "inactive":
        said += f" ({active(scenario)})"
    return f"the trigger fired {_times(one.times)}, and each time was refused; last at {at}, {one.reason}: {said}"


def _times(count: int) -> str:
    return "once" if count == 1 else plural(count, "time")
