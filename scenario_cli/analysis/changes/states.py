"""The changes of a state's actions and exits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenario_cli.analysis.changes.comparison import Place, message_of, name
from scenario_cli.analysis.changes.messages import mapping_changes, send_words, sending_changes
from scenario_cli.analysis.changes.pairing import fields_changed, paired
from scenario_cli.analysis.changes.words import (
    change,
    code,
    listed,
    plain_wait,
    source,
    target_words,
    valued,
    waited,
    was,
)
from scenario_cli.analysis.labels import event_label, exit_label, wait_words
from scenario_cli.model.changes import Change, Kind
from scenario_cli.model.exits import Exit, own_exits
from scenario_cli.model.scenario import Branch, Emitted, Fallback, Split, State, Target, Timeout, Transition


def state_changes(old: State, new: State, place: Place) -> Iterator[Change]:
    """The changes of one state."""
    changed = fields_changed(old, new, place.renames)
    if any(field in changed for field in ("next", "end")):
        yield from _onward(old, new, place)
    for field in changed:
        within = place.below(field)
        match field:
            case "name" | "next" | "end":
                continue
            case "set" | "update" | "emit" | "send":
                yield from _doing(field, old, new, within)
            case "frees_key":
                frees = ("keeps its key", "frees its key")
                yield within.says(f"{frees[new.frees_key]} now", frees[old.frees_key], frees[new.frees_key])
            case "choose" | "when":
                yield from branch_changes(getattr(old, field), getattr(new, field), field, within)
            case "split":
                yield from split_changes(old.split, new.split, within)
            case "on":
                yield from transition_changes(old.on, new.on, within)
            case "after":
                yield from timeout_changes(old.after, new.after, within, new.name)
            case _:
                yield valued(within.path, f"{place.words}{code(field)}", getattr(old, field, None),
                             getattr(new, field, None))  # fmt: skip


def state_summary(state: State) -> str:
    """The actions of a state in a few words: its messages, then its targets."""
    parts = [f"sends {listed(map(send_words, state.send))}"] if state.send else []
    for exit_ in own_exits(state):
        parts.append(_exit_words(exit_, state))
    return "; ".join(parts) or "waits"


def _exit_words(exit_: Exit, state: State) -> str:
    target = target_words(exit_.target) if exit_.target is not None else "stays"
    if exit_.kind == "end":
        return f"ends as {code(exit_.outcome)}"
    if exit_.kind == "after" and exit_.wait is not None and exit_.fallback is None:
        condition = f" if {code(source(exit_.condition))}" if exit_.condition is not None else ""
        return f"after {waited(exit_.wait, state.name).removeprefix('after ')} to {target}{condition}"
    label = exit_label(exit_)
    return f"{label} → {target}" if label else f"to {target}"


def _onward(old: State, new: State, place: Place) -> Iterator[Change]:
    before, after = (
        f"ends as {name(state.end)}" if state.end is not None
        else f"continues to {target_words(state.next)}" if state.next is not None
        else "" for state in (old, new)
    )  # fmt: skip
    if before and after:
        yield place.below("next").says(was(after, before), before, after)
    elif after:
        yield change((*place.path, "next"), f"{place.words}{after} now", "", after, "added")
    else:
        yield change((*place.path, "next"), f"{place.words}no longer {before}", before, "", "removed")


def emit_changes(old: Sequence[Emitted], new: Sequence[Emitted], place: Place) -> Iterator[Change]:
    pairs = paired(old, new, place.renames, lambda meaning: meaning.get("event"))
    for emitted in pairs.removed:
        yield change(place.path, f"{place.words}no longer emits {name(emitted.event)}", str(emitted.event), "",
                     "removed")  # fmt: skip
    for emitted in pairs.added:
        yield change(place.path, f"{place.words}emits {name(emitted.event)}", "", str(emitted.event), "added")
    for before, after in pairs.changed:
        within = place.below(after.event.text, words=f"{place.words}event {name(after.event)} ")
        yield from mapping_changes(before.values, after.values, within, "carries", "no longer carries")
    if pairs.reordered and not pairs.added and not pairs.removed:
        yield place.says("emits its events in a different order")


def branch_changes(old: Sequence[Branch], new: Sequence[Branch], kind: str, place: Place) -> Iterator[Change]:
    """The changes of `choose` and `when`: the first branch whose condition holds is taken."""
    pairs = paired(
        old, new, place.renames, lambda meaning: meaning.get("condition", {"else": kind}),
        lambda meaning: meaning.get("target"),
    )  # fmt: skip
    for branch in pairs.removed:
        yield change(place.path, f"{place.words}no longer {_branch(branch)}", _branch(branch), "", "removed")
    for branch in pairs.added:
        yield change(place.path, f"{place.words}also {_branch(branch)}", "", _branch(branch), "added")
    for before, after in pairs.changed:
        targets = target_words(before.target), target_words(after.target)
        if not place.renames.same(before.target, after.target):
            yield place.says(f"goes to {was(targets[1], targets[0])}{_if(after)}", *targets)
        if not place.renames.same(before.condition, after.condition):
            yield from place.condition(before.condition, after.condition, f"goes to {targets[1]}")
    if pairs.reordered:
        orders = [listed((target_words(branch.target) for branch in side), "then") for side in (old, new)]
        yield place.says(f"checks its conditions in a different order: {was(orders[1], orders[0])}", *orders)


def _branch(branch: Branch) -> str:
    return f"goes to {target_words(branch.target)}{_if(branch)}"


def _if(branch: Branch) -> str:
    return f" if {code(source(branch.condition))}" if branch.condition is not None else " else"


def split_changes(old: Split | None, new: Split | None, place: Place) -> Iterator[Change]:
    before, after = _arms(old), _arms(new)
    if old is None or new is None:
        kind: Kind = "added" if old is None else "removed"
        verb = f"splits {after}" if old is None else f"no longer splits ({before})"
        yield change(place.path, f"{place.words}{verb}", before, after, kind)
        return
    if before != after:
        yield place.says(f"splits {was(after, before)}", before, after)
    if old.by_journey != new.by_journey:
        units = ("for each contact", "for each journey")
        yield place.says(f"draws the arm {was(units[new.by_journey], units[old.by_journey])}", units[old.by_journey],
                         units[new.by_journey])  # fmt: skip


def _arms(split: Split | None) -> str:
    exits = own_exits(State("", split.arms[0][0].span, split=split)) if split is not None else ()
    return listed(f"{exit_label(exit_)} to {target_words(exit_.target)}" for exit_ in exits if exit_.target)


def transition_changes(old: Sequence[Transition], new: Sequence[Transition], place: Place) -> Iterator[Change]:
    pairs = paired(
        old, new, place.renames,
        lambda meaning: [meaning.get(key) for key in ("event", "of", "where")],
        lambda meaning: [meaning.get(key) for key in ("event", "of", "target")],
        lambda meaning: [meaning.get(key) for key in ("event", "of")],
    )  # fmt: skip
    for transition in pairs.removed:
        text = _transition(transition)
        yield change((*place.path, transition.event.text), f"{place.words}no longer {text}", text, "", "removed")
    for transition in pairs.added:
        text = _transition(transition)
        yield change((*place.path, transition.event.text), f"{place.words}also {text}", "", text, "added")
    for before, after in pairs.changed:
        yield from _transition_fields(before, after, place)
    if pairs.reordered:
        yield place.says("checks its transitions in a different order")


def _transition(transition: Transition) -> str:
    label = code(event_label(transition))
    if transition.target is not None:
        return f"goes to {target_words(transition.target)} on {label}"
    sends = f" and sends {listed(map(send_words, transition.send))}" if transition.send else ""
    return f"notes {label}{sends}"


def _doing(field: str, old: State | Transition, new: State | Transition, place: Place) -> Iterator[Change]:
    """The changes of the actions that states and transitions share: keep, update, emit, send."""
    match field:
        case "set":
            yield from mapping_changes(old.set, new.set, place, "keeps", "no longer keeps")
        case "update":
            yield from mapping_changes(old.update, new.update, place, "updates", "no longer updates")
        case "emit":
            yield from emit_changes(old.emit, new.emit, place)
        case "send":
            yield from sending_changes(old.send, new.send, place)


def _transition_fields(old: Transition, new: Transition, place: Place) -> Iterator[Change]:
    if not place.renames.same(old.event, new.event) and old.event.text != place.renames.of("event").get(new.event.text):
        before, after = _transition(old), _transition(new)
        yield place.below(new.event.text).says(was(after, before), before, after)
        return
    within = place.below(new.event.text, words=f"{place.words}on {name(new.event)} ")
    for field in fields_changed(old, new, place.renames):
        part = within.below(field)
        match field:
            case "event":
                continue
            case "where":
                effect = f"goes to {target_words(new.target)}" if new.target is not None else "does something"
                yield from part.condition(old.where, new.where, effect)
            case "target":
                texts = tuple(target_words(side) if side is not None else "no other state" for side in
                              (old.target, new.target))  # fmt: skip
                yield part.says(f"goes to {was(texts[1], texts[0])}", *texts)
            case "of":
                texts = message_of(old.of), message_of(new.of)
                yield part.says(f"is about {was(texts[1], texts[0])}", *texts)
            case "set" | "update" | "emit" | "send":
                yield from _doing(field, old, new, part)
            case "collect":
                yield part.says(f"collects the event in {was(name(new.collect), name(old.collect))}",
                                name(old.collect), name(new.collect))  # fmt: skip
            case "any_key":
                keys = ("counts for its own key", "counts for every key")
                yield part.says(was(keys[new.any_key], keys[old.any_key]), keys[old.any_key], keys[new.any_key])
            case _:
                yield valued(part.path, f"{within.words}{code(field)}", getattr(old, field, None),
                             getattr(new, field, None))  # fmt: skip


def timeout_changes(old: Sequence[Timeout], new: Sequence[Timeout], place: Place, state: str) -> Iterator[Change]:
    pairs = paired(
        old, new, place.renames,
        lambda meaning: [meaning.get(key) for key in ("wait", "condition")],
        lambda meaning: [meaning.get(key) for key in ("target", "condition")],
        lambda meaning: meaning.get("target"),
        lambda meaning: meaning.get("wait"),
        lambda meaning: True,
    )  # fmt: skip
    for timeout in pairs.removed:
        text = _timeout(timeout, state)
        yield change(place.path, f"{place.words}no longer {text}", text, "", "removed")
    for timeout in pairs.added:
        text = _timeout(timeout, state)
        yield change(place.path, f"{place.words}also {text}", "", text, "added")
    for before, after in pairs.changed:
        yield from _timeout_fields(before, after, place, state)
    if pairs.reordered:
        yield place.says("checks waits that end at the same time in a different order")


def _timeout(timeout: Timeout, state: str) -> str:
    condition = f" if {code(source(timeout.condition))}" if timeout.condition is not None else ""
    waits = f"waits {waited(timeout.wait, state)}"
    return f"{waits} and goes to {target_words(timeout.target)}{condition}"


def _timeout_fields(old: Timeout, new: Timeout, place: Place, state: str) -> Iterator[Change]:
    changed = fields_changed(old, new, place.renames)
    target = target_words(new.target)
    if "wait" in changed and not any(
        place.indirect(earlier, later) for earlier, later in zip(old.wait.values, new.wait.values, strict=False)
    ):
        yield _wait_changed(old, new, place.below("wait"), state)
    if "target" in changed:
        targets = target_words(old.target), target
        yield place.below("target").says(f"goes to {was(target, targets[0])} after {waited(new.wait, state)}", *targets)
    if "condition" in changed:
        yield from place.below("if").condition(old.condition, new.condition, f"goes to {target} in the end")
    for field, words_ in (("if_past", "whose time is past"), ("if_missing", "whose value is missing")):
        if field in changed:
            fallbacks = _fallback(getattr(old, field)), _fallback(getattr(new, field))
            yield place.below(field).says(f"a wait {words_} {was(fallbacks[1], fallbacks[0])}", *fallbacks)


def _wait_changed(old: Timeout, new: Timeout, place: Place, state: str) -> Change:
    texts = waited(old.wait, state), waited(new.wait, state)
    if texts[0] == texts[1]:
        texts = old.wait.text, new.wait.text
    target = target_words(new.target)
    if plain_wait(old.wait) and plain_wait(new.wait):
        onward = f"before it goes to {target}" if new.target.state is not None else f"before {target}"
        return place.says(f"waits {texts[1]} instead of {texts[0]} {onward}", *texts)
    before, after = (wait_words(side.wait, code(state)) for side in (old, new))
    return place.says(f"goes to {target} {was(after, before)}", *texts)


def _fallback(fallback: Fallback | None) -> str:
    if isinstance(fallback, Target):
        return f"leads to {target_words(fallback)}"
    return {"now": "ends at once", "never": "never ends", None: "is as usual"}[fallback]
