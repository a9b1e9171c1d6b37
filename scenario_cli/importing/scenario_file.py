"""A journey as the entries of a scenario's file. Names its states; knows no tool."""

from __future__ import annotations

from typing import Any

from scenario_cli.importing.conditions import both
from scenario_cli.importing.journey import After, End, Journey, On, State, Target, is_target
from scenario_cli.importing.naming import slug, unique
from scenario_cli.importing.yaml_entries import Block, Entry


def name_states(journey: Journey) -> None:
    """Gives every state its name, and records it at the node of the export."""
    used: set[str] = set()
    for state in journey.states:
        state.name = unique(slug(state.title, "step"), used)
        used.add(state.name)
        if state.item is not None and not state.item.became:
            state.item.became = f"state {state.name}"


def scenario_entries(journey: Journey) -> Block:
    """The file's entries. The states must have names."""
    names = {state.id: state.name for state in journey.states}
    first = journey.state(journey.first) or journey.states[0]
    ordered = [first, *(state for state in journey.states if state is not first)]
    entries = [Entry("scenario", journey.name), Entry("title", journey.title)]
    if journey.description:
        entries.append(Entry("description", journey.description))
    entries += [Entry("status", "draft", journey.at("status"))]
    if journey.purpose:
        entries.append(Entry("purpose", journey.purpose))
    entries.append(_trigger(journey))
    if journey.audience:
        entries.append(Entry("audience", both(journey.audience).text, journey.at("audience")))
    if journey.key:
        entries.append(Entry("key", journey.key, journey.at("key")))
    if journey.reentry:
        entries.append(Entry("reentry", journey.reentry, journey.at("reentry")))
    if journey.active:
        entries.append(Entry("active", journey.active, journey.at("active")))
    if journey.goal_event:
        entries.append(Entry("goal", {"event": journey.goal_event}, journey.at("goal")))
    if journey.on:
        entries.append(Entry("on", _events(journey.on, names), journey.at("on")))
    if journey.when:
        conditions = {condition.text: _target(to, names) for condition, to in journey.when}
        entries.append(Entry("when", _lines(conditions), journey.at("when")))
    states = [Entry(state.name, _state(state, names), state.remarks) for state in ordered]
    return [*entries, Entry("states", states)]


def settle_remarks(journey: Journey) -> None:
    """Moves remarks about keys that the file does not have to its head."""
    keys = {entry.key for entry in scenario_entries(journey)}
    for key in [key for key in journey.remarks if key and key not in keys]:
        journey.at("").extend(journey.remarks.pop(key))


def _trigger(journey: Journey) -> Entry:
    """One trigger as a block, several as a list."""
    notes = [note for trigger in journey.triggers for note in trigger.remarks]
    if len(journey.triggers) == 1:
        return Entry("trigger", journey.triggers[0].keys, notes)
    return Entry("trigger", [trigger.keys for trigger in journey.triggers], notes)


def _state(state: State, names: dict[str, str]) -> Block:
    entries: Block = []
    if state.update:
        entries.append(Entry("update", state.update))
    if state.emit:
        entries.append(Entry("emit", {"event": state.emit[0]} if len(state.emit) == 1
                             else [{"event": event} for event in state.emit]))  # fmt: skip
    if state.message is not None:
        entries.append(Entry("send", _send(state)))
    if state.on:
        entries.append(Entry("on", _events(state.on, names)))
    if state.when:
        entries.append(Entry("when", _lines({condition.text: _target(to, names) for condition, to in state.when})))
    if state.choose:
        branches = {condition.text: _target(to, names) for condition, to in state.choose}
        entries.append(Entry("choose", _lines({**branches, "else": _target(state.otherwise, names)})))
    elif state.split:
        entries.append(Entry("split", _lines({names[str(to)]: weight for to, weight in state.split})))
    elif isinstance(state.next, End):
        entries.append(Entry("end", state.next.outcome))
    elif state.next is not None:
        entries.append(Entry("next", names[state.next]))
    if state.after:
        entries.append(_after(state, names))
    return entries


def _send(state: State) -> dict[str, Any]:
    message = state.message
    assert message is not None
    if message.only_if is None and not message.purpose:
        return {message.channel: message.template}
    options: dict[str, Any] = {"template": message.template}
    if message.purpose:
        options["purpose"] = message.purpose
    if message.only_if is not None:
        options["if"] = message.only_if.text
    return {message.channel: options}


def _after(state: State, names: dict[str, str]) -> Entry:
    notes = [note for wait in state.after for note in wait.remarks]
    waits = state.after
    if not any(wait.if_past or wait.if_missing for wait in waits) and len({wait.wait for wait in waits}) == len(waits):
        return Entry("after", _lines({wait.wait: _target(wait.to, names) for wait in waits}), notes)
    return Entry("after", [_wait(wait, names) for wait in waits], notes)


def _wait(wait: After, names: dict[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {"wait": wait.wait}
    for key, value in (("if_past", wait.if_past), ("if_missing", wait.if_missing)):
        if value:
            options[key] = _target(value, names) if is_target(value) else value
    return {**options, "to": _target(wait.to, names)}


def _events(transitions: list[On], names: dict[str, str]) -> Block:
    by_event: dict[str, list[Any]] = {}
    for on in transitions:
        to = _target(on.to, names)
        options: dict[str, Any] = {}
        if on.where is not None:
            options["where"] = on.where.text
        if on.of:
            options["of"] = names[on.of]
        by_event.setdefault(on.event, []).append({**options, "to": to} if options else to)
    return [Entry(event, exits[0] if len(exits) == 1 else [{"to": each} if not isinstance(each, dict) or "end" in each
                                                           else each for each in exits])
            for event, exits in by_event.items()]  # fmt: skip


def _target(target: Target | str, names: dict[str, str]) -> Any:
    return {"end": target.outcome} if isinstance(target, End) else names[target]


def _lines(values: dict[str, Any]) -> Block:
    return [Entry(key, value) for key, value in values.items()]
