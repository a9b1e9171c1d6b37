"""Jinja's pure filters and tests over data alone, for expressions and for templates alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from jinja2.environment import Template, TemplateModule
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS
from jinja2.utils import _PassArg, missing, pass_context

from scenario_cli.engine import decimals, values
from scenario_cli.engine.calendar import UTC
from scenario_cli.engine.filter_bounds import BOUNDS, check_arguments
from scenario_cli.engine.generator import Generator
from scenario_cli.engine.ordering import ORDERING
from scenario_cli.engine.texts import in_text, instant_in_text, json_text
from scenario_cli.model.budget import (
    MAX_LIST,
    MAX_TEXT,
    Exceeded,
    Misfit,
    begin,
    enter,
    handle,
    leave,
    pause,
    resume,
    spend,
    weigh,
)
from scenario_cli.model.vocabulary import FILTERS, ON_NONE, TESTS, TEXT_FILTERS

_CALL = 10  # steps of a macro, which takes longer to call than a value to print


class _Clock:
    """The local clock on which filters, tests and templates read dates: that of the contact at hand."""

    __slots__ = ("zone",)

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone


_CLOCK = _Clock(UTC)


def use_clock(zone: ZoneInfo) -> None:
    """Makes filters, tests and templates read dates on this clock from here on; Jinja gives them no clock."""
    _CLOCK.zone = zone


# Filters that read any value as a text, and so a date-time as a text shows it.
_TEXTUAL = frozenset(
    "capitalize center e escape forceescape indent lower replace safe string striptags title trim truncate upper "
    "urlencode wordcount wordwrap".split()
)
_AS_TEXT = (_TEXTUAL & FILTERS) | {"format", "join"}

# The filters that can compare, read a part of a date or write a date.
ON_CLOCK = frozenset({"map", "reject", "rejectattr", "select", "selectattr", "sum", *ORDERING, *_AS_TEXT})


class _MissingIsNone(Context):
    """A name without a value, such as a capture that was never made, is None."""

    def resolve_or_missing(self, key: str) -> Any:
        value = super().resolve_or_missing(key)
        return None if value is missing else value


def _macros_of(file: Template, ctx: Context | None = None) -> TemplateModule:
    """The macros of a file. The file runs once for all its importers, so its work is not counted for them."""
    paused_work = pause()
    begin()
    try:
        return Template._get_default_module(file, ctx)
    finally:
        resume(paused_work)


# Made by `type`: Jinja makes instances without calling the class, which a compiled class does not allow.
_File: type[Template] = type("_File", (Template,), {"_get_default_module": _macros_of})


class DataEnvironment(ImmutableSandboxedEnvironment):
    """A Jinja environment with the rules of expressions: a name after a dot is only a key of the data, missing values
    are None, and comparing or adding a missing value is false or None.

    `cart.items` is the key `items`; no attribute or method of a Python object can be reached.
    """

    code_generator_class = Generator
    context_class = _MissingIsNone
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    template_class = _File
    spend = staticmethod(spend)
    enter = staticmethod(enter)
    leave = staticmethod(leave)

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.globals = {"range": bounded_range}

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """The pieces that a file, a macro or a block prints, as one text. Stops as soon as the text is too long."""
        printed: list[str] = []
        length = 0
        for piece in pieces:
            length += len(piece)
            if length > MAX_TEXT:
                raise Exceeded(f"it prints more than {MAX_TEXT:,} characters")
            printed.append(piece)
        spend(length // 10)
        return "".join(printed)

    @staticmethod
    def joined(join: Callable[[Iterable[Any]], str], parts: tuple[Any, ...]) -> str:
        """`a ~ b`, measured before it is joined: a list can contain itself many times over."""
        weigh(parts)
        return join(map(shown_in_text, parts))

    @staticmethod
    def walked(elements: Any) -> Any:
        """The elements of a loop that chooses among them."""
        handle(elements)
        return elements

    def call(self, context: Context, function: Any, /, *args: Any, **keywords: Any) -> Any:
        spend(_CALL)
        for argument in args:
            if isinstance(argument, list | tuple | str):
                handle(argument)
        before = enter()
        try:
            return super().call(context, function, *args, **keywords)
        finally:
            leave(before)

    def compare(self, operator: str, left: Any, right: Any) -> bool:
        return values.compare(operator, left, right, _CLOCK.zone)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        return values.arithmetic(operator, left, right, _CLOCK.zone)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return values.attr(obj, attribute, _CLOCK.zone)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(argument, slice):
            return values.bounded(obj[argument])
        if isinstance(argument, str) and isinstance(obj, str | datetime):
            return values.attr(obj, argument, _CLOCK.zone)  # map(attribute='at.hour') asks for items
        return values.item(obj, argument)


def bounded_range(*args: int) -> range:
    """Jinja's `range`, for lists of a readable length."""
    numbers = range(*args)
    if len(numbers) > MAX_LIST:
        raise Misfit(f"range: a list of more than {MAX_LIST:,} numbers is too long")
    return numbers


