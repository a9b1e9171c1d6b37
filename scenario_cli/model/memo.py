"""Keeps results calculated from a value that never changes together with that value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast


class Memoizing:
    """A value that never changes, with a place for results calculated from it. Copies begin without results."""

    __slots__ = ("_memos",)
    _memos: dict[Callable[..., Any], tuple[Any, Any]]

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """The fields alone, for another process."""
        return None, {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


Value = TypeVar("Value", bound=Memoizing)
Result = TypeVar("Result")
Further = ParamSpec("Further")


def memoized(
    work_out: Callable[Concatenate[Value, Further], Result],
) -> Callable[Concatenate[Value, Further], Result]:
    """A function whose last result is kept with its first argument. The result is valid for further arguments equal to
    those of the last call. It must depend on its arguments alone; neither they nor the result are ever changed.
    """

    @wraps(work_out)
    def result(value: Value, *further: Further.args, **named: Further.kwargs) -> Result:
        try:
            results = value._memos
        except AttributeError:
            results = value._memos = {}
        memo = results.get(work_out)
        if memo is None or memo[0] != (further, named):
            memo = results[work_out] = (further, named), work_out(value, *further, **named)
        remembered: Result = memo[1]
        return remembered

    return cast("Callable[Concatenate[Value, Further], Result]", result)


def memoize(
    function: Callable[Concatenate[Value, Further], Result],
    outcome: Result,
    value: Value,
    *further: Further.args,
    **named: Further.kwargs,
) -> None:
    """Keeps with a value the result of a `memoized` function, if it is known already."""
    try:
        results = value._memos
    except AttributeError:
        results = value._memos = {}
    results[function.__wrapped__] = (further, named), outcome  # type: ignore[attr-defined]
