"""Removes the parts of one contact alone from states, to make a dictionary for all of them.

A dictionary contains pieces of the states that it was made of, and stays in the store. Values that only few contacts
have, such as names and addresses, must not be in it, or a contact could not be forgotten. States are a fifth larger
because of this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

_FEWEST_SHARING = 10  # contacts; a value that fewer have is a contact's own
_COARSE = 40  # bits; instants as coarse as 13 days identify nobody, and begin like the exact ones

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def impersonal(states: Sequence[bytes]) -> list[bytes]:
    """The states without the texts and numbers that only few of them hold; of instants their beginnings stay."""
    samples = [(state[:1], _decode(memoryview(state)[1:])) for state in states]
    sharing = Counter(value for _, content in samples for value in set(_scalars(content)))

    def shared(value: Any) -> Any:
        if sharing[_named(value)] >= _FEWEST_SHARING:
            return value
        return value >> _COARSE << _COARSE if type(value) is int and value > 0 else type(value)()

    return [format_ + _encode(_mapped(content, shared)) for format_, content in samples]


def _scalars(content: Any) -> Iterator[tuple[type, Any]]:
    """The texts and numbers of a state, also those that are names of values."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield _named(name)
            yield from _scalars(value)
    elif isinstance(content, list):
        for value in content:
            yield from _scalars(value)
    else:
        yield _named(content)


def _named(value: Any) -> tuple[type, Any]:
    return type(value), value  # 1, 1.0 and True are three


def _mapped(content: Any, shared: Callable[[Any], Any]) -> Any:
    if isinstance(content, dict):
        return {shared(name): _mapped(value, shared) for name, value in content.items()}
    if isinstance(content, list):
        return [_mapped(value, shared) for value in content]
    return None if content is None else shared(content)
