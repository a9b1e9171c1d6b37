"""Test cases for imported journeys: the entry, each side of a split, each branch that a known contact takes.

The lines of a case come from the export. Its expectations are the executor's results, so that a case shows the
scenario's new behaviour on a timeline, for people to compare with the tool. A format's own tests are elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.importing.conditions import BEGIN, PAST, both
from scenario_cli.importing.journey import Journey, On, Target
from scenario_cli.importing.loops import goes_round
from scenario_cli.importing.vocabulary import Vocabulary
from scenario_cli.importing.yaml_entries import Block, Entry, Numbered, block_text
from scenario_cli.language.library import SCHEMAS
from scenario_cli.model.case_run import CaseRun
from scenario_cli.model.records import Entered, Moved
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS

MOST_CASES = 12
_TEN_MINUTES = 600_000_000
# When a case of a journey that goes round ends, by the unit of its shortest wait.
_ROUNDS_END = (("s", "+30min"), ("min", "+4h"), ("h", "+4d"), ("", "+62d"))
PROFILE_EVENT = "profile_updated"

_SAMPLES = {"email": "ana@example.com", "owner_email": "owner@example.com", "phone": "+33612345678",
            "push_token": "token-ana", "first_name": "Ana", "firstname": "Ana", "firstName": "Ana"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A case without its expectation."""

    name: str
    profile: Mapping[str, Any]
    timeline: tuple[Mapping[str, Any], ...]
    variant: Mapping[str, str] = field(default_factory=dict)
    until: str = ""
    through: str = ""  # the state that it is about, which the contact must come to


def drafts(journey: Journey, vocabulary: Vocabulary) -> list[Draft]:
    """The cases of a journey; none if it is unknown how a contact enters it."""
    entry = _entry(journey, vocabulary)
    if entry is None:
        return []
    profile, timeline, until = entry
    if not until and goes_round(journey):
        until = _rounds_end(journey)
    names = {state.id: state.name for state in journey.states}
    splits = {state.name: [names[str(target)] for target, _ in state.split] for state in journey.states if state.split}
    first = {state: arms[0] for state, arms in splits.items()}
    cases = [Draft("enters and does nothing more", profile, timeline, first, until)]
    for state, arms in splits.items():
        cases += [
            Draft(f"gets '{arm}' in '{state}'", profile, timeline, {**first, state: arm}, until, state)
            for arm in arms[1:]
        ]
    for condition, state, (other, lines) in _branches(journey, profile, timeline):
        cases.append(Draft(f"enters while {condition}", other, lines, first, until, state))
    return cases[:MOST_CASES]


def answers(journey: Journey, vocabulary: Vocabulary, base: Draft, run: CaseRun, timezone: str) -> list[Draft]:
    """Cases in which the contact of a case does something more: an event that makes it leave or moves it on, ten
    minutes after it has come to the state that reacts to it.
    """
    clock = ZoneInfo(timezone)
    reached_at: dict[str, int] = {}
    for record in run.story:
        if isinstance(record, Moved):
            reached_at.setdefault(record.target, record.at)
    entered = next((record.at for record in run.story if isinstance(record, Entered)), None)
    if entered is None:
        return []
    cases: list[Draft] = []
    for name, state, line in _lines_that_move(journey, vocabulary):
        at = entered if not state else reached_at.get(state)
        if at is not None and all(draft.name != name for draft in cases):
            later = {"at": _instant(at + _TEN_MINUTES, clock), **line}
            cases.append(replace(base, name=name, timeline=(*base.timeline, later), through=state))
    return cases[:MOST_CASES]


