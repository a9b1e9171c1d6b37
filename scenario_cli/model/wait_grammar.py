"""The grammar of durations and waits: text to value. Calculates no instant and knows no file."""

from __future__ import annotations

import re
from typing import NamedTuple

from scenario_cli.model.days import EVERY_DAY, WEEKDAYS, WORKING_DAYS, Day, DayOfMonth
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.source import Span
from scenario_cli.model.wait_slips import duration_hint, time_hint
from scenario_cli.model.waits import DAY, HOUR, MINUTE, SECOND, Duration, Wait

_UNITS = ("s", "min", "h", "d", "w", "mo", "y")
_UNIT_WORDS = {
    word: unit
    for unit, words in {
        "s": "sec secs second seconds",
        "min": "mins minute minutes",
        "h": "hr hrs hour hours",
        "d": "day days jour jours tag tage",
        "w": "wk week weeks",
        "mo": "mon month months",
        "y": "yr yrs year years",
    }.items()
    for word in words.split()
}
_PART = re.compile(r"([0-9]+)([a-zA-Z]+)")
_ISO = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?"
)
_AT = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_MAX_DAYS = 366 * 50  # a wait past this is a slip of the keyboard

_DATE = re.compile(
    r"(?:(?P<length>\S.*?)\s+(?P<way>before|after)\s+)?date\s+(?P<said>.+?)(?:\s+at\s+(?P<at>[0-9]{1,2}:[0-9]{2}))?"
    # Days contain no quotes and brackets: a text with these is in the expression.
    r"(?P<on>\s+(?P<back>before\s+)?on(?:\s+(?P<days>[^'\"()\[\]{}|=<>]*?))?)?\s*"
)


