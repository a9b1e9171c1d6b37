"""A contact's story in sentences for people who run campaigns: a sentence a record. Lays nothing out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scenario_cli.analysis.labels import duration_label
from scenario_cli.model.case_run import Played
from scenario_cli.model.expression import Expression
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Held, Looked, Moved, Record, Refused
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.story import ContactStory, Input
from scenario_cli.model.waits import Duration
from scenario_cli.reports import record_words
from scenario_cli.reports.conditions import Occurrence
from scenario_cli.reports.record_words import REFUSED, by_name, of_reach, to_the_minute, value

# Why a message did not leave, after the name that plans give it.
_DROPPED = {
    "control_group": "the contact is in the control group, which gets no marketing",
    "holdout": "the contact is in the holdout group of this scenario",
    "no_address": "the contact has no address for {channel}",
    "no_consent": "the contact has no consent for {channel}",
    "unreachable": "no channel of this message can reach the contact",
    "quiet_hours": "the time is in quiet hours",
    "condition": "its 'if' is no longer true",
    "cancelled": "the journey moved on before the message was sent",
    "paused": "the scenario is paused",
}


@dataclass(slots=True)
class Telling:
    """The facts that sentences about a story draw on; `entered` and `running` follow the story."""

    story: ContactStory
    project: Project
    played: Mapping[str, Played] = field(init=False)  # by the message's id
    keys: dict[str, Any] = field(default_factory=dict)
    entered: dict[tuple[str, Any], int] = field(default_factory=dict)
    running: dict[str, tuple[str, Any]] = field(default_factory=dict)  # scenario and key of each running journey
    freed: set[str] = field(default_factory=set)  # journeys that hold their key no more
    last: str = ""  # the event that was given last

    def __post_init__(self) -> None:
        self.played = {played.request.message_id: played for played in self.story.messages}

    @property
    def zone(self) -> str:
        return self.story.timezone

    def moment(self, at: int) -> str:
        return to_the_minute(at, self.zone)

    def journey(self, record: Record) -> str:
        """The subject of a record: the scenario, with the journey's key if it has one."""
        key = record.key if isinstance(record, Entered | Refused) else self.keys.get(getattr(record, "journey_id", ""))
        return record.scenario + (f" {value(key)}" if key is not None else "")

    def sentence(self, occurrence: Occurrence[Input | Record]) -> str:
        """A record as a sentence; empty for conditions that led to nothing."""
        record = occurrence.record
        match record:
            case None:
                condition = occurrence.conditions[-1]
                stays = condition.held and condition.journey_id and condition.kind == "on"
                return f"stays in {condition.state}, {_cause(condition)}" if stays else ""
            case Input():
                self.last = record.event
                return input_text(record, self.project)
            case Entered():
                self.keys[record.journey_id] = record.key
                self.entered[record.scenario, record.key] = record.at
                self.running[record.journey_id] = (record.scenario, record.key)
                return "enters" + ("" if record.event == self.last else f", by {record.event}") + self._clock(record)
            case Refused():
                return self._refused(record)
            case Moved():
                return _moved(record, _deciding(occurrence)) + self._freed(record)
            case Asked():
                return self._message(record, _unreached(occurrence))
            case Held():
                cause = self.name_messages(record.why.removeprefix("capped, ")).replace("quiet_hours", "quiet hours")
                return f"{record.channel} is held until {self.moment(record.until)}: {cause}"
            case Converted():
                return self._converted(record)
            case Ended():
                self.running.pop(record.journey_id, None)
                names_branch = occurrence.branch is not None and occurrence.branch.kind not in ("choose", "when")
                return f"ends: {record.outcome}" + (
                    f", {_cause(occurrence.branch)}" if occurrence.branch and names_branch else ""
                )
            case Looked():
                return record_words.condition_text(record)
        return record_words.record_text(record, self.zone)

    def name_messages(self, detail: str) -> str:
        """The detail of a cap, with the names of the messages that used it up."""
        return by_name(detail, (played.request for played in self.story.messages), self.zone, to_the_minute)

    def _message(self, message: Asked, missing: list[Looked]) -> str:
        played = self.played[message.message_id]
        row, reason = played.row, played.reason
        text = f"{message.channel} {message.template}"
        asked_at = f", requested at {self.moment(message.asked_at)}" if message.asked_at != message.at else ""
        if reason:
            detail = self.name_messages(message.detail or row.detail or "")
            cause = detail or _DROPPED.get(reason, "").format(channel=message.channel)
            cause = self._too_late(message, detail) if reason == "expired" else cause
            cause += f" ({record_words.values_text(missing[-1])})" if missing else ""
            return f"{text} is dropped, {reason}" + (f": {cause}" if cause else "") + asked_at
        subject = row.subject or row.title
        # The profile is shown above, so only another address is worth a mention.
        is_known = message.address is None or message.address in (self.story.contact_id, *message.profile.values())
        recipient = "" if is_known else f" to {message.address}"
        return f"{text} is sent{recipient}{asked_at}" + (f": “{subject}”" if subject else "")

    def _too_late(self, dropped: Asked, detail: str) -> str:
        scenario = self.project.scenarios[dropped.scenario]
        limit = f"the policy's 'max_hold: {duration_label(Duration(microseconds=self.project.policy.max_hold))}'"
        sendings = scenario.sendings_in(scenario.states[dropped.state])
        for candidate in (message for sending in sendings for message in sending.messages):
            if (
                candidate.channel.text == dropped.channel
                and candidate.template.text == dropped.template
                and _expiry(candidate)
            ):
                limit = f"'{_expiry(candidate)}'"
                break
        if detail.startswith("until "):
            return f"{limit} {detail.removeprefix('until ')}"
        return f"{detail.replace('quiet_hours', 'quiet hours')} would hold it longer than {limit} allows"

    def _clock(self, entered: Entered) -> str:
        """Words for a clock that differs from the clock of the story's times."""
        clock = self.project.timezone
        is_another = self.project.scenarios[entered.scenario].on_project_clock and clock != self.zone
        return f"; its times are in {clock}" if is_another else ""

    def _freed(self, moved: Moved) -> str:
        """Words for the step from which on a journey holds its key no more."""
        scenario = self.project.scenarios[moved.scenario]
        frees = scenario.key is not None and scenario.states[moved.target].frees_key
        if not frees or moved.journey_id in self.freed:
            return ""
        self.freed.add(moved.journey_id)
        return "; from here on the same key can enter again"

    def _refused(self, refused: Refused) -> str:
        if refused.reason == "taken":
            return REFUSED["taken"]
        scenario = self.project.scenarios[refused.scenario]
        return f"cannot enter, {refused.reason}: {self._hindrance(refused, scenario)}"

    def _hindrance(self, refused: Refused, scenario: Scenario) -> str:
        since = self.entered.get((refused.scenario, refused.key))
        text = REFUSED[refused.reason]
        match refused.reason:
            case "running" if since is not None:
                return f"{text} since {self.moment(since)}"
            case "reentry" if since is not None:
                return f"entered at {self.moment(since)}, and {reentry_rule(scenario)}"
            case "inactive":
                return f"{text}, {active_days(scenario)}"
            case "key" if scenario.key is not None:
                return f"{text}, {scenario.key.source}"
            case "exclusive":
                return self._rival(scenario, text)
            case "waiting" if refused.until is not None:
                rivals = self._rival(scenario, "another scenario of its group runs")
                return f"{rivals}; tried again when that ends, until {self.moment(refused.until)}"
            case "limit":
                return f"{text}, {scenario.max_running}"
        return text

    def _rival(self, scenario: Scenario, fallback: str) -> str:
        rivals = self._rivals(scenario)
        verb = "runs" if len(rivals) == 1 else "run"
        return f"{', '.join(rivals)} {verb} in the same group '{scenario.exclusive}'" if rivals else fallback

    def _rivals(self, scenario: Scenario) -> list[str]:
        running = {name for name, _ in self.running.values()}
        group = self.project.scenarios.values()
        return sorted(rival.name for rival in group if rival.exclusive == scenario.exclusive and rival.name in running)

    def _converted(self, converted: Converted) -> str:
        currency = f" {self.project.currency}" if self.project.currency else ""
        worth = f", worth {value(converted.value)}{currency}" if converted.value is not None else ""
        credited = converted.credited
        credit = (
            f"credited to {self.name_messages(credited)}"
            if credited
            else "not credited to a message, because none was sent before"
        )
        late = "" if converted.journey_id in self.running else " after its end"
        return f"reaches the goal{late}{worth}: {credit}"


