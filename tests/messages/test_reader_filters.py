"""Dates, numbers and lists in a message have the format of its reader's locale, byte for byte on every machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters, use_clock
from scenario_cli.engine.filters import tests as known_tests
from scenario_cli.language.locales import known_locale
from scenario_cli.messages.formats import FORMATTING
from scenario_cli.messages.locales import parse_locale
from scenario_cli.messages.render import Renderer, RenderError
from scenario_cli.model.budget import MOST_STEPS
from scenario_cli.model.project import Project, Template
from scenario_cli.model.source import Name, Span
from scenario_cli.shipped import shipped
from tests.rows import rows

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2025, 3, 1, 9, 5, tzinfo=UTC)
AT = Span("templates/a.push.j2", 2, 1, 2, 2)


def rendered(
    body: str, values: Mapping[str, Any] | None = None, *, locale: str | None = None, project: str = "en",
    contact: str | None = None, currency: str = "EUR", channel: str = "push", zone: ZoneInfo = PARIS,
    fields: Mapping[str, str] | None = None, sets: tuple[str, ...] = (),
) -> str:  # fmt: skip
    head = {name: Name(text, AT) for name, text in (fields or {}).items()}
    path = f"a.{channel}.j2"
    template = Template(
        "a", channel, locale, f"templates/{path}", path, head, body, 1, tuple(Name(each, AT) for each in sets)
    )
    texts = {path: body}
    project_model = Project("p", "", "UTC", "", locale=project, currency=currency, templates=(template,), texts=texts)
    renderer = Renderer(project_model, DataEnvironment, template_filters(), known_tests(), shown_in_text)
    use_clock(zone)
    own = {"contact": {"locale": contact}, "now": NOW.astimezone(zone), **(values or {})}
    message = renderer.render_template(template, own)
    return " | ".join([*message.fields.values(), message.body])


# The output of each locale: a change of the locale data changes messages, and this test shows it.
LOCALES = {
    "en": "Mar 1, 2025 · Saturday, March 1, 2025 · 10:05\u202fAM · "
    "1,234,567.891 · -€1,234.57 · ¥12 · 13% · a, b, and c",
    "en-GB": "1 Mar 2025 · Saturday, 1 March 2025 · 10:05 · 1,234,567.891 · -€1,234.57 · JP¥12 · 13% · a, b and c",
    "fr": "1 mars 2025 · samedi 1 mars 2025 · 10:05 · "
    "1\u202f234\u202f567,891 · -1\u202f234,57\u00a0€ · 12\u00a0JPY · 13\u00a0% · a, b et c",
    "fr-BE": "1 mars 2025 · samedi 1 mars 2025 · 10:05 · "
    "1\u202f234\u202f567,891 · -1\u202f234,57\u00a0€ · 12\u00a0JPY · 13\u00a0% · a, b et c",
    "de": "01.03.2025 · Samstag, 1. März 2025 · 10:05 · "
    "1.234.567,891 · -1.234,57\u00a0€ · 12\u00a0¥ · 13\u00a0% · a, b und c",
    "es": "1 mar 2025 · sábado, 1 de marzo de 2025 · 10:05 · "
    "1.234.567,891 · -1.234,57\u00a0€ · 12\u00a0JPY · 13\u00a0% · a, b y c",
    "it": "1 mar 2025 · sabato 1 marzo 2025 · 10:05 · 1.234.567,891 · -1.234,57\u00a0€ · 12\u00a0JPY · 13% · a, b e c",
    "nl": "1 mrt 2025 · zaterdag 1 maart 2025 · 10:05 · "
    "1.234.567,891 · €\u00a0-1.234,57 · JP¥\u00a012 · 13% · a, b en c",
    "pl": "1 mar 2025 · sobota, 1 marca 2025 · 10:05 · "
    "1\u00a0234\u00a0567,891 · -1\u00a0234,57\u00a0€ · 12\u00a0JPY · 13% · a, b i c",
    "ar": "01\u200f/03\u200f/2025 · السبت، 1 مارس 2025 · 10:05 ص · "
    "1,234,567.891 · \u200f-1,234.57\u00a0€ · \u200f12\u00a0JP¥ · 13% · a وb وc",
    "ja": "2025/03/01 · 2025年3月1日土曜日 · 10:05 · 1,234,567.891 · -€1,234.57 · ￥12 · 13% · a、b、c",
}
BODY = (
    "{{ now | date }} · {{ now | date('full') }} · {{ now | time }} · {{ 1234567.891 | number }} · "
    "{{ -1234.565 | money }} · {{ 12 | money('JPY') }} · {{ 0.125 | percent }} · {{ ['a', 'b', 'c'] | list }}"
)


@rows("locale", LOCALES)
def test_each_locale_writes_as_in_the_table(locale: str) -> None:
    assert rendered(BODY, locale=locale) == LOCALES[locale]


@rows(
    ("own", "project", "contact", "shown"),
    [
        ("fr", "en", None, "1 mars 2025"),  # the text's
        (None, "de", None, "01.03.2025"),  # the project's, for a text without a language
        (None, "en", "en-GB", "1 Mar 2025"),  # the contact's country, in the language of the text
        ("en", "fr", "en_AU", "1 Mar 2025"),
        (None, "en", "fr", "Mar 1, 2025"),  # never another language than the text's
        (None, "en-GB", "en", "1 Mar 2025"),
        (None, "sr", "sr-Latn-RS", "1. 3. 2025."),  # nor other letters
        ("xx", "fr", None, "1 mars 2025"),
        ("fr-ZZ", "en", None, "1 mars 2025"),
        (None, "en", "no locale at all, but a text of a mischievous length, which is nobody's", "Mar 1, 2025"),
    ],
)  # fmt: skip
def test_a_message_has_the_locale_of_its_text_and_the_country_of_its_reader(
    own: str | None, project: str, contact: str | None, shown: str
) -> None:
    assert rendered("{{ now | date }}", locale=own, project=project, contact=contact) == shown


@rows(
    ("expression", "shown"),
    [
        ("'2025-03-01T23:30:00Z' | date('d MMMM y')", "2 March 2025"),  # an instant on the reader's clock
        ("'2025-03-01 23:30' | datetime('d MMMM, HH:mm')", "1 March, 23:30"),  # also on it, without a zone
        ("'2025-03-30 02:30' | time('H:mm')", "3:30"),  # skipped by a clock change
        ("'2025-03-01' | date('EEEE')", "Saturday"),
        ("now | datetime('long')", "March 1, 2025, 10:05\u202fAM"),
        ("now | date(\"d 'of' MMMM\")", "1 of March"),
        ("1234.5 | number(2)", "1,234.50"),
        ("2.675 | number(2)", "2.68"),  # halves are rounded away from zero, like `round`
        ("1234 | money(digits=0)", "€1,234"),
        ("9.999 | money('USD')", "$10.00"),
        ("0.0825 | percent(1)", "8.3%"),
        ("1 | plural(one='thing', other='things')", "thing"),
        ("1.0 | plural(one='thing', other='things')", "thing"),
        ("0 | plural(one='thing', other='things')", "things"),
        ("[1234.5, none, 'b'] | list('or')", "1,234.5 or b"),
        ("[] | list", ""),
        ("['a', 'b'] | list | length", "2"),
        ("['a', 'b'] | list | join('+')", "a+b"),
        ("'with ' ~ (['a', 'b'] | list)", "with a and b"),
        ("['a', 'b'] | list | upper", "A AND B"),
        ("[now, '2025-03-01T23:30:00Z'] | list", "2025-03-01 10:05 and 2025-03-02 00:30"),
        ("[1, 2.5] | map('money') | list", "€1.00 and €2.50"),
        ("(10 ** 300) | number | length", "401"),
        *((f"none | {name}", "") for name in ("date", "time", "datetime", "number", "money", "percent", "list")),
        ("none | plural(one='a', other='b')", ""),
    ],
)  # fmt: skip
def test_a_filter_writes_its_value(expression: str, shown: str) -> None:
    assert rendered("{{ " + expression + " }}") == shown


@rows(
    ("expression", "fault"),
    [
        ("'soon' | date", "date: the text 'soon' is not a date"),
        ("5 | date", "date: the number '5' is not a date"),
        ("'2025-03-01' | time", "time: the text '2025-03-01' has no time of day"),
        ("now | date('DD')", "date: 'DD' is the day of the year; write 'dd' for the day of the month"),
        ("now | date(none)", "date: the NoneType 'None' is not a pattern"),
        ("now | date('d', 'y')", "date takes other values; write date('d MMMM y') or date('long')"),
        ("'12' | number", "number: the text '12' is not a number"),
        ("true | money", "money: the boolean 'True' is not a number"),
        ("5 | money('XXQ')", "money: the text 'XXQ' is not a currency"),
        ("5 | money(missing)", "money: no currency is given"),
        ("5 | number('2')", "number: digits is a whole number from 0 to 20, not the text '2'"),
        ("5 | plural(one='thing')", "plural: the form 'other' is missing; write plural(one='thing', other='things')"),
        ("5 | plural(some='thing')", "plural takes other values; write plural(one='thing', other='things')"),
        ("'ab' | list", "list: the text 'ab' is not a list"),
        ("[{}] | list", "list: the mapping '{}' is not a text; choose a key with map(attribute='...')"),
        ("range(2000) | list", "list: a text lists at most 1,000 elements"),
        ("(1e308 * 10) | number", "number: the number 'inf' is not a number"),
        ("'9999-12-31T23:59:59Z' | date", "date: the text '9999-12-31T23:59:59Z' is beyond the calendar"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_written_is_a_render_error(expression: str, fault: str) -> None:
    with pytest.raises(RenderError, match=r"a\.push\.j2:1: ") as failed:
        rendered("{{ " + expression + " }}")
    assert str(failed.value).partition(": ")[2] == fault


def test_money_without_a_currency_drops_the_row() -> None:
    with pytest.raises(RenderError, match="the project has no currency"):
        rendered("{{ 5 | money }}", currency="")


def test_elements_of_a_list_are_escaped_and_what_a_macro_wrote_is_not() -> None:
    body = "{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}{{ ['<i>', bold('a&b')] | list }}"
    assert rendered(body, channel="email") == "&lt;i&gt; and <b>a&amp;b</b>"


def test_one_text_is_written_anew_for_each_reader() -> None:
    body = "{{ 1234.5 | money }} {{ '2025-03-01T23:30:00Z' }} {{ 'at ' ~ '2025-03-01T23:30:00Z' }}"
    template = Template("a", "push", None, "templates/a.push.j2", "a.push.j2", {}, body, 1)
    project = Project("p", "", "UTC", "", currency="EUR", locale="en", templates=(template,), texts={"a.push.j2": body})
    renderer = Renderer(project, DataEnvironment, template_filters(), known_tests(), shown_in_text)
    shown = []
    for locale, zone in (("en-GB", PARIS), ("en-AT", ZoneInfo("America/New_York"))):
        use_clock(zone)
        values = {"contact": {"locale": locale}, "now": NOW.astimezone(zone)}
        shown.append(renderer.render_template(template, values).body)
    assert shown == [
        "€1,234.50 2025-03-02 00:30 at 2025-03-02 00:30",
        "€\xa01.234,50 2025-03-01 18:30 at 2025-03-01 18:30",
    ]


def test_a_text_message_has_common_spaces() -> None:
    body = "{{ 1234.5 | money }}, {{ now | time }}, {{ [1000, 2000] | list }}"
    assert rendered(body, locale="fr", channel="sms") == "1 234,50 €, 10:05, 1 000 et 2 000"
    assert "\xa0" in rendered(body, locale="fr", channel="push")


@rows(
    "expression",
    [
        "at", "'' ~ at", "at | string", "[at] | join", "'%s' | format(at)", "'%(a)s' | format(a=at)",
        "at | replace('x', '')",
        "at | trim", "[at] | list", "[[at]]", "{'a': at}", "[{'at': at}] | join(attribute='at')", "at | upper",
    ],
)  # fmt: skip
@rows("value", [NOW, "2025-03-01T09:05:00Z"], ids=["date-time", "text"])
def test_a_date_time_without_a_filter_is_on_the_clock_of_its_reader(expression: str, value: object) -> None:
    shown = rendered("{{ " + expression + " }}", {"at": value}, zone=ZoneInfo("America/New_York"))
    assert "2025-03-01 04:05" in shown
    assert "09:05" not in shown


@rows(
    ("x", "json"),
    [
        (NOW, '"2025-03-01T04:05:00-05:00"'),
        (datetime(2025, 3, 1, 9, 5), '"2025-03-01T09:05:00"'),
        ("2025-03-01T09:05:00Z", '"2025-03-01T09:05:00Z"'),
        (Decimal("12.50"), "12.5"),
        (Decimal("12"), "12"),
        (timedelta(hours=2), "7200.0"),
        (float("inf"), '"inf"'),
        (None, "null"),
        (True, "true"),
        ([{"at": [NOW, Decimal("0.1")], "b": None}], '[{"at": ["2025-03-01T04:05:00-05:00", 0.1], "b": null}]'),
        ({1: "a", "b": "<"}, '{"1": "a", "b": "\\u003c"}'),
    ],
)
def test_any_value_can_be_json(x: object, json: str) -> None:
    assert rendered("{{ x | tojson }}", {"x": x}, zone=ZoneInfo("America/New_York")) == json


def test_each_filter_counts_toward_the_budget() -> None:
    most = MOST_STEPS // FORMATTING
    for name in ("date", "time", "datetime", "number", "money", "percent", "plural(other='x')"):
        value = "now" if name in ("date", "time", "datetime") else "5"
        with pytest.raises(RenderError, match="steps"):
            rendered(f"{{% for n in range({most}) %}}{{% set x = {value} | {name} %}}{{% endfor %}}")


def test_the_front_matter_knows_what_it_sets_and_so_does_the_body() -> None:
    shown = rendered(
        "{{ first.name }} {{ many }} {{ whole }} {{ short }}",
        {"lines": [{"name": "<A>"}, {"name": "B"}]},
        channel="email",
        sets=("{% set first = lines[0] %}", "{% set many = lines | length %}",
              "{% set whole %}{{ many }} of {{ first.name }}{% endset %}"),
        fields={"subject": "{% set short = whole | lower %}{{ short }}!", "preheader": "{{ short }}, {{ many }}"},
    )  # fmt: skip
    assert shown == "2 of <a>! | 2 of <a>, 2 | &lt;A&gt; 2 2 of &lt;A&gt; 2 of &lt;a&gt;"


def test_a_statement_of_the_front_matter_that_fails_names_its_line() -> None:
    with pytest.raises(RenderError, match=r"a\.push\.j2:2: date: the text 'soon' is not a date"):
        rendered("Hello", sets=("{% set day = 'soon' | date %}",))


@rows("tag", ["fr", "fr-BE", "zh_Hant", "zh-TW", "pt-BR", "FR", "sr-Latn-RS", "es-419"])
def test_a_locale_that_is_looked_up_by_file_is_one_that_is_parsed(tag: str) -> None:
    assert known_locale(tag)
    assert parse_locale(tag) is not None


@rows("tag", ["xx", "french", "en-XL", "", "fr_", "e"])
def test_a_locale_that_is_none(tag: str) -> None:
    assert not known_locale(tag)


def test_no_shipped_template_has_a_table_of_months_or_writes_amounts_by_hand() -> None:
    files = [file for file in shipped("scenarios").joinpath("templates").rglob("*") if file.is_file()]
    assert len(files) > 100
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"Feb|févr|'tue'|%\.2f|%02d", text.replace("February keeps", "").replace("Février garde", "")
        ), file
