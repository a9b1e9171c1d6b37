"""Saves a contact's state as plain named values, and restores it into a program of the same definitions.

A state in memory has ranks, places and slots of one compiled program. A snapshot has names: of scenarios and states,
and the identities that `engine.compile.identities` gives to triggers, waits, messages, conditions, metrics, past-event
calls and segments. Timers are calculated again from these. So a snapshot is valid in every program that has the
definitions, with any order of scenarios and with any others. Reads and writes no file.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from scenario_cli.engine import triggers
from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.compiled import CompiledTarget, Machine, Program
from scenario_cli.engine.history import EventHistory
from scenario_cli.engine.letting_go import let_go
from scenario_cli.engine.metrics import Aggregate
from scenario_cli.engine.migrate import move, renamed, settle
from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.engine.profile import zone_of
from scenario_cli.engine.saved_journeys import (
    SnapshotError,
    Stranded,
    journey_of,
    place_of,
    restore_place,
    saved_journey,
)
from scenario_cli.engine.state import (
    AFTER_JOURNEYS,
    GIVEN_UP,
    LAST_RANK,
    NEVER,
    TICK,
    TRIGGER,
    Armed,
    ContactState,
    CountedMessage,
    Journey,
    Membership,
    WaitingEntry,
)
from scenario_cli.engine.triggers import arm_tick
from scenario_cli.engine.windows import Window
from scenario_cli.model.event import Event
from scenario_cli.model.triggers import AbsenceTrigger

FORMAT = 1  # the version of the values that `save` gives; `restore` refuses any other

__all__ = ("FORMAT", "SnapshotError", "Stranded", "restore", "save")


def save(program: Program, state: ContactState, at: int | None = None) -> dict[str, Any]:
    """The state of a contact between two inputs: dictionaries with texts as keys, lists, texts, numbers, booleans.

    Instants are microseconds since 1970-01-01 UTC. Empty values and None are left out, and so is all without effect
    from an instant `at` on, if no later input is before it. Raises `TypeError` if an attribute or a captured value has
    a type that no log and no expression gives.
    """
    if at is not None:
        let_go(program, state, at)
    names = {segment.name: segment.identity for segment in program.segments.values()}
    values = {
        "format": FORMAT,
        "contact": state.contact_id,
        "profile": plain(state.profile),
        "known_at": state.known_at,
        "now": state.now,
        "inputs": state.input_count,
        "next_number": state.next_number,
        "event": state.event.name if state.event is not None else None,  # a data warning can name it
        "reported_zones": sorted(state.reported_zones),
        "event_ids": [list(event_id) for event_id in state.seen_event_ids],
        "entries": [[scenario, plain(key), *entry] for (scenario, key), entry in state.entries.items()],
        "unadmitted": dict(state.unadmitted),
        "counted": [
            [sent.at, sent.channel, sent.program, sent.scenario, sorted(sent.tags), sent.message_id]
            for sent in state.counted
        ],
        "tick": _saved_tick(program, state),
        "triggers": _saved_triggers(program, state),
        "absences": _saved_absences(program, state),
        "waiting": _saved_waiting(program, state),
        "freed": sorted(state.freed),
        "figures": {
            owner.identity: _saved_slot(owner, state.slots[owner.slot])
            for owner in program.slot_owners
            if state.slots[owner.slot] is not None
        },
        "segments": {
            "before": {names[name]: inside for name, inside in state.membership_before.items()},
            "members": {
                names[name]: [membership.at, membership.inside, membership.until]
                for name, membership in state.members.items()
            },
            "refreshed": {names[name]: at for name, at in state.refreshed_at.items()},
        },
        # By age, and not by the scenario that had it first: a restored state does not know that.
        "journeys": [
            saved_journey(program, journey)
            for journey in sorted(chain.from_iterable(state.journeys.values()), key=lambda journey: journey.number)
            if not journey.ended or journey.scenario in program.by_name
        ],
    }
    return {name: value for name, value in values.items() if value is not None and value not in ([], {})}


def restore(program: Program, values: Mapping[str, Any], clock: int | None = None) -> ContactState:
    """The state that `save` gave, for a program that has the definitions its journeys run on.

    A trigger, segment, metric or call that the snapshot does not know begins as for a contact who has just become
    known: at the `clock` of a store (all that was due before it is done), else at the contact's last input. A trigger,
    segment, metric or call that the program no longer has is forgotten. Raises `SnapshotError` for another format, and
    if the program does not have the definition of a running journey.

    Journeys of another definition are moved to today's at that instant if their scenario follows; the state's records
    are those of the moves. Raises `Stranded` for a journey whose state is gone and has no replacement.
    """
    if values.get("format") != FORMAT:
        raise SnapshotError(f"format {values.get('format')} of a contact's state is unknown; this version has {FORMAT}")
    values = renamed(values, program.renamed)
    state = ContactState(values["contact"], value_of(values.get("profile", {})), program.zone, program.slot_count)
    state.zone = zone_of(program, state)
    state.known_at = values.get("known_at")
    state.now = values["now"]
    state.input_count = values["inputs"]
    state.next_number = values["next_number"]
    state.event = Event(values["event"], state.now, {}) if "event" in values else None
    state.reported_zones = frozenset(values.get("reported_zones", ()))
    state.seen_event_ids = dict.fromkeys((event_id, at) for event_id, at in values.get("event_ids", ()))
    state.entries = {
        (scenario, value_of(key)): (at, ordinal, inputs, times)
        for scenario, key, at, ordinal, inputs, times in values.get("entries", ())
    }
    state.unadmitted = dict(values.get("unadmitted", {}))
    state.counted = [
        CountedMessage(at, channel, programme, scenario, frozenset(tags), message_id)
        for at, channel, programme, scenario, tags, message_id in values.get("counted", ())
    ]
    figures = values.get("figures", {})
    for owner in program.slot_owners:
        if owner.identity in figures:
            state.slots[owner.slot] = _restored_slot(owner, figures[owner.identity])
    moving = _restore_journeys(program, state, values.get("journeys", ()))
    armed_after = state.now
    if clock is not None and clock >= state.now:
        state.now, armed_after = clock, clock - 1
    _restore_segments(program, state, values.get("segments", {}))
    if state.known_at is not None:
        _restore_tick(program, state, values.get("tick"))
        _restore_triggers(program, state, values.get("triggers", {}), armed_after)
        _restore_absences(program, state, values.get("absences", {}))
    _restore_waiting(program, state, values.get("waiting", ()))
    state.freed = set(values.get("freed", ()))
    state.records = []  # a first look at a new part can have warned
    if moving:
        for machine, target, journey, saved in moving:
            move(program, machine, target, state, journey, saved)
        settle(program, state)
    else:
        state.now = values["now"]
    return state


def _restore_journeys(
    program: Program, state: ContactState, saved_journeys: Iterable[Mapping[str, Any]]
) -> list[tuple[Machine, CompiledTarget, Journey, Mapping[str, Any]]]:
    """Restores the journeys; gives those that move to today's definition, each with its target, still without place."""
    moving: list[tuple[Machine, CompiledTarget, Journey, Mapping[str, Any]]] = []
    for saved in saved_journeys:
        name = saved["scenario"]
        if saved.get("ended") and name not in program.by_name:
            continue  # it could only have converted, by a goal that is gone
        journey = journey_of(saved)
        state.journeys.setdefault(name, []).append(journey)
        if journey.ended:
            continue
        state.running += 1
        machine, target = place_of(program, saved)
        if target is not None:
            moving.append((machine, target, journey, saved))
            continue
        if machine is not program.by_name.get(name):
            journey.pinned = machine.definition
        restore_place(machine, state, journey, saved)
    return sorted(moving, key=lambda move: (move[0].rank, move[2].number))


