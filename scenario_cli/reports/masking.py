"""Masks e-mail addresses and telephone numbers in reports and logs. Plans keep them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from scenario_cli.model.export import ContactsReport, Misfit, ReadReport, Unusable
from scenario_cli.model.preview import RenderedMessage
from scenario_cli.model.results import DryRun, Plan, Summary

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
_AT = r"(@|%40)"  # in links
# At the end of a text the domain is possibly cut off. `logo@2x.png` is a picture.
_EMAIL = re.compile(
    rf"({_LOCAL}){_LOCAL}*{_AT}(?!\dx\.)((?:[\w-]+\.)+[^\W\d_]{{2,}}|\[[\d.:a-fA-FIPv]+\]|[\w.-]*(?=…|$))"
)
_QUOTED_EMAIL = re.compile(rf'()"[^"\n]{{1,64}}"{_AT}((?:[\w-]+\.)+[^\W\d_]{{2,}})')
# Characters between digits: spaces of any width, points, slashes, brackets, dashes.
_BETWEEN = r"[ \u00a0\u2009\u202f./()\u2010-\u2015-]"
_DATE = r"(?!\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d))"
# International with + or 00, national with a leading 0 or in groups of two to four. A longer run of digits alone
# is an order's or a product's number and stays.
_PHONE = re.compile(
    rf"(?<![\d.+])\+[1-9](?:{_BETWEEN}{{0,3}}\d){{6,13}}(?!\d)"
    rf"|(?<![\w.+-])00{_BETWEEN}?[1-9]\d?(?:{_BETWEEN}{{0,3}}\d){{6,12}}(?![\w-])"
    rf"|(?<![\w.+-])\(0\d{{1,4}}\)(?:{_BETWEEN}{{0,2}}\d){{5,10}}(?![\w-])"
    rf"|(?<![\w.+-]){_DATE}0[1-9](?:{_BETWEEN}?\d){{8,9}}(?![\w-]|[.,:]\d)"
    rf"|(?<![\w.+-])0\d{{2,4}}{_BETWEEN}\d{{5,8}}(?![\w-])"
    rf"|(?<![\w.+-])(?:1[ .-])?(?:\(\d{{3}}\) ?|\d{{3}}[ .-])\d{{3}}[ .-]\d{{4}}(?![\w-])"
    rf"|(?<![\w.+-])\d{{3}}([ .-])\d{{2}}\1\d{{2}}\1\d{{2}}(?![\w-])"
)
# https://www.iso.org/standard/81090.html: a country, two check digits, the account, often in groups of four.
_IBAN = re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?(?![\w-])")
_LEAST_DIGITS = 10  # in an account's number; an article's has fewer
# Nothing in a row of a file gives the meaning of a number. Telephone numbers without a plus have this length,
# timestamps do not.
_BARE_PHONE = re.compile(r"(?<![\w.+-])\d{11,12}(?![\w.-])")
_PHONE_NAME = re.compile(r"phone|mobile|msisdn|gsm|(^|_)tel(_|$)", re.IGNORECASE)
_DIALLED = re.compile(r"[\d +./()-]{7,}")
_SHOWN_FIRST, _SHOWN_LAST = 3, 2
_SHORTEST = 8  # characters of a telephone number


def masked(text: str) -> str:
    """The text with every e-mail address and telephone number in it masked.

    >>> masked("ana.b@example.com called +33 6 12 34 56 78")
    'a***@example.com called +33 6 ** ** ** 78'
    """
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(r"\1***\2\3", text)
        text = _QUOTED_EMAIL.sub(r"***\2\3", text)
    if len(text) >= _SHORTEST:
        text = _PHONE.sub(lambda match: _masked_digits(match[0]), text)
        text = _IBAN.sub(_masked_account, text)
    return text


def masked_id(name: str) -> str:
    """A contact's id, masked if it is an address or a telephone number, with or without a plus."""
    return _BARE_PHONE.sub(lambda match: _masked_digits(match[0]), masked(name))


def masked_value(name: str, value: str) -> str:
    """The value of a property, masked. A property with the name of a telephone number has all its digits masked."""
    return _masked_digits(value) if _PHONE_NAME.search(name) else masked(value)


def masked_data(value: Any, name: str = "") -> Any:
    """The value of a property of any type, masked with every part of a list or mapping."""
    if isinstance(value, str):
        return masked_value(name, value)
    if isinstance(value, Mapping):
        return {masked(str(key)): masked_data(part, str(key)) for key, part in value.items()}
    if isinstance(value, tuple):  # a key of several parts stays one that can be looked up
        return tuple(masked_data(part, name) for part in value)
    if isinstance(value, list):
        return [masked_data(part, name) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        text = masked_value(name, str(value))
        return value if text == str(value) else text
    return value


def _masked_account(match: re.Match[str]) -> str:
    number = match[0]
    if sum(character.isdigit() for character in number) < _LEAST_DIGITS:
        return number
    return number[:4] + re.sub(r"\S", "*", number[4:-2]) + number[-2:]


def _masked_digits(number: str) -> str:
    digits = sum(character.isdigit() for character in number)
    position = 0
    text = ""
    for character in number:
        if character.isdigit():
            position += 1
            text += character if position <= _SHOWN_FIRST or position > digits - _SHOWN_LAST else "*"
        else:
            text += character
    return text


def masked_run(run: DryRun) -> DryRun:
    """A replay's result with masked examples."""
    return replace(run, read=masked_read(run.read), summary=_masked_summary(run.summary))


def masked_plan(plan: Plan) -> Plan:
    """A forward plan with masked examples. Its rows are data and are not changed."""
    return replace(plan, read=masked_read(plan.read), summary=_masked_summary(plan.summary))


def masked_message(message: RenderedMessage) -> RenderedMessage:
    """A masked message to a contact of a log. Count its characters before."""
    address = message.address
    return replace(
        message,
        address=_masked_digits(address) if _DIALLED.fullmatch(address) else masked(address),
        fields={name: masked(text) for name, text in message.fields.items()},
        body=masked(message.body),
        problem=masked(message.problem),
    )


def masked_read(read: ReadReport) -> ReadReport:
    """The report on the reading of a log with masked examples."""
    table = read.contacts_table
    return replace(
        read,
        unusable=masked_unusable(read.unusable),
        misfits=_masked_misfits(read.misfits),
        notes=tuple(masked(note) for note in read.notes),
        contacts_table=_masked_table(table) if table is not None else None,
    )


def _masked_table(table: ContactsReport) -> ContactsReport:
    return replace(table, unusable=masked_unusable(table.unusable), misfits=_masked_misfits(table.misfits))


def masked_unusable(unusable: Iterable[Unusable]) -> tuple[Unusable, ...]:
    """Unusable rows with masked excerpts."""
    return tuple(
        replace(reject, samples=tuple(replace(sample, excerpt=masked_id(sample.excerpt)) for sample in reject.samples))
        for reject in unusable
    )


def _masked_misfits(misfits: Iterable[Misfit]) -> tuple[Misfit, ...]:
    return tuple(replace(misfit, example=masked_value(misfit.property, misfit.example)) for misfit in misfits)


def _masked_summary(summary: Summary) -> Summary:
    complaints: Counter[str] = Counter()
    for text, count in summary.complaints.items():
        complaints[masked(text)] += count
    warnings = {key: replace(warning, example=masked(warning.example)) for key, warning in summary.warnings.items()}
    return replace(summary, warnings=warnings, complaints=complaints)
