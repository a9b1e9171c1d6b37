"""Writes dates, numbers and lists in the manner of a message's readers, by the locale data of Babel. Chooses no locale.

Every filter gives nothing for a missing value, and raises `Misfit` for a value that it cannot write. Its work is
counted.
"""

from __future__ import annotations

import copy
import decimal
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from scenario_cli.messages.locales import message_locale
from scenario_cli.model.budget import MAX_LIST, Misfit, handle, spend, weigh
from scenario_cli.model.cited import shown as cited
from scenario_cli.model.date_patterns import LENGTHS, PatternError, check_pattern
from scenario_cli.model.dates import read_date
from scenario_cli.model.vocabulary import LIST_STYLES, READER_FILTERS

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

FORMATTING = 100  # steps of one value that is written, which takes longer than a value that is printed
MOST_LISTED = 1_000  # elements of a list that is written as a text
MOST_DIGITS = 20

# Halves go away from zero, as `round` has it; as many digits as the largest number of an expression has.
_DECIMAL = decimal.Context(prec=2_000, rounding=decimal.ROUND_HALF_UP)
_NO_BREAK = re.compile("[\u00a0\u202f\u2007]")
_LEFT_OUT: Any = object()


@dataclass(slots=True)
class Reader:
    """The reader of the current message; `show` turns any value into its text.

    `locale_of` are the tags that `message_locale` chooses among. `plain` gives common spaces instead of non-breaking
    spaces, which cost more in an SMS.
    """

    show: Callable[[Any], Any]
    currency: str = ""
    locale_of: tuple[str | None, str, str | None] = (None, "en", None)
    clock: tzinfo = UTC
    plain: bool = False

    @property
    def locale(self) -> Locale:
        return message_locale(*self.locale_of)

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters that write for this reader, by name."""
        writers: dict[str, Callable[..., str]] = {
            "date": self.written_date, "time": self.written_time, "datetime": self.written_datetime,
            "number": self.written_number, "money": self.written_money, "percent": self.written_percent,
            "plural": self.chosen_form,
        }  # fmt: skip
        return {name: self._checked(name, write) for name, write in writers.items()} | {"list": self.listed}

    def _checked(self, name: str, write: Callable[..., str]) -> Callable[..., Any]:
        filter_ = READER_FILTERS[name]

        def apply(value: Any, *args: Any, **keywords: Any) -> Any:
            if value is None:
                return None
            if len(args) > filter_.most or not set(keywords) <= set(filter_.keywords[len(args) :]):
                raise Misfit(f"{name} takes other values; write {filter_.usage}")
            spend(FORMATTING)
            handle(value)
            return self.spaced(write(value, *args, **keywords))

        return apply

    def spaced(self, text: str) -> str:
        return _NO_BREAK.sub(" ", text) if self.plain else text

    def written_date(self, value: Any, format: Any = "medium") -> str:
        return self._moment("date", value, format)

    def written_time(self, value: Any, format: Any = "short") -> str:
        if isinstance(value, str) and len(value.strip()) <= len("2025-03-10"):
            raise Misfit(f"time: {cited(value)} has no time of day")
        return self._moment("time", value, format)

    def written_datetime(self, value: Any, format: Any = "medium") -> str:
        """Its lengths are those of the day; the time is to the minute."""
        return self._moment("datetime", value, format)

    def _moment(self, kind: str, value: Any, format: Any) -> str:
        from babel import dates

        pattern = _pattern(kind, format)
        moment = self._read(kind, value)
        if pattern not in LENGTHS:
            return str(dates.parse_pattern(pattern).apply(moment, self.locale))
        day = self.locale.date_formats[pattern].apply(moment, self.locale) if kind != "time" else ""
        clock = self.locale.time_formats[pattern if kind == "time" else "short"].apply(moment, self.locale)
        if kind != "datetime":
            return str(day or clock)
        pattern_ = str(self.locale.datetime_formats[pattern]).replace("'", "")
        return pattern_.replace("{1}", day).replace("{0}", clock)

    def _read(self, kind: str, value: Any) -> datetime:
        """A date or date-time on the reader's clock; if written without a zone, it is read on that clock."""
        moment = read_date(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime):
            raise Misfit(f"{kind}: {cited(value)} is not a date")
        try:
            # Converts through the instant: a time that a clock change skips is the one after it.
            return (
                (moment if moment.tzinfo else moment.replace(tzinfo=self.clock)).astimezone(UTC).astimezone(self.clock)
            )
        except OverflowError:
            raise Misfit(f"{kind}: {cited(value)} is beyond the calendar") from None

    def written_number(self, value: Any, digits: Any = None) -> str:
        return self._checked_text("number", value, digits)

    def written_percent(self, value: Any, digits: Any = None) -> str:
        """0.25 is 25 %."""
        return self._checked_text("percent", value, digits)

    def written_money(self, value: Any, currency: Any = _LEFT_OUT, digits: Any = None) -> str:
        code = self.currency if currency is _LEFT_OUT else currency
        if currency is _LEFT_OUT and not code:
            raise Misfit("money: the project has no currency; set 'currency' in project.yaml, or write money('EUR')")
        if not isinstance(code, str) or code not in currencies():
            raise Misfit(
                f"money: {cited(code)} is not a currency" if code is not None else "money: no currency is given"
            )
        return self._checked_text("money", value, digits, code)

    def _checked_text(self, kind: str, value: Any, digits: Any, currency: str | None = None) -> str:
        number = _number(kind, value)
        if digits is not None and (
            isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= MOST_DIGITS
        ):
            raise Misfit(f"{kind}: digits is a whole number from 0 to {MOST_DIGITS}, not {cited(digits)}")
        return _number_text(self.locale, kind, digits, str(number), currency)

    def chosen_form(self, value: Any, **forms: Any) -> str:
        """The form for a number by the rules of the language; `other` stands for every form that is not given."""
        number = _number("plural", value)
        if "other" not in forms:
            raise Misfit("plural: the form 'other' is missing; write plural(one='thing', other='things')")
        count = int(number) if number == number.to_integral_value() else number
        form = forms.get(self.locale.plural_form(count), forms["other"])
        return "" if form is None else str(form)

    def listed(self, value: Any, style: Any = "and") -> Any:
        """A list that a text shows in the manner of its readers; otherwise it is a list like others."""
        if value is None:
            return None
        handle(value)
        if style not in LIST_STYLES:
            raise Misfit(f"list: the style is {', '.join(LIST_STYLES[:-1])} or {LIST_STYLES[-1]}, not {cited(style)}")
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise Misfit(f"list: {cited(value)} is not a list")
        items = Listed(islice(value, MAX_LIST + 1))
        if len(items) > MAX_LIST:
            raise Misfit(f"list: a list of more than {MAX_LIST:,} elements is too long")
        items.reader, items.style = self, style
        return items

    def element(self, value: Any) -> Any:
        """An element of a list as a text shows it."""
        if isinstance(value, dict | list | tuple):
            raise Misfit(f"list: {cited(value)} is not a text; choose a key with map(attribute='...')")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.spaced(self.written_number(value))
        return self.show(value)


