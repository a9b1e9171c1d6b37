"""The changes of a scenario's goal."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.changes.comparison import Place, message_of
from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.words import change, code, valued, was, words
from scenario_cli.analysis.labels import duration_words
from scenario_cli.model.changes import Change
from scenario_cli.model.scenario import Goal


def goal_changes(old: Goal | None, new: Goal | None, place: Place) -> Iterator[Change]:
    if old is None or new is None:
        goal = _goal(old or new)
        if old is None:
            yield change(place.path, f"The goal is {goal} (there was none)", "", goal, "added")
        else:
            yield change(place.path, f"The goal was removed (was {goal})", goal, "", "removed")
        return
    for field in fields_changed(old, new, place.renames):
        within = place.below(field)
        before, after = getattr(old, field, None), getattr(new, field, None)
        if place.indirect(before, after):
            continue
        texts = words(before), words(after)
        match field:
            case "event":
                yield within.says(f"The goal is {was(texts[1], texts[0])}", *texts)
            case "where":
                yield within.says(f"The goal counts only if {was(texts[1], texts[0])}", *texts)
            case "of":
                texts = message_of(old.of), message_of(new.of)
                yield within.says(f"The goal is about {was(texts[1], texts[0])}", *texts)
            case "within":
                texts = duration_words(old.within), duration_words(new.within)
                yield within.says(f"A conversion counts within {was(texts[1], texts[0])}", *texts)
            case "value":
                yield within.says(f"A conversion is worth {was(texts[1], texts[0])}", *texts)
            case "ends":
                texts = _end(old), _end(new)
                before_words = texts[0].removeprefix("ends the journey as ") if new.ends else texts[0]
                yield within.says(f"The goal {was(texts[1], before_words)}", *texts)
            case "any_key":
                keys = ("of its own key", "of every key")
                yield within.says(f"The goal counts events {was(keys[new.any_key], keys[old.any_key])}",
                                  keys[old.any_key], keys[new.any_key])  # fmt: skip
            case _:
                yield valued(within.path, f"The goal's {code(field)}", before, after)


def _goal(goal: Goal | None) -> str:
    if goal is None:
        return ""
    where = f" if {words(goal.where)}" if goal.where is not None else ""
    return f"{code(goal.event.text)}{where}"


def _end(goal: Goal) -> str:
    return f"ends the journey as {code(goal.ends)}" if goal.ends else "only measures"
