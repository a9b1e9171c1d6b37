"""A journey from state to state: sections "States" and "Transitions", step by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scenario_cli.model.event import Event
from scenario_cli.model.expression import Call, Expression, ListOf, Value, path_of, walk
from scenario_cli.model.scenario import Branch, Emitted, Goal, Split, Target, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.splits import Shares
from tests.reference.clock import shows
from tests.reference.contact import Journey, Waiting, as_read
from tests.reference.delivery import answer, ask_for_messages, cancel_held, look_again
from tests.reference.names import draw, written
from tests.reference.reading import as_mapping, holds, value_of

if TYPE_CHECKING:
    from tests.reference.interpreter import Contact

# The target of a journey's move, and the first word of the reason.
Way = tuple[Target, str]


def go(contact: Contact, journey: Journey, exit_: Way | None, event: Event | None) -> None:
    """Moves a journey on until it waits, holds a message or is over; `event` caused the first move."""
    while exit_ is not None:
        target, why = exit_
        if target.outcome is not None:
            end(contact, journey, target.outcome)
            return
        assert target.state is not None
        mark = (contact.now, contact.inputs)
        been = journey.been[1] if journey.been[0] == mark else set()
        if target.state in been:
            end(contact, journey, "error")
            return
        journey.been = (mark, {*been, target.state})
        cancel_held(contact, journey)
        source, journey.state_name = journey.state_name, target.state
        journey.key_is_free = journey.key_is_free or journey.state.frees_key
        journey.visit += 1
        journey.answered = 0
        journey.settled_at = None
        journey.waits = []
        journey.entering = event
        contact.tell("moved", journey.scenario.name, journey.journey_id, source, target.state, why)
        exit_ = _enter(contact, journey)


def _enter(contact: Contact, journey: Journey) -> Way | None:
    """Enters a state; returns the move that it makes at once, if any."""
    moved = _scenario_when(contact, journey)
    if moved is not None:
        return moved
    state = journey.state
    capture(contact, journey, state.set, journey.entering)
    update(contact, journey, state.update, journey.entering)
    emit(contact, journey, state.emit, journey.entering)
    ask_for_messages(contact, journey)
    return None if journey.unsettled else _settle(contact, journey)


def _settle(contact: Contact, journey: Journey) -> Way | None:
    """Settles a state after its last message was sent or dropped; returns the move that it makes at once, if any."""
    state = journey.state
    if state.end is not None:
        end(contact, journey, state.end.text)
        return None
    moved = _when(contact, journey)
    if moved is not None:
        return moved
    for branch in state.choose:
        if holds(branch.condition, contact.names(journey, journey.entering)):
            return branch.target, "choose"
    if state.split is not None:
        return _drawn(contact, journey), "split"
    if state.next is not None:
        return state.next, "next"
    journey.settled_at = contact.now
    journey.settled_moves = contact.moves
    journey.waits = [Waiting(read_at=contact.now) for _ in state.after]
    for place in range(len(state.after)):
        read_wait(contact, journey, place)
    return None


def read_wait(contact: Contact, journey: Journey, place: int) -> None:
    """Reads a wait's values from data, as they are now."""
    wait, waiting = journey.state.after[place].wait, journey.waits[place]
    names = contact.names(journey, None)
    waiting.date = None if wait.date is None else value_of(wait.date, names)
    waiting.length = None if wait.length is None else value_of(wait.length, names)
    waiting.at = None if wait.at_value is None else value_of(wait.at_value, names)
    waiting.since = None if wait.since is None else value_of(wait.since, names)
    waiting.read_at = contact.now