class Listed(list[Any]):
    """A list in the manner of its readers: `a, b and c`. Missing elements are left out."""

    reader: Reader
    style: str

    def __str__(self) -> str:
        return "".join(str(piece) for piece in self.pieces())

    def __html__(self) -> Any:
        from markupsafe import Markup, escape

        return Markup("").join(escape(piece) for piece in self.pieces())

    def pieces(self) -> list[Any]:
        """The elements and the separators between them, in turn."""
        from babel.lists import format_list

        if len(self) > MOST_LISTED:
            raise Misfit(f"list: a text lists at most {MOST_LISTED:,} elements")
        weigh(self)
        spend(FORMATTING)
        texts = [self.reader.element(value) for value in self if value is not None]
        # The elements are put in at the end: their text must not be read as part of the pattern.
        placeholders = [f"\0{index}\0" for index in range(len(texts))]
        style = {"and": "standard"}.get(self.style, self.style)
        between = format_list(placeholders, style, self.reader.locale).split("\0")  # type: ignore[arg-type]
        return [texts[int(piece)] if number % 2 else self.reader.spaced(piece) for number, piece in enumerate(between)]


def _pattern(kind: str, format: Any) -> str:
    if not isinstance(format, str):
        raise Misfit(f"{kind}: {cited(format)} is not a pattern")
    try:
        check_pattern(format, kind)
    except PatternError as error:
        raise Misfit(f"{kind}: {error}; {error.hint}") from None
    return format


def _number(kind: str, value: Any) -> decimal.Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misfit(f"{kind}: {cited(value)} is not a number")
    return decimal.Decimal(repr(value)) if isinstance(value, float) else decimal.Decimal(value)


@lru_cache(maxsize=20_000)  # the prices of a catalogue come again and again
def _number_text(locale: Locale, kind: str, digits: int | None, number: str, currency: str | None) -> str:
    pattern = _number_pattern(locale, kind, digits)
    with decimal.localcontext(_DECIMAL):
        exact = decimal.Decimal(number)
        return str(pattern.apply(exact, locale, currency=currency, currency_digits=digits is None))


@lru_cache(maxsize=1_000)
def _number_pattern(locale: Locale, kind: str, digits: int | None) -> NumberPattern:
    patterns: Mapping[str, Mapping[Any, NumberPattern]] = {
        "number": locale.decimal_formats, "percent": locale.percent_formats, "money": locale.currency_formats,
    }  # fmt: skip
    pattern = patterns[kind]["standard" if kind == "money" else None]
    if digits is None:
        return pattern
    copied = copy.copy(pattern)
    copied.frac_prec = (digits, digits)
    return copied


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The currencies by their three letters, those of the past among them."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())
