"""Literals of an expression that cannot be right: durations, dates, coordinates, parts of a date.

Checks the literal alone; a rule checks whether its type fits the value that it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from scenario_cli.model import expression as tree
from scenario_cli.model.days import WEEKDAYS
from scenario_cli.model.diagnostic import Diagnostic, Edit, Fix
from scenario_cli.model.wait_grammar import WaitError, parse_window

_LEAST_AND_MOST = {"hour": (0, 23), "minute": (0, 59), "day": (1, 31), "month": (1, 12), "year": (1000, 9999)}
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OTHER_DAYS = {
    **{name: day for day, name in enumerate(_FULL)},
    **{name: day for day, name in enumerate(("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"))},
    **{name: day for day, name in enumerate(("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
                                             "sonntag"))},
    "tues": 1, "weds": 2, "thur": 3, "thurs": 3,
}  # fmt: skip


def faulty_arguments(node: tree.Call) -> Iterator[Diagnostic]:
    """The values of a call of a known function that it can make nothing of."""
    match node.name:
        case "duration":
            yield from _duration(node.args[0])
        case "date" | "days_since":
            yield from _date(node.args[0])
        case "distance_km":
            for position, arg in enumerate(node.args):
                yield from _degrees(arg, "latitude" if position % 2 == 0 else "longitude")
        case "lookup":
            for arg in node.args[1:]:
                yield from _key(arg)


def _duration(arg: tree.Expr) -> Iterator[Diagnostic]:
    value = _literal_value(arg)
    if value is None:
        return
    try:
        if not isinstance(value, str):
            raise WaitError(f"'{value}' is not a duration", "write it as a text with its unit, such as '3d'")
        parse_window(value)
    except WaitError as error:
        yield Diagnostic("TIME001", str(error), arg.span, hint=error.hint)


def _date(arg: tree.Expr) -> Iterator[Diagnostic]:
    value = _literal_value(arg)
    if value is not None and not (isinstance(value, str) and _is_date(value)):
        yield Diagnostic("TIME020", f"'{value}' is not a valid date or date-time", arg.span,
                         hint=(
                             "write year-month-day, such as '2025-03-01', or '2025-03-01T10:00'; 'now' without "
                             "quotes is the current time"
                         ))  # fmt: skip


_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ](.*))?", re.IGNORECASE)


def _is_date(text: str) -> bool:
    """Whether a text is a day or an instant, in any form that can be read."""
    match = _DAY.fullmatch(text.strip())
    try:
        if match is None:
            datetime.fromisoformat(text.strip())
            return True
        date(int(match[1]), int(match[2]), int(match[3]))
        clock = (match[4] or "00:00").upper().removesuffix("UTC").strip()
        datetime.fromisoformat(f"2025-01-01T{clock}")
    except ValueError:
        return False
    return True


def _degrees(arg: tree.Expr, name: str) -> Iterator[Diagnostic]:
    value = _number(arg)
    most = 90 if name == "latitude" else 180
    if value is None:
        if _literal_value(arg) is not None:
            yield Diagnostic("EXP007", f"a {name} is a number", arg.span, hint="write degrees, such as 48.85")
    elif abs(value) > most:
        yield Diagnostic("EXP007", f"a {name} of {value:g} degrees does not exist", arg.span,
                         hint=f"it must be from -{most} to {most}: write distance_km(lat, lon, lat, lon)")  # fmt: skip


def _key(arg: tree.Expr) -> Iterator[Diagnostic]:
    if isinstance(arg, tree.ListOf | tree.MapOf):
        kind = "list" if isinstance(arg, tree.ListOf) else "mapping"
        yield Diagnostic("EXP007", f"a {kind} cannot be the key of a table", arg.span,
                         hint="look up one value at a time: lookup('products', event.sku)")  # fmt: skip


def faulty_part(part: str, operator: str, compared: tree.Expr) -> Iterator[Diagnostic]:
    """The values that a part of a date is compared with but never has."""
    if isinstance(compared, tree.ListOf) and operator in ("in", "not in"):
        for item in compared.items:
            yield from faulty_part(part, "==", item)
    elif part == "weekday" and isinstance(_literal_value(compared), str):
        yield from _weekday(operator, compared)
    elif part in _LEAST_AND_MOST and (value := _number(compared)) is not None:
        least, most = _LEAST_AND_MOST[part]
        never = {">": value >= most, ">=": value > most, "<": value <= least, "<=": value < least}
        if never.get(operator, not least <= value <= most):
            yield _never(f"the {part} of a date is never {operator} {value:g}", compared,
                         f"it is from {least} to {most}")  # fmt: skip


def faulty_date(compared: tree.Expr) -> Iterator[Diagnostic]:
    """A text that is compared with a date but is not a date."""
    value = _literal_value(compared)
    if isinstance(value, str) and not _is_date(value):
        yield _never(f"'{value}' is compared with a date but is not a date", compared,
                     "write year-month-day: '2025-03-01'")  # fmt: skip


def _weekday(operator: str, compared: tree.Expr) -> Iterator[Diagnostic]:
    text = str(_literal_value(compared))
    days = ", ".join(f"'{day}'" for day in WEEKDAYS)
    if operator not in ("==", "!=", "in", "not in"):
        yield _never("days of the week have no order", compared, "list them: now.weekday in ['sat', 'sun']")
    elif text not in WEEKDAYS:
        folded = text.strip().lower().rstrip(".")
        number = _OTHER_DAYS.get(folded)
        weekday = WEEKDAYS[number] if number is not None else folded if folded in WEEKDAYS else None
        hint = f"write '{weekday}'; the days are {days}" if weekday else f"the days are {days}"
        fix = None
        if weekday is not None:
            quoted = compared.span.inside(1, len(text))
            fix = Fix(f"write '{weekday}'", (Edit(quoted, weekday, text),))
        yield _never(f"'{text}' is not a day of the week", compared, hint, fix)


def _never(message: str, node: tree.Expr, hint: str, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic("EXP009", message, node.span, "warning", hint, fix=fix)


def _literal_value(node: tree.Expr) -> object:
    """The value that is written out; None if it is calculated."""
    return node.value if isinstance(node, tree.Const) else None


def _number(node: tree.Expr) -> float | None:
    if isinstance(node, tree.Unary) and node.op in ("-", "+"):
        value = _number(node.operand)
        return -value if value is not None and node.op == "-" else value
    literal = _literal_value(node)
    return float(literal) if isinstance(literal, int | float) and not isinstance(literal, bool) else None