def read_waits_again(contact: Contact, journey: Journey, changed: Collection[str], moved: bool) -> None:
    """Reads waits' values from data again, after attributes changed or the contact moved to another zone."""
    for place, timeout in enumerate(journey.state.after if journey.waits else ()):
        wait, waiting = timeout.wait, journey.waits[place]
        values = [each for each in (wait.date, wait.length, wait.at_value, wait.since) if each is not None]
        zone_changed = moved and not journey.scenario.on_project_clock
        if not waiting.over and any(zone_changed or _may_change(value, changed) for value in values):
            read_wait(contact, journey, place)
            waiting.again = True


def _may_change(value: Expression, changed: Collection[str]) -> bool:
    """Whether a change of these attributes can change a value; always True if it reads more than attributes."""
    for node in walk(value.root):
        path = path_of(node) or ()
        if len(path) == 2 and path[0] == "contact" and path[1] in changed:
            return True
        if path[:1] in (("metric",), ("segment",)):
            return True
        if isinstance(node, Call) and node.name in ("count", "happened", "last", "running"):
            return True
    return False


def _drawn(contact: Contact, journey: Journey) -> Target:
    split = journey.state.split
    assert split is not None
    parts: list[Any] = ["split", contact.project.salt, journey.scenario.name, journey.state_name, contact.contact_id]
    if split.by_journey:
        parts += [journey.key, written(journey.entered_at)]
    target = _arm(split, draw(*parts), shows(contact.now, contact.clock(journey.scenario)).date())
    journey.variant[journey.state_name] = str(target.state)
    return target


def _arm(split: Split, drawn: float, today: date) -> Target:
    dates = {since for _, weight in split.arms if isinstance(weight, Shares) for since, _ in weight.steps}
    if not dates and all(weight != "rest" for _, weight in split.arms):
        total = sum(float(str(weight)) for _, weight in split.arms)
        running = 0.0
        for target, weight in split.arms:
            running += float(str(weight))
            if running > drawn * total:
                return target
    rest_arm = next(target for target, weight in split.arms if weight == "rest")
    # Each arm's part of the line, day by day: an arm gives back the end of its part, or takes parts that others
    # have given back and then free ones, the lowest first.
    owned: dict[str, list[tuple[Fraction, Fraction]]] = {str(target.state): [] for target, _ in split.arms}
    for day in (date.min, *sorted(each for each in dates if each <= today)):
        shares = {str(target.state): _share(weight, day) for target, weight in split.arms if weight != "rest"}
        before = _free([part for parts in owned.values() for part in parts])
        for state, share in shares.items():
            owned[state] = _first(sorted(owned[state], key=_begin), share)
        for state, share in shares.items():
            lacking = share - sum((end - begin for begin, end in owned[state]), Fraction())
            free = _free([part for parts in owned.values() for part in parts])
            released = [part for each in free for part in _without(each, before)]
            beginning = _first(released, lacking)
            lacking -= sum((end - begin for begin, end in beginning), Fraction())
            owned[state] += beginning
            owned[state] += _first(_free([part for parts in owned.values() for part in parts]), lacking)
    for target, _ in split.arms:
        if any(float(begin) <= drawn * 100 < float(end) for begin, end in owned[str(target.state)]):
            return target
    return rest_arm


def _share(weight: object, day: date) -> Fraction:
    """A share in percent, as written."""
    if isinstance(weight, Shares):
        return max(
            ((since, Fraction(str(each))) for since, each in weight.steps if since <= day), default=(day, Fraction())
        )[1]
    return Fraction(str(weight))


def _begin(part: tuple[Fraction, Fraction]) -> Fraction:
    return part[0]


def _first(parts: Sequence[tuple[Fraction, Fraction]], length: Fraction) -> list[tuple[Fraction, Fraction]]:
    """The beginning of these parts of the line, up to a total length."""
    beginning = []
    for begin, end in parts:
        length_given = min(end - begin, length)
        if length_given > 0:
            beginning.append((begin, begin + length_given))
            length -= length_given
    return beginning


