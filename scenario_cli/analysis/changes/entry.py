"""The changes of who enters a scenario, when, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.pairing import fields_changed, paired
from scenario_cli.analysis.changes.words import change, code, listed, share, source, target_words, was, words
from scenario_cli.analysis.labels import limit_labels, trigger_label
from scenario_cli.model.canonical import canonical
from scenario_cli.model.changes import Change
from scenario_cli.model.expression import Binary, Expr, Expression
from scenario_cli.model.expression_text import expression_text
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import Trigger


def _again(scenario: Scenario) -> str:
    if scenario.reentry is None:
        return "as its trigger allows"
    return {"never": "never", "always": "at any time"}.get(str(scenario.reentry)) or f"after {words(scenario.reentry)}"


def _days(scenario: Scenario) -> str:
    first, last = scenario.active
    parts = [f"from {_day(first)}"] if first else []
    parts += [f"until {_day(last)}"] if last else []
    return " ".join(parts) or "on any day"


def _day(day: date) -> str:
    return day.isoformat()


def _journeys(scenario: Scenario) -> str:
    return f"each {code(source(scenario.key))}" if scenario.key is not None else "each contact"


def _limits(scenario: Scenario) -> str:
    return listed(limit_labels(scenario)) or "without limit"


def _moves(scenario: Scenario) -> str:
    moves = [f"from {code(name.text)} to {target_words(target)}" for name, target in scenario.migrate]
    return listed(moves) or "nowhere"


_WHILE_RUNNING = {
    "ignore": "a trigger while a journey runs is ignored",
    "restart": "a trigger while a journey runs restarts it",
    "parallel": "a trigger while a journey runs starts another one",
}

# The settings of a scenario with a single value: the words before the value, and the setting's own words.
HEAD: Mapping[str, tuple[str, Callable[[Scenario], str]]] = {
    "status": ("Its status is", lambda scenario: code(scenario.status)),
    "audience": ("", lambda scenario: ""),
    "key": ("A journey is for", _journeys),
    "while_running": (
        "", lambda scenario: _WHILE_RUNNING.get(scenario.while_running, f"while running: {scenario.while_running}"),
    ),
    "reentry": ("A contact may enter again", _again),
    "priority": ("Its priority is", lambda scenario: str(scenario.priority)),
    "holdout": ("The holdout is", lambda scenario: share(scenario.holdout)),
    "purpose": ("Its purpose is", lambda scenario: code(scenario.purpose)),
    "active": ("Contacts may enter", _days),
    "max_running": ("A contact runs", _limits),
    "exclusive": ("A contact runs", _limits),
    "group_limit": ("A contact runs", _limits),
    "group_wait": ("A contact runs", _limits),
    "on_project_clock": (
        "Its times are on", lambda scenario: f"the {'project' if scenario.on_project_clock else 'contact'}'s clock",
    ),
    "program": ("Its program is", lambda scenario: words(scenario.program)),
    "phase": ("Its phase is", lambda scenario: words(scenario.phase)),
    "in_flight": (
        "Journeys under way",
        lambda scenario: "move to this definition" if scenario.in_flight == "follow" else "finish as they began",
    ),
    "migrate": ("Journeys in a removed state move", _moves),
    "version": ("Its version is", lambda scenario: str(scenario.version)),
}  # fmt: skip

# Several settings of one sentence; the first that changed has it.
_TOGETHER = ("max_running", "exclusive", "group_limit", "group_wait")


def head_change(field: str, old: Scenario, new: Scenario, place: Place) -> Iterator[Change]:
    """The change of one setting of a scenario."""
    if place.indirect(getattr(old, field), getattr(new, field)):
        return
    if field == "audience":
        yield _audience(old.audience, new.audience, place)
        return
    if field in _TOGETHER and field != next(name for name in _TOGETHER if getattr(old, name) != getattr(new, name)):
        return
    begin, value = HEAD[field]
    before, after = value(old), value(new)
    text = f"{begin} {was(after, before)}" if begin else f"{after[:1].upper()}{after[1:]} (was: {before})"
    yield place.says(text, before, after)


def _audience(old: Expression | None, new: Expression | None, place: Place) -> Change:
    before, after = (code(source(side)) if side is not None else "" for side in (old, new))
    if old is None:
        return change(place.path, f"Only contacts with {after} may enter (was everyone)", before, after, "added")
    if new is None:
        return change(place.path, f"Everyone may enter (was only contacts with {before})", before, after, "removed")
    parts = _conjuncts(old.root, place), _conjuncts(new.root, None)
    more, fewer = ([part for part in mine if part not in other] for mine, other in (parts[::-1], parts))
    if more and not fewer:
        return place.says(f"The audience is narrower: {listed(map(code, more))} must hold too", before, after)
    if fewer and not more:
        return place.says(f"The audience is wider: {listed(map(code, fewer))} need not hold any more", before, after)
    return place.says(f"Only contacts with {was(after, before)} may enter", before, after)


def _conjuncts(node: Expr, place: Place | None) -> list[str]:
    if isinstance(node, Binary) and node.op == "and":
        return [*_conjuncts(node.left, place), *_conjuncts(node.right, place)]
    text = expression_text(node)
    return [place.renames.text(text) if place is not None else text]


def trigger_changes(old: Sequence[Trigger], new: Sequence[Trigger], place: Place) -> Iterator[Change]:
    """The changes of the events or conditions that let a contact enter."""
    pairs = paired(
        old, new, place.renames,
        lambda meaning: [meaning.get(key) for key in ("kind", "event", "absent", "since", "segment", "attribute",
                                                      "scenario")],
        lambda meaning: meaning.get("kind"),
        lambda meaning: len(old) == len(new) == 1,
    )  # fmt: skip
    for trigger in pairs.removed:
        label = code(trigger_label(trigger))
        yield change(place.path, f"Contacts no longer enter on {label}", label, "", "removed")
    for trigger in pairs.added:
        label = code(trigger_label(trigger))
        yield change(place.path, f"Contacts also enter on {label}", "", label, "added")
    for before, after in pairs.changed:
        labels = code(trigger_label(before)), code(trigger_label(after))
        if labels[0] == labels[1]:
            if _through_names(before, after, place):
                continue
            labels = tuple(code(canonical(side)) for side in (before, after))  # type: ignore[assignment]
        yield place.says(f"Contacts enter on {was(labels[1], labels[0])}", *labels)
    if pairs.reordered:
        yield place.says("Its triggers are looked at in another order")


def _through_names(old: Trigger, new: Trigger, place: Place) -> bool:
    """Whether two triggers of the same words differ only by definitions and constants."""
    pairs = [(getattr(old, name, None), getattr(new, name, None)) for name in fields_changed(old, new, place.renames)]
    indirect = [place.indirect(before, after) for before, after in pairs]  # every name counts, not the first alone
    return all(indirect)