class WaitError(ValueError):
    """The text cannot be read as a wait; `hint` proposes the probable meaning."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def parse_duration(text: str) -> Duration:
    """`3d`, `1d12h`, `P1M`; raises `WaitError`."""
    stripped = text.strip()
    iso = _ISO.fullmatch(stripped)
    if iso and any(iso.groups()):
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        duration = Duration(years * 12 + months, weeks * 7 + days, hours * HOUR + minutes * MINUTE + seconds * SECOND)
    else:
        duration = _sum(stripped)
    if not duration:
        raise WaitError(f"'{text}' is zero", "a duration must be longer than zero")
    if duration.elapsed + duration.months * 30 * DAY > _MAX_DAYS * DAY:
        raise WaitError(f"'{text}' is longer than 50 years")
    return duration


def _sum(text: str) -> Duration:
    together = text.replace(" ", "")
    parts = _PART.findall(together)
    if not parts or "".join(number + unit for number, unit in parts) != together:
        raise WaitError(f"'{text}' is not a duration", duration_hint(text))
    months = days = elapsed = 0
    for number, unit in parts:
        amount = int(number)
        match unit:
            case "s":
                elapsed += amount * SECOND
            case "min":
                elapsed += amount * MINUTE
            case "h":
                elapsed += amount * HOUR
            case "d":
                days += amount
            case "w":
                days += 7 * amount
            case "mo":
                months += amount
            case "y":
                months += 12 * amount
            case "m":
                raise WaitError(f"'{text}' can mean minutes or months", "write 'min' for minutes, 'mo' for months")
            case _ if unit not in text:  # words of a sentence
                raise WaitError(f"'{text}' is not a duration", duration_hint(text))
            case _:
                right = _UNIT_WORDS.get(unit.lower())
                hint = f"write {amount}{right}" if right else did_you_mean(unit, _UNITS, "units")
                raise WaitError(f"'{unit}' in '{text}' is not a unit of time", hint)
    return Duration(months, days, elapsed)


def parse_window(text: str) -> Duration:
    """A duration that elapses (a goal's `within`, `reentry`): a day counts 24 hours, months are refused."""
    duration = parse_duration(text)
    if duration.months:
        raise WaitError(
            f"'{text}' counts months or years, which have no fixed length",
            "write it in days: 30d for a month, 365d for a year",
        )
    return duration


def parse_time_of_day(text: str) -> int:
    """`HH:MM` in minutes after midnight."""
    match = _AT.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise WaitError(f"'{text}' is not a time of day", time_hint(text))
    return int(match[1]) * 60 + int(match[2])


def parse_weekdays(text: str) -> tuple[int, ...]:
    """`weekdays`, `weekends` or `mon,wed`, as numbers from Monday 0."""
    if text == "weekdays":
        return WORKING_DAYS
    if text == "weekends":
        return (5, 6)
    return tuple(sorted({_weekday(word.strip()) for word in text.split(",")}))


def _weekday(word: str) -> int:
    if word not in WEEKDAYS:
        raise WaitError(
            f"'{word}' is not a day of the week", did_you_mean(word, (*WEEKDAYS, "weekdays", "weekends"), "days")
        )
    return WEEKDAYS.index(word)


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_OF_MONTH = "'day 15', 'last day', 'first tue', 'last fri' or 'first weekday'"


def parse_days(text: str) -> tuple[Day, ...]:
    """`weekdays`, `weekends`, or days with commas: of the week (`mon`), of the month (`first tue`, `day 15`).

    Days of the week come first, each kind in order.
    """
    if text in ("weekdays", "weekends"):
        return parse_weekdays(text)
    of_week: set[int] = set()
    of_month: set[DayOfMonth] = set()
    numbered = False  # whether a number alone continues with the days before it: `day 1,15`
    for part in text.split(","):
        words = part.split()
        numbered = words[:1] == ["day"] or (numbered and len(words) == 1 and words[0].isdecimal())
        if numbered:
            of_month.add(_numbered(" ".join(words[1:] or words), text))
        elif words and words[0] in _ORDINALS:
            of_month.add(_ordinal(words))
        elif len(words) > 1 and words[0] in WEEKDAYS:
            raise WaitError(f"'{' '.join(words[1:])}' after '{words[0]}' is not understood",
                            "write a comma between days: 'mon,wed'")  # fmt: skip
        elif len(words) > 1 or part[:1].isdecimal():
            raise WaitError(f"'{part.strip()}' is not a day", f"days of a month are written {_OF_MONTH}")
        else:
            of_week.add(_weekday(part.strip()))
    return (*sorted(of_week), *sorted(of_month, key=lambda day: (day.number, day.among)))


def _numbered(number: str, text: str) -> DayOfMonth:
    if not (number.isdecimal() and len(number) <= 2 and 1 <= int(number) <= 31):
        raise WaitError(f"'{number}' in '{text}' is not a day of the month", "write a number from 1 to 31: 'day 15'")
    return DayOfMonth(int(number))


def _ordinal(words: list[str]) -> DayOfMonth:
    """`first tue`, `last weekday`, `last day`."""
    kinds = {"day": EVERY_DAY, "weekday": WORKING_DAYS, **{name: (index,) for index, name in enumerate(WEEKDAYS)}}
    kind = " ".join(words[1:])
    if kind not in kinds:
        raise WaitError(
            f"'{' '.join(words)}' is not a day of the month", did_you_mean(kind, kinds, f"'{words[0]}' goes with")
        )
    return DayOfMonth(_ORDINALS[words[0]], kinds[kind])


def parse_cron(text: str) -> str:
    """Five plain fields of cron, as one text; raises `WaitError`.

    Forms that only some dialects of cron know (`L`, `15W`, `l1`, `#2`, `?`, `@daily`, random or hashed values) are
    refused.
    """
    fields = text.lower().split()
    if len(fields) != 5:
        raise WaitError(
            f"'{text}' is not five fields of cron",
            "write minute, hour, day of the month, month, day of the week: 'cron 0 9 * * mon'",
        )
    for field, (name, least, most, words) in zip(fields, _CRON_FIELDS, strict=True):
        for part in field.split(","):
            match = _CRON_PART.fullmatch(part)
            if match is None or not all(_in_field(end, least, most, words) for end in match.group(1, 2) if end):
                names = f", or {words[0]} to {words[-1]}" if words else ""
                raise WaitError(
                    f"'{part}' in 'cron {text}' is not a valid {name}",
                    f"numbers from {least} to {most}{names}; '*', a range such as 'A-B', a step '/N', or a list 'A,B'",
                )
            if match[3] and not 1 <= int(match[3]) <= most - least:
                raise WaitError(
                    f"'{part}' in 'cron {text}': a step of {match[3]} does not fit into a field of {least} to {most}",
                    "for a longer rhythm restrict the field before it, or write a wait such as '90min'",
                )
    return " ".join(fields)


def _in_field(end: str, least: int, most: int, words: tuple[str, ...]) -> bool:
    return end == "*" or end in words or (end.isdecimal() and len(end) <= 2 and least <= int(end) <= most)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CRON_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, tuple(WEEKDAYS)),
)
_CRON_PART = re.compile(r"(\*|[0-9a-z]+)(?:(?<!\*)-([0-9a-z]+))?(?:/([0-9]{1,3}))?")


