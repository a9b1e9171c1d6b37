"""Removes the parts of one contact alone from states, to make a dictionary for all of them.

A dictionary contains pieces of the states that it was made of, and stays in the store. Values that only few contacts
have, such as names and addresses, must not be in it, or a contact could not be forgotten. States are a fifth larger
because of this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import Any

import msgspec

_FEWEST_SHARING = 10  # contacts; a value that fewer have is a contact's own
_COARSE = 40  # bits; instants as coarse as 13 days identify nobody, and begin like the exact ones

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def impersonal(states: Sequence[bytes]) -> list[bytes]:
    """The states without the texts and numbers that only few of them hold; of instants their beginnings stay."""
    samples = [(state[:1], _decode(memoryview(state)[1:])) for state in states]
    counts: Counter[Any] = Counter()
    for _, content in samples:
        scalars: set[Any] = set()
        _add_scalars(content, scalars)
        counts.update(scalars)
    shared = {scalar for scalar, count in counts.items() if count >= _FEWEST_SHARING}
    return [format_ + _encode(_mapped(content, shared)) for format_, content in samples]


def _add_scalars(content: Any, scalars: set[Any]) -> None:
    """Adds the texts and numbers of a state, also those that are names of values."""
    kind = type(content)
    if kind is str:
        scalars.add(content)
    elif kind is dict:
        for name, value in content.items():
            _add_scalars(name, scalars)
            _add_scalars(value, scalars)
    elif kind is list:
        for value in content:
            _add_scalars(value, scalars)
    else:
        scalars.add((kind, content))  # 1, 1.0 and True are three


def _mapped(content: Any, shared: Set[Any]) -> Any:
    """The content with an empty value, or the beginning of an instant, for each text and number that is not shared."""
    kind = type(content)
    if kind is str:
        return content if content in shared else ""
    if kind is dict:
        return {_mapped(name, shared): _mapped(value, shared) for name, value in content.items()}
    if kind is list:
        return [_mapped(value, shared) for value in content]
    if content is None or (kind, content) in shared:
        return content
    return content >> _COARSE << _COARSE if kind is int and content > 0 else kind()