def _saved_slot(owner: Aggregate | Breakdown | EventHistory, content: Any) -> list[Any]:
    if isinstance(owner, EventHistory):
        return [plain_event(event) for event in content[1]]
    if isinstance(owner, Breakdown):
        return [[key, _saved_slot(owner.part, part)] for key, part in content.items()]
    if owner.within is not None:
        return [content.times.copy(), plain(content.values)]
    if isinstance(content, dict):
        return [[plain(value), count] for value, count in content.values()]
    return [plain(content[0]), content[1]]


def _restored_slot(owner: Aggregate | Breakdown | EventHistory, saved: list[Any]) -> Any:
    if isinstance(owner, EventHistory):
        events = [event_of(data) for data in saved]
        return [event.at for event in events if event is not None], events
    if isinstance(owner, Breakdown):
        return {key: _restored_slot(owner.part, part) for key, part in saved}
    if owner.within is not None:
        return Window(saved[0].copy(), value_of(saved[1]))
    if owner.by_value:
        return owner.counted((value_of(value), count) for value, count in saved)
    return [value_of(saved[0]), saved[1]]


def _restore_segments(program: Program, state: ContactState, saved: Mapping[str, Any]) -> None:
    before, members, refreshed = (saved.get(part, {}) for part in ("before", "members", "refreshed"))
    for segment in program.segments.values():
        name = segment.identity
        if name in members:
            state.members[segment.name] = Membership(*members[name])
        if name in refreshed:
            state.refreshed_at[segment.name] = refreshed[name]
    if state.known_at is not None:
        for segment in program.compared:
            inside = before.get(segment.identity)
            if inside is None or segment.name not in state.members:
                inside = segment.read(state)
            state.membership_before[segment.name] = inside