def _lines_that_move(journey: Journey, vocabulary: Vocabulary) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The lines that make a contact leave or go on: a name, the state that reacts (empty for all), and the line."""
    conditions = [(condition, "", "leaves") for condition, _ in journey.when]
    conditions += [(condition, state.name, "goes on") for state in journey.states for condition, _ in state.when]
    for condition, state_name, word in conditions:
        if condition.profile and not any(":" in key for key in condition.profile):
            vocabulary.event(PROFILE_EVENT)
            yield f"{word}: {condition.text}", state_name, {"event": PROFILE_EVENT, **condition.profile}
    events = [(on, "") for on in journey.on] + [(on, state.name) for state in journey.states for on in state.on]
    for on, state_name in events:
        line = _line(on, journey)
        if line is not None and on.event not in BUILT_IN_EVENTS:
            yield f"answers with {on.event}", state_name, line


def _entry(
    journey: Journey, vocabulary: Vocabulary
) -> tuple[dict[str, Any], tuple[Mapping[str, Any], ...], str] | None:
    """The contact's profile, the lines by which it enters, and when the case ends, if that is not its own end."""
    profile = {name: _sample(name, type_) for name, type_ in vocabulary.attributes.items() if _is_known(name, type_)}
    profile |= journey.sample
    begin = _begin(journey)
    audience_profile = dict((both(journey.audience).profile if journey.audience else None) or {})
    for trigger in journey.triggers:
        lines: list[Mapping[str, Any]] = []
        if trigger.sample is not None:
            lines.append({"at": begin, **trigger.sample})
        elif trigger.profile and "date" in trigger.keys:
            return (*_with(profile, [], {**audience_profile, **trigger.profile}), "2025-04-30 12:00")
        elif trigger.profile:
            profile = {name: value for name, value in profile.items() if name not in trigger.profile}
            lines.append({"at": begin, "event": PROFILE_EVENT, **trigger.profile})
        else:
            continue
        return (*_with(profile, lines, audience_profile), "")
    return None


def _rounds_end(journey: Journey) -> str:
    units = {
        unit for state in journey.states for wait in state.after for unit in re.findall(r"\d(s|min|h)\b", wait.wait)
    }
    return next(end for unit, end in _ROUNDS_END if not unit or unit in units)


def _begin(journey: Journey) -> str:
    """The instant at which a contact of a test enters: on the first day on which that is possible, if there is one."""
    first = journey.active.get("from", "")
    return f"{first} 10:00" if first > BEGIN[:10] or BEGIN[:10] > journey.active.get("until", "9999") else BEGIN


def _with(
    profile: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], holds: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Mapping[str, Any], ...]]:
    """The contact and its lines, made so that a condition holds: see `Condition.profile`."""
    contact, entry, past = dict(profile), list(lines), []
    for key, value in holds.items():
        kind, colon, name = key.partition(":")
        if not colon:
            contact[key] = value
        elif kind == "did":
            past.append({"at": PAST, "event": name, **value})
        elif entry:
            entry[-1] = {**entry[-1], name: value}
    return contact, (*past, *entry)


def _is_known(name: str, type_: str) -> bool:
    return name in _SAMPLES or (type_ == "boolean" and (name.endswith("_optin") or name.startswith("subscribed_")))


def _sample(name: str, type_: str) -> Any:
    return True if type_ == "boolean" else _SAMPLES[name]


def _branches(
    journey: Journey, profile: Mapping[str, Any], timeline: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str, tuple[dict[str, Any], tuple[Mapping[str, Any], ...]]]]:
    """Conditions of branches with a contact for whom they hold from the start, if the entry does not change that."""
    changed = {key for line in timeline for key in line if line.get("event") == PROFILE_EVENT}
    needs = _needs(journey)
    seen: set[str] = set()
    for state in journey.states:
        before = needs.get(state.id)
        for condition, _ in state.choose if before is not None else ():
            holds = condition.profile
            together = {**(before or {}), **(holds or {})}
            if holds and condition.text not in seen and not changed & set(together):
                seen.add(condition.text)
                yield condition.text, state.name, _with(profile, timeline, together)