@lru_cache(maxsize=1)
def environment() -> DataEnvironment:
    """The environment in which filters such as `map(attribute=...)` look up keys, and `map('upper')` looks up
    filters.
    """
    data_environment = DataEnvironment()
    data_environment.filters = {}
    data_environment.tests = {}
    return data_environment


@lru_cache(maxsize=1)
def filters() -> dict[str, Callable[..., Any]]:
    """The filters of expressions, by name."""
    by_name = {name: _on_data(name, JINJA_FILTERS[name]) for name in FILTERS}
    by_name.update(default=default, d=default, map=_of_elements(by_name["map"]))
    by_name.update(sum=_on_data("sum", sum_), round=_on_data("round", round_))
    for name, function in ORDERING.items():
        by_name[name] = _on_data(name, partial(function, environment(), lambda: _CLOCK.zone))
    for name in _TEXTUAL & FILTERS:
        by_name[name] = _of_shown(by_name[name])
    by_name.update(format=_format_shown(by_name["format"]), join=_join_shown(by_name["map"], by_name["join"]))
    return by_name


@lru_cache(maxsize=1)
def template_filters() -> dict[str, Callable[..., Any]]:
    """The filters of templates: those of expressions, and others for texts."""
    by_name = {**filters(), **{name: _on_data(name, JINJA_FILTERS[name]) for name in TEXT_FILTERS}}
    for name in _TEXTUAL & TEXT_FILTERS:
        by_name[name] = _of_shown(by_name[name])
    to_json = _on_data("tojson", _tojson)
    by_name["tojson"] = lambda value, *args, **keywords: "null" if value is None else to_json(value, *args, **keywords)
    # A compiled function cannot take the mark that `pass_context` sets.
    by_name.update(map=pass_context(partial(_map_in_template)))
    return by_name