def _saved_tick(program: Program, state: ContactState) -> list[Any] | None:
    """The next tick of the project's clock, with the fields and zone of that clock."""
    if program.clock is None:
        return None
    return [program.clock.fields, program.clock.tz.key, state.tick_at] if state.tick_at < NEVER else None


def _restore_tick(program: Program, state: ContactState, saved: list[Any] | None) -> None:
    clock = program.clock
    if clock is not None and saved is not None and saved[:2] == [clock.fields, clock.tz.key]:
        state.tick_at = saved[2]
        heapq.heappush(state.timers, (state.tick_at, -1, 0, TICK, 0, 0))
    arm_tick(program, state)


def _saved_triggers(program: Program, state: ContactState) -> dict[str, dict[str, Any]]:
    """The armed triggers by scenario and identity: due, the event counted from, a date's value,
    the year it fired, the date as written."""
    saved: dict[str, dict[str, Any]] = {}
    for (rank, index), armed in state.armed.items():
        machine = program.machines[rank]
        due = armed.due if armed.due < NEVER else None
        saved.setdefault(machine.name, {})[machine.trigger_identities[index]] = [
            due, plain_event(armed.event), plain(armed.value), armed.fired, plain(armed.written),
        ]  # fmt: skip
    return saved


def _saved_absences(program: Program, state: ContactState) -> dict[str, dict[str, Any]]:
    """The absences that are counted apart, by scenario and identity: the value of each, due, the event counted from."""
    saved: dict[str, dict[str, Any]] = {}
    for (rank, index), armed_by_value in state.armed_by.items():
        machine = program.machines[rank]
        if armed_by_value:
            saved.setdefault(machine.name, {})[machine.trigger_identities[index]] = [
                [plain(value), armed.due, plain_event(armed.event)] for value, armed in armed_by_value.items()
            ]
    return saved


def _restore_absences(program: Program, state: ContactState, saved: Mapping[str, Any]) -> None:
    for machine in program.machines:
        for index, name in enumerate(machine.trigger_identities):
            for value, due, event in saved.get(machine.name, {}).get(name, ()):
                triggers.arm_for(state, machine.rank, index, value_of(value), Armed(due, event_of(event)))


def _saved_waiting(program: Program, state: ContactState) -> list[list[Any]]:
    """The entries that wait for their group, in the order of asking."""
    return [
        [name, program.by_name[name].trigger_identities[entry.trigger_index], plain(key), plain_event(entry.event),
         plain(entry.item), entry.until]
        for (name, key), entry in state.waiting.items()
    ]  # fmt: skip


def _restore_waiting(program: Program, state: ContactState, saved: Iterable[list[Any]]) -> None:
    for name, trigger, key, event, item, until in saved:
        machine, entering = program.by_name.get(name), event_of(event)
        if machine is None or entering is None or trigger not in machine.trigger_identities:
            continue  # no contact would enter by it any more
        index = machine.trigger_identities.index(trigger)
        state.waiting[name, value_of(key)] = WaitingEntry(index, entering, value_of(item), until)
        heapq.heappush(state.timers, (until, LAST_RANK, 0, GIVEN_UP, 0, 0))


def _restore_triggers(program: Program, state: ContactState, saved: Mapping[str, Any], after: int) -> None:
    """Arms the triggers as they were armed, and those that are new for their next instant later than `after`."""
    for machine in program.machines:
        saved_triggers = saved.get(machine.name, {})
        for index, name in enumerate(machine.trigger_identities):
            if name in saved_triggers:
                due, event, value, fired, written = saved_triggers[name]
                armed = Armed(NEVER if due is None else due, event_of(event), value_of(value), fired, value_of(written))
                state.armed[machine.rank, index] = armed
                if due is not None:
                    heapq.heappush(state.timers, (due, machine.rank, AFTER_JOURNEYS, TRIGGER, index, 0))
            elif index in machine.timed and not isinstance(machine.timed[index].definition, AbsenceTrigger):
                triggers.arm_anew(program, state, machine, machine.timed[index], after)