def _needs(journey: Journey) -> dict[str, dict[str, Any]]:
    """The contact's data needed to come to each state, by the first path whose conditions are known."""
    start = journey.first or journey.states[0].id
    needs: dict[str, dict[str, Any]] = {start: {}}
    waiting = [start]
    while waiting:
        state = journey.state(waiting.pop(0))
        if state is None:
            continue
        data = needs[state.id]
        ahead: list[tuple[Target, dict[str, Any]]] = [
            (to, {**data, **condition.profile}) for condition, to in state.choose if condition.profile is not None
        ]
        ahead += [(state.otherwise, data)] if state.choose else []
        ahead += [(to, data) for to, _ in state.split]
        ahead += [(state.next, data)] if state.next is not None else []
        ahead += [(wait.to, data) for wait in state.after]
        for to, needed in ahead:
            if isinstance(to, str) and to not in needs:
                needs[to] = needed
                waiting.append(to)
    return needs


def _line(on: On, journey: Journey) -> dict[str, Any] | None:
    if on.where is not None and on.where.profile is None:
        return None
    properties = (on.where.profile if on.where is not None else None) or {}
    line: dict[str, Any] = {"event": on.event}
    line |= {key.removeprefix("event:"): value for key, value in properties.items()}
    name = journey.key.removeprefix("event.")  # in a journey by key, the entry event has the value
    sample = journey.triggers[0].sample or {}
    if name in sample and on.event == sample.get("event"):
        line[name] = sample[name]
    state = journey.state(on.of) if on.of else None
    return {**line, "of": state.name} if state is not None else line


def test_text(journey: Journey, timezone: str, cases: Sequence[Draft], runs: Sequence[CaseRun] | None = None) -> str:
    """The test file; without runs its cases expect nothing yet."""
    lines = [
        f"# yaml-language-server: $schema=../{SCHEMAS}/test.schema.json",
        "# What the imported scenario does today. Compare it with what the tool does.",
        *block_text([Entry("scenario", journey.name), Entry("timezone", timezone)], Numbered()),
        "cases:",
    ]
    for number, case in enumerate(cases):
        expected = _expected(runs[number], timezone) if runs is not None else [Entry("messages", [])]
        entries: Block = [Entry("name", case.name), Entry("contact", {"id": "ana", **case.profile})]
        if case.variant:
            entries.append(Entry("variant", dict(case.variant)))
        block = block_text(entries, Numbered(), 4)
        if case.timeline:
            block += ["    timeline:", *_listed(case.timeline)]
        if case.until:
            block += block_text([Entry("until", case.until)], Numbered(), 4)
        block += ["    expect:", *_expected_lines(expected)]
        block[0] = "  - " + block[0].lstrip()
        lines += block
    return "\n".join(lines) + "\n"


def _listed(values: Sequence[Mapping[str, Any]]) -> list[str]:
    from scenario_cli.importing.yaml_entries import flow

    return [f"      - {flow(value)}" for value in values]


def _expected_lines(entries: Block) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        if entry.key == "messages" and entry.value:
            lines += ["      messages:", *(f"  {line}" for line in _listed(entry.value))]
        else:
            lines += block_text([entry], Numbered(), 6)
    return lines


def _expected(run: CaseRun, timezone: str) -> Block:
    """The result of a case as its expectations."""
    clock = ZoneInfo(timezone)
    messages = []
    for played in run.messages:
        row = played.row
        line: dict[str, Any] = {
            "at": _instant(played.request.at, clock),
            "channel": row.channel,
            "template": row.template,
        }
        messages.append({**line, "dropped": played.reason} if played.reason else line)
    states = [state for journey in run.journeys for state in journey.states]
    outcomes = [journey.outcome for journey in run.journeys]
    return [
        Entry("messages", messages),
        Entry("states", states),
        Entry("outcome", outcomes[0] if len(outcomes) == 1 else outcomes),
    ]


def _instant(at: int, clock: ZoneInfo) -> str:
    moment = datetime.fromtimestamp(at // 1_000_000, clock)
    return moment.strftime("%Y-%m-%d %H:%M" if moment.second == 0 else "%Y-%m-%d %H:%M:%S")
