"""Figures of results in words: money, shares, times, differences. Lays nothing out."""

from __future__ import annotations

from decimal import Decimal

from scenario_cli.analysis.comparison import Comparison
from scenario_cli.analysis.statistics import Difference
from scenario_cli.model.results_report import CONTROL, HELD_OUT, LOG, OUTBOX, REPLAY, WRITTEN_TO

GROUPS = {WRITTEN_TO: "to be written to", HELD_OUT: "held out", CONTROL: "control group"}

# The meaning of the figures, by the source of the messages.
SOURCES = {
    REPLAY: (
        "These figures come from a replay: its messages reached nobody. Contacts acted without them. So "
        "the shares below show what happens anyway, not what the messages bring."
    ),
    LOG: (
        "The messages are those that the log bears: another tool sent them. Who entered, and who is held out, is "
        "worked out from the log by the scenarios as they are written here."
    ),
    OUTBOX: (
        "The messages are those of the store's outbox that were handed over, each at the instant at which it was due. "
        "Who reached the goal, and who is held out, is worked out from the log."
    ),
}
COMPARED = {
    REPLAY: (
        "Nobody in either group received a message, so only chance separates them. The interval shows how "
        "large an effect must be to be visible with these contacts."
    ),
    LOG: (
        "The groups are those of these scenarios. The difference is the effect of the messages only if the tool that "
        "sent them used the same groups: 'got one' counts the contacts who got a marketing message."
    ),
    OUTBOX: (
        "Only the draw separates the groups, so the difference is the effect of the messages. 'got one' counts the "
        "contacts who got a marketing message."
    ),
}

ARMS_MISMATCH = (
    "THE ARMS ARE NOT AS DRAWN: their sizes do not match their weights (p below 0.001). Something else "
    "decides who is in which arm. Find it before you trust the comparison"
)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_FEW = 0.02  # of a group: a list that was made a little early can reach so many


def money(amount: Decimal | float | None, currency: str, decimals: int = 0) -> str:
    if amount is None:
        return ""
    text = f"{abs(amount):,.{decimals}f}"
    sign = "-" if amount < 0 and any(digit not in "0,." for digit in text) else ""
    return f"{sign}{text} {currency}".rstrip()


def times(multiple: float) -> str:
    """The number of times that something is paid: to three digits, since more are not needed."""
    return f"{multiple:,.0f}" if abs(multiple) >= 100 else f"{multiple:,.3g}"


def share(part: float) -> str:
    """A fraction as a percentage: with a decimal below ten, because a tenth of a point can count there."""
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


def within(difference: Difference) -> str:
    """A difference of rates in points, with its interval, as a cell of a table."""
    estimate, low, high = (f"{100 * part:+.1f}" for part in (difference.estimate, difference.low, difference.high))
    return f"{estimate} ({low} to {high})"


def points(difference: Difference) -> str:
    """A difference of rates in points of a percent, with its interval."""
    estimate, low, high = (f"{100 * part:+.1f}" for part in (difference.estimate, difference.low, difference.high))
    return f"{estimate} points (95% interval {low} to {high})"


def amounts(difference: Difference, currency: str) -> str:
    estimate, low, high = (f"{part:+,.2f}" for part in (difference.estimate, difference.low, difference.high))
    return f"{estimate} {currency}".rstrip() + f" (95% interval {low} to {high})"


def number(difference: Difference) -> str:
    estimate, low, high = (f"{part:+,.0f}" for part in (difference.estimate, difference.low, difference.high))
    return f"{estimate} (95% interval {low} to {high})"


def is_shown(comparison: Comparison) -> str:
    """Whether the difference of the rates is shown, and how many contacts are missing for it."""
    if comparison.difference is None:
        return "unknown: a group is empty"
    if comparison.difference.excludes_zero:
        return "shown: the interval excludes zero"
    if comparison.missing is None:
        return "not shown: both rates are the same"
    return f"not shown yet: about {comparison.missing:,} more contacts are needed for a difference of this size"


def mismatch(comparison: Comparison) -> str:
    """The alarm if the groups are not as large as they were drawn; empty if they are."""
    if comparison.as_drawn:
        return ""
    total = comparison.group.contacts + comparison.other.contacts
    control_share = share(comparison.other.contacts / total)
    return (
        f"THE GROUPS ARE NOT AS DRAWN: {control_share} of the contacts get no messages instead of "
        f"{share(comparison.share)} (p = {comparison.ratio_p:.1g}). Something else decides who is in which "
        "group. Find it before you trust the comparison"
    )


def draw_not_kept(comparison: Comparison) -> str:
    """The alarm if contacts of the control group got messages; empty if almost none did."""
    other = comparison.other
    if not other.written or other.written / other.contacts <= _FEW:
        return ""
    return (
        f"THE GROUPS WERE NOT RESPECTED: {other.written:,} of {other.contacts:,} contacts who should get no message "
        "got one. The difference does not show the effect of the messages"
    )
