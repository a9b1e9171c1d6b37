"""The elements of two lists, each old one with the new one that took its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.model.value_class import dataclass

T = TypeVar("T")

# The features that two elements must share to be two versions of one.
Likeness = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Pairs(Generic[T]):
    """`changed` are pairs of the old and the new version. `reordered`: the remaining elements are in another order."""

    changed: list[tuple[T, T]]
    added: list[T]
    removed: list[T]
    reordered: bool


def paired(old: Sequence[T], new: Sequence[T], renames: Renames, *likenesses: Likeness) -> Pairs[T]:
    """Elements that mean the same go together; of the rest those that are alike, by the first likeness first."""
    before, after = [renames.meaning(value) for value in old], [renames.new_meaning(value) for value in new]
    partner: dict[int, int] = {}
    for likeness in (lambda meaning: meaning, *likenesses):
        for index, meaning in enumerate(before):
            if index in partner:
                continue
            matches = (
                place
                for place, other in enumerate(after)
                if place not in partner.values() and likeness(other) == likeness(meaning)
            )
            place = next(matches, None)
            if place is not None:
                partner[index] = place
    places = [partner[index] for index in sorted(partner)]
    changed = [(old[index], new[place]) for index, place in sorted(partner.items()) if before[index] != after[place]]
    return Pairs(
        changed,
        [value for place, value in enumerate(new) if place not in partner.values()],
        [value for index, value in enumerate(old) if index not in partner],
        places != sorted(places),
    )


def fields_changed(old: Any, new: Any, renames: Renames) -> list[str]:
    """The fields of a dataclass whose meaning differs, in the order of the class; fields that exist only there come
    last.
    """
    before, after = renames.meaning(old), renames.new_meaning(new)
    names = [field.name for field in fields(new)]
    extra = [name for name in {**before, **after} if name not in names]
    return [name for name in (*names, *extra) if before.get(name) != after.get(name)]
