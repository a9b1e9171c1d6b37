"""Bounds the size of a result and the time of Jinja's filters, before they begin. Applies no filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from scenario_cli.model.budget import MAX_LIST, MAX_TEXT, Misfit, spend, weigh

_MAX_ARGUMENT = 10_000  # bound of a filter's width or number of elements
_MAX_DIGITS = 20  # to round to
_MAX_PATTERN = 10_000  # characters of the text that `format` fills in

Arguments = tuple[Any, ...]
Keywords = Mapping[str, Any]
Bound = Callable[[Any, Arguments, Keywords], None]


def check_arguments(name: str, args: Arguments, keywords: Keywords) -> None:
    """Raises `Misfit` for a size that no text or list needs."""
    if name not in _SIZED:
        return
    for argument in (*args, *keywords.values()):
        if isinstance(argument, int | float) and abs(argument) > _MAX_ARGUMENT:
            raise Misfit(f"{name}: a value given to it is larger than {_MAX_ARGUMENT:,}")
        if name == "round" and isinstance(argument, int) and abs(argument) > _MAX_DIGITS:
            raise Misfit(f"round: more than {_MAX_DIGITS} digits")


# Filters with a size as a number; in others a number is a value that is shown or compared.
_SIZED = frozenset({"batch", "center", "indent", "round", "slice", "tojson", "truncate", "wordwrap"})


def _argument(args: Arguments, keywords: Keywords, index: int, name: str, default: Any) -> Any:
    """An argument, by position or by name."""
    return args[index] if len(args) > index else keywords.get(name, default)


def _length(value: Any) -> int:
    """The characters of a value as a text; a list is weighed, because its text is about as long."""
    if isinstance(value, str):
        return len(value)
    return 3 * weigh(value, MAX_TEXT) if isinstance(value, list | tuple | dict) else len(str(value))


def _check_length(name: str, length: int) -> None:
    if length > MAX_TEXT:
        raise Misfit(f"{name}: the text would grow to about {length:,} characters")


def _as_text(value: Any, args: Arguments, keywords: Keywords) -> None:
    """A filter that reads any value as a text."""
    if isinstance(value, list | tuple | dict):
        weigh(value)


def _ordering(value: Any, args: Arguments, keywords: Keywords) -> None:
    """A filter that compares elements, which can be lists themselves."""
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(parts, str | range) or not hasattr(parts, "__iter__"):
        return
    if any(isinstance(element, list | tuple | dict) for element in parts):
        weigh(value)


def _filled(value: Any, args: Arguments, keywords: Keywords) -> None:
    """`batch` and `slice`, which can fill up the last of their lists or make empty lists."""
    size = (
        args[0] if args else max((argument for argument in keywords.values() if isinstance(argument, int)), default=0)
    )
    spend(int(size))


def _sum(value: Any, args: Arguments, keywords: Keywords) -> None:
    """Adding up lists copies the sum so far for each of them."""
    start = _argument(args, keywords, 1, "start", 0)
    if isinstance(start, list | tuple):
        length = weigh(value)
        if length > MAX_LIST:
            raise Misfit(f"sum: a list of about {length:,} elements is too long")
        spend(length * len(value) // 10)


def _join(value: Any, args: Arguments, keywords: Keywords) -> None:
    separator = _length(_argument(args, keywords, 0, "d", ""))
    if isinstance(value, str | list | tuple | dict | range):
        _check_length("join", weigh(value) + separator * len(value))


def _replace(value: Any, args: Arguments, keywords: Keywords) -> None:
    _as_text(value, args, keywords)
    text, old, new = (
        str(value),
        str(_argument(args, keywords, 0, "old", "")),
        str(_argument(args, keywords, 1, "new", "")),
    )
    _check_length("replace", len(text) + text.count(old) * max(len(new) - len(old), 0))


def _format(value: Any, args: Arguments, keywords: Keywords) -> None:
    """Checks the width, the length of the pattern and the length of the values."""
    pattern = str(value)
    if len(pattern) > _MAX_PATTERN:
        raise Misfit(f"format: a text of more than {_MAX_PATTERN:,} characters to fill in")
    plain_pattern = _KEY.sub("%", pattern)
    if "%(" in plain_pattern or _WIDE.search(plain_pattern):
        raise Misfit("a width of more than three digits in a format")
    longest = max((_length(argument) for argument in (*args, *keywords.values())), default=0)
    _check_length("format", len(pattern) + pattern.count("%") * longest)


_KEY = re.compile(r"%\([^()%]*\)")
_WIDE = re.compile(r"%[^%a-zA-Z]*([0-9]{4,}|\*)")


def _indent(value: Any, args: Arguments, keywords: Keywords) -> None:
    _as_text(value, args, keywords)
    width = _argument(args, keywords, 0, "width", 4)
    length = len(width) if isinstance(width, str) else int(width)
    _check_length("indent", len(str(value)) + (len(str(value).splitlines()) + 1) * max(length, 0))


def _tojson(value: Any, args: Arguments, keywords: Keywords) -> None:
    indent = _argument(args, keywords, 0, "indent", 0) or 0
    length = len(indent) if isinstance(indent, str) else int(indent)
    weight = weigh(value)
    if length:
        _check_length("tojson", weight * (1 + _depth(value) * max(length, 0)))


def _depth(value: Any) -> int:
    """The depth of nested lists and mappings. `weigh` has bounded it."""
    depth = 0
    level = [value]
    while level:
        level = [
            part
            for container in level
            if isinstance(container, list | tuple | dict)
            for part in (container.values() if isinstance(container, dict) else container)
        ]
        depth += 1
    return depth


def _wordwrap(value: Any, args: Arguments, keywords: Keywords) -> None:
    """A word that is longer than the line is cut at every line, which copies its rest."""
    _as_text(value, args, keywords)
    text = str(value)
    width = max(int(_argument(args, keywords, 0, "width", 79)), 1)
    spend(len(text) ** 2 // (width * 10_000))
    lines = text.count("\n") + len(text) // width + 1
    _check_length(
        "wordwrap", len(text) + 2 * lines * len(str(_argument(args, keywords, 2, "wrapstring", None) or "\n"))
    )


def _striptags(value: Any, args: Arguments, keywords: Keywords) -> None:
    """Each comment that is removed copies the text."""
    _as_text(value, args, keywords)
    text = str(value)
    spend(text.count("<") * len(text) // 20_000)


# By filter, in addition to the length of the value itself.
BOUNDS: Mapping[str, Bound] = {
    **dict.fromkeys(
        ("string", "e", "escape", "forceescape", "safe", "urlencode", "upper", "lower", "title", "capitalize", "trim",
         "truncate", "center", "wordcount"),
        _as_text,
    ),
    **dict.fromkeys(("sort", "unique", "groupby", "min", "max", "dictsort"), _ordering),
    "batch": _filled,
    "slice": _filled,
    "sum": _sum,
    "join": _join,
    "replace": _replace,
    "format": _format,
    "indent": _indent,
    "tojson": _tojson,
    "wordwrap": _wordwrap,
    "striptags": _striptags,
}  # fmt: skip
