"""Finds the probable new name of a missing event or property. Knows names and figures, no data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from scenario_cli.model.inspection import EventFacts, PropertyFacts, ValueKind
from scenario_cli.model.project import EventType, Property
from scenario_cli.model.value_class import dataclass

# The least resemblance of a likely rename.
_LEAST_LIKENESS = 0.6
# The least share of an event's properties that must agree if the names do not.
_LEAST_OVERLAP = 0.6

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_FITTING: Mapping[str, frozenset[ValueKind]] = {
    "string": frozenset({"string", "integer", "number", "boolean", "date", "datetime"}),
    "number": frozenset({"integer", "number"}),
    "integer": frozenset({"integer"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date", "datetime"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that is possibly the new one, and the reasons for it."""

    name: str
    why: str


def fits(declared: str | None, kind: ValueKind) -> bool:
    """True if a value of that look can be read as the declared type."""
    return declared is None or kind in _FITTING.get(declared, frozenset({kind}))


def likeness(left_name: str, right_name: str) -> float:
    """Likeness of two names, from 0 to 1; the same words in another spelling give 1.

    >>> likeness("cart_value", "cartValue")
    1.0
    """
    left, right = _words(left_name), _words(right_name)
    if left == right or "".join(left) == "".join(right):
        return 1.0
    shared = len({*left} & {*right}) / len({*left} | {*right}) if left and right else 0.0
    return max(shared, SequenceMatcher(None, "".join(left), "".join(right)).ratio())


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)] or [name.lower()]


def renamed_property(
    planned: Property, required: bool, event: EventFacts, free: Iterable[PropertyFacts]
) -> Candidate | None:
    """The unplanned property that probably is this one under a new name."""
    fitting = [candidate for candidate in free if _has_type(planned, candidate)]
    ranked = sorted(
        ((likeness(planned.name, candidate.name), candidate.filled, candidate.name) for candidate in fitting),
        reverse=True,
    )
    by_name = {candidate.name: candidate for candidate in fitting}
    if ranked and ranked[0][0] >= _LEAST_LIKENESS:
        best = by_name[ranked[0][2]]
        return Candidate(best.name, _described(best, event))
    # If no name is similar, only a single new property of the same type that is always present counts.
    constant = [candidate for candidate in fitting if candidate.filled == event.rows]
    if required and planned.type not in (None, "string") and len(constant) == 1:
        return Candidate(constant[0].name, f"the only new property of that type; {_described(constant[0], event)}")
    return None


def _has_type(planned: Property, facts: PropertyFacts) -> bool:
    good = sum(count for kind, count in facts.kinds.items() if fits(planned.type, kind))
    return facts.filled > 0 and (not facts.kinds or good >= 0.99 * sum(facts.kinds.values()))


def _described(facts: PropertyFacts, event: EventFacts) -> str:
    kinds = "/".join(facts.kinds)
    return f"{kinds}, in {facts.filled / event.rows:.0%} of the rows" if event.rows else kinds


def renamed_event(planned: EventType, free: Iterable[EventFacts]) -> Candidate | None:
    """The unplanned event that probably is this one under a new name."""
    best: tuple[float, int, str, str] | None = None
    for candidate in free:
        name_likeness = likeness(planned.name, candidate.name)
        names = {facts.name for facts in candidate.properties}
        shared = len(names & planned.properties.keys())
        overlap = shared / len(names | planned.properties.keys()) if names else 0.0
        if name_likeness < _LEAST_LIKENESS and (overlap < _LEAST_OVERLAP or shared < 2):
            continue
        reason = ("1 row" if candidate.rows == 1 else f"{candidate.rows:,} rows") + (
            f", {shared} of its {len(planned.properties)} properties" if shared else ""
        )
        rank = (name_likeness + overlap, candidate.rows, candidate.name, reason)
        best = rank if best is None or rank[:2] > best[:2] else best
    return Candidate(best[2], best[3]) if best else None
