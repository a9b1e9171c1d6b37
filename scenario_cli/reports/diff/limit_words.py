"""The words for a limit that a change does not keep to, the same in every format."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scenario_cli.model.review import Passed


def passed_words(passed: Passed) -> str:
    """The limit as written, and the figure: `messages > +10%: 1,000 before, 1,200 after (+200, +20.0%)`."""
    limit, before, after = passed
    if before is None:
        return f"`{limit.text}`: {_number(after)}"
    difference = after - before
    share = f", {difference / before:+.1%}" if before else ""
    return f"`{limit.text}`: {_number(before)} before, {_number(after)} after ({_number(difference, '+')}{share})"


def passed_values(passed: Passed) -> dict[str, Any]:
    """The same as JSON values."""
    before = None if passed.before is None else float(passed.before)
    return {"limit": passed.limit.text, "figure": passed.limit.figure, "before": before, "after": float(passed.after)}


def _number(value: Decimal, sign: str = "") -> str:
    return f"{value:{sign},.2f}" if value % 1 else f"{value:{sign},.0f}"
