"""Forgets what was worked out from texts, in processes that read ever new versions of them, such as an editor's."""

from __future__ import annotations

from typing import Protocol, TypeVar


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


Cached = TypeVar("Cached", bound=_Cached)

_cached: list[_Cached] = []


def of_texts(function: Cached) -> Cached:
    """Marks a function whose results `lru_cache` keeps, each with the whole text of a file."""
    _cached.append(function)
    return function


def forget_texts() -> None:
    """Empties what all marked functions keep. They work out anew what is asked next."""
    for function in _cached:
        function.cache_clear()