class DateWait(NamedTuple):
    """The parts of `DURATION before date EXPRESSION at HH:MM on DAYS`; the expression is at `start` to `stop`."""

    length: Duration | None
    before: bool
    start: int
    stop: int
    at: int | None
    days: tuple[Day, ...]
    back: bool


def _days_after_on(days: str, text: str) -> tuple[Day, ...]:
    if not days:
        raise WaitError(f"'{text}': days are missing after 'on'", "write 'on weekdays', 'on mon,wed' or 'on first tue'")
    of_day, late, time = days.partition(" at ")
    if late:
        raise WaitError(f"'at {time}' in '{text}' is not understood", "a wait reads '1d at 10:00 on weekdays'")
    return parse_days(of_day)


def split_date_wait(written: str) -> DateWait | None:
    """The parts of a wait for a date from data; None if it is another wait. Raises `WaitError`."""
    match = _DATE.fullmatch(written)
    if match is None:
        return None
    length = parse_duration(match["length"]) if match["length"] else None
    at = parse_time_of_day(match["at"]) if match["at"] else None
    days = _days_after_on(re.sub(r"\s*,\s*", ",", match["days"] or ""), written.strip()) if match["on"] else ()
    return DateWait(
        length, match["way"] == "before", match.start("said"), match.end("said"), at, days, bool(match["back"])
    )


def parse_offset(text: str) -> tuple[Duration, bool]:
    """`-7d` or `+1d`: a duration, and whether it goes backwards; raises `WaitError`."""
    stripped = text.strip()
    return parse_duration(stripped.lstrip("+-") if stripped[:1] in ("+", "-") else stripped), stripped.startswith("-")


def parse_wait(written: str, span: Span) -> Wait:
    """`DURATION ["at" HH:MM] ["on" DAYS]`, `"at" HH:MM ["on" DAYS]` or `"cron" FIELDS`; raises `WaitError`.

    A wait for a date from data has an expression, which is not read here: see `split_date_wait`.
    """
    text = written.strip()
    if text == "cron" or text.startswith("cron "):
        return Wait(text, span, cron=parse_cron(text[4:].strip()))
    words = re.sub(r"\s*,\s*", ",", text).split()
    if "since" in words:
        raise WaitError(
            f"'since' in '{text}' belongs beside 'wait', in the long form",
            f"write '- {{wait: {text.partition(' since')[0]}, since: journey.entered_at, to: ...}}'",
        )
    if "before on " in f"{' '.join(words)} ":
        raise WaitError(
            f"'before on' in '{text}' has no date to go back from",
            "write 'on', which moves on, or a date: '1d before date contact.renewal before on weekdays'",
        )
    duration: Duration | None = None
    at: int | None = None
    days: tuple[Day, ...] = ()
    amount = []
    while words and words[0] not in ("at", "on"):
        amount.append(words.pop(0))
    if amount:
        duration = parse_duration(" ".join(amount))
    if words and words[0] == "at":
        if len(words) < 2:
            raise WaitError(f"'{text}': a time of day is missing after 'at'", "write 'at 09:00'")
        at = parse_time_of_day(words[1])
        words = words[2:]
    if words and words[0] == "on":
        days = _days_after_on(" ".join(words[1:]), text)
        words = []
    if words:
        raise WaitError(f"'{' '.join(words)}' in '{text}' is not understood", "a wait reads '1d at 10:00 on weekdays'")
    if duration is None and at is None:
        raise WaitError(f"'{text}' has no duration", "start with a duration or 'at HH:MM'")
    return Wait(text, span, duration, at, days)


def duration_text(microseconds: int) -> str:
    """An elapsed time as written in a scenario, to the two largest units: `3d`, `1d12h`, `45min`."""
    remainder, parts = microseconds // SECOND, []
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        amount, remainder = divmod(remainder, length)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts[:2]) or "0s"
