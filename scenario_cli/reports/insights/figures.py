"""Numbers as the reports of insights write them: amounts, shares, means, and the text for too little data."""

from __future__ import annotations

from scenario_cli.reports.document.parts import NOTHING


def count(number: float) -> str:
    """A number with thousands separators, and with its fraction if it has one."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def money(amount: float | None, decimals: int = 0) -> str:
    """An amount without its currency, which the head of a table names."""
    return NOTHING if amount is None else f"{amount:,.{decimals}f}"


def priced(amount: float, currency: str, decimals: int = 0) -> str:
    return f"{money(amount, decimals)} {currency}".rstrip()


def share(part: float, total: float, least: float = 1) -> str:
    """A share in percent, one decimal below ten; nothing of fewer than `least`."""
    if not total or total < least:
        return NOTHING
    percent = 100 * part / total
    return f"{percent:.1f}%" if 0 < percent < 9.95 else f"{percent:.0f}%"


def mean(total: float, number: float, decimals: int = 2, least: float = 1) -> str:
    return f"{total / number:,.{decimals}f}" if number and number >= least else NOTHING


def days(number: float) -> str:
    """A number of days in words."""
    return "1 day" if round(number) == 1 else f"{number:,.0f} days"


def in_currency(word: str, currency: str) -> str:
    """A column's head with the currency of its amounts."""
    return f"{word} {currency}".rstrip()