def reentry_rule(scenario: Scenario) -> str:
    """The rule of the scenario for contacts who entered before."""
    rule = scenario.reentry
    if rule is None or rule == "never":
        return "nobody enters twice" if scenario.key is None else "nobody enters twice with the same key"
    return f"'reentry' is {duration_label(rule) if isinstance(rule, Duration) else rule}"


def active_days(scenario: Scenario) -> str:
    start, end = scenario.active
    return " ".join([*([f"from {start}"] if start else []), *([f"until {end}"] if end else [])])


def _expiry(message: Message) -> str:
    """`expires` as in the file; empty without one."""
    if message.until is None:
        return f"expires: {duration_label(message.expires)}" if message.expires else ""
    until = message.until.source if isinstance(message.until, Expression) else message.until.value
    return f"expires: {{until: {until}}}"


def _moved(moved: Moved, deciding: Looked | None) -> str:
    # A deciding condition is shown below. It is enough if no event and no wait took part.
    alone = deciding is not None and deciding.kind in ("choose", "when")
    cause = "otherwise" if moved.kind == "else" else moved.cause
    suffix = "" if alone or not cause else f", {cause}"
    if not moved.source:
        return f"starts in {moved.target}"
    if moved.source == moved.target:
        return f"restarts {moved.target}{suffix}"
    return f"moves to {moved.target}{suffix}"


