"""Figures of results in words: money, shares, times, differences. Lays nothing out."""

from __future__ import annotations

from decimal import Decimal

from scenario_cli.analysis.comparison import Comparison
from scenario_cli.analysis.statistics import Difference
from scenario_cli.model.results_report import CONTROL, HELD_OUT, WRITTEN_TO

GROUPS = {WRITTEN_TO: "to be written to", HELD_OUT: "held out", CONTROL: "control group"}

# What a replay's figures are, since nobody got its messages.
OF_A_REPLAY = (
    "These figures come from a replay: its messages reached nobody. What contacts did after they entered, they did "
    "without them. So the shares below say what happens anyway, and not what the messages bring."
)
GROUPS_OF_A_REPLAY = (
    "Nobody in either group got a message, so that chance alone sets them apart: the interval shows how large an "
    "effect must be before these contacts can show it."
)

ARMS_MISMATCH = (
    "THE ARMS ARE NOT AS DRAWN: their sizes do not fit their weights (p below 0.001). Something else decides who is in "
    "which: do not trust the comparison before it is found"
)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def money(amount: Decimal | float | None, currency: str, decimals: int = 0) -> str:
    if amount is None:
        return ""
    text = f"{abs(amount):,.{decimals}f}"
    sign = "-" if amount < 0 and any(digit not in "0,." for digit in text) else ""
    return f"{sign}{text} {currency}".rstrip()


def share(part: float) -> str:
    """A fraction as a percentage: with a decimal below ten, where a tenth of a point may count."""
    return f"{100 * part:.1f}%" if abs(part) < 0.1 else f"{100 * part:.0f}%"


def signed_share(part: float) -> str:
    return f"{100 * part:+.0f}%"


def time(seconds: float | None) -> str:
    """About how long: `25 min`, `3.5 h`, `12 d`."""
    if seconds is None:
        return ""
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= length:
            amount = seconds / length
            return f"{amount:.1f} {unit}" if amount < 10 and unit != "min" else f"{amount:.0f} {unit}"
    return f"{seconds:.0f} s"


def points(difference: Difference) -> str:
    """A difference of rates in points of a percent, with its interval."""
    estimate, low, high = (f"{100 * part:+.1f}" for part in (difference.estimate, difference.low, difference.high))
    return f"{estimate} points (95% interval {low} to {high})"


def amounts(difference: Difference, currency: str) -> str:
    estimate, low, high = (f"{part:+,.2f}" for part in (difference.estimate, difference.low, difference.high))
    return f"{estimate} {currency}".rstrip() + f" (95% interval {low} to {high})"


def is_shown(comparison: Comparison) -> str:
    """Whether the difference of the rates is shown, and what it takes to show it."""
    if comparison.difference is None:
        return "not to be said: a group has nobody"
    if comparison.difference.shown:
        return "shown: the interval leaves out zero"
    if comparison.missing is None:
        return "not shown: both rates are the same"
    return f"not shown yet: about {comparison.missing:,} more contacts are needed for a difference of this size"


def mismatch(comparison: Comparison) -> str:
    """The alarm where the groups are not as large as they were drawn; empty where they are."""
    if comparison.as_drawn:
        return ""
    total = comparison.group.contacts + comparison.other.contacts
    found = share(comparison.other.contacts / total)
    return (
        f"THE GROUPS ARE NOT AS DRAWN: {found} of the contacts are kept from messages instead of "
        f"{share(comparison.share)} (p = {comparison.ratio_p:.1g}). Something else decides who is in which: do not "
        "trust the comparison before it is found"
    )
