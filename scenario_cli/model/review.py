"""Limits that a change must keep to: `messages > +10%`. Reads them; checks no change against them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from scenario_cli.model.value_class import dataclass

# Figures with a value on each side; a limit can compare these, or use only the value after the change.
COMPARED = ("messages", "dropped", "entries", "conversions", "cost", "pressure.max")
# Figures that count a difference already; those of scenarios need no log, that of stranded journeys needs a store.
COUNTED = (
    "contacts.new", "contacts.more", "contacts.less", "contacts.none", "contacts.affected", "scenarios.added",
    "scenarios.removed", "scenarios.changed", "stranded",
)  # fmt: skip
OF_STORE = "stranded"
WITHOUT_LOG = frozenset(name for name in COUNTED if name.startswith("scenarios.") or name == OF_STORE)

Operator = Literal[">", ">=", "<", "<="]
OPERATORS: tuple[Operator, ...] = (">", ">=", "<", "<=")


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that is too high, or (`<`) too low.

    `by` is the kind of amount: the figure itself after the change, its difference, or its difference as a share in
    percent. `text` is the limit as written by the user.
    """

    text: str
    figure: str
    operator: Operator
    amount: float
    by: Literal["itself", "difference", "share"]

    @property
    def needs_log(self) -> bool:
        """Whether the figure is about the contacts of a log."""
        return self.figure not in WITHOUT_LOG

    @property
    def needs_store(self) -> bool:
        """Whether the figure is about running journeys in a store."""
        return self.figure == OF_STORE


class LimitError(Exception):
    """A text that is not a limit, with a hint how to write it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Passed(NamedTuple):
    """A limit that was passed, with the figure on both sides; `before` is None if the figure counts a difference."""

    limit: Limit
    before: Decimal | None
    after: Decimal


def figure_names(channels: Iterable[str]) -> tuple[str, ...]:
    """Every name that a limit can have: messages also by channel."""
    return (*COMPARED, *COUNTED, *(f"messages.{channel}" for channel in channels))


def read_limit(text: str, channels: Collection[str]) -> Limit:
    """The limit that a text writes; raises `LimitError`."""
    match = _LIMIT.fullmatch(text.strip())
    if match is None:
        raise LimitError(f"'{text}' is no limit", "write a figure, a comparison and an amount: messages > +10%")
    figure, written, sign, number, percent = match.groups()
    operator: Operator = next(operator for operator in OPERATORS if operator == written)
    names = figure_names(channels)
    if figure not in names:
        raise LimitError(f"'{text}': unknown figure '{figure}'", f"the figures are {', '.join(names)}")
    if (sign or percent) and figure in COUNTED:
        raise LimitError(
            f"'{text}': '{figure}' counts a difference already, so nothing is added to it",
            f"write {figure} {operator} {number}",
        )
    if percent and not sign:
        raise LimitError(f"'{text}': a share needs a sign, + or -", f"write {figure} {operator} +{number}%")
    amount = -float(number) if sign == "-" else float(number)
    return Limit(text.strip(), figure, operator, amount, "share" if percent else "difference" if sign else "itself")


def is_passed(limit: Limit, before: Decimal, after: Decimal) -> bool:
    """Whether a figure passes a limit. If the figure was 0, any increase is more than every share."""
    if limit.by == "share" and before == 0:
        share = Decimal("Infinity") if after > 0 else Decimal(0)
    else:
        share = (after - before) / before * 100 if limit.by == "share" else Decimal(0)
    value = {"itself": after, "difference": after - before, "share": share}[limit.by]
    match limit.operator:
        case ">":
            return value > limit.amount
        case ">=":
            return value >= limit.amount
        case "<":
            return value < limit.amount
    return value <= limit.amount


_LIMIT = re.compile(r"([A-Za-z_][\w.-]*)\s*(>=|<=|>|<)\s*([+-]?)(\d+(?:\.\d+)?)\s*(%?)")
