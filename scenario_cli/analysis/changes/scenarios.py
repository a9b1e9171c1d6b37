"""The changes of one scenario: its entry, its states, and its settings for all states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.entry import HEAD, head_change, trigger_changes
from scenario_cli.analysis.changes.goals import goal_changes
from scenario_cli.analysis.changes.messages import message_words
from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.renames import Named, Renames, by_name, renamed
from scenario_cli.analysis.changes.states import branch_changes, state_changes, state_summary, transition_changes
from scenario_cli.analysis.changes.words import change, code, listed, valued, was
from scenario_cli.analysis.labels import entry_label
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.scenario import Scenario


def scenario_added(scenario: Scenario) -> Subject:
    """A new scenario in a few words: who enters, and which messages it sends."""
    return Subject("scenario", scenario.name, "added", changes=tuple(_summary(scenario, new=True)))


def scenario_removed(scenario: Scenario) -> Subject:
    return Subject("scenario", scenario.name, "removed", changes=tuple(_summary(scenario, new=False)))


def _summary(scenario: Scenario, new: bool) -> Iterator[Change]:
    messages = list(dict.fromkeys(map(message_words, scenario.messages)))
    sent = f"it sends {listed(messages)}" if messages else "it sends nothing"
    texts = (
        f"who enters: {code(entry_label(scenario))}; status {code(scenario.status)}, priority {scenario.priority}",
        f"{len(scenario.states)} state{'s' if len(scenario.states) > 1 else ''}; {sent}",
    )
    for text in texts:
        yield Change("added" if new else "removed", (), text, "" if new else text, text if new else "")


def scenario_changed(old: Scenario, new: Scenario, renames: Renames) -> Subject | None:
    """The changes of a scenario that both versions have; None if it means the same.

    An unchanged text that differs only by a constant is not a change of the scenario.
    """
    states = renamed("state", old.states, new.states, renames, lambda state: replace(state, name=""))
    place = Place((), "", renames.also("state", states))
    changes = [*_head(old, new, place), *_states(old, new, states, place), *_everywhere(old, new, place)]
    changes += _definitions(old, new, place)
    was_named = old.name if old.name != new.name else ""
    redrawn = bool(was_named) and bool(new.holdout or old.holdout or _splits(new))
    redrawn |= any(old.states[before].split is not None for before in states)
    if not changes and not was_named:
        return None
    return Subject("scenario", new.name, "renamed" if was_named else "changed", was_named, tuple(changes),
                   redraws=redrawn)  # fmt: skip


def _splits(scenario: Scenario) -> bool:
    return any(state.split is not None for state in scenario.states.values())


_ELSEWHERE = frozenset({"name", "kind", "triggers", "goal", "states", "first", "on", "when"})


def _head(old: Scenario, new: Scenario, place: Place) -> Iterator[Change]:
    changed = fields_changed(old, new, place.renames)
    for field in HEAD:
        if field in changed:
            yield from head_change(field, old, new, place.below(field))
    if "triggers" in changed:
        yield from trigger_changes(old.triggers, new.triggers, place.below("trigger"))
    if "goal" in changed:
        yield from goal_changes(old.goal, new.goal, place.below("goal"))
    for field in changed:
        if field not in HEAD and field not in _ELSEWHERE:
            yield valued((field,), code(field), getattr(old, field, None), getattr(new, field, None))


def _states(old: Scenario, new: Scenario, names: Mapping[str, str], place: Place) -> Iterator[Change]:
    named = by_name(old.states, new.states, names)
    if place.renames.of("state").get(old.first.name, old.first.name) != new.first.name:
        first = code(old.first.name), code(new.first.name)
        yield change(("states",), f"Journeys start in {was(first[1], first[0])}", *first)
    for name in named.removed:
        summary = state_summary(old.states[name])
        yield change(("states", name), f"State {code(name)} was removed: {summary}", summary, "", "removed")
    for name in named.added:
        summary = state_summary(new.states[name])
        yield change(("states", name), f"State {code(name)} is new: {summary}", "", summary, "added")
    for before, after in names.items():
        yield change(("states", after), f"State {code(before)} was renamed to {code(after)}", before, after, "renamed")
    changes: list[Change] = []
    for before, after in named.pairs:
        within = place.below("states", after, words=f"{code(after)} ")
        changes += state_changes(old.states[before], new.states[after], within)
    yield from _with_moves(changes, old, new, named)


def _with_moves(changes: list[Change], old: Scenario, new: Scenario, named: Named) -> Iterator[Change]:
    """The changes. A message that moved from one state to another is a single change."""
    removals = {item.before: item for item in changes if item.kind == "removed" and item.where[-1] == "send"}
    moved: dict[int, Change] = {}
    absorbed: set[int] = set()
    for item in changes:
        source = removals.get(item.after) if item.kind == "added" and item.where[-1] == "send" else None
        if source is not None and source.where[1] != item.where[1]:
            states = source.where[1], item.where[1]
            moved[id(item)] = Change("moved", item.where, f"{code(states[1])} sends {item.after}, which "
                                     f"{code(states[0])} sent before", *states)  # fmt: skip
            absorbed.add(id(source))
            del removals[item.after]
    for item in changes:
        if id(item) not in absorbed:
            yield moved.get(id(item), item)


def _everywhere(old: Scenario, new: Scenario, place: Place) -> Iterator[Change]:
    place = replace(place, words="In every state: ")
    yield from transition_changes(old.on, new.on, place.below("on"))
    yield from branch_changes(old.when, new.when, "when", place.below("when"))


def _definitions(old: Scenario, new: Scenario, place: Place) -> Iterator[Change]:
    """The definitions through which conditions mean something else that are written as before."""
    before, after = ({part.name.text: part.text for part in side.define} for side in (old, new))
    for name in place.through:
        texts = code(before.get(name, "")), code(after.get(name, ""))
        if name in after and texts[0] != texts[1]:
            yield change(("define", name), f"The definition {code(name)} is {was(texts[1], texts[0])}", *texts)