def _without(
    part: tuple[Fraction, Fraction], others: Sequence[tuple[Fraction, Fraction]]
) -> list[tuple[Fraction, Fraction]]:
    """A part of the line without others; these are in order and do not overlap."""
    pieces = [part]
    for begin, end in others:
        pieces = [
            cut for each, two in pieces for cut in ((each, min(two, begin)), (max(each, end), two)) if cut[0] < cut[1]
        ]
    return pieces


def _free(owned: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    """The free parts of the line from 0 to 100."""
    edges = [Fraction(), *(edge for part in sorted(owned, key=_begin) for edge in part), Fraction(100)]
    return [(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True) if begin < end]


def _scenario_when(contact: Contact, journey: Journey) -> Way | None:
    for place, branch in enumerate(journey.scenario.when):
        if place not in journey.used_when and _moves(contact, journey, branch):
            journey.used_when.add(place)
            return branch.target, "when"
    return None


def _when(contact: Contact, journey: Journey) -> Way | None:
    """The state's `when`, then the scenario's."""
    for branch in journey.state.when:
        if _moves(contact, journey, branch):
            return branch.target, "when"
    return _scenario_when(contact, journey)


def _moves(contact: Contact, journey: Journey, branch: Branch) -> bool:
    leaves_state = branch.target.state != journey.state_name
    return leaves_state and holds(branch.condition, contact.names(journey, None))


def look_at_when(contact: Contact, journey: Journey) -> None:
    moved = _when(contact, journey)
    if moved is not None:
        go(contact, journey, moved, None)


def held_is_due(contact: Contact, journey: Journey, place: int) -> None:
    moved = _scenario_when(contact, journey)
    if moved is None:
        own = not journey.held[place].number
        look_again(contact, journey, place)
        # A transition's held message does not delay a state's settling.
        moved = _settle(contact, journey) if own and not journey.unsettled else None
    go(contact, journey, moved, None)


def wait_is_over(contact: Contact, journey: Journey, place: int, target: Target) -> None:
    journey.waits[place].over = True
    if holds(journey.state.after[place].condition, contact.names(journey, None)):
        go(contact, journey, (target, "after"), None)


def offer(contact: Contact, journey: Journey, event: Event, broadcast: bool = False) -> None:
    """Offers an event to a journey: the goal, the state's `on`, the scenario's `on`, then `when`."""
    scenario = journey.scenario
    if scenario.goal is not None and not broadcast:
        _reach(contact, journey, event, scenario.goal)
    if journey.ended:
        return
    visit = journey.visit
    if _may_hear(journey, event):
        for transition in (*journey.state.on, *scenario.on):
            if _takes(contact, journey, event, transition):
                contact.takers.append((journey, transition.collect is not None))
                _respond(contact, journey, event, transition)
                break
    if not journey.ended and journey.visit == visit and not broadcast:
        look_at_when(contact, journey)


def _may_hear(journey: Journey, event: Event) -> bool:
    """Whether a journey receives an event. Excluded: other messages than those of this visit, and its own changes."""
    if event.name.startswith("message."):
        return event.properties["message_id"] in [
            name for visit, _, name in journey.requested if visit == journey.visit
        ]
    return not (event.name.startswith("journey.") and event.properties["journey_id"] == journey.journey_id)


def _takes(contact: Contact, journey: Journey, event: Event, listener: Transition | Goal) -> bool:
    if event.name not in contact.project.plan.expand(listener.event.text):
        return False
    if not listener.any_key and not _names(event, journey):
        return False
    if listener.of is not None:
        requested = [name for _, state, name in journey.requested if state == listener.of.text]
        if event.properties.get("message_id") not in requested:
            return False
    return holds(listener.where, contact.names(journey, event))


def _names(event: Event, journey: Journey) -> bool:
    """Whether an event concerns a journey: its properties that are parts of the key equal the journey's."""
    key = journey.scenario.key
    if key is None:
        return True
    parts = key.root.items if isinstance(key.root, ListOf) else (key.root,)
    values = journey.key if isinstance(key.root, ListOf) else (journey.key,)
    for part, value in zip(parts, values, strict=True):
        named = event.properties.get(_one_property(path_of(part) or ("",)))
        if named is not None and named != value:
            return False
    return True


def _one_property(path: tuple[str, ...]) -> str:
    """The property that is this part of a key; empty if it is not a single property."""
    base, *rest = path
    if base == "item":
        return rest[0] if len(rest) == 1 else ""
    if base not in ("event", "trigger") or rest in (["event"], ["timestamp"], ["event_id"], ["properties"]):
        return ""
    rest = rest[1:] if rest[:1] == ["properties"] else rest
    return rest[0] if len(rest) == 1 else ""


def _respond(contact: Contact, journey: Journey, event: Event, transition: Transition) -> None:
    capture(contact, journey, transition.set, event)
    update(contact, journey, transition.update, event)
    emit(contact, journey, transition.emit, event)
    if transition.collect is not None:
        before = journey.captures.get(transition.collect.text)
        collected = [*(before if isinstance(before, list) else []), as_mapping(event, contact.zone)]
        journey.captures = {**journey.captures, transition.collect.text: collected}
    if transition.send:
        answer(contact, journey, transition, event)
    if transition.target is not None:
        go(contact, journey, (transition.target, "on"), event)


def _reach(contact: Contact, journey: Journey, event: Event, goal: Goal) -> None:
    if journey.replaced or (journey.ended and journey.converted) or not _takes(contact, journey, event, goal):
        return
    if not journey.converted and event.at - journey.entered_at <= goal.within.elapsed:
        journey.converted = True
        value = None if goal.value is None else value_of(goal.value, contact.names(journey, event))
        credited = journey.left[-1][1] if journey.left else None
        contact.tell("converted", journey.scenario.name, journey.journey_id, event.name, value, credited)
    if not journey.ended and goal.ends is not None:
        end(contact, journey, goal.ends)


def capture(contact: Contact, journey: Journey, sets: Sequence[tuple[Name, Value]], event: Event | None) -> None:
    for name, value in sets:
        result = value_of(value, contact.names(journey, event))
        journey.captures = {**journey.captures, name.text: result}


def update(contact: Contact, journey: Journey, updates: Sequence[tuple[Name, Value]], event: Event | None) -> None:
    """Changes the profile at once, with one event for each attribute that really changed."""
    for name, value in updates:
        before = contact.profile.get(name.text)
        if contact.set_attributes({name.text: value_of(value, contact.names(journey, event))}):
            after = contact.profile.get(name.text)
            contact.tell("updated", journey.scenario.name, journey.journey_id, name.text, before, after)
            contact.happens(
                "profile.updated", attribute=name.text, before=before, after=after, scenario=journey.scenario.name,
                state=journey.state_name, key=as_read(journey.key), journey_id=journey.journey_id,
                variant=variant_of(journey),
            )  # fmt: skip


def emit(contact: Contact, journey: Journey, emitted: Sequence[Emitted], event: Event | None) -> None:
    for each in emitted:
        names = contact.names(journey, event)
        contact.happens(each.event.text, **{name.text: value_of(value, names) for name, value in each.values})


def end(contact: Contact, journey: Journey, outcome: str) -> None:
    cancel_held(contact, journey)
    journey.ended = True
    journey.replaced = outcome in ("restarted", "displaced")
    journey.settled_at = None
    journey.waits = []
    contact.tell("ended", journey.scenario.name, journey.journey_id, journey.state_name, outcome)
    contact.happens(
        "journey.ended", journey_id=journey.journey_id, scenario=journey.scenario.name, state=journey.state_name,
        key=as_read(journey.key), variant=variant_of(journey), outcome=outcome,
    )  # fmt: skip


def variant_of(journey: Journey) -> str:
    return " ".join(f"{state}:{arm}" for state, arm in journey.variant.items())
