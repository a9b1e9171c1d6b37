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
from scenario_cli.model.story import ContactStory, Given
from scenario_cli.model.waits import Duration
from scenario_cli.reports import record_words
from scenario_cli.reports.conditions import Occurrence
from scenario_cli.reports.record_words import REFUSED, by_name, of_reach, to_the_minute, value

# Why a message did not leave, after the name that plans give it.
_DROPPED = {
    "control_group": "the contact is in the control group, which gets no marketing",
    "holdout": "the contact is held out of this scenario, to measure what it brings",
    "no_address": "the contact has no address for {channel}",
    "no_consent": "the contact has not agreed to {channel}",
    "unreachable": "none of the channels to choose from can reach the contact",
    "quiet_hours": "it was asked for in quiet hours",
    "condition": "its 'if' no longer holds",
    "cancelled": "the journey went on before it could leave",
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
    running: dict[str, tuple[str, Any]] = field(default_factory=dict)  # scenario and key of each journey under way
    last: str = ""  # the event that was given last

    def __post_init__(self) -> None:
        self.played = {one.asked.message_id: one for one in self.story.messages}

    @property
    def zone(self) -> str:
        return self.story.timezone

    def moment(self, at: int) -> str:
        return to_the_minute(at, self.zone)

    def journey(self, record: Record) -> str:
        """The subject of a record: the scenario, with the journey's key where it has one."""
        key = record.key if isinstance(record, Entered | Refused) else self.keys.get(getattr(record, "journey_id", ""))
        return record.scenario + (f" {value(key)}" if key is not None else "")

    def sentence(self, told: Occurrence[Given | Record]) -> str:
        """A record as a sentence; empty for conditions that led to nothing."""
        record = told.record
        match record:
            case None:
                last = told.looked[-1]
                stays = last.held and last.journey_id and last.kind == "on"
                return f"stays in {last.state}, {_way(last)}" if stays else ""
            case Given():
                self.last = record.event
                return given(record, self.project)
            case Entered():
                self.keys[record.journey_id] = record.key
                self.entered[record.scenario, record.key] = record.at
                self.running[record.journey_id] = (record.scenario, record.key)
                return "enters" if record.event == self.last else f"enters, by {record.event}"
            case Refused():
                return self._refused(record)
            case Moved():
                return _moved(record, _deciding(told))
            case Asked():
                return self._asked(record, _unreached(told))
            case Held():
                why = self.named(record.why.removeprefix("capped, ")).replace("quiet_hours", "quiet hours")
                return f"{record.channel} is held until {self.moment(record.until)}: {why}"
            case Converted():
                return self._converted(record)
            case Ended():
                self.running.pop(record.journey_id, None)
                shown = told.way is not None and told.way.kind not in ("choose", "when")
                return f"ends: {record.outcome}" + (f", {_way(told.way)}" if told.way and shown else "")
            case Looked():
                return record_words.looked(record)
        return record_words.told(record, self.zone)

    def named(self, detail: str) -> str:
        """A cap's own words, the messages that used it up called by their names."""
        return by_name(detail, (one.asked for one in self.story.messages), self.zone, to_the_minute)

    def _asked(self, asked: Asked, missing: list[Looked]) -> str:
        played = self.played[asked.message_id]
        row, reason = played.row, played.reason
        said = f"{asked.channel} {asked.template}"
        since = f", asked for at {self.moment(asked.asked_at)}" if asked.asked_at != asked.at else ""
        if reason:
            detail = self.named(asked.detail or row.detail or "")
            why = detail or _DROPPED.get(reason, "").format(channel=asked.channel)
            why = self._too_late(asked, detail) if reason == "expired" else why
            why += f" ({record_words.seen(missing[-1])})" if missing else ""
            return f"{said} is dropped, {reason}" + (f": {why}" if why else "") + since
        subject = row.subject or row.title
        # The profile stands above; an address that is none of its own is worth telling.
        own = asked.address is None or asked.address in (self.story.contact_id, *asked.profile.values())
        to = "" if own else f" to {asked.address}"
        return f"{said} leaves{to}{since}" + (f": “{subject}”" if subject else "")

    def _too_late(self, asked: Asked, detail: str) -> str:
        scenario = self.project.scenarios[asked.scenario]
        everywhere = (message for one in scenario.on for message in one.messages)
        limit = f"the policy's 'max_hold: {duration_label(Duration(microseconds=self.project.policy.max_hold))}'"
        for one in (*scenario.states[asked.state].asked, *everywhere):
            if one.channel.text == asked.channel and one.template.text == asked.template and _expiry(one):
                limit = f"'{_expiry(one)}'"
                break
        if detail.startswith("until "):
            return f"{limit} {detail.removeprefix('until ')}"
        return f"{detail.replace('quiet_hours', 'quiet hours')} would hold it longer than {limit} allows"

    def _refused(self, refused: Refused) -> str:
        if refused.reason == "taken":
            return REFUSED["taken"]
        scenario = self.project.scenarios[refused.scenario]
        return f"is not let in, {refused.reason}: {self._hindrance(refused, scenario)}"

    def _hindrance(self, refused: Refused, scenario: Scenario) -> str:
        since = self.entered.get((refused.scenario, refused.key))
        said = REFUSED[refused.reason]
        match refused.reason:
            case "running" if since is not None:
                return f"{said} since {self.moment(since)}"
            case "reentry" if since is not None:
                return f"entered at {self.moment(since)}, and {again(scenario)}"
            case "inactive":
                return f"{said}, {active(scenario)}"
            case "key" if scenario.key is not None:
                return f"{said}, {scenario.key.source}"
            case "exclusive":
                return self._in_the_way(scenario, said)
            case "waiting" if refused.until is not None:
                others = self._in_the_way(scenario, "another of its group runs")
                return f"{others}; tried again when that is over, until {self.moment(refused.until)}"
            case "limit":
                return f"{said}, {scenario.max_running}"
        return said

    def _in_the_way(self, scenario: Scenario, otherwise: str) -> str:
        others = self._others(scenario)
        verb = "runs" if len(others) == 1 else "run"
        return f"{', '.join(others)} {verb}, of the same group '{scenario.exclusive}'" if others else otherwise

    def _others(self, scenario: Scenario) -> list[str]:
        running = {name for name, _ in self.running.values()}
        group = self.project.scenarios.values()
        return sorted(one.name for one in group if one.exclusive == scenario.exclusive and one.name in running)

    def _converted(self, converted: Converted) -> str:
        currency = f" {self.project.currency}" if self.project.currency else ""
        worth = f", worth {value(converted.value)}{currency}" if converted.value is not None else ""
        credited = converted.credited
        named = (
            f"credited to {self.named(credited)}" if credited else "to the credit of no message, since none had left"
        )
        late = "" if converted.journey_id in self.running else " after its end"
        return f"reaches the goal{late}{worth}: {named}"


def again(scenario: Scenario) -> str:
    """The rule of the scenario for contacts who entered before."""
    written = scenario.reentry
    if written is None or written == "never":
        return "nobody enters twice" if scenario.key is None else "nobody enters twice by one key"
    return f"'reentry' is {duration_label(written) if isinstance(written, Duration) else written}"


def active(scenario: Scenario) -> str:
    first, last = scenario.active
    return " ".join([*([f"from {first}"] if first else []), *([f"until {last}"] if last else [])])


def _expiry(message: Message) -> str:
    """`expires` as it is written; empty where it is not."""
    if message.until is None:
        return f"expires: {duration_label(message.expires)}" if message.expires else ""
    until = message.until.source if isinstance(message.until, Expression) else message.until.value
    return f"expires: {{until: {until}}}"


def _moved(moved: Moved, deciding: Looked | None) -> str:
    # A condition that decided stands below, and says it all where no event and no wait took part.
    alone = deciding is not None and deciding.kind in ("choose", "when")
    how = "otherwise" if moved.kind == "else" else moved.cause
    what = "" if alone or not how else f", {how}"
    if not moved.source:
        return f"begins in {moved.target}"
    if moved.source == moved.target:
        return f"starts {moved.target} over{what}"
    return f"goes on to {moved.target}{what}"


def _way(looked: Looked) -> str:
    return looked.cause.removesuffix(" where").removesuffix(" if")


def _deciding(told: Occurrence[Given | Record]) -> Looked | None:
    """The condition that led a journey on: the last that was looked at, where it held."""
    last = told.looked[-1] if told.looked else None
    led = isinstance(told.record, Moved | Ended) and last is not None and last.held and not of_reach(last)
    return last if led and last is not None and last.condition else None


def given(one: Given, project: Project) -> str:
    """An input: an event with its properties, or new attributes. What is special about it comes first."""
    notes = [
        *(["to everybody"] if one.broadcast else []),
        *(["fed before, so ignored"] if one.again else []),
        *(["history, lets nobody in"] if one.history else []),
        *(["the profile says so already"] if _of_profile(one, project) and not one.changes and not one.again else []),
    ]
    if one.changes:
        said = ", ".join(
            f"{name}: {value(after)}" + (f" (was {value(before)})" if before is not None else "")
            for name, before, after in one.changes
        )
    else:
        said = ", ".join(f"{name}: {value(part)}" for name, part in one.properties.items())
    noted = f" ({', '.join(notes)})" if notes else ""
    name = one.event or "a new row of the contacts table"
    return f"{name}{noted}  {said}".rstrip()


def says_it_all(one: Given, project: Project) -> bool:
    """Whether an input needs nothing to come of it: it changed the profile, or could do nothing."""
    return _of_profile(one, project) or one.history or one.again


def _of_profile(one: Given, project: Project) -> bool:
    known = project.plan.events.get(one.event)
    return not one.event or (known is not None and known.profile)


def _unreached(told: Occurrence[Given | Record]) -> list[Looked]:
    """The address or consent for want of which a message was dropped, which says no more than its reason."""
    asked = told.record
    if not isinstance(asked, Asked) or asked.reason not in ("no_address", "no_consent"):
        return []
    return [one for one in told.looked if of_reach(one) and not one.held and one.cause.split()[0] == asked.channel]


def conditions(told: Occurrence[Given | Record]) -> list[str]:
    """The conditions worth telling of, each with the values that it saw; that which decided comes last."""
    deciding = _deciding(told)
    besides = [deciding, *_unreached(told)]
    asked = [one for one in told.looked if record_words.explains(one) and one not in besides]
    if isinstance(told.record, Refused | Asked):
        asked = [
            one for one in asked if not one.held
        ]  # what held is not why, and a message tells that it was asked for
    said = [_passed_over(one, told.record) or condition(one) for one in asked]
    return [*said, condition(deciding, decided=True)] if deciding is not None else said


def _passed_over(looked: Looked, record: Given | Record | None) -> str:
    """The sentence for a channel that `first_of` could not use; empty for any other record."""
    channel = looked.cause.split()[0]
    if not of_reach(looked) or not isinstance(record, Asked) or record.reason == "unreachable":
        return ""
    return f"not {channel}, since {record_words.seen(looked)}" if channel != record.channel else ""


def condition(looked: Looked, decided: bool = False) -> str:
    """A condition with what it came to and saw; an address or a consent is told of where it is missing."""
    seen = record_words.seen(looked)
    if of_reach(looked):
        return f"no {looked.cause}: {seen}"
    if looked.kind == "trigger_date":  # it asks nothing but whether it is there
        return seen
    said = record_words.decisive(looked) + ("" if looked.held else " does not hold") + (f" ({seen})" if seen else "")
    _, _, name = _way(looked).partition(" ")
    yes, no = _LEADS.get(looked.kind, ("{way}: ", "{way} came, but "))
    lead = "since " if decided else (yes if looked.held else no).format(way=_way(looked), name=name)
    return lead + said


# The words before a condition that held, and before one that did not, by its kind; any other is a wait's.
_LEADS = {
    "trigger": ("since ", "does not enter by {name}: "),
    "audience": ("in the audience: ", "not in the audience: "),
    "goal": ("counts for the goal: ", "does not count for the goal: "),
    "segment": ("in segment {name}: ", "not in segment {name}: "),
    "on": ("on {name}: ", "'on {name}' is passed over: "),
    "choose": ("since ", "not that way: "),
    "when": ("since ", "not yet: "),
    "message": ("{way} is asked for: ", "{way} is not asked for: "),
}
