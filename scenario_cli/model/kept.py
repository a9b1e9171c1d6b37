"""What follows from a value of the model alone, worked out once and kept with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar


class Keeping:
    """A value that never changes, with a place for what has been worked out from it. Copies begin without."""

    __slots__ = ("_kept",)
    _kept: dict[Callable[..., Any], Any]

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """The fields alone, for another process."""
        return None, {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


Value = TypeVar("Value", bound=Keeping)
Result = TypeVar("Result")


def kept(work_out: Callable[[Value], Result]) -> Callable[[Value], Result]:
    """A function of one value, whose results are kept with the value; they must not be changed."""

    @wraps(work_out)
    def result(value: Value) -> Result:
        try:
            results = value._kept
        except AttributeError:
            results = value._kept = {}
        if work_out not in results:
            results[work_out] = work_out(value)
        found: Result = results[work_out]
        return found

    return result