def _of_shown(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(value: Any, *args: Any, **keywords: Any) -> Any:
        return function(shown_in_text(value) if isinstance(value, datetime) else value, *args, **keywords)

    return apply


def _format_shown(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(value: Any, *args: Any, **keywords: Any) -> Any:
        return function(
            value, *map(_moment_shown, args), **{name: _moment_shown(argument) for name, argument in keywords.items()}
        )

    return apply


def _join_shown(map_: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Jinja's `join` without the missing elements; the attribute is taken first, so that the length of the joined parts
    is known.
    """

    def apply(value: Any, d: Any = "", attribute: Any = None) -> Any:
        if attribute is not None and value is not None:
            value = map_(value, attribute=attribute)
        if isinstance(value, list | tuple):
            value = [_moment_shown(element) for element in value if element is not None]
        return function(value, _moment_shown(d))

    return apply


def _moment_shown(value: Any) -> Any:
    """An instant as a text shows it, nothing for a missing value; any other value as it is."""
    return "" if value is None else instant_in_text(value, _CLOCK.zone)


def _map_in_template(context: Context, value: Any, *args: Any, **keywords: Any) -> Any:
    """Jinja's `map`, which finds every filter that the template at hand has."""
    return _on_data("map", partial(JINJA_FILTERS["map"], context))(value, *args, **keywords)


def default(value: Any, other: Any = "", boolean: bool = False, **keywords: Any) -> Any:
    """The value, or another if it is missing; with `true` also if it is empty or zero."""
    other = keywords.get("default_value", other)
    return other if value is None or (boolean and not value) else value


def sum_(value: Any, attribute: str | int | None = None, start: Any = 0) -> Any:
    """Jinja's `sum`, over decimals: see `engine.decimals`."""
    total = start
    for element in value if attribute is None else map(make_attrgetter(environment(), attribute), value):
        if element is None:
            raise values.Misfit("a missing value cannot be added")
        total = values.arithmetic("+", total, element)
    return total


def round_(value: Any, precision: int = 0, method: str = "common") -> Any:
    """Jinja's `round`, over decimals: halves go away from zero."""
    if method not in ("common", "ceil", "floor"):
        raise values.Misfit("round: the method is common, ceil or floor")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise values.Misfit(f"{values.shown(value)} cannot be rounded")
    return decimals.rounded(value, precision, method)


def shown_in_text(value: Any) -> Any:
    """A value as a text shows it on the clock at hand: see `engine.texts`."""
    return in_text(value, _CLOCK.zone)


def _tojson(value: Any, indent: int | str | None = None) -> Any:
    return json_text(value, _CLOCK.zone, indent)


def _on_data(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter without the arguments that Jinja itself passes, giving None for None and lists for generators.

    Its work is counted and the size of its result bounded before it begins.
    """
    passed = _PassArg.from_obj(function)
    before: tuple[Any, ...] = ()
    if passed is _PassArg.environment:
        before = (environment(),)
    elif passed is _PassArg.context:
        before = (environment().from_string("").new_context(),)
    elif passed is _PassArg.eval_context:
        before = (environment().from_string("").new_context().eval_ctx,)
    check_size = BOUNDS.get(name)

    def apply(value: Any, *args: Any, **keywords: Any) -> Any:
        if value is None:
            return 0 if name in ON_NONE else None
        handle(value)
        if args or keywords:
            check_arguments(name, args, keywords)
        if check_size is not None:
            check_size(value, args, keywords)
        result = function(*before, value, *args, **keywords)
        if type(result) is not list and isinstance(result, Iterator):
            result = list(islice(result, MAX_LIST + 1))
        return None if isinstance(result, Undefined) else values.bounded(result)

    return apply


def _of_elements(general: Callable[..., Any]) -> Callable[..., Any]:
    """`map`; that of one attribute of a list, the commonest, does not go through Jinja's generators."""

    def apply(value: Any, *args: Any, **keywords: Any) -> Any:
        attribute = keywords.get("attribute")
        if type(value) is not list or args or len(keywords) > 1 or type(attribute) is not str:
            return general(value, *args, **keywords)
        if not attribute.isidentifier():
            return general(value, *args, **keywords)  # `a.b` is an attribute of an attribute
        handle(value)
        getitem = environment().getitem
        return values.bounded(
            [element.get(attribute) if type(element) is dict else getitem(element, attribute) for element in value]
        )

    return apply


@lru_cache(maxsize=1)
def tests() -> dict[str, Callable[..., Any]]:
    """The tests that follow `is`, by name."""
    jinja: Mapping[str, Any] = JINJA_TESTS
    by_name = {name: _on_some(name, jinja[name]) for name in TESTS}
    by_name.update(
        defined=lambda value: value is not None,
        undefined=lambda value: value is None,
        none=lambda value: value is None,
    )
    for name, operator in OPERATOR_TESTS.items():
        by_name[name] = _comparing(operator)
    return by_name


# Tests that are operators by another name.
OPERATOR_TESTS: Mapping[str, str] = {
    "eq": "==", "equalto": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in",
}  # fmt: skip


def _comparing(operator: str) -> Callable[[Any, Any], bool]:
    """`x is lt(y)` follows the rules of `x < y`."""
    return lambda value, other: values.compare(operator, value, other, _CLOCK.zone)


def _on_some(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A test that is false for a missing value."""

    def holds(value: Any, *args: Any) -> bool:
        if isinstance(value, str):
            handle(value)
        return value is not None and bool(function(value, *args))

    return holds


# `map('upper')` and `select('odd')` find their filters and tests here, and nothing else of Jinja's.
environment().filters.update(filters())
environment().tests.update(tests())
