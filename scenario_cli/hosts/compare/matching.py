"""Pairs the messages that both sides of a change sent to one contact, and the changes of its attributes. Judges no
pair.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from scenario_cli.model.records import Asked, Updated

T = TypeVar("T", Asked, Updated)
Match = tuple[Asked | None, Asked | None]
UpdateMatch = tuple[Updated | None, Updated | None]


def match(before: Iterable[Asked], after: Iterable[Asked], names: Mapping[str, str]) -> list[Match]:
    """Each message of both sides once, with its counterpart or None, in order of time.

    `names` are the new names of renamed scenarios by their old ones. Counterparts have the same scenario and channel.
    The search is first for the same key, entry and state; then for the same key and state, so that a journey that
    begins later is the same journey; then for the same template at the same instant, so that a renamed state or another
    key is not another message.
    """
    return _pairs([*before], [*after], names, (_of_journey, _of_key, _of_instant))


def match_updates(before: Iterable[Updated], after: Iterable[Updated], names: Mapping[str, str]) -> list[UpdateMatch]:
    """The same for changes of attributes; counterparts have the same scenario and attribute.

    First the same key, state and instant are looked for, then the same key and state, then the same instant.
    """
    return _pairs([*before], [*after], names, (_of_place, _of_state, _of_moment))


def _pairs(
    left: list[T], right: list[T], names: Mapping[str, str], identities: Sequence[Callable[[T, str], Hashable]]
) -> list[tuple[T | None, T | None]]:
    """The pairs of the first identity, then those of the next among the rest, at last the messages without a
    counterpart.
    """
    pairs: list[tuple[T | None, T | None]] = []
    for identity in identities:
        if not left or not right:
            break
        pairs += _matched(left, right, identity, names)
    pairs += [(entry, None) for entry in left]
    pairs += [(None, each) for each in right]
    return sorted(pairs, key=_instant)


def _matched(
    left: list[T], right: list[T], identity: Callable[[T, str], Hashable], names: Mapping[str, str]
) -> list[tuple[T, T]]:
    """The pairs of one identity, in the order of each side; takes them out of the two lists."""
    by_identity: dict[Hashable, list[T]] = {}
    for element in right:
        by_identity.setdefault(identity(element, element.scenario), []).append(element)
    pairs: list[tuple[T, T]] = []
    rest: list[T] = []
    for record in left:
        same = by_identity.get(identity(record, names.get(record.scenario, record.scenario)))
        if same:
            pairs.append((record, same.pop(0)))
        else:
            rest.append(record)
    left[:] = rest
    remaining = {id(each) for several in by_identity.values() for each in several}
    right[:] = [entry for entry in right if id(entry) in remaining]
    return pairs


def _of_journey(message: Asked, scenario: str) -> Hashable:
    return scenario, message.key, message.entered_at, message.state, message.channel


def _of_key(message: Asked, scenario: str) -> Hashable:
    return scenario, message.key, message.state, message.channel


def _of_instant(message: Asked, scenario: str) -> Hashable:
    return scenario, message.template, message.channel, message.at


def _of_place(update: Updated, scenario: str) -> Hashable:
    return scenario, update.key, update.state, update.attribute, update.at


def _of_state(update: Updated, scenario: str) -> Hashable:
    return scenario, update.key, update.state, update.attribute


def _of_moment(update: Updated, scenario: str) -> Hashable:
    return scenario, update.attribute, update.at


def _instant(pair: tuple[Asked | Updated | None, Asked | Updated | None]) -> int:
    return min(entry.at for entry in pair if entry is not None)