def _cause(condition: Looked) -> str:
    return condition.cause.removesuffix(" where").removesuffix(" if")


def _deciding(occurrence: Occurrence[Input | Record]) -> Looked | None:
    """The condition that led a journey on: the last one looked at, if it held."""
    condition = occurrence.conditions[-1] if occurrence.conditions else None
    led = (
        isinstance(occurrence.record, Moved | Ended)
        and condition is not None
        and condition.held
        and not of_reach(condition)
    )
    return condition if led and condition is not None and condition.condition else None


def input_text(input_: Input, project: Project) -> str:
    """An input: an event with its properties, or new attributes. Remarks on it come first."""
    notes = [
        *(["for everybody"] if input_.broadcast else []),
        *(["duplicate, ignored"] if input_.again else []),
        *(["history: nobody enters"] if input_.history else []),
        *(
            ["no change: the profile has these values already"]
            if _is_about_profile(input_, project) and not input_.changes and not input_.again
            else []
        ),
    ]
    if input_.changes:
        details = ", ".join(
            f"{name}: {value(after)}" + (f" (was {value(before)})" if before is not None else "")
            for name, before, after in input_.changes
        )
    else:
        details = ", ".join(f"{name}: {value(part)}" for name, part in input_.properties.items())
    remarks = f" ({', '.join(notes)})" if notes else ""
    name = input_.event or "a new row of the contacts table"
    return f"{name}{remarks}  {details}".rstrip()


def needs_no_outcome(input_: Input, project: Project) -> bool:
    """Whether an input can have no consequence: it changed the profile, or could do nothing."""
    return _is_about_profile(input_, project) or input_.history or input_.again


def _is_about_profile(input_: Input, project: Project) -> bool:
    event = project.plan.events.get(input_.event)
    return not input_.event or (event is not None and event.profile)


def _unreached(occurrence: Occurrence[Input | Record]) -> list[Looked]:
    """The missing address or consent that dropped a message. It adds nothing to the reason of the drop."""
    message = occurrence.record
    if not isinstance(message, Asked) or message.reason not in ("no_address", "no_consent"):
        return []
    return [
        condition
        for condition in occurrence.conditions
        if of_reach(condition) and not condition.held and condition.cause.split()[0] == message.channel
    ]


def conditions(occurrence: Occurrence[Input | Record]) -> list[str]:
    """The conditions that explain a record, each with the values that it saw. The deciding one comes last."""
    deciding = _deciding(occurrence)
    besides = [deciding, *_unreached(occurrence)]
    explained = [entry for entry in occurrence.conditions if record_words.explains(entry) and entry not in besides]
    if isinstance(occurrence.record, Refused | Asked):
        explained = [
            entry for entry in explained if not entry.held
        ]  # only failed conditions explain a refusal or a drop
    sentences = [_passed_over(entry, occurrence.record) or condition(entry) for entry in explained]
    return [*sentences, condition(deciding, decided=True)] if deciding is not None else sentences


def _passed_over(channel_check: Looked, record: Input | Record | None) -> str:
    """The sentence for a channel that `first_of` could not use; empty for any other record."""
    channel = channel_check.cause.split()[0]
    if not of_reach(channel_check) or not isinstance(record, Asked) or record.reason == "unreachable":
        return ""
    return f"not {channel}, because {record_words.values_text(channel_check)}" if channel != record.channel else ""


def condition(record: Looked, decided: bool = False) -> str:
    """A condition with its result and the values that it saw. An address or a consent is shown if it is missing."""
    values = record_words.values_text(record)
    if of_reach(record):
        return f"no {record.cause}: {values}"
    if record.kind == "trigger_date":  # it asks nothing but whether it is there
        return values
    text = record_words.decisive(record) + ("" if record.held else " is not true") + (f" ({values})" if values else "")
    _, _, name = _cause(record).partition(" ")
    yes, no = _LEADS.get(record.kind, ("{way}: ", "{way} does not apply: "))
    lead = "because " if decided else (yes if record.held else no).format(way=_cause(record), name=name)
    return lead + text


# The words before a condition that held and before one that failed, by kind. Any other kind is a wait.
_LEADS = {
    "trigger": ("because ", "does not enter by {name}: "),
    "audience": ("in the audience: ", "not in the audience: "),
    "goal": ("counts for the goal: ", "does not count for the goal: "),
    "segment": ("in segment {name}: ", "not in segment {name}: "),
    "on": ("on {name}: ", "'on {name}' does not apply: "),
    "choose": ("because ", "not this branch: "),
    "when": ("because ", "not yet: "),
    "message": ("{way} is sent: ", "{way} is not sent: "),
}
