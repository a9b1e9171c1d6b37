"""Pairs the messages that one contact was to get on the two sides of a change. Judges no pair."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from scenario_cli.model.records import Asked

Match = tuple[Asked | None, Asked | None]


def match(before: Iterable[Asked], after: Iterable[Asked], names: Mapping[str, str]) -> list[Match]:
    """Each message of both sides once, beside its counterpart or None, in order of time.

    `names` are the new names of renamed scenarios by their old ones. Counterparts have the same scenario and channel.
    First the same key, entry and state are looked for, then the same key and state, so that a journey that begins
    later is the same journey, then the same template at the same instant, so that a renamed state or another key is
    no other message.
    """
    pairs: list[Match] = []
    left, right = [*before], [*after]
    for identity in (_of_journey, _of_key, _of_instant):
        pairs += _matched(left, right, identity, names)
        if not left or not right:
            break
    pairs += [(message, None) for message in left]
    pairs += [(None, message) for message in right]
    return sorted(pairs, key=_instant)


Identity = Callable[[Asked, str], Hashable]


def _matched(left: list[Asked], right: list[Asked], identity: Identity, names: Mapping[str, str]) -> list[Match]:
    """The pairs of one identity, in the order of each side; takes them out of the two lists."""
    found: dict[Hashable, list[Asked]] = {}
    for message in right:
        found.setdefault(identity(message, message.scenario), []).append(message)
    pairs: list[Match] = []
    rest: list[Asked] = []
    for message in left:
        same = found.get(identity(message, names.get(message.scenario, message.scenario)))
        if same:
            pairs.append((message, same.pop(0)))
        else:
            rest.append(message)
    left[:] = rest
    remaining = {id(message) for messages in found.values() for message in messages}
    right[:] = [message for message in right if id(message) in remaining]
    return pairs


def _of_journey(message: Asked, scenario: str) -> Hashable:
    return scenario, message.key, message.entered_at, message.state, message.channel


def _of_key(message: Asked, scenario: str) -> Hashable:
    return scenario, message.key, message.state, message.channel


def _of_instant(message: Asked, scenario: str) -> Hashable:
    return scenario, message.template, message.channel, message.at


def _instant(pair: Match) -> int:
    return min(message.at for message in pair if message is not None)
